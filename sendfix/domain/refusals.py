"""What a refusal of one of our messages does to an order: OrderCancelReject(9), Reject(3), BusinessMessageReject(j),
and a stale message that was not sent again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sendfix.domain.enums import OrdStatus
from sendfix.domain.events import CancelRejected, MessageRejected, NotResent
from sendfix.domain.transitions import CLOSED, ENDED, Kind

if TYPE_CHECKING:
    from sendfix.domain.order import Order

ZERO = Decimal(0)


def on_cancel_rejected(order: Order, event: CancelRejected) -> None:
    """The request is no longer pending, and the order has the status that the reject reports, if it can."""
    if event.cl_ord_id not in order.cl_ord_ids:
        detail = f"ClOrdID(11) {event.cl_ord_id!r} is no request of this order"
        raise order.impossible(Kind.CANCEL_REJECTED, detail)
    if order.find_request(event.cl_ord_id) is None:
        return  # answered before: this is a resend
    if not (event.poss_dup and event.sent < order.last_report):
        status = event.ord_status
        # FIX prescribes REJECTED for an unknown order: that is no word on one which was acknowledged.
        if status is None or (status is OrdStatus.REJECTED and order.reported):
            status = order.status
        text = None
        if not order.allows(Kind.CANCEL_REJECTED, status):
            refusal = f"the refusal of {event.cl_ord_id!r}"
            text = f"OrdStatus(39) {status.name} in {refusal} can't follow {order.status.name}."
            status = order.status
        order.warn("status", text, event.at)
        if status is not order.status and status in CLOSED:
            order.leaves_qty = ZERO
        if status is not order.status or status not in ENDED:
            order.text = event.text  # "too late" would hide why the order ended
        order.status = status
        order.last_report = event.sent
    order.answered(event.cl_ord_id)
    order.updated_at = event.at


def on_message_rejected(order: Order, event: MessageRejected) -> None:
    """Without its NewOrderSingle there is no order; without a request the order is as it was."""
    cl_ord_id = _refused_id(order, event)
    if cl_ord_id is None:
        detail = f"RefSeqNum(45) {event.ref_seq_num} is no message of this order"
        raise order.impossible(Kind.ORDER_REFUSED, detail)
    text = event.text or event.reason or "The counterparty refused the message and gave no reason."
    _refuse(order, cl_ord_id, text, event.at)


def on_not_resent(order: Order, event: NotResent) -> None:
    """The counterparty asked for it again, so it may never have had it; if it had, its reports say so."""
    if event.cl_ord_id not in order.cl_ord_ids:
        detail = f"ClOrdID(11) {event.cl_ord_id!r} is no id of this order"
        raise order.impossible(Kind.ORDER_REFUSED, detail)
    if event.cl_ord_id == order.cl_ord_ids[0] and order.reported:
        return
    text = event.text or "it was too old when the counterparty asked for it again"
    _refuse(order, event.cl_ord_id, f"Not sent: {text}", event.at)


def _refused_id(order: Order, event: MessageRejected) -> str | None:
    if event.ref_id is not None and event.ref_id in order.cl_ord_ids:
        return event.ref_id
    if event.ref_seq_num is None:
        return None
    for request in reversed(order.requests):
        if request.msg_seq_num == event.ref_seq_num:
            return request.cl_ord_id
    return order.cl_ord_ids[0] if order.msg_seq_num == event.ref_seq_num else None


def _refuse(order: Order, cl_ord_id: str, text: str, at: datetime) -> None:
    if cl_ord_id == order.cl_ord_ids[0]:
        order.check(Kind.ORDER_REFUSED, OrdStatus.REJECTED)
        order.status = OrdStatus.REJECTED
        order.leaves_qty = ZERO
    elif order.find_request(cl_ord_id) is None:
        return  # answered before
    else:
        order.check(Kind.REQUEST_REFUSED, order.status)
        order.answered(cl_ord_id)
    if cl_ord_id == order.cl_ord_ids[0] or order.status not in ENDED:
        order.text = text  # a request that was refused would hide why the order ended
    order.updated_at = at
