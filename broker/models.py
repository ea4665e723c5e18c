"""The database: stocks, orders, executions, sessions with their sent messages. SQLite (WAL) by default.

The core's thread writes, one transaction for each batch (`Database.write`); the HTTP threads read what is committed.
Decimals are stored as text, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from broker.search import EVERYTHING, Search
from broker.tables import cl_ord_ids, executions, orders, sent_messages, sessions, stocks
from broker.upgrade import NewerDatabase, upgrade

Row = dict[str, Any]


class DatabaseError(Exception):
    """The database refused; the text says what in its own words."""


@dataclass(slots=True)
class Batch:
    """What one transaction writes. Rows are dicts by column; ids are the caller's."""

    new_sessions: list[Row] = field(default_factory=list)
    session_numbers: list[Row] = field(default_factory=list)
    cleared_sessions: list[int] = field(default_factory=list)
    sent_messages: list[Row] = field(default_factory=list)
    new_orders: list[Row] = field(default_factory=list)
    changed_orders: list[Row] = field(default_factory=list)
    cl_ord_ids: list[Row] = field(default_factory=list)
    executions: list[Row] = field(default_factory=list)
    changed_executions: list[Row] = field(default_factory=list)
    prices: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)

    @property
    def is_filled(self) -> bool:
        parts = (
            self.new_sessions,
            self.session_numbers,
            self.sent_messages,
            self.new_orders,
            self.changed_orders,
        )
        return any(parts) or any(
            (
                self.cleared_sessions,
                self.executions,
                self.changed_executions,
                self.prices,
                self.days,
            )
        )


_SEARCHED: Final = ("cl_ord_id", "cl_ord_ids", "exec_id", "symbol", "account", "sender_comp_id", "text")
_CHANGING: Final = [
    column.name
    for column in orders.columns
    if column.name not in ("id", "fix_version", "sender_comp_id", "target_comp_id", "created_at")
]
_UPDATE_ORDER: Final = (
    update(orders)
    .where(orders.c.id == bindparam("b_id"))
    .values({name: bindparam(name) for name in _CHANGING})
)
_UPDATE_SESSION: Final = (
    update(sessions)
    .where(sessions.c.id == bindparam("b_id"))
    .values(next_in=bindparam("next_in"), next_out=bindparam("next_out"))
)
_UPDATE_EXECUTION: Final = (
    update(executions)
    .where(executions.c.exec_id == bindparam("b_exec_id"))
    .values(status=bindparam("status"), text=bindparam("text"))
)
_UPDATE_PRICE: Final = (
    update(stocks)
    .where(stocks.c.symbol == bindparam("b_symbol"))
    .values(last_price=bindparam("last_price"), updated_at=bindparam("updated_at"))
)
_DAY: Final = ("trading_date", "previous_close", "open_price", "high_price", "low_price", "volume")
_UPDATE_DAY: Final = (
    update(stocks)
    .where(stocks.c.symbol == bindparam("b_symbol"))
    .values({name: bindparam(name) for name in _DAY})
)


