"""What is wrong with an order by its counterparty's own account. The order shows what was reported; beside it stands
what can't be so, until a later report puts it right.

The rules are those of FIX: CumQty(14) is the sum of the executions, LeavesQty(151) is OrderQty(38) less CumQty, or 0
when the order can't trade any more (FIX 4.2 and 4.4, field 151), and AvgPx(6) is the average price of the executions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from sendfix.domain.enums import OrdStatus, Side, api_name
from sendfix.domain.events import ExecutionReported
from sendfix.domain.values import format_decimal

if TYPE_CHECKING:
    from sendfix.domain.order import Order

ZERO = Decimal(0)
# AvgPx is rounded by whoever reports it, often more than once.
AVG_PX_TOLERANCE = Decimal("0.0001")
_NO_LEAVES = frozenset(
    {
        OrdStatus.CANCELED,
        OrdStatus.DONE_FOR_DAY,
        OrdStatus.EXPIRED,
        OrdStatus.CALCULATED,
        OrdStatus.REJECTED,
    }
)
_BUYS = frozenset({Side.BUY, Side.BUY_MINUS})
_SELLS = frozenset({Side.SELL, Side.SELL_PLUS, Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT})

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "executions": "CumQty(14) is not the sum of the executions: some were never reported, or it went back without a"
        " bust. It goes when they come, or CumQty is right again",
        "leaves_qty": "LeavesQty(151) is not OrderQty(38) less CumQty(14); 0 is right too once the order can't trade"
        " any more. It goes with the next report that adds up",
        "overfill": "CumQty(14) is more than OrderQty(38)",
        "avg_px": "AvgPx(6) is not the average price of the executions, by more than rounding",
        "status": "The last execution or refusal came with an OrdStatus(39) that can't be: it counts, the status stays",
        "refused": "The last report can't be, by the table below, and was not applied. It goes with the next that can",
        "exec_type": "A report had an ExecType(150) that no FIX version up to 4.4 has: it counts by its quantities and"
        " its OrdStatus(39). It stays",
        "side": "A report named the other side. It stays",
        "symbol": "A report named another instrument. It stays",
        "adopted": "It was not sent by this desk, but by telephone or by another system. It stays",
        "exec_id": "An ExecID(17) was used for two executions; the second is not counted. It stays",
    }
)


@dataclass(frozen=True, slots=True)
class OrderWarning:
    """`code` is of `MEANINGS`, `text` a sentence for people, `at` when it was first so."""

    code: str
    text: str
    at: datetime


def review(order: Order, event: ExecutionReported, newest: bool) -> None:
    """After a report was taken: hold the order against itself. `newest` says that the report is the latest word."""
    found = {"executions": _executions(order), "avg_px": _avg_px(order), "overfill": _overfill(order)}
    if newest and event.leaves_qty is not None:
        found["leaves_qty"] = _leaves_qty(order, event, event.leaves_qty)
    # A report that names another instrument or side stays what it was, whatever the next one says.
    if event.side is not order.side and (text := _side(order, event)):
        found["side"] = text
    if event.symbol != order.symbol and (text := _symbol(order, event)):
        found["symbol"] = text
    if isinstance(event.exec_type, str):
        found["exec_type"] = (
            f"The report with ExecID(17) {event.exec_id!r} has ExecType(150) {event.exec_type!r}, which no FIX version"
            " up to 4.4 has; it counts by its quantities and its OrdStatus(39)."
        )
    for code, warning in found.items():
        if warning is not None or code in order.warnings:
            order.warn(code, warning, event.at)


def reused_exec_id(order: Order, key: str, event: ExecutionReported) -> None:
    """An ExecID that was counted before: is it the same execution?"""
    known = order.tally.fills.get(key)
    if event.poss_dup or known is None or event.last_qty is None or event.exec_ref_id is not None:
        return
    progress = event.cum_qty is not None and event.cum_qty > order.cum_qty
    if known != (event.last_qty, event.last_px) or progress:
        was, now = _fill(*known), _fill(event.last_qty, event.last_px)
        text = f"ExecID(17) {event.exec_id!r} came a second time, for {now} after {was}; only the first is counted."
        order.warn("exec_id", text, event.at)


def _executions(order: Order) -> str | None:
    total = order.tally.total
    if total is None or total == order.cum_qty:
        return None
    if total < order.cum_qty:
        why = f"{_qty(order.cum_qty - total)} of it was never reported as an execution"
    else:
        why = "no bust or correction explains the difference"
    return f"CumQty(14) is {_qty(order.cum_qty)}, but the executions add up to {_qty(total)}: {why}."


def _avg_px(order: Order) -> str | None:
    tally = order.tally
    if not order.avg_px or order.avg_px * tally.qty == tally.value or tally.total != order.cum_qty:
        return None
    expected = tally.avg_px
    if expected is None:
        return None
    exponent = order.avg_px.as_tuple().exponent
    last_place = Decimal(1).scaleb(min(int(exponent), 0))
    if abs(order.avg_px - expected) <= max(last_place, AVG_PX_TOLERANCE * abs(expected)):
        return None
    rounded = round(expected, max(2, -int(exponent)))
    return f"AvgPx(6) is {_qty(order.avg_px)}, but the executions average {_qty(rounded)}."


def _overfill(order: Order) -> str | None:
    if order.order_qty is None or order.cum_qty <= order.order_qty:
        return None
    return f"CumQty(14) is {_qty(order.cum_qty)}, more than OrderQty(38) {_qty(order.order_qty)}."


def _leaves_qty(order: Order, event: ExecutionReported, leaves: Decimal) -> str | None:
    order_qty = order.order_qty if order.order_qty is not None else event.order_qty
    if order_qty is None:
        return None
    if leaves == order_qty - order.cum_qty:
        return None
    # While a replace is on its way, a report may speak of the order as it was or as it shall be.
    allowed = {max(order_qty - order.cum_qty, ZERO)}
    if event.order_qty is not None:
        allowed.add(max(event.order_qty - order.cum_qty, ZERO))
    if leaves in allowed or (leaves == 0 and order.status in _NO_LEAVES):
        return None
    said = event.order_qty if event.order_qty is not None else order_qty
    return (
        f"LeavesQty(151) is {_qty(leaves)}, but OrderQty(38) {_qty(said)} less CumQty(14) {_qty(order.cum_qty)} is"
        f" {_qty(said - order.cum_qty)}."
    )


def _side(order: Order, event: ExecutionReported) -> str | None:
    for one, other in ((_BUYS, _SELLS), (_SELLS, _BUYS)):
        if order.side in one and event.side in other:
            return (
                f"The report with ExecID(17) {event.exec_id!r} has Side(54) {api_name(event.side)}, the order"
                f" {api_name(order.side)}."
            )
    return None


def _symbol(order: Order, event: ExecutionReported) -> str | None:
    """Counterparties add or leave out a suffix, such as that of the exchange."""
    ours, theirs = (order.symbol or "").upper(), (event.symbol or "").upper()
    if not ours or not theirs or ours.startswith(theirs) or theirs.startswith(ours):
        return None
    return f"The report with ExecID(17) {event.exec_id!r} has Symbol(55) {event.symbol!r}, the order {order.symbol!r}."


def _fill(qty: Decimal, px: Decimal | None) -> str:
    return _qty(qty) if px is None else f"{_qty(qty)} at {_qty(px)}"


def _qty(number: Decimal) -> str:
    """Plain digits without superfluous zeros."""
    text = format_decimal(number)
    return text.rstrip("0").rstrip(".") if "." in text else text
