"""Answers queries about what is stored, in a thread of its own, newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from gevent.threadpool import ThreadPool
from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from sendfix.domain.alarm import OPEN, Alarm
from sendfix.domain.errors import StorageUnavailable
from sendfix.domain.order import Execution, Order
from sendfix.services.ports import (
    AlarmQuery,
    BookedExecution,
    ExecutionQuery,
    MessageQuery,
    MessageRow,
    OrderQuery,
)
from sendfix.storage import tables
from sendfix.storage.database import reason

T = TypeVar("T")

# As the writer writes them; in a text the quotes would be escaped.
_NO_QTY, _NO_REF = '"last_qty":null', '"exec_ref_id":null'


@dataclass(frozen=True, slots=True)
class Resume:
    """What a desk needs to go on where the last one stopped."""

    next_order_no: int
    next_message_id: int
    cursors: dict[str, tuple[str, int]]
    orders: list[Order]
    alarms: list[Alarm]


class Reader:
    """Owns the reading end of the database. Each method raises `StorageUnavailable` when it can't be read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pool = ThreadPool(1)

    def close(self) -> None:
        self._pool.kill()
        self._engine.dispose()

    def resume(self, recent_orders: int) -> Resume:
        """Every open order, the newest `recent_orders` of the others and every open alarm, with the counters and
        cursors."""

        def read(connection: Connection) -> Resume:
            next_order_no = (connection.scalar(select(func.max(tables.orders.c.order_no))) or 0) + 1
            next_message_id = (connection.scalar(select(func.max(tables.messages.c.id))) or 0) + 1
            cursors = {
                name: (journal_id, index)
                for name, journal_id, index in connection.execute(select(tables.cursors))
            }
            column = tables.orders.c
            wanted = select(column.record).where(
                (column.is_open == 1) | (column.order_no >= next_order_no - recent_orders)
            )
            found = connection.scalars(wanted.order_by(column.order_no)).all()
            alarms = connection.scalars(
                select(tables.alarms.c.record)
                .where(tables.alarms.c.state == OPEN)
                .order_by(tables.alarms.c.id)
            ).all()
            return Resume(
                next_order_no,
                next_message_id,
                cursors,
                [_order(text) for text in found],
                [_alarm(text) for text in alarms],
            )

        return self._read(read)

    def find_order(self, cl_ord_id: str) -> Order | None:
        statement = (
            select(tables.orders.c.record)
            .join(tables.order_ids, tables.order_ids.c.order_no == tables.orders.c.order_no)
            .where(tables.order_ids.c.cl_ord_id == cl_ord_id)
        )
        found = self._read(lambda connection: connection.scalar(statement))
        return None if found is None else _order(found)

    def orders(self, query: OrderQuery) -> list[Order]:
        column = tables.orders.c
        conditions = _conditions(
            (column.session_name, query.session_name),
            (column.symbol, query.symbol),
            (column.side, query.side),
            (column.status, query.status),
        )
        if query.before is not None:
            conditions.append(column.order_no < query.before)
        statement = (
            select(column.record).where(*conditions).order_by(column.order_no.desc()).limit(query.limit)
        )
        return [_order(text) for text in self._read(lambda connection: connection.scalars(statement).all())]

    def executions(self, query: ExecutionQuery) -> list[BookedExecution]:
        column = tables.executions.c
        conditions = _conditions(
            (column.session_name, query.session_name),
            (column.symbol, query.symbol),
            (column.order_no, query.order_no),
        )
        if query.fills_only:
            conditions.append(~column.record.contains(_NO_QTY) | ~column.record.contains(_NO_REF))
        found = select(column.id, column.record, column.order_no).where(*conditions)
        if query.after is not None:
            statement = found.where(column.id > query.after).order_by(column.id).limit(query.limit)
        else:
            statement = _page(found, tables.executions, query)
        return [
            BookedExecution(row.id, _execution(row.record), row.order_no) for row in self._rows(statement)
        ]

    def messages(self, query: MessageQuery) -> list[MessageRow]:
        column = tables.messages.c
        conditions = _conditions((column.session_name, query.session_name), (column.order_no, query.order_no))
        if query.directions:
            conditions.append(column.direction.in_(query.directions))
        if query.msg_types:
            conditions.append(column.msg_type.in_(query.msg_types))
        if query.seq_nums is not None:
            conditions.append(column.msg_seq_num.between(*query.seq_nums))
        if query.text:
            conditions.append(column.raw.contains(query.text, autoescape=True))
        statement = _page(select(tables.messages).where(*conditions), tables.messages, query)
        return [message_of(row) for row in self._rows(statement)]

    def message(self, message_id: int) -> MessageRow | None:
        statement = select(tables.messages).where(tables.messages.c.id == message_id)
        rows = self._rows(statement)
        return message_of(rows[0]) if rows else None

    def alarms(self, query: AlarmQuery) -> list[Alarm]:
        column = tables.alarms.c
        conditions = _conditions((column.session_name, query.session_name), (column.state, query.state))
        statement = _page(select(column.record).where(*conditions), tables.alarms, query)
        return [_alarm(row.record) for row in self._rows(statement)]

    def alarm(self, alarm_id: int) -> Alarm | None:
        rows = self._rows(select(tables.alarms.c.record).where(tables.alarms.c.id == alarm_id))
        return _alarm(rows[0].record) if rows else None

    def _rows(self, statement: Select[Any]) -> list[Any]:
        return self._read(lambda connection: list(connection.execute(statement).all()))

    def _read(self, read: Callable[[Connection], T]) -> T:
        def run() -> T | StorageUnavailable:
            try:
                with self._engine.connect() as connection:
                    return read(connection)
            except (SQLAlchemyError, OSError) as error:
                return StorageUnavailable(f"The database can't be read: {reason(error)}")

        result: T | StorageUnavailable = self._pool.apply(run)
        if isinstance(result, StorageUnavailable):
            raise result
        return result


def _conditions(*equal: tuple[Any, object]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in equal if value is not None]


def _page(
    statement: Select[Any], table: Table, query: ExecutionQuery | MessageQuery | AlarmQuery
) -> Select[Any]:
    if query.before is not None:
        statement = statement.where(table.c.id < query.before)
    if isinstance(query, MessageQuery) and query.after is not None:
        return statement.where(table.c.id > query.after).order_by(table.c.id).limit(query.limit)
    return statement.order_by(table.c.id.desc()).limit(query.limit)


def _order(text: str) -> Order:
    return Order.from_record(orjson.loads(text))


def _execution(text: str) -> Execution:
    return Execution.from_record(orjson.loads(text))


def _alarm(text: str) -> Alarm:
    return Alarm.from_record(orjson.loads(text))


def message_of(row: Any) -> MessageRow:
    return MessageRow(
        row.id,
        row.session_name,
        row.direction,
        row.at_ns,
        row.msg_seq_num,
        row.msg_type,
        row.raw,
        row.order_no,
        row.refused,
    )
