"""Limits, whose they are, and what holds for one order of all that match: of each limit the tightest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sendfix.domain.schedule import Hours, Schedule

DEFAULT_PRICE_MAX_AGE_SECONDS = 300.0
ALLOW, LOCATE_REQUIRED, FORBID = SHORT_SALES = ("allow", "locate_required", "forbid")
REFUSE, PASS = WITHOUT_PRICE = ("refuse", "pass")

USER = re.compile(r"[A-Za-z0-9._@-]{1,64}")
"""Who a request can say that it is from."""

Key = tuple[str | None, str | None, str | None]
"""Session, account and user for which sums are kept; None is every one of them, an empty text none at all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. docs/risk.md says what each one holds back. The price collar is in percent of the last price,
    one for buying and one for selling."""

    max_orders_per_second: int | None = None
    max_order_qty: Decimal | None = None
    max_notional: Decimal | None = None
    symbols: frozenset[str] | None = None
    blocked_symbols: frozenset[str] = frozenset()
    duplicate_seconds: float | None = None
    price_collar_buy_percent: Decimal | None = None
    price_collar_sell_percent: Decimal | None = None
    price_collar_both_sides: bool = False
    price_collar_without_price: str = REFUSE
    price_max_age_seconds: float | None = None
    max_gross_position: Decimal | None = None
    max_net_position: Decimal | None = None
    max_position_notional: Decimal | None = None
    max_daily_turnover: Decimal | None = None
    max_open_orders: int | None = None
    trading_hours: Schedule | None = None
    short_sales: str = ALLOW
    forbid_oversell: bool = False

    @property
    def has_collar(self) -> bool:
        return self.price_collar_buy_percent is not None or self.price_collar_sell_percent is not None

    @property
    def of_positions(self) -> bool:
        """Whether there is one that looks at what is held, which is known by session and account alone."""
        return self.forbid_oversell or any(
            limit is not None
            for limit in (self.max_gross_position, self.max_net_position, self.max_position_notional)
        )

    @property
    def of_sums(self) -> bool:
        """Whether there is one that looks at more than the order itself."""
        return self.of_positions or self.max_daily_turnover is not None or self.max_open_orders is not None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose orders: those to which all that is given applies."""

    session_name: str | None = None
    account: str | None = None
    user: str | None = None

    @property
    def key(self) -> Key:
        return (self.session_name, self.account, self.user)

    @property
    def text(self) -> str:
        """As it follows a limit's name: "of account A on session S"."""
        parts = [f"{word} {name}" for word, name in (("account", self.account), ("user", self.user)) if name]
        if self.session_name:
            where = f"session {self.session_name}"
            return f"of {' and '.join(parts)} on {where}" if parts else f"of {where}"
        return f"of {' and '.join(parts)}" if parts else "of the whole desk"

    def covers(self, session_name: str, account: str, user: str) -> bool:
        return (
            self.session_name in (None, session_name)
            and self.account in (None, account)
            and self.user in (None, user)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    scope: Scope
    limits: Limits


@dataclass(frozen=True, slots=True)
class Tightest:
    """One limit as it holds, and whose it is, as `Scope.text` says it."""

    value: Decimal
    whose: str


class SumLimits:
    """The limits of one rule that look at more than the order itself, and the key of the sums that they look at."""

    __slots__ = ("key", "limits", "of_positions", "whose")

    def __init__(self, rule: Rule) -> None:
        self.limits = rule.limits
        self.of_positions = rule.limits.of_positions
        self.key = rule.scope.key
        self.whose = rule.scope.text


class OpenHours:
    """Trading hours, and whose they are."""

    __slots__ = ("_now", "schedule", "whose")

    def __init__(self, schedule: Schedule, whose: str) -> None:
        self.schedule = schedule
        self.whose = whose
        self._now: Hours | None = None

    def open_at(self, now: datetime) -> bool:
        """The hours that are on are remembered: to find them costs more than all the rest of a check."""
        if self._now is None or not self._now.open_at <= now < self._now.close_at:
            self._now = self.schedule.session_at(now)
        return self._now is not None


class Applied:
    """All rules that apply to an order, ready for use: made once for each session, account and user."""

    __slots__ = (
        "blocked_symbols",
        "both_sides",
        "collar_buy",
        "collar_sell",
        "duplicate_seconds",
        "hours",
        "locate",
        "needs_fields",
        "needs_price",
        "no_short_sales",
        "notional",
        "order_qty",
        "pass_without_price",
        "price_max_age",
        "rates",
        "rules",
        "sums",
        "symbols",
    )

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.order_qty = _lowest(rules, "max_order_qty")
        self.notional = _lowest(rules, "max_notional")
        self.collar_buy = _lowest(rules, "price_collar_buy_percent")
        self.collar_sell = _lowest(rules, "price_collar_sell_percent")
        collars = [rule.limits for rule in rules if rule.limits.has_collar]
        self.both_sides = any(limits.price_collar_both_sides for limits in collars)
        self.pass_without_price = all(limits.price_collar_without_price == PASS for limits in collars)
        ages = (limits.price_max_age_seconds for _, limits in _each(rules) if limits.price_max_age_seconds)
        self.price_max_age = timedelta(seconds=min(ages, default=DEFAULT_PRICE_MAX_AGE_SECONDS))
        self.symbols = [
            (limits.symbols, whose) for whose, limits in _each(rules) if limits.symbols is not None
        ]
        self.blocked_symbols = [
            (limits.blocked_symbols, whose) for whose, limits in _each(rules) if limits.blocked_symbols
        ]
        self.hours = [
            OpenHours(limits.trading_hours, whose)
            for whose, limits in _each(rules)
            if limits.trading_hours is not None
        ]
        self.no_short_sales = [whose for whose, limits in _each(rules) if limits.short_sales == FORBID]
        self.locate = [whose for whose, limits in _each(rules) if limits.short_sales == LOCATE_REQUIRED]
        windows = [
            (limits.duplicate_seconds, whose) for whose, limits in _each(rules) if limits.duplicate_seconds
        ]
        self.duplicate_seconds = max(windows, key=lambda one: one[0], default=None)
        self.rates = _rates(rules)
        self.sums = [SumLimits(rule) for rule in rules if rule.limits.of_sums]
        self.needs_price = bool(collars or self.notional or self.sums)
        self.needs_fields = any(limits != Limits(limits.max_orders_per_second) for _, limits in _each(rules))


def _each(rules: Sequence[Rule]) -> list[tuple[str, Limits]]:
    return [(rule.scope.text, rule.limits) for rule in rules]


def _rates(rules: Sequence[Rule]) -> list[tuple[int, Key, str]]:
    """One for each scope: a session's own limits and a rule for the session have the same."""
    found: dict[Scope, int] = {}
    for rule in rules:
        rate = rule.limits.max_orders_per_second
        if rate is not None:
            found[rule.scope] = min(rate, found.get(rule.scope, rate))
    return [(rate, scope.key, scope.text) for scope, rate in found.items()]


def _lowest(rules: Sequence[Rule], name: str) -> Tightest | None:
    found = [
        Tightest(value, whose)
        for whose, limits in _each(rules)
        if (value := getattr(limits, name)) is not None
    ]
    return min(found, key=lambda one: one.value, default=None)
