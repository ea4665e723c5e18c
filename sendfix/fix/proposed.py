"""An order as limits look at it, out of the message that would bring it, or out of the order that there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from sendfix.domain.enums import Side
from sendfix.domain.order import Order
from sendfix.domain.part import cash_of
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
_NAMES = {
    ACCOUNT: "Account",
    SYMBOL: "Symbol",
    SIDE: "Side",
    ORDER_QTY: "OrderQty",
    CASH_ORDER_QTY: "CashOrderQty",
    PRICE: "Price",
    STOP_PX: "StopPx",
}
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
    legs = order.fields.get("no_legs")
    return Proposed(
        order.order_qty,
        order.price,
        cash_of(order),
        order.symbol or "",
        order.side,
        order.stop_px,
        order.account or "",
        legs=tuple(str(leg["leg_symbol"]) for leg in legs if "leg_symbol" in leg)
        if isinstance(legs, list)
        else (),
    )


def unclear(msg_type: str, values: Mapping[int, str], proposed: Proposed, body: bytes) -> str | None:
    """Why a message may mean something else to the counterparty than what is held against the limits: only one that is
    sent without validation can."""
    if msg_type == "E":
        return "the orders of the list can't be told apart"
    if msg_type in CROSS:
        return None
    if body.count(b"\x01") != len(values):  # repeating groups, or a field that stands there twice
        often = Counter(tag for tag, _value in parse(body))
        for tag, name in _NAMES.items():
            if often[tag] > 1:
                return f"{name}({tag}) is there {often[tag]} times"
    for tag, number in ((ORDER_QTY, proposed.order_qty), (CASH_ORDER_QTY, proposed.cash_order_qty)):
        if tag in values and (number is None or number <= 0):
            return _unreadable(tag, values, "no number" if number is None else "not above zero")
    for tag, number in ((PRICE, proposed.price), (STOP_PX, proposed.stop_px)):
        if number is None and tag in values:
            return _unreadable(tag, values, "no number")
    return None


def _unreadable(tag: int, values: Mapping[int, str], what: str) -> str:
    return f"{_NAMES[tag]}({tag}) {values[tag][:40]!r} is {what}"


def accounts_of(body: bytes) -> list[str]:
    """Every Account(1), as of the sides of a cross."""
    return list(dict.fromkeys(value for tag, value in parse(body) if tag == ACCOUNT))


def _side(code: str | None) -> Side | str | None:
    return None if code is None else Side.of_code(code) or code


def _decimal(values: Mapping[int, str], tag: int) -> Decimal | None:
    text = values.get(tag)
    try:
        return None if text is None else decimal_of_text(text)
    except ValueError:
        return None  # what can't be read can't be held against a limit