class Database:
    """Raises DatabaseError, from the constructor too, when the database can't be opened, read or written."""

    def __init__(self, url: str) -> None:
        try:
            self.url: URL = make_url(url)
            self._engine: Engine = create_engine(self.url, connect_args=_connect_args(self.url))
        except (SQLAlchemyError, ImportError) as error:
            raise DatabaseError(str(error)) from error
        if self.url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _set_pragmas)

    def create(self, universe: Iterable[Row]) -> None:
        """Make the tables or bring them up to date, and add the stocks that are not there yet."""
        try:
            with self._engine.begin() as connection:
                upgrade(connection)
                known = set(connection.scalars(select(stocks.c.symbol)))
                missing = [row for row in universe if row["symbol"] not in known]
                if missing:
                    connection.execute(insert(stocks), missing)
        except DBAPIError as error:
            raise DatabaseError(str(error.orig)) from error
        except NewerDatabase as error:
            raise DatabaseError(str(error)) from error

    def write(self, batch: Batch) -> None:
        """All of it or nothing."""
        steps: list[tuple[Any, list[Row]]] = [
            (insert(sessions), batch.new_sessions),
            (_UPDATE_SESSION, batch.session_numbers),
            (insert(sent_messages), batch.sent_messages),
            (insert(orders), batch.new_orders),
            (_UPDATE_ORDER, batch.changed_orders),
            (insert(cl_ord_ids), batch.cl_ord_ids),
            (insert(executions), batch.executions),
            (_UPDATE_EXECUTION, batch.changed_executions),
            (_UPDATE_PRICE, batch.prices),
            (_UPDATE_DAY, batch.days),
        ]
        try:
            with self._engine.begin() as connection:
                if batch.cleared_sessions:
                    connection.execute(
                        delete(sent_messages).where(sent_messages.c.session_id.in_(batch.cleared_sessions))
                    )
                for statement, rows in steps:
                    if rows:
                        connection.execute(statement, rows)
        except DBAPIError as error:
            raise DatabaseError(str(error.orig)) from error

    def load_sessions(self) -> list[Row]:
        return self._rows(select(sessions))

    def load_stocks(self) -> list[Row]:
        return self._rows(select(stocks).order_by(stocks.c.symbol))

    def load_open_orders(self) -> list[Row]:
        return self._rows(select(orders).where(orders.c.is_open == 1).order_by(orders.c.id))

    def load_order(self, order_id: int) -> Row | None:
        rows = self._rows(select(orders).where(orders.c.id == order_id))
        return rows[0] if rows else None

    def load_cl_ord_ids(self) -> Iterator[tuple[str, str]]:
        """Every ClOrdID(11) that was ever used, behind its owner."""
        try:
            with self._engine.connect() as connection:
                rows = connection.execution_options(yield_per=10_000).execute(
                    select(cl_ord_ids.c.owner, cl_ord_ids.c.cl_ord_id)
                )
                yield from rows
        except DBAPIError as error:
            raise DatabaseError(str(error.orig)) from error

    def load_execution(self, exec_id: str) -> Row | None:
        rows = self._rows(select(executions).where(executions.c.exec_id == exec_id))
        return rows[0] if rows else None

    def find_cl_ord_id(self, owner: str, cl_ord_id: str) -> int | None:
        """The id of the order that has it, or had it."""
        c = cl_ord_ids.c
        rows = self._rows(select(c.order_id).where(c.owner == owner, c.cl_ord_id == cl_ord_id))
        return rows[0]["order_id"] if rows else None

    def find_list(self, version: str, client: str, broker: str, list_id: str) -> list[int]:
        """The ids of all orders that the session entered with this ListID(66), oldest first."""
        c = orders.c
        statement = select(c.id).where(
            c.list_id == list_id,
            c.fix_version == version,
            c.sender_comp_id == client,
            c.target_comp_id == broker,
        )
        return [row["id"] for row in self._rows(statement.order_by(c.id))]

    def last_ids(self) -> tuple[int, int]:
        """Of the orders and of the executions."""
        (row,) = self._rows(
            select(
                select(func.max(orders.c.id)).scalar_subquery().label("order"),
                select(func.max(executions.c.id)).scalar_subquery().label("execution"),
            )
        )
        return row["order"] or 0, row["execution"] or 0

    def read_sent(self, session_id: int, begin: int, end: int, limit: int) -> list[tuple[int, bytes]]:
        c = sent_messages.c
        statement = select(c.msg_seq_num, c.raw).where(
            c.session_id == session_id, c.msg_seq_num.between(begin, end)
        )
        rows = self._rows(statement.order_by(c.msg_seq_num).limit(limit))
        return [(row["msg_seq_num"], row["raw"]) for row in rows]

    def list_orders(
        self, limit: int, before: int | None = None, search: Search = EVERYTHING, **equal: Any
    ) -> list[Row]:
        """Newest first."""
        return self._listed(orders, limit, before, search, equal)

    def list_executions(
        self, limit: int, before: int | None = None, search: Search = EVERYTHING, **equal: Any
    ) -> list[Row]:
        """Newest first."""
        return self._listed(executions, limit, before, search, equal)

    def sent_about_order(self, order: Row, limit: int) -> list[Row]:
        """Stored messages to the order's client that name its OrderID(37), oldest first."""
        s, c = sessions.c, sent_messages.c
        statement = (
            select(c.msg_seq_num, c.raw)
            .join(sessions, s.id == c.session_id)
            .where(
                s.fix_version == order["fix_version"],
                s.sender_comp_id == order["sender_comp_id"],
                s.target_comp_id == order["target_comp_id"],
                func.instr(c.raw, b"\x0137=O%d\x01" % order["id"]) > 0,
            )
        )
        return self._rows(statement.order_by(c.msg_seq_num).limit(limit))

    def count_orders(self) -> dict[str, int]:
        """By status."""
        rows = self._rows(select(orders.c.status, func.count().label("count")).group_by(orders.c.status))
        return {row["status"]: row["count"] for row in rows}

    def close(self) -> None:
        self._engine.dispose()

    def _listed(
        self, table: Table, limit: int, before: int | None, search: Search, equal: dict[str, Any]
    ) -> list[Row]:
        statement = select(table).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(table.c.id < before)
        for name, value in equal.items():
            statement = statement.where(table.c[name] == value)
        for name, values in search.among.items():
            statement = statement.where(table.c[name].in_(values))
        if search.begin is not None:
            statement = statement.where(table.c.created_at >= search.begin)
        if search.end is not None:
            statement = statement.where(table.c.created_at < search.end)
        if search.text:
            searched = [table.c[name] for name in _SEARCHED if name in table.c]
            statement = statement.where(
                or_(*(one.contains(search.text, autoescape=True) for one in searched))
            )
        return self._rows(statement)

    def _rows(self, statement: Any) -> list[Row]:
        try:
            with self._engine.connect() as connection:
                found: Sequence[Any] = connection.execute(statement).mappings().all()
                return [dict(row) for row in found]
        except DBAPIError as error:
            raise DatabaseError(str(error.orig)) from error


def _connect_args(url: URL) -> dict[str, Any]:
    # The core must not stand still for the usual five seconds when another process holds the database.
    return {"timeout": 1.0} if url.get_backend_name() == "sqlite" else {}


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
