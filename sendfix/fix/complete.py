"""A report that lacks something, or has it wrong, made whole from what a person says and what the order is.

Nothing is guessed that the order does not tell, and whatever is taken is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import TypeAlias

from sendfix.domain.enums import OrdStatus
from sendfix.domain.values import MAX_DECIMALS, decimal_of_text
from sendfix.fix.parse import DATA_OF_LENGTH, parse

CORRECTABLE = {
    6: "AvgPx", 11: "ClOrdID", 14: "CumQty", 17: "ExecID", 19: "ExecRefID", 20: "ExecTransType", 31: "LastPx",
    32: "LastQty", 37: "OrderID", 38: "OrderQty", 39: "OrdStatus", 41: "OrigClOrdID", 44: "Price", 54: "Side",
    55: "Symbol", 58: "Text", 150: "ExecType", 151: "LeavesQty",
}  # fmt: skip
"""What a person may put in place of what the message says."""
_OPTIONAL = (6, 38, 44, 99, 151)
Taker: TypeAlias = Callable[[int, str | None, str], None]
_STATUSES = frozenset(status.value for status in OrdStatus)
_WORKING = frozenset(
    status.value
    for status in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED, OrdStatus.REPLACED)
)
_LEFT_OUT = frozenset(DATA_OF_LENGTH) | frozenset(DATA_OF_LENGTH.values()) | {8, 9, 10}


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows of the order."""

    status: OrdStatus
    order_qty: Decimal | None
    cum_qty: Decimal
    avg_px: Decimal


@dataclass(frozen=True, slots=True)
class Assumption:
    """`value` is None where the message's own was left out."""

    tag: int
    name: str
    value: str | None
    why: str


def complete(
    raw: bytes, corrections: Mapping[int, str], known: Known | None, exec_id: str, sent: str
) -> tuple[bytes, list[Assumption]]:
    """The message with what is missing or wrong put right, for `interpret`, and what was put right. `exec_id` is taken
    when the message has none. Of a tag that is there twice, the first counts."""
    values: dict[int, str] = {}
    for tag, value in parse(raw):
        if tag not in _LEFT_OUT:
            values.setdefault(tag, value)
    values.update(corrections)
    # What is booked later than it came is as late as a message that is sent again.
    values[43] = "Y"
    values.setdefault(122, sent)
    assumed: list[Assumption] = []

    def take(tag: int, value: str | None, why: str) -> None:
        if value is None:
            del values[tag]
        else:
            values[tag] = value
        assumed.append(Assumption(tag, CORRECTABLE.get(tag, "StopPx"), value, why))

    if values.get(35) == "8":
        for tag in _OPTIONAL:
            if tag in values and _number(values[tag]) is None:
                take(tag, None, f"{values[tag]!r} is not a number, and it is not needed")
        if not values.get(17):
            take(17, exec_id, "the message has none; this one is of the desk's making")
        _quantities(values, known, take)
    text = "".join(f"{tag}={value}\x01" for tag, value in values.items())
    return text.encode("utf-8", "replace"), assumed


def _quantities(values: dict[int, str], known: Known | None, take: Taker) -> None:
    last_qty, cum_qty = _number(values.get(32)), _number(values.get(14))
    if known is not None and not values.get(14):
        cum_qty = known.cum_qty + (last_qty or 0)
        take(14, str(cum_qty), f"the order's {known.cum_qty} and LastQty(32) {last_qty or 0}")
    if known is None or cum_qty is None:
        return
    _status(values, known, cum_qty, last_qty, take)
    if known.order_qty is not None and not values.get(151) and values[39] in _WORKING:
        rest = max(known.order_qty - cum_qty, Decimal(0))
        take(151, str(rest), f"the order's {known.order_qty} less CumQty(14) {cum_qty}")
    last_px = _number(values.get(31))
    if (
        last_qty
        and last_qty > 0
        and last_px is not None
        and cum_qty == known.cum_qty + last_qty
        and not values.get(6)
    ):
        with localcontext(prec=60):
            average = (known.avg_px * known.cum_qty + last_px * last_qty) / cum_qty
            average = round(average, MAX_DECIMALS).normalize()
        take(6, f"{average:f}", "the order's average with this fill")


def _status(
    values: dict[int, str], known: Known, cum_qty: Decimal, last_qty: Decimal | None, take: Taker
) -> None:
    if values.get(39) in _STATUSES:
        return
    wrong = f"{values[39]!r} is no status" if values.get(39) else "the message has none"
    if known.order_qty is not None and cum_qty >= known.order_qty > 0:
        take(39, OrdStatus.FILLED.value, f"{wrong}; CumQty(14) is the whole order")
    elif last_qty:
        take(39, OrdStatus.PARTIALLY_FILLED.value, f"{wrong}; a part of the order is filled")
    else:
        take(39, known.status.value, f"{wrong}; it is the order's own")


def _number(text: str | None) -> Decimal | None:
    if not text:
        return None
    try:
        return decimal_of_text(text)
    except ValueError:
        return None
