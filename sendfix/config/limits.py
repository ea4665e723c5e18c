"""Limits and rules from their JSON, each key checked, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sendfix.config.reader import ConfigError, ObjectReader
from sendfix.config.schedule import schedule_of
from sendfix.domain.limits import ALLOW, REFUSE, SHORT_SALES, WITHOUT_PRICE, Limits, Rule, Scope
from sendfix.domain.schedule import Schedule
from sendfix.domain.values import format_decimal

MAX_NAME = 64
COLLAR = "price_collar_percent"


def limits_of(reader: ObjectReader | None) -> Limits:
    """Raises `ConfigError`."""
    if reader is None:
        return Limits()
    buy, sell = _collar(reader)
    limits = Limits(
        max_orders_per_second=_count(reader, "max_orders_per_second", 1),
        max_order_qty=reader.decimal("max_order_qty"),
        max_notional=reader.decimal("max_notional"),
        symbols=None if reader.raw("symbols") is None else _symbols(reader, "symbols"),
        blocked_symbols=_symbols(reader, "blocked_symbols"),
        duplicate_seconds=_seconds(reader, "duplicate_seconds"),
        price_collar_buy_percent=buy,
        price_collar_sell_percent=sell,
        price_collar_both_sides=reader.flag("price_collar_both_sides", False),
        price_collar_without_price=_choice(reader, "price_collar_without_price", WITHOUT_PRICE, REFUSE),
        price_max_age_seconds=_seconds(reader, "price_max_age_seconds"),
        max_gross_position=reader.decimal("max_gross_position"),
        max_net_position=reader.decimal("max_net_position"),
        max_position_notional=reader.decimal("max_position_notional"),
        max_daily_turnover=reader.decimal("max_daily_turnover"),
        max_open_orders=_count(reader, "max_open_orders", 0),
        trading_hours=schedule_of(reader.object("trading_hours"), of_session=False),
        short_sales=_choice(reader, "short_sales", SHORT_SALES, ALLOW),
        forbid_oversell=reader.flag("forbid_oversell", False),
    )
    reader.finish()
    return limits


def rules_of(rules: Sequence[object]) -> tuple[list[Rule], list[ConfigError]]:
    """A document's rules, `{"scope": {…}, "limits": {…}}` each; and what is wrong, the first of each rule."""
    found, errors = [], []
    for number, rule in enumerate(rules):
        try:
            found.append(_rule(f"rules[{number}]", rule))
        except ConfigError as error:
            errors.append(error)
    return found, errors


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """As `rules_of` reads it."""
    scope = {
        "session_name": rule.scope.session_name,
        "account": rule.scope.account,
        "user": rule.scope.user,
    }
    return {
        "scope": {key: value for key, value in scope.items() if value is not None},
        "limits": limits_to_json(rule.limits),
    }


def limits_to_json(limits: Limits) -> dict[str, Any]:
    """Only those that are set, as `limits_of` reads them."""
    found: dict[str, Any] = {}
    default = Limits()
    buy, sell = limits.price_collar_buy_percent, limits.price_collar_sell_percent
    if buy is not None and buy == sell:
        found[COLLAR] = format_decimal(buy)
    elif limits.has_collar:
        sides = {"buy": buy, "sell": sell}
        found[COLLAR] = {key: format_decimal(value) for key, value in sides.items() if value is not None}
    for name in _NAMES:
        value = getattr(limits, name)
        if value != getattr(default, name):
            found[name] = _to_json(value)
    return found


_OF_THE_COLLAR = ("price_collar_buy_percent", "price_collar_sell_percent")
_NAMES = tuple(name for name in Limits.__slots__ if name not in _OF_THE_COLLAR)


def _to_json(value: object) -> object:
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Schedule):
        return {
            "timezone": value.timezone,
            "open_time": _clock(value.open_time),
            "close_time": _clock(value.close_time),
            "days_of_week": list(value.days_of_week),
            "holidays": [day.isoformat() for day in value.holidays],
        }
    return value


def _clock(at: time) -> str:
    return at.isoformat(timespec="seconds" if at.second else "minutes")


def _rule(where: str, value: object) -> Rule:
    environ: Mapping[str, str] = {}
    reader = ObjectReader(where, value, environ, Path(), f"{where}.")
    reader.required("scope")
    reader.required("limits")
    scope_reader, limits = reader.object("scope"), reader.object("limits")
    assert scope_reader is not None
    scope = Scope(
        _name(scope_reader, "session_name"), _name(scope_reader, "account"), _name(scope_reader, "user")
    )
    scope_reader.finish()
    rule = Rule(scope, limits_of(limits))
    reader.finish()
    return rule


def _name(reader: ObjectReader, key: str) -> str | None:
    text = reader.optional_text(key)
    if text is not None and len(text) > MAX_NAME:
        raise reader.fail(key, f"has {len(text)} characters; give up to {MAX_NAME}")
    return text


def _collar(reader: ObjectReader) -> tuple[Decimal | None, Decimal | None]:
    if not isinstance(reader.raw(COLLAR), dict):
        percent = reader.decimal(COLLAR)
        return percent, percent
    sides = reader.object(COLLAR)
    assert sides is not None
    found = sides.decimal("buy"), sides.decimal("sell")
    sides.finish()
    return found


def _count(reader: ObjectReader, key: str, lowest: int) -> int | None:
    value = reader.raw(key)
    return None if value is None else reader.whole(key, value, lowest, 1_000_000)


def _seconds(reader: ObjectReader, key: str) -> float | None:
    return None if reader.raw(key) is None else reader.number(key, 0.0, 0.001, 86400)


def _choice(reader: ObjectReader, key: str, choices: Sequence[str], default: str) -> str:
    text = reader.text(key, reader.value(key, default))
    if text not in choices:
        raise reader.fail(key, f"is {text!r}; give one of {', '.join(choices)}")
    return text


def _symbols(reader: ObjectReader, key: str) -> frozenset[str]:
    return frozenset(reader.text(key, item) for item in reader.items(key))
