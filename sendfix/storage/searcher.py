"""Answers searches: the columns of `services.columns` as SQL, in the lanes' threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, Integer, Select, Table, and_, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from sendfix.domain.order import Execution, Order
from sendfix.services.columns import EXECUTIONS, MESSAGES, ORDERS, Subject
from sendfix.services.ports import BookedExecution
from sendfix.services.search import Condition, Found, Op, Position, Search, lower
from sendfix.services.tag_search import TagTest
from sendfix.storage import tables
from sendfix.storage.lanes import Lane, Lanes
from sendfix.storage.reader import message_of

T = TypeVar("T")

_TABLES: dict[str, Table] = {
    ORDERS.name: tables.orders,
    EXECUTIONS.name: tables.executions,
    MESSAGES.name: tables.messages,
}
# Rows between two looks at whether anybody still waits.
ROWS_AT_ONCE = 200
# Behind every text that begins with what is before it.
_LAST_CHARACTER = "\U0010ffff"


class FirstPlace(GenericFunction[int]):
    """Where the text begins in the column, from 1; 0 when it is not there. Unlike LIKE it tells case from case."""

    name = "first_place"
    type = Integer()
    inherit_cache = True


@compiles(FirstPlace)
def _instr(element: Any, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(FirstPlace, "postgresql")
def _strpos(element: Any, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


class Searcher:
    """Implements `services.search.SearchArchive`."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def search(self, search: Search, make: Callable[[Any], T]) -> Found[T]:
        item = _ITEMS[search.subject.name]

        def read(connection: Connection, lane: Lane) -> Found[T]:
            made: list[T] = []
            last = None
            # One more than asked for says whether there are more. No more of them is in memory at a time than need be:
            # thousands of orders at once would have Python look for garbage among all that the desk holds.
            for row in _matching(connection, lane, search, search.limit + 1):
                if len(made) == search.limit:
                    return Found(made, _position_of(search, last))
                made.append(make(item(row)))
                last = row
            return Found(made, None)

        return self._lanes.run(read)

    def newest_id(self, subject: Subject) -> int:
        table = _TABLES[subject.name]
        statement = select(func.max(table.c[subject.id.stored]))
        return self._lanes.run(lambda connection, _lane: connection.scalar(statement) or 0)


def _position_of(search: Search, row: Any) -> Position:
    return Position(getattr(row, search.sort.stored), getattr(row, search.subject.id.stored))


def _matching(connection: Connection, lane: Lane, search: Search, most: int) -> Iterator[Any]:
    """Rows that hold, also what SQL does not look at."""
    approximate: list[Callable[[str], bool]] = [test.passes for test in search.tags if test.is_approximate]
    if search.text is not None and search.shown is not None:
        approximate.append(_shows(lower(search.text), search.shown))
    statement = statement_of(search)
    if not approximate:
        statement = statement.limit(most)
    found = 0
    result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement)
    for rows in result.partitions():
        lane.check()
        for row in rows:
            if all(passes(row.raw) for passes in approximate):
                yield row
                found += 1
                if found == most:
                    result.close()
                    return


def _shows(wanted: str, shown: Callable[[str], str]) -> Callable[[str], bool]:
    return lambda raw: wanted in lower(shown(raw))


def statement_of(search: Search) -> Select[Any]:
    """Everything but what SQL can only ask approximately."""
    table = _TABLES[search.subject.name]
    column = table.c[search.sort.stored]
    an_id = table.c[search.subject.id.stored]
    conditions = [condition_of(table, one) for one in search.conditions]
    if search.text is not None:
        texts = [table.c[name] for name in search.subject.text]
        conditions.append(or_(*(_contains(text, search.text) for text in texts)))
    conditions += [_has_tag(test) for test in search.tags]
    if search.position is not None:
        conditions.append(_behind(column, an_id, search))
    sorted_by = [column] if search.by_id else [column, an_id]
    order = [one.desc() if search.descending else one.asc() for one in sorted_by]
    if search.subject is MESSAGES:
        wanted: list[Any] = list(table.columns)
    else:
        wanted = [*dict.fromkeys((an_id, column, table.c.order_no)), table.c.record]
    return select(*wanted).where(*conditions).order_by(*order)


def condition_of(table: Table, one: Condition) -> ColumnElement[bool]:
    column = table.c[one.column.stored]
    first: Any = one.operands[0]
    if column is tables.messages.c.refused:
        return or_(*(column.is_not(None) if flag else column.is_(None) for flag in one.operands))
    match one.op:
        case Op.ANY_OF:
            return column == first if len(one.operands) == 1 else column.in_(one.operands)
        case Op.PREFIX:
            return and_(column >= first, column < f"{first}{_LAST_CHARACTER}")
        case Op.AT_LEAST:
            return _known(column >= first, column, one)
        case Op.AT_MOST:
            return _known(column <= first, column, one)
        case Op.BELOW:
            return _known(column < first, column, one)


def _known(limit: ColumnElement[bool], column: ColumnElement[Any], one: Condition) -> ColumnElement[bool]:
    return limit if one.column.nothing is None else and_(limit, column != one.column.nothing)


def _behind(column: ColumnElement[Any], an_id: ColumnElement[Any], search: Search) -> ColumnElement[bool]:
    position = search.position
    assert position is not None
    if search.by_id:
        return an_id < position.id if search.descending else an_id > position.id
    if search.descending:
        beyond, next_one = column < position.key, an_id < position.id
    else:
        beyond, next_one = column > position.key, an_id > position.id
    return or_(beyond, and_(column == position.key, next_one))


def _contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return column.icontains(text, autoescape=True)


def _has_tag(test: TagTest) -> ColumnElement[bool]:
    raw = tables.messages.c.raw
    # The first field of a message has no SOH before it. Adding one would copy every row.
    found = [FirstPlace(raw, piece) > 0 for piece in test.pieces]
    if test.tag == 8:
        found += [raw.startswith(piece[1:], autoescape=True) for piece in test.pieces]
    if not test.is_approximate or len(test.values) != 1:
        return or_(*found)
    return and_(or_(*found), _contains(raw, test.values[0]))


def _order(row: Any) -> Order:
    return Order.from_record(orjson.loads(row.record))


def _execution(row: Any) -> BookedExecution:
    return BookedExecution(row.id, Execution.from_record(orjson.loads(row.record)), row.order_no)


_ITEMS: dict[str, Callable[[Any], Any]] = {
    ORDERS.name: _order,
    EXECUTIONS.name: _execution,
    MESSAGES.name: message_of,
}
