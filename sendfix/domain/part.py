"""What one order, or a message on its way, adds to the sums of all."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from sendfix.domain.enums import OrdStatus
from sendfix.domain.ledger import EXACT, ZERO
from sendfix.domain.order import Order, Pending
from sendfix.domain.proposed import LONG_SALES, direction
from sendfix.domain.values import decimal_of_text


class Whose(NamedTuple):
    """Session, account and user of an order; an empty text is none."""

    session_name: str
    account: str
    user: str


class Part(NamedTuple):
    """What an order, or a message on its way, adds to the sums: how many orders it is, the quantity that may still
    fill, the part of that which is a sale of what is held, and what it is worth at most."""

    whose: Whose
    symbol: str
    sign: int
    orders: int
    qty: Decimal
    long_sale: Decimal
    notional: Decimal
    unpriced: int = 0


def part_of(order: Order) -> Part | None:
    """What of an order could still fill: of a pending replace the larger size, and the higher price. None when nothing
    can. A filled order can be raised by a replace."""
    replaces = [request for request in order.requests if request.type == "replace"]
    if not order.is_open and not (replaces and order.status is OrdStatus.FILLED):
        return None
    # LeavesQty(151) is 0 after DONE_FOR_DAY, also of an order that trades on tomorrow.
    left = order.leaves_qty if order.is_open else ZERO
    px = order.price if order.price is not None else order.stop_px
    for qty, price in (
        (order.order_qty, None),
        *((one.order_qty, one.price if one.price is not None else one.stop_px) for one in replaces),
    ):
        if qty is not None:
            left = max(left, EXACT.subtract(qty, order.cum_qty))
        if price is not None:
            px = price if px is None else max(px, price, key=abs)
    sign = direction(order.side)
    notional = ZERO if px is None else EXACT.multiply(left, abs(px))
    cash = cash_of(order)
    if cash is not None:
        notional = max(notional, cash - order.tally.value)
    return Part(
        Whose(order.session_name, order.account or "", order.user or ""),
        order.symbol or "",
        sign,
        1 if order.is_open else 0,
        left,
        left if order.side in LONG_SALES else ZERO,
        notional,
        int(px is None and left > 0 and (order.order_qty is not None or not notional)),
    )


def moved_part_of(order: Order, part: Part | None) -> Part | None:
    """What counts in another account as well: that to which an unanswered replace would move the order, the latest if
    there are several. `part` is that of the order."""
    account = next((one.account for one in reversed(order.requests) if _moves(order, one)), None)
    if part is None or account is None:
        return None
    moved = part._replace(whose=part.whose._replace(account=account), orders=0)
    moving = [one for one in order.requests if _moves(order, one) and one.account == account]
    sizes = [one.order_qty for one in moving if one.order_qty is not None]
    if sizes:
        left = max(EXACT.subtract(max(sizes), order.cum_qty), ZERO)
        moved = moved._replace(qty=left, long_sale=left if order.side in LONG_SALES else ZERO)
    prices = [one.price if one.price is not None else one.stop_px for one in moving]
    px = max((abs(one) for one in prices if one is not None), default=None)
    return moved if px is None else moved._replace(notional=EXACT.multiply(moved.qty, px))


def _moves(order: Order, request: Pending) -> bool:
    return request.type == "replace" and bool(request.account) and request.account != order.account


def cash_of(order: Order) -> Decimal | None:
    """CashOrderQty(152) of an order, unless it is none: a message that is sent without validation may have anything."""
    cash = order.fields.get("cash_order_qty")
    try:
        return decimal_of_text(cash) if isinstance(cash, str) else None
    except ValueError:
        return None
