"""What a message would add to the sums of orders and positions, if it were sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sendfix.domain.enums import api_name
from sendfix.domain.ledger import ZERO
from sendfix.domain.order import Order
from sendfix.domain.part import Part, Whose
from sendfix.domain.price import Price
from sendfix.domain.proposed import LONG_SALES, Proposed, direction


@dataclass(slots=True)
class More:
    """`part` is what is added. Where quantity or worth are not known, `unknown_qty` and `unknown_notional` say why, as
    the end of a sentence, and the part has none. `px` is what a share is worth at most; None where nobody knows."""

    proposed: Proposed
    part: Part
    px: Decimal | None
    unknown_qty: str | None = None
    unknown_notional: str | None = None


def more_of(
    proposed: Proposed,
    whose: Whose,
    replaced: tuple[Order, Part | None] | None,
    last: Price | None,
    fresh: Price | None,
    why_not: str,
) -> More:
    """`replaced` is the order that a replace is for, and what it adds as it is, unless the replace moves it to another
    account or instrument: then it counts beside that. `last` the last price of the symbol,
    `fresh` the same unless it is too old, which `why_not` says then. For a caller who computes with `EXACT`."""
    sign = direction(proposed.side)
    own = proposed.worth_px
    qty = _qty(proposed, replaced)
    unknown_qty = _why_no_qty(proposed, sign, qty)
    px = own if own is not None else None if fresh is None else fresh.px
    notional, unknown_notional = _notional(proposed, replaced, qty, px)
    if unknown_notional == "":
        text = "an order without a price can't be held against it: give a limit price"
        unknown_notional = f"{text}; {why_not}"
    if unknown_qty is not None:
        sign, qty = 0, ZERO
    part = Part(
        whose,
        proposed.symbol,
        sign,
        int(replaced is None),
        qty or ZERO,
        (qty or ZERO) if proposed.side in LONG_SALES else ZERO,
        notional,
    )
    worth = None if own is None else abs(own)
    if last is not None and (worth is None or abs(last.px) > worth):
        worth = abs(last.px)
    return More(proposed, part, worth, unknown_qty, unknown_notional)


def _qty(proposed: Proposed, replaced: tuple[Order, Part | None] | None) -> Decimal | None:
    """How much more could fill; None where that is not known."""
    if replaced is None or proposed.order_qty is None:
        return proposed.order_qty
    order, before = replaced
    return max(proposed.order_qty - order.cum_qty - (ZERO if before is None else before.qty), ZERO)


def _why_no_qty(proposed: Proposed, sign: int, qty: Decimal | None) -> str | None:
    if proposed.unsized is not None:
        return f"{proposed.unsized} can't be held against it"
    if proposed.legs:
        return "a multileg order can't be held against it leg by leg"
    if not sign:
        side = f"Side(54) {api_name(proposed.side)}" if proposed.side else "an order without Side(54)"
        return f"{side} neither buys nor sells"
    return "an order without OrderQty(38) can't be held against it" if qty is None else None


def _notional(
    proposed: Proposed,
    replaced: tuple[Order, Part | None] | None,
    more_qty: Decimal | None,
    px: Decimal | None,
) -> tuple[Decimal, str | None]:
    """What it is worth more, and if that is not known why not; an empty text for want of a price."""
    if proposed.unsized is not None:
        return ZERO, f"{proposed.unsized} can't be held against it"
    order, before = (None, None) if replaced is None else replaced
    after = ZERO
    if proposed.cash_order_qty is not None:
        after = proposed.cash_order_qty - (ZERO if order is None else order.tally.value)
    elif more_qty is None:
        return ZERO, "an order without OrderQty(38) can't be held against it"
    if more_qty is not None:
        if px is None:
            return ZERO, ""
        after = max(after, ((ZERO if before is None else before.qty) + more_qty) * abs(px))
    return max(after - (ZERO if before is None else before.notional), ZERO), None
