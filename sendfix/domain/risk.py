"""What an order or a replace by itself is held against before it is sent. Pure: what is known comes in, refusals come
out. What all orders together add up to is in `exposure`."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sendfix.domain.enums import api_name
from sendfix.domain.limits import Applied, OpenHours, Tightest
from sendfix.domain.price import Price
from sendfix.domain.proposed import SHORT_SALES, Proposed, Refusal, direction
from sendfix.domain.values import format_decimal

HUNDRED = Decimal(100)
_GET_ONE = "watch the symbol on this session, or give a price by PUT /api/prices or the price file"
_TAGS = {"price": "Price(44)", "stop_px": "StopPx(99)"}


def over_limits(
    applied: Applied,
    proposed: Proposed,
    before: Proposed | None,
    fresh: Price | None,
    why_not: str,
    now: datetime,
) -> list[Refusal]:
    """Every limit that the order would break; `fresh` and `why_not` are of `fresh_price`. A replace that raises neither
    quantity nor notional of the order as it was (`before`) only takes risk away: then nothing but a price that goes
    further towards the market is looked at."""
    found: list[Refusal] = []
    if before is not None and not proposed.raises(before):
        _collar(found, applied, proposed, before, fresh, why_not)
        return found
    _symbol(found, applied, proposed)
    if applied.order_qty is not None:
        _order_qty(found, applied.order_qty, proposed)
    if applied.notional is not None:
        _notional(found, applied.notional, proposed, fresh, why_not)
    _collar(found, applied, proposed, before, fresh, why_not)
    for hours in applied.hours:
        if not hours.open_at(now):
            found.append(_closed(hours, now))
    if proposed.side in SHORT_SALES:
        _short_sale(found, applied, proposed, before)
    return found


def fresh_price(applied: Applied, last: Price | None, now: datetime) -> tuple[Price | None, str]:
    """The last price of the symbol unless it is too old; else why there is none, and what to do."""
    if last is None or last.px <= 0:
        return None, f"there is no last price; {_GET_ONE}"
    age = now - last.at
    if age <= applied.price_max_age:
        return last, ""
    words = f"the last price {format_decimal(last.px)} ({last.source}) is {age.total_seconds():.0f} s old"
    most = applied.price_max_age.total_seconds()
    return None, f"{words}, and price_max_age_seconds is {most:g}; {_GET_ONE}"


def _symbol(found: list[Refusal], applied: Applied, proposed: Proposed) -> None:
    for blocked, whose in applied.blocked_symbols:
        if proposed.symbol in blocked:
            found.append(_blocked("Symbol(55)", proposed.symbol, whose))
        for leg in proposed.legs:
            if leg in blocked:
                found.append(_blocked("LegSymbol(600)", leg, whose))
    for allowed, whose in applied.symbols:
        if proposed.symbol not in allowed:
            found.append(_not_allowed("Symbol(55)", proposed.symbol, whose))
        for leg in proposed.legs:
            if leg not in allowed:
                found.append(_not_allowed("LegSymbol(600)", leg, whose))


def _blocked(tag: str, symbol: str, whose: str) -> Refusal:
    return Refusal("blocked_symbols", "symbol", f"{tag} {symbol!r} is one of blocked_symbols {whose}")


def _not_allowed(tag: str, symbol: str, whose: str) -> Refusal:
    return Refusal("symbols", "symbol", f"{tag} {symbol!r} is not one of symbols {whose}")


def _order_qty(found: list[Refusal], limit: Tightest, proposed: Proposed) -> None:
    if proposed.order_qty is None:
        why = proposed.unsized or "an order without OrderQty(38)"
        found.append(_refused("max_order_qty", limit, "order_qty", f"{why} can't be held against it"))
    elif proposed.order_qty > limit.value:
        given = format_decimal(proposed.order_qty)
        found.append(_refused("max_order_qty", limit, "order_qty", f"OrderQty(38) {given} is more"))


def _notional(
    found: list[Refusal], limit: Tightest, proposed: Proposed, fresh: Price | None, why_not: str
) -> None:
    name, qty, cash = "max_notional", proposed.order_qty, proposed.cash_order_qty
    px, of_what = proposed.worth_px, ""
    if px is None and qty is not None and fresh is not None:
        px, of_what = fresh.px, f", the last price ({fresh.source}),"
    by_qty = None if qty is None or px is None else abs(qty * px)
    if by_qty is None and (qty is not None or cash is None):
        if proposed.unsized is not None:
            found.append(_refused(name, limit, "price", f"{proposed.unsized} can't be held against it"))
        else:
            text = "an order without a price can't be held against it: give a limit price"
            found.append(_refused(name, limit, "price", f"{text}; {why_not}".rstrip("; ")))
    elif cash is not None and cash > limit.value:
        text = f"CashOrderQty(152) {format_decimal(cash)} is more"
        found.append(_refused(name, limit, "cash_order_qty", text))
    elif by_qty is not None and by_qty > limit.value:
        what, at = format_decimal(qty or Decimal(0)), format_decimal(px or Decimal(0))
        found.append(
            _refused(name, limit, "order_qty", f"{what} at {at}{of_what} is {format_decimal(by_qty)}")
        )


def _collar(
    found: list[Refusal],
    applied: Applied,
    proposed: Proposed,
    before: Proposed | None,
    fresh: Price | None,
    why_not: str,
) -> None:
    sign = direction(proposed.side)
    collar = applied.collar_sell if sign < 0 else applied.collar_buy
    if collar is None:
        return
    name, both_sides = "price_collar_percent", applied.both_sides or not sign
    for field in ("price", "stop_px"):
        px = proposed.price if field == "price" else proposed.stop_px
        if px is None or (before is not None and not _bolder(field, proposed, before, sign, both_sides)):
            continue
        if fresh is None:
            if not applied.pass_without_price:
                found.append(_refused(name, collar, field, why_not))
            return
        away = (px - fresh.px) * HUNDRED
        most = collar.value * fresh.px
        if (-away if sign < 0 else away) > most or (both_sides and abs(away) > most):
            tag, where = _TAGS[field], "above" if away > 0 else "below"
            worth = f"the last price {format_decimal(fresh.px)} ({fresh.source}, {fresh.at:%H:%M:%S} UTC)"
            text = f"{tag} {format_decimal(px)} is {abs(away / fresh.px):.2f} % {where} {worth}"
            found.append(_refused(name, collar, field, text))


def _bolder(field: str, proposed: Proposed, before: Proposed, sign: int, both_sides: bool) -> bool:
    """Whether a replace has more quantity, or a price that the collar has not let through already."""
    now, then = getattr(proposed, field), getattr(before, field)
    if then is None or not proposed.is_like(before) or _more(proposed.order_qty, before.order_qty):
        return True
    return bool(now != then if both_sides else (now - then) * sign > 0)


def _more(now: Decimal | None, then: Decimal | None) -> bool:
    return now is None or then is None or now > then


def _closed(hours: OpenHours, now: datetime) -> Refusal:
    opens = hours.schedule.next_session(now)
    when = "nothing opens any more" if opens is None else f"they begin {hours.schedule.opening(opens)}"
    text = f"it is outside trading_hours {hours.whose}, when only cancels and smaller replaces go: {when}"
    return Refusal("trading_hours", "session_name", text)


def _short_sale(found: list[Refusal], applied: Applied, proposed: Proposed, before: Proposed | None) -> None:
    side = f"Side(54) {api_name(proposed.side)}"
    for whose in applied.no_short_sales:
        found.append(
            Refusal("short_sales", "side", f"short_sales {whose} is forbid, and {side} is a short sale")
        )
    if before is not None and before.side == proposed.side:
        return  # a replace is of an order that has said so; FIX 4.0 has no LocateReqd in it
    for whose in applied.locate:
        head = f"short_sales {whose} is locate_required, and {side}"
        if proposed.locate_reqd not in ("Y", "N"):
            text = f"{head} has no LocateReqd(114): give Y if the broker is to locate the stock, N if it is located"
            found.append(Refusal("short_sales", "locate_reqd", text))
        elif proposed.locate_reqd == "N" and not proposed.locate_broker:
            text = f"{head} has LocateReqd(114) N without a LocateBroker(5700): say as tag 5700 who has located it"
            found.append(Refusal("short_sales", "custom_tags.5700", text))


def _refused(rule: str, limit: Tightest, field: str, why: str) -> Refusal:
    return Refusal(rule, field, f"{rule} {limit.whose} is {format_decimal(limit.value)}, and {why}")
