"""Answers about limits and kill switches."""

from __future__ import annotations

from sendfix.web.answers.base import Output
from sendfix.web.answers.orders import CanceledOrders


class KillSwitch(Output):
    """`session_name` null stops every session; `text` is the whole sentence."""

    session_name: str | None
    reason: str
    at: str
    text: str


class SessionLimits(Output):
    """As configured; null is no limit."""

    session_name: str
    max_orders_per_second: int | None
    max_order_qty: str | None
    max_notional: str | None
    symbols: list[str] | None
    blocked_symbols: list[str]
    duplicate_seconds: float | None


class Risk(Output):
    kill_switches: list[KillSwitch]
    limits: list[SessionLimits]


class Killed(CanceledOrders):
    kill_switch: KillSwitch


class KillLetGo(Output):
    session_name: str | None
    was_on: bool
