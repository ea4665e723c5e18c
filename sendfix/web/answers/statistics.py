"""Answers about how orders fared."""

from __future__ import annotations

from sendfix.web.answers.base import Output


class Delay(Output):
    """Milliseconds, of `count` orders: the time that 50, 95 and 99 of a hundred do not exceed, and the longest."""

    count: int
    p50: str | None
    p95: str | None
    p99: str | None
    max: str | None


class Delays(Output):
    to_ack: Delay
    to_first_fill: Delay
    to_fill: Delay


class Slippage(Output):
    """In basis points of the value, of `orders` orders with executions; positive is a cost."""

    orders: int
    basis_points: str | None


class Figures(Output):
    """`filled`, `rejected` and `canceled` are numbers of orders. `engine_ms` is from our send to the report's arrival,
    both by the engine's clock; `transact_time_ms` to the report's TransactTime(60), by the counterparty's clock, and so
    can be negative. `arrival_slippage` is against the price known at the send, `limit_slippage` against the limit
    price."""

    orders: int
    filled: int
    rejected: int
    canceled: int
    fill_ratio: str | None
    qty_fill_ratio: str | None
    reject_rate: str | None
    cancel_rate: str | None
    order_qty: str
    executed_qty: str
    turnover: str
    engine_ms: Delays
    transact_time_ms: Delays
    arrival_slippage: Slippage
    limit_slippage: Slippage


class Group(Figures):
    """`key` is what its orders have in common; "" for orders without one."""

    key: str


class Statistics(Output):
    """Groups by their sorted keys, and all orders together."""

    by: str
    groups: list[Group]
    total: Figures
