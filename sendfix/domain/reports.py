"""What an ExecutionReport(8) does to an order.

Reports usually come in order, and each is the newest word. After a gap in the session they don't: the message that
showed the gap is seen first, and what was missed is resent after it (PossDupFlag). Such a late report counts as an
execution like any other, but no longer says how the order stands.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sendfix.domain.contradictions import reused_exec_id, review
from sendfix.domain.enums import ExecTransType, ExecType, OrdStatus
from sendfix.domain.events import ExecutionReported
from sendfix.domain.execution import Execution
from sendfix.domain.transitions import KIND_OF_EXEC_TYPE, Kind

if TYPE_CHECKING:
    from sendfix.domain.order import Order

# What moves CumQty(14): such a report is never refused.
_EXECUTIONS = frozenset({Kind.TRADE, Kind.TRADE_CORRECT, Kind.TRADE_CANCEL})
_KIND_OF_TRANS_TYPE = {
    ExecTransType.CANCEL: Kind.TRADE_CANCEL,
    ExecTransType.CORRECT: Kind.TRADE_CORRECT,
    ExecTransType.STATUS: Kind.STATUS,
}
_EXEC_TYPE_OF_KIND: dict[Kind, ExecType | str] = {
    Kind.TRADE_CANCEL: ExecType.TRADE_CANCEL,
    Kind.TRADE_CORRECT: ExecType.TRADE_CORRECT,
    Kind.STOPPED: ExecType.STOPPED,
}
LEG, WHOLE = "2", "3"
"""MultiLegReportingType(442): of one leg, and of the multileg instrument."""
_DUPLICATE_ORDER = "6"
_CORPORATE_ACTION = "0"


def on_execution_reported(order: Order, event: ExecutionReported) -> Execution | None:
    kind = _kind(order, event)
    if event.multi_leg_reporting_type == LEG:
        return _leg(order, kind, event)
    if kind is Kind.STATUS:
        # A resent one may be older than what we know, and has no ExecID that would tell.
        if not event.poss_dup:
            order.check(kind, event.ord_status)
            _take(order, kind, event, event.ord_status)
            review(order, event, newest=True)
        return None
    counted_as = _counted_as(kind, event)
    if counted_as is not None and counted_as in order.exec_ids:
        reused_exec_id(order, counted_as, event)
        return None
    fills = _fills(order, kind, event)
    if newest := not _is_late(order, kind, event):
        newest = _take_newest(order, kind, event)
    else:
        _take_what_stays(order, kind, event)
    if counted_as is not None:
        order.exec_ids.add(counted_as)
        _count(order, kind, event, counted_as, fills)
    review(order, event, newest)
    return None if counted_as is None else _execution(order, kind, event, fills)


def _leg(order: Order, kind: Kind, event: ExecutionReported) -> Execution | None:
    """One leg of a multileg order: an execution of that leg's instrument, and no word on the order as a whole."""
    if kind not in _EXECUTIONS or event.exec_id in order.exec_ids:
        return None
    order.exec_ids.add(event.exec_id)
    order.updated_at = event.at
    return _execution(order, kind, event, None if kind is Kind.TRADE_CANCEL else event.last_qty)


def _kind(order: Order, event: ExecutionReported) -> Kind:
    trans_type = event.exec_trans_type
    if trans_type is not None and trans_type is not ExecTransType.NEW:
        return _KIND_OF_TRANS_TYPE[trans_type]
    exec_type = event.exec_type
    kind = KIND_OF_EXEC_TYPE.get(exec_type, Kind.OTHER) if isinstance(exec_type, ExecType) else Kind.OTHER
    if kind is Kind.REJECTED and _refuses_only_a_message(order, event):
        return Kind.CANCEL_REJECTED
    if kind is Kind.TRADE and event.ord_status is OrdStatus.STOPPED and event.cum_qty == order.cum_qty:
        # FIX 4.2 D37 and FIX 4.4 L.1.a: LastQty(32) is what is guaranteed, and not done yet.
        return Kind.STOPPED
    return kind


