"""The inserts of the writer, in the dialect's own form of 'on conflict'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Insert
from sqlalchemy.dialects import postgresql, sqlite

from sendfix.storage import tables

_NEVER_CHANGES = ("order_no", "session_name", "created_at_ns", "arrival_px")


class Statement:
    """SQLite gets rows as tuples for a text that is compiled once: SQLAlchemy, which works out the parameters of each
    row anew, takes longer for that than SQLite for the insert."""

    def __init__(self, insert: Insert, dialect: Dialect) -> None:
        self._insert = insert
        self._dialect = dialect
        self._compiled: tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]] | None = None

    def execute(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """All `rows` have the same keys at any time; there is one at least."""
        if not self._dialect.positional:
            connection.execute(self._insert, rows)
            return
        if self._compiled is None:
            compiled = self._insert.compile(dialect=self._dialect, column_keys=list(rows[0]))
            self._compiled = str(compiled), itemgetter(*compiled.positiontup or ())
        text, values = self._compiled
        connection.exec_driver_sql(text, [values(row) for row in rows])


class Statements:
    def __init__(self, dialect: Dialect) -> None:
        insert: Callable[..., Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[dialect.name]
        order = insert(tables.orders)
        self.orders = Statement(
            order.on_conflict_do_update(
                index_elements=["order_no"],
                set_={
                    column.name: order.excluded[column.name]
                    for column in tables.orders.columns
                    if column.name not in _NEVER_CHANGES
                },
            ),
            dialect,
        )
        self.order_ids = Statement(insert(tables.order_ids).on_conflict_do_nothing(), dialect)
        self.executions = Statement(insert(tables.executions).on_conflict_do_nothing(), dialect)
        self.messages = Statement(insert(tables.messages).on_conflict_do_nothing(), dialect)
        alarm = insert(tables.alarms)
        self.alarms = Statement(
            alarm.on_conflict_do_update(
                index_elements=["id"], set_={name: alarm.excluded[name] for name in ("state", "record")}
            ),
            dialect,
        )
        cursor = insert(tables.cursors)
        self.cursors = Statement(
            cursor.on_conflict_do_update(
                index_elements=["session_name"],
                set_={name: cursor.excluded[name] for name in ("journal_id", "journal_index")},
            ),
            dialect,
        )
