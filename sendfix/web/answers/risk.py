"""Answers about limits and kill switches."""

from __future__ import annotations

from typing import Any

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


class Scope(Output):
    """Null is any."""

    session_name: str | None
    account: str | None
    user: str | None


class Use(Output):
    """How much of a limit is used; `symbol` is the one that uses most of a limit on positions."""

    rule: str
    used: str
    limit: str
    symbol: str | None


class ScopeLimits(Output):
    """`limits` as the configuration writes them, only those that are set. `source` is configuration or document.
    `whose` is as refusals say it; `open_orders` and the amounts are null where no limit needs them."""

    scope: Scope
    source: str
    whose: str
    limits: dict[str, Any]
    open_orders: int | None
    open_notional: str | None
    executed_today: str | None
    uses: list[Use]


class Risk(Output):
    """`limits_problem` says why the document of limits can't be read: nothing new is sent then."""

    kill_switches: list[KillSwitch]
    limits: list[SessionLimits]
    scopes: list[ScopeLimits]
    limits_problem: str | None


class RuleOfDocument(Output):
    scope: dict[str, str]
    limits: dict[str, Any]


class LimitsDocument(Output):
    """`version` goes up by one with each change."""

    version: int
    rules: list[RuleOfDocument]
    changed_at: str | None
    reason: str
    problem: str | None


class Killed(CanceledOrders):
    kill_switch: KillSwitch


class KillLetGo(Output):
    session_name: str | None
    was_on: bool