def _refuses_only_a_message(order: Order, event: ExecutionReported) -> bool:
    """Some refuse a cancel or replace by a report instead of OrderCancelReject(9), and a second order of the same
    ClOrdID is refused by a report with the status of the first (FIX 4.2 D22, FIX 4.4 F.1): the order lives on."""
    return (
        event.ord_status is not OrdStatus.REJECTED
        or (event.cl_ord_id in order.cl_ord_ids[1:] and event.cl_ord_id != order.cl_ord_id)
        or (event.ord_rej_reason == _DUPLICATE_ORDER and order.reported)
    )


def _counted_as(kind: Kind, event: ExecutionReported) -> str | None:
    """The key under which a report counts once; None for one that has no id of its own. FIX allows ExecID 0 in
    status reports only; where a fill has it all the same, CumQty tells one fill from the next."""
    if event.exec_id != "0":
        return event.exec_id
    return f"0 at CumQty {event.cum_qty}" if kind is Kind.TRADE else None


def _fills(order: Order, kind: Kind, event: ExecutionReported) -> Decimal | None:
    """How much of the order the report executes. LastQty(32) of other reports may repeat the last fill, unless it is
    just what CumQty rises by, as where the cancel of an IOC order's rest is one message with its fill."""
    if not event.last_qty or kind is Kind.STOPPED or kind is Kind.TRADE_CANCEL:
        return None
    if kind in _EXECUTIONS or (event.cum_qty is not None and event.cum_qty == order.cum_qty + event.last_qty):
        return event.last_qty
    return None


def _is_late(order: Order, kind: Kind, event: ExecutionReported) -> bool:
    """Whether a newer report is known. Without PossDupFlag(43) only arithmetic can tell: an acknowledgement from before
    the fills that are known, or a fill that, with the others, adds up to a CumQty that is known."""
    if event.poss_dup:
        return event.sent < order.last_report
    total = order.tally.total
    if event.cum_qty is None or event.cum_qty >= order.cum_qty or total is None:
        return False
    if kind is Kind.TRADE:
        return event.last_qty is not None and event.last_qty > 0 and total + event.last_qty == order.cum_qty
    return kind in (Kind.NEW, Kind.PENDING_NEW) and total == order.cum_qty


def _take_newest(order: Order, kind: Kind, event: ExecutionReported) -> bool:
    """Whether it says how the order stands."""
    status = event.ord_status
    if kind is Kind.CANCEL_REJECTED and status is OrdStatus.REJECTED:
        # Its status and quantities are those of the message that is refused.
        order.text = event.text
        order.last_report = event.sent
        _take_what_stays(order, kind, event)
        return False
    if kind in _EXECUTIONS and not order.allows(kind, status):
        text = f"OrdStatus(39) {status.name} can't follow {order.status.name} by {kind} (ExecID(17) {event.exec_id!r})."
        status = order.status
    else:
        order.check(kind, status)
        text = None
    _take(order, kind, event, status)
    order.warn("status", text, event.at)
    return True


def _take(order: Order, kind: Kind, event: ExecutionReported, status: OrdStatus) -> None:
    """The report is possible, and the newest word on the order."""
    order.status = status
    if event.cum_qty is not None:
        if kind is Kind.RESTATED and event.exec_restatement_reason == _CORPORATE_ACTION:
            _carry(order, event.cum_qty - order.cum_qty)
        order.cum_qty = event.cum_qty
    if event.leaves_qty is not None:
        order.leaves_qty = event.leaves_qty
    if event.avg_px is not None:
        order.avg_px = event.avg_px
    if event.order_id is not None:
        order.order_id = event.order_id
    order.text = event.text
    order.reported = True
    order.last_report = event.sent
    order.warn("status", None, event.at)
    order.warn("refused", None, event.at)
    if kind is Kind.RESTATED or (kind is Kind.STATUS and _speaks_of_the_order(order, event)):
        _take_terms(order, event)
    _take_what_stays(order, kind, event)


def _carry(order: Order, difference: Decimal) -> None:
    """A split changes what was done before it, without an execution."""
    if order.tally.carried is not None:
        order.tally.carried += difference


