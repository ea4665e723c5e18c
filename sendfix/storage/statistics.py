"""Reads orders and their executions side by side, one order at a time, and makes statistics of them in the thread of a
lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, select

from sendfix.domain.reports import LEG
from sendfix.domain.statistics import Report, Sent, Statistics, statistics
from sendfix.services.columns import NO_TIME, decimal_of_key
from sendfix.services.search import Condition
from sendfix.storage import tables
from sendfix.storage.lanes import Lane, Lanes
from sendfix.storage.searcher import FirstPlace, condition_of

T = TypeVar("T")

ROWS_AT_ONCE = 200
# As the writer writes it. An execution of one leg is none of the order as a whole.
_IS_LEG = f'"multi_leg_reporting_type":"{LEG}"'

# The same few prices and quantities stand in very many rows.
_decimal = lru_cache(maxsize=65536)(decimal_of_key)


class StatisticsReader:
    """Implements `services.statistics.StatisticsArchive`."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes

    def statistics(self, conditions: Sequence[Condition], by: str, make: Callable[[Statistics], T]) -> T:
        return self._lanes.run(
            lambda connection, lane: make(statistics(_orders(connection, lane, conditions), by))
        )


def _orders(
    connection: Connection, lane: Lane, conditions: Sequence[Condition]
) -> Iterator[tuple[Sent, Sequence[Report]]]:
    order, execution = tables.orders.c, tables.executions.c
    wanted: list[ColumnElement[bool]] = [order.adopted == 0]
    wanted += [condition_of(tables.orders, one) for one in conditions]
    numbers = select(order.order_no).where(*wanted)
    sent = select(
        order.order_no,
        order.session_name,
        order.account,
        order.symbol,
        order.side,
        order.status,
        order.order_qty,
        order.price,
        order.arrival_px,
        order.created_at_ns,
    )
    booked = select(
        execution.order_no,
        execution.exec_id,
        execution.exec_ref_id,
        execution.exec_type,
        execution.last_qty,
        execution.last_px,
        execution.cum_qty,
        execution.received_at_ns,
        execution.transact_time_ns,
    ).where(FirstPlace(execution.record, _IS_LEG) == 0)
    if conditions:
        booked = booked.where(execution.order_no.in_(numbers))
    # The first cursor stays open while the second one is read, so both are of the same moment.
    orders = _rows(connection, lane, sent.where(*wanted).order_by(order.order_no))
    reports = _rows(connection, lane, booked.order_by(execution.order_no, execution.id))
    report = next(reports, None)
    for order_no, *columns in orders:
        found = []
        while report is not None and report[0] <= order_no:
            if report[0] == order_no:
                found.append(_report(report))
            report = next(reports, None)
        yield _sent(columns), found


def _rows(connection: Connection, lane: Lane, statement: Any) -> Iterator[Any]:
    for rows in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement).partitions():
        lane.check()
        yield from rows


def _sent(columns: Sequence[Any]) -> Sent:
    session_name, account, symbol, side, status, order_qty, price, arrival_px, created_at_ns = columns
    return Sent(
        session_name,
        account,
        symbol,
        side,
        status,
        _decimal(order_qty),
        _decimal(price),
        _decimal(arrival_px),
        created_at_ns,
    )


def _report(row: Any) -> Report:
    (
        _order_no,
        exec_id,
        exec_ref_id,
        exec_type,
        last_qty,
        last_px,
        cum_qty,
        received_at_ns,
        transact_time_ns,
    ) = row
    return Report(
        exec_id,
        exec_ref_id,
        exec_type,
        _decimal(last_qty),
        _decimal(last_px),
        _decimal(cum_qty),
        received_at_ns,
        None if transact_time_ns == NO_TIME else transact_time_ns,
    )
