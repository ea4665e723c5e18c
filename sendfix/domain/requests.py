"""What our own cancel and replace requests do to an order: they are pending until they are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sendfix.domain.events import CancelSent, ReplaceSent
from sendfix.domain.pending import Pending
from sendfix.domain.transitions import Kind

if TYPE_CHECKING:
    from sendfix.domain.order import Order


def on_cancel_sent(order: Order, event: CancelSent) -> None:
    request = Pending("cancel", event.cl_ord_id, event.orig_cl_ord_id, event.msg_seq_num, event.at)
    _request(order, Kind.CANCEL_SENT, request)


def on_replace_sent(order: Order, event: ReplaceSent) -> None:
    request = Pending(
        "replace",
        event.cl_ord_id,
        event.orig_cl_ord_id,
        event.msg_seq_num,
        event.at,
        event.order_qty,
        event.price,
        event.stop_px,
        event.ord_type,
        event.time_in_force,
        event.account,
        event.fields,
        event.custom_tags,
        _dropped(order, event),
    )
    _request(order, Kind.REPLACE_SENT, request)


def _dropped(order: Order, event: ReplaceSent) -> tuple[str, ...]:
    """Of the fields that the order has, or gets by requests before this one."""
    has = set(order.fields).union(*(request.fields for request in order.requests))
    return tuple(sorted(key for key in has if key in event.known and key not in event.fields))


def _request(order: Order, kind: Kind, request: Pending) -> None:
    if request.cl_ord_id in order.cl_ord_ids:
        return  # sent again by the session layer
    if request.orig_cl_ord_id not in order.cl_ord_ids:
        raise order.impossible(kind, f"OrigClOrdID(41) {request.orig_cl_ord_id!r} is no id of this order")
    order.check(kind, order.status)
    order.cl_ord_ids.append(request.cl_ord_id)
    order.requests.append(request)
    order.updated_at = request.requested_at
