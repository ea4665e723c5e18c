"""Commands to the bodies of FIX messages, or the reasons why not, field by field.

A body begins with MsgType(35) and has neither the rest of the header nor a trailer: the engine adds those. Everything
that the data dictionary of the session's FIX version can tell is checked here (`plan`), and what must hold across
fields (`rules`), before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sendfix.domain.commands import CancelOrder, NewOrder, ReplaceOrder, RequestStatus
from sendfix.domain.enums import OrdType, Side
from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.order import Order
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.plan import Plan, plan
from sendfix.fix.rules import ORD_TYPE, PRICE, PRICE_MEANINGLESS, STOP_PX, STOP_PX_MEANINGLESS, check_order

CL_ORD_ID, ORIG_CL_ORD_ID, HANDL_INST, CXL_TYPE = 11, 41, 21, 125
# HandlInst(21), which FIX 4.2 requires: the only default that suits orders sent by machine.
AUTOMATED = "1"
# CxlType(125), which FIX 4.0 requires: all that is left of the order.
FULL = "F"
FOR_SECURITY, FOR_ALL = "1", "7"
"""MassCancelRequestType(530) and MassStatusReqType(585)."""
_FIXED = {"symbol": "Symbol(55)", "side": "Side(54)"}


def encode_new(cmd: NewOrder, dictionary: Dictionary) -> bytes:
    """NewOrderSingle(D). Raises `InvalidRequest`."""
    message = plan(dictionary, "D")
    errors: list[FieldError] = []
    texts: dict[int, str] = {}
    message.add_own(texts, errors, "cl_ord_id", cmd.cl_ord_id)
    message.add_all(texts, errors, cmd.fields)
    custom = message.custom(errors, cmd.custom_tags) if cmd.custom_tags else {}
    message.add_transact_time(texts, cmd.transact_time)
    default_handling(texts, message)
    check_order(texts, dictionary, errors)
    return message.body(texts, custom, errors)


def encode_replace(cmd: ReplaceOrder, dictionary: Dictionary) -> bytes:
    """OrderCancelReplaceRequest(G), or MultilegOrderCancelReplace(AC) of an order with legs: the whole order again,
    with the changes. A change to None takes the field away. While another replace awaits its answer, this one replaces
    that. Raises `InvalidRequest`."""
    order = cmd.order
    message = plan(dictionary, "AC" if "no_legs" in order.fields else "G")
    errors: list[FieldError] = []
    before = order.pending_replace
    kept: list[FieldError] = []
    texts = message.order_texts(order, before, kept)
    errors += [error for error in kept if error.field.partition("[")[0] not in cmd.changes]
    changes = {}
    for key, value in cmd.changes.items():
        if key in _FIXED:
            reason = "can't be changed by a replace; cancel the order and send a new one"
            errors.append(FieldError(key, f"{_FIXED[key]} {reason}"))
        else:
            changes[key] = value
    message.add_all(texts, errors, changes)
    _drop_what_lost_its_meaning(texts, changes)
    message.add_own(texts, errors, "cl_ord_id", cmd.cl_ord_id)
    texts[ORIG_CL_ORD_ID] = _orig_cl_ord_id(order)
    custom = message.custom([], order.custom_tags if before is None else before.custom_tags)
    custom.update(message.custom(errors, cmd.custom_tags))
    message.add_transact_time(texts, cmd.transact_time)
    default_handling(texts, message)
    check_order(texts, dictionary, errors)
    return message.body(texts, custom, errors)


def encode_cancel(cmd: CancelOrder, dictionary: Dictionary) -> bytes:
    """OrderCancelRequest(F), with what names the order and its instrument. Raises `InvalidRequest`."""
    message = plan(dictionary, "F")
    errors: list[FieldError] = []
    before = cmd.order.pending_replace
    texts = message.order_texts(cmd.order, before)
    message.add_own(texts, errors, "cl_ord_id", cmd.cl_ord_id)
    texts[ORIG_CL_ORD_ID] = _orig_cl_ord_id(cmd.order)
    message.add_transact_time(texts, cmd.transact_time)
    if message.requires(CXL_TYPE):
        texts[CXL_TYPE] = FULL
    return message.body(texts, {}, errors)


def encode_status_request(cmd: RequestStatus, dictionary: Dictionary) -> bytes:
    """OrderStatusRequest(H)."""
    message = plan(dictionary, "H")
    texts = message.order_texts(cmd.order)
    texts[CL_ORD_ID] = _known_as(cmd.order, cmd.order.cl_ord_id)
    return message.body(texts, {}, [])


def encode_mass_cancel(
    cl_ord_id: str, symbol: str | None, side: Side | None, now: datetime, dictionary: Dictionary
) -> bytes:
    """OrderMassCancelRequest(q): every order of the session, of a symbol, of a side. Raises `InvalidRequest`."""
    return _mass(
        "q", {"cl_ord_id": cl_ord_id, "transact_time": now.isoformat()}, 530, symbol, side, dictionary
    )


def encode_mass_status(
    mass_status_req_id: str, symbol: str | None, side: Side | None, dictionary: Dictionary
) -> bytes:
    """OrderMassStatusRequest(AF), of the same. Raises `InvalidRequest`."""
    return _mass("AF", {"mass_status_req_id": mass_status_req_id}, 585, symbol, side, dictionary)


def _mass(
    msg_type: str,
    fields: Mapping[str, object],
    type_tag: int,
    symbol: str | None,
    side: Side | None,
    dictionary: Dictionary,
) -> bytes:
    message = plan(dictionary, msg_type)
    errors: list[FieldError] = []
    texts: dict[int, str] = {type_tag: FOR_ALL if symbol is None else FOR_SECURITY}
    message.add_all(texts, errors, {**fields, "symbol": symbol, "side": side}, frozenset())
    return message.body(texts, {}, errors)


def _orig_cl_ord_id(order: Order) -> str:
    """A request builds on the latest replace that is not refused."""
    before = order.pending_replace
    return _known_as(order, order.cl_ord_id if before is None else before.cl_ord_id)


def _known_as(order: Order, cl_ord_id: str) -> str:
    wire_id = order.wire_id(cl_ord_id)
    if wire_id is None:
        reason = (
            f"the counterparty reports it without a ClOrdID(11), as OrderID(37) {order.order_id}: call there"
        )
        raise InvalidRequest([FieldError("cl_ord_id", reason)])
    return wire_id


def default_handling(texts: dict[int, str], message: Plan) -> None:
    """HandlInst(21), where it is required and not given."""
    if HANDL_INST not in texts and message.requires(HANDL_INST):
        texts[HANDL_INST] = AUTOMATED


def _drop_what_lost_its_meaning(texts: dict[int, str], changes: Mapping[str, object]) -> None:
    """A change of OrdType(40) takes along the price that the new type can't have, unless it was given with it."""
    if "ord_type" not in changes or OrdType.of_code(texts.get(ORD_TYPE, "")) is None:
        return
    if texts[ORD_TYPE] in PRICE_MEANINGLESS and "price" not in changes:
        texts.pop(PRICE, None)
    if texts[ORD_TYPE] in STOP_PX_MEANINGLESS and "stop_px" not in changes:
        texts.pop(STOP_PX, None)