def _count(
    order: Order, kind: Kind, event: ExecutionReported, counted_as: str, fills: Decimal | None
) -> None:
    if kind in (Kind.TRADE_CANCEL, Kind.TRADE_CORRECT) and event.exec_ref_id is not None:
        order.tally.supersede(event.exec_ref_id, counted_as if kind is Kind.TRADE_CORRECT else "")
    if fills is not None:
        order.tally.fill(counted_as, fills, event.last_px)
        if event.sent >= order.last_trade:
            order.last_qty, order.last_px, order.last_trade = event.last_qty, event.last_px, event.sent


def _take_what_stays(order: Order, kind: Kind, event: ExecutionReported) -> None:
    """What holds even if a newer report is known, because that one can't have repeated it."""
    if kind is Kind.REPLACED:
        _replaced(order, event)
    elif kind is Kind.CANCEL_REJECTED:
        order.answered(event.cl_ord_id)
    elif kind is Kind.CANCELED:
        request = order.find_request(event.cl_ord_id)
        # Not a replace of that id: after a gap its own confirmation is still to come.
        if request is not None and request.type == "cancel":
            order.answered(event.cl_ord_id)
    order.updated_at = event.at


def _replaced(order: Order, event: ExecutionReported) -> None:
    ids = order.cl_ord_ids
    request = order.find_request(event.cl_ord_id)
    if request is not None and request.type == "cancel":
        request = None  # nothing to take from it, whatever the counterparty means by that
    order.answered(event.cl_ord_id)
    if event.cl_ord_id in ids and ids.index(event.cl_ord_id) < ids.index(order.cl_ord_id):
        return  # a later replace is confirmed already
    if request is not None:
        order.account = request.account
        for key in request.dropped:
            order.fields.pop(key, None)
        order.fields.update(request.fields)
        order.custom_tags.update(request.custom_tags)
    if event.sent >= order.last_terms:
        if request is not None:
            order.order_qty, order.price, order.stop_px = request.order_qty, request.price, request.stop_px
            order.ord_type, order.time_in_force = request.ord_type, request.time_in_force
        _take_terms(order, event)
    if event.cl_ord_id and event.cl_ord_id != order.cl_ord_id:
        order.orig_cl_ord_id, order.cl_ord_id = order.cl_ord_id, event.cl_ord_id
        if event.cl_ord_id not in ids:
            ids.append(event.cl_ord_id)


def _take_terms(order: Order, event: ExecutionReported) -> None:
    if event.order_qty is not None:
        order.order_qty = event.order_qty
    if event.price is not None:
        order.price = event.price
    if event.stop_px is not None:
        order.stop_px = event.stop_px
    if event.ord_type is not None:
        order.ord_type = event.ord_type
    if event.time_in_force is not None:
        order.time_in_force = event.time_in_force
    order.last_terms = event.sent


def _speaks_of_the_order(order: Order, event: ExecutionReported) -> bool:
    """With a replace on its way, one can't tell whether a status report gives the old terms or the new. REJECTED says
    that the order is not known (FIX 4.2 D24): its OrderQty(38) is 0 then."""
    replacing = any(request.type == "replace" for request in order.requests)
    known = event.ord_status is not OrdStatus.REJECTED
    return known and event.cl_ord_id == order.cl_ord_id and not replacing


def _execution(order: Order, kind: Kind, event: ExecutionReported, fills: Decimal | None) -> Execution:
    executes = fills is not None or kind is Kind.TRADE_CANCEL
    leg = event.multi_leg_reporting_type == LEG
    return Execution(
        event.exec_id,
        event.exec_ref_id,
        event.cl_ord_id,
        event.order_id if event.order_id is not None else order.order_id,
        event.session_name,
        order.symbol if order.symbol is not None and not leg else event.symbol,
        order.side if order.side is not None and not leg else event.side,
        _EXEC_TYPE_OF_KIND.get(kind, event.exec_type),
        event.ord_status,
        event.last_qty if executes else None,
        event.last_px if executes else None,
        event.cum_qty if event.cum_qty is not None else order.cum_qty,
        event.leaves_qty if event.leaves_qty is not None else order.leaves_qty,
        event.avg_px if event.avg_px is not None else order.avg_px,
        event.text,
        event.transact_time,
        event.at,
        order.account if order.account is not None else event.account,
        event.commission if fills is not None else None,
        event.multi_leg_reporting_type,
        order.user,
    )
