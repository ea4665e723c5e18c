"""What an order is held against together with all others: open orders, positions and the day's turnover of a scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sendfix.domain.enums import api_name
from sendfix.domain.exposure import Exposure, Sums, SymbolSums
from sendfix.domain.ledger import ZERO
from sendfix.domain.limits import SumLimits
from sendfix.domain.more import More
from sendfix.domain.proposed import LONG_SALES, Refusal
from sendfix.domain.values import format_decimal


@dataclass(slots=True)
class _Found:
    """A refusal, and how much room there was before."""

    room: Decimal
    refusal: Refusal


def over_sums(rules: Sequence[SumLimits], exposure: Exposure, more: More) -> list[Refusal]:
    """Every limit that would be broken; where one is broken in several scopes, that with the least room. For a caller
    who computes with `EXACT`."""
    found: list[_Found] = []
    # By session and account, so the same for each scope.
    wider = exposure.wider(more.part) if more.part.sign else ZERO
    for rule in rules:
        _of_scope(found, rule, exposure, more, wider)
    worst: dict[str, _Found] = {}
    for one in found:
        before = worst.get(one.refusal.rule)
        if before is None or one.room < before.room:
            worst[one.refusal.rule] = one
    return [one.refusal for one in worst.values()]


def _of_scope(found: list[_Found], rule: SumLimits, exposure: Exposure, more: More, wider: Decimal) -> None:
    limits, sums = rule.limits, exposure.track(rule.key)
    most = limits.max_open_orders
    if most is not None and more.part.orders and sums.orders + more.part.orders > most:
        text = f"{sums.orders} are open: wait for one to fill, or cancel one"
        found.append(
            _refused(
                rule, "max_open_orders", Decimal(most), "session_name", text, Decimal(most - sums.orders)
            )
        )
    if limits.max_daily_turnover is not None:
        _turnover(found, rule, limits.max_daily_turnover, exposure, sums, more)
    if rule.of_positions:
        if more.unknown_qty is not None:
            _unknown(found, rule, more, more.unknown_qty)
        elif more.part.qty > 0:
            _positions(found, rule, sums.symbol(more.part.symbol), more, wider)


def _turnover(
    found: list[_Found], rule: SumLimits, limit: Decimal, exposure: Exposure, sums: Sums, more: More
) -> None:
    name = "max_daily_turnover"
    if more.unknown_notional is not None:
        found.append(_refused(rule, name, limit, "price", more.unknown_notional, ZERO))
        return
    if more.part.notional <= 0:
        return
    if sums.unpriced:
        exposure.find_prices()
    if sums.unpriced_fills:
        text = f"of {sums.unpriced_fills} fills of today LastPx(31) is missing: ask the counterparty to correct them"
        found.append(_refused(rule, name, limit, "price", text, ZERO))
        return
    if sums.unpriced:
        text = f"of {sums.unpriced} open orders nobody knows the price: give one by PUT /api/prices"
        found.append(_refused(rule, name, limit, "price", text, ZERO))
        return
    before = sums.executed + sums.notional
    after = before + more.part.notional
    if after > limit:
        done, still = format_decimal(sums.executed), format_decimal(sums.notional)
        text = (
            f"{done} are executed today and {still} are open: with this order it is {format_decimal(after)}"
        )
        found.append(_refused(rule, name, limit, "order_qty", text, limit - before))


def _positions(found: list[_Found], rule: SumLimits, one: SymbolSums, more: More, wider: Decimal) -> None:
    limits, part = rule.limits, more.part
    if part.sign > 0:
        moved = one.net + one.buy
        net, net_after = abs(moved), abs(moved + part.qty)
    else:
        moved = one.net - one.sell
        net, net_after = abs(moved), abs(moved - part.qty)
    limit = limits.max_gross_position
    if limit is not None and wider > 0 and one.gross + wider > limit:
        after = format_decimal(one.gross + wider)
        text = f"with {_what(more)} all positions that could come about are {after} together"
        found.append(_refused(rule, "max_gross_position", limit, "order_qty", text, limit - one.gross))
    limit = limits.max_net_position
    if limit is not None and net_after > limit and net_after > net:
        text = f"with {_what(more)} on top of {_held(one, part.sign)} it could be {format_decimal(net_after)}"
        found.append(_refused(rule, "max_net_position", limit, "order_qty", text, limit - net))
    limit = limits.max_position_notional
    if limit is not None and net_after > net:
        if more.px is None:
            text = f"nobody knows the price of {part.symbol}: give one by PUT /api/prices, or a limit price"
            found.append(_refused(rule, "max_position_notional", limit, "price", text, ZERO))
        elif net_after * more.px > limit:
            worth = f"at {format_decimal(more.px)} could be worth {format_decimal(net_after * more.px)}"
            text = f"{_what(more)} on top of {_held(one, part.sign)} {worth}"
            found.append(
                _refused(rule, "max_position_notional", limit, "order_qty", text, limit - net * more.px)
            )
    if limits.forbid_oversell and part.long_sale and part.long_sale > one.net - one.long_sale:
        left = one.net - one.long_sale
        text = (
            f"{_what(more)} is more than the {format_decimal(max(left, ZERO))} held that no open sale takes"
        )
        found.append(_refused(rule, "forbid_oversell", None, "order_qty", text, left))


def _unknown(found: list[_Found], rule: SumLimits, more: More, why: str) -> None:
    limits = rule.limits
    for name, limit in (
        ("max_gross_position", limits.max_gross_position),
        ("max_net_position", limits.max_net_position),
        ("max_position_notional", limits.max_position_notional),
    ):
        if limit is not None:
            found.append(_refused(rule, name, limit, "order_qty", why, ZERO))
    if limits.forbid_oversell and (more.proposed.side in LONG_SALES or not more.part.sign):
        found.append(_refused(rule, "forbid_oversell", None, "order_qty", why, ZERO))


def _what(more: More) -> str:
    extra = "" if more.part.orders else "more "
    return f"{api_name(more.proposed.side)} {format_decimal(more.part.qty)} {extra}of {more.part.symbol}"


def _held(one: SymbolSums, sign: int) -> str:
    working = one.buy if sign > 0 else one.sell
    return f"{format_decimal(one.net)} held and {format_decimal(working)} open on that side"


def _refused(
    rule: SumLimits, name: str, limit: Decimal | None, field: str, text: str, room: Decimal
) -> _Found:
    is_on = "is on" if limit is None else f"is {format_decimal(limit)}"
    return _Found(room, Refusal(name, field, f"{name} {rule.whose} {is_on}, and {text}"))
