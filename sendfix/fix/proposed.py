"""An order as limits look at it, out of the message that would bring it, or out of the order that there is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sendfix.domain.enums import Side
from sendfix.domain.order import Order
from sendfix.domain.proposed import Proposed
from sendfix.domain.values import decimal_of_text
from sendfix.fix.parse import parse

ACCOUNT, ORDER_QTY, PRICE, SIDE, SYMBOL, STOP_PX, LOCATE_REQD, CASH_ORDER_QTY = (
    1,
    38,
    44,
    54,
    55,
    99,
    114,
    152,
)
LEG_SYMBOL, LOCATE_BROKER = 600, 5700
"""LocateBroker is no field of the standard, but of many counterparties."""
REPLACES = frozenset({"G", "AC", "t"})
MULTILEG = frozenset({"AB", "AC"})
CROSS = frozenset({"s", "t"})


def proposed_of(msg_type: str, values: Mapping[int, str], body: bytes) -> Proposed:
    """`values` are those of the body. A cross has quantities by side, in groups: nothing of it can be sized here, nor
    the legs of a multileg order one by one."""
    proposed = Proposed(
        _decimal(values, ORDER_QTY),
        _decimal(values, PRICE),
        _decimal(values, CASH_ORDER_QTY),
        values.get(SYMBOL, ""),
        _side(values.get(SIDE)),
        _decimal(values, STOP_PX),
        values.get(ACCOUNT, ""),
        values.get(LOCATE_REQD),
        values.get(LOCATE_BROKER),
    )
    if msg_type in CROSS:
        proposed.order_qty = proposed.cash_order_qty = proposed.side = None
        proposed.unsized = "a cross, which has its quantities by side,"
    elif msg_type in MULTILEG:
        proposed.legs = tuple(value for tag, value in parse(body) if tag == LEG_SYMBOL)
    return proposed


def confirmed(order: Order) -> Proposed:
    """As the counterparty has confirmed it: a replace that is on its way may be refused."""
    cash = order.fields.get("cash_order_qty")
    return Proposed(
        order.order_qty,
        order.price,
        decimal_of_text(cash) if isinstance(cash, str) else None,
        order.symbol or "",
        order.side,
        order.stop_px,
        order.account or "",
    )


def _side(code: str | None) -> Side | str | None:
    return None if code is None else Side.of_code(code) or code


def _decimal(values: Mapping[int, str], tag: int) -> Decimal | None:
    text = values.get(tag)
    try:
        return None if text is None else decimal_of_text(text)
    except ValueError:
        return None  # what can't be read can't be held against a limit
