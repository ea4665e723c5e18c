"""ExecutionReport(8) and OrderCancelReject(9) in the dialect of each version.

FIX.4.2 (appendix D): ExecTransType(20), ExecType(150) 1 and 2 for fills, a replaced order without fills is Replaced.
FIX.4.4 (volume 4): ExecType F for fills, I for a status; a replaced order without fills is New.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Final

from broker.fix.validation import FIX42
from broker.fix.wire import Pair, utc_timestamp, value
from broker.trading.order import Order, Status, plain


class ExecType(Enum):
    """What a report is about; the value is ExecType(150), but for TRADE, whose code depends on the version."""

    NEW = b"0"
    TRADE = b"F"
    CANCELED = b"4"
    REPLACED = b"5"
    REJECTED = b"8"
    RESTATED = b"D"
    STATUS = b"I"


class Refusal(Enum):
    """Why an order is rejected: OrdRejReason(103) in FIX.4.2 and in FIX.4.4."""

    BROKER = (b"0", b"0")
    UNKNOWN_SYMBOL = (b"1", b"1")
    UNKNOWN_ORDER = (b"5", b"5")
    DUPLICATE = (b"6", b"6")
    UNSUPPORTED = (b"0", b"11")
    QUANTITY = (b"0", b"13")
    PRICE = (b"0", b"99")


class CancelRefusal(Enum):
    """Why a cancel or replace is rejected: CxlRejReason(102) in FIX.4.2 and in FIX.4.4."""

    TOO_LATE = (b"0", b"0")
    UNKNOWN_ORDER = (b"1", b"1")
    BROKER = (b"2", b"2")
    DUPLICATE = (b"2", b"6")


_ZERO: Final = Decimal(0)


def status_code(begin_string: bytes, order: Order) -> bytes:
    """OrdStatus(39)."""
    if order.replaced and order.status is Status.NEW and begin_string == FIX42:
        return b"5"
    return order.status.value.encode()


def execution_report(
    begin_string: bytes,
    order: Order,
    exec_type: ExecType,
    exec_id: str,
    now: float,
    *,
    cl_ord_id: str | None = None,
    orig_cl_ord_id: str | None = None,
    last_quantity: Decimal = _ZERO,
    last_price: Decimal = _ZERO,
    refusal: Refusal | None = None,
    text: str | None = None,
    status_req_id: str | None = None,
) -> list[Pair]:
    """The body of a report of `order` as it is now."""
    old = begin_string == FIX42
    status = status_code(begin_string, order)
    is_status = exec_type is ExecType.STATUS
    body = [(b"37", order.order_id.encode()), (b"17", b"0" if is_status else exec_id.encode())]
    if old:
        body.append((b"20", b"3" if is_status else b"0"))
    body.append(
        (b"150", status if old and exec_type in (ExecType.TRADE, ExecType.STATUS) else exec_type.value)
    )
    body += [(b"39", status), (b"11", value(cl_ord_id or order.cl_ord_id))]
    if orig_cl_ord_id is not None:
        body.append((b"41", value(orig_cl_ord_id)))
    if status_req_id is not None and not old:
        body.append((b"790", value(status_req_id)))
    if order.account is not None:
        body.append((b"1", value(order.account)))
    body += [
        (b"55", value(order.symbol)),
        (b"54", order.side.encode()),
        (b"38", plain(order.quantity).encode()),
        (b"40", value(order.ord_type)),
    ]
    if order.limit_price is not None:
        body.append((b"44", plain(order.limit_price).encode()))
    if order.stop_price is not None:
        body.append((b"99", plain(order.stop_price).encode()))
    body.append((b"59", value(order.time_in_force)))
    if exec_type is ExecType.TRADE:
        body += [(b"32", plain(last_quantity).encode()), (b"31", plain(last_price).encode())]
    body += [
        (b"151", plain(order.leaves_quantity).encode()),
        (b"14", plain(order.filled_quantity).encode()),
        (b"6", plain(order.average_price).encode()),
        (b"60", utc_timestamp(now)),
    ]
    if exec_type is ExecType.RESTATED:
        body.append((b"378", b"4"))
    if refusal is not None:
        body.append((b"103", refusal.value[0 if old else 1]))
    if text:
        body.append((b"58", value(text)))
    return body


def refused_request_report(
    begin_string: bytes,
    request: dict[bytes, bytes],
    exec_type: ExecType,
    exec_id: str,
    refusal: Refusal,
    text: str,
    now: float,
) -> list[Pair]:
    """A report of no order: a duplicate ClOrdID(11), or the status of an order that is not known."""
    old = begin_string == FIX42
    is_status = exec_type is ExecType.STATUS
    body = [(b"37", b"NONE"), (b"17", b"0" if is_status else exec_id.encode())]
    if old:
        body.append((b"20", b"3" if is_status else b"0"))
    body += [(b"150", b"8" if old else exec_type.value), (b"39", b"8"), (b"11", request[b"11"])]
    if not old and b"790" in request:
        body.append((b"790", request[b"790"]))
    body += [(b"55", request[b"55"]), (b"54", request[b"54"])]
    body += [(tag, request[tag]) for tag in (b"38", b"40", b"44", b"99") if tag in request]
    body += [(b"151", b"0"), (b"14", b"0"), (b"6", b"0"), (b"60", utc_timestamp(now))]
    return [*body, (b"103", refusal.value[0 if old else 1]), (b"58", value(text))]


def cancel_reject(
    begin_string: bytes,
    request: dict[bytes, bytes],
    response_to: bytes,
    order: Order | None,
    refusal: CancelRefusal,
    text: str,
    now: float,
) -> list[Pair]:
    """`response_to` is CxlRejResponseTo(434): 1 a cancel, 2 a replace."""
    old = begin_string == FIX42
    body = [
        (b"37", order.order_id.encode() if order else b"NONE"),
        (b"11", request[b"11"]),
        (b"41", request[b"41"]),
        (b"39", status_code(begin_string, order) if order else b"8"),
    ]
    if order is not None and order.account is not None:
        body.append((b"1", value(order.account)))
    body += [(b"60", utc_timestamp(now)), (b"434", response_to), (b"102", refusal.value[0 if old else 1])]
    return [*body, (b"58", value(text))]
