"""ExecutionReport(8) and OrderCancelReject(9) in the dialect of each version.

FIX.4.2 (appendix D): ExecTransType(20), ExecType(150) 1 and 2 for fills, a replaced order without fills is Replaced.
FIX.4.4 (volume 4): ExecType F for fills, G and H for corrections and busts, I for a status; a replaced order without
fills is New.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Final

from broker.fix.validation import FIX42
from broker.fix.wire import Pair, utc_timestamp, value
from broker.trading.order import Order, Status, plain


class ExecType(Enum):
    """What a report is about; the value is ExecType(150), but for a FIX.4.2 report of fills and their undoing."""

    NEW = b"0"
    DONE_FOR_DAY = b"3"
    CANCELED = b"4"
    REPLACED = b"5"
    PENDING_CANCEL = b"6"
    STOPPED = b"7"
    REJECTED = b"8"
    SUSPENDED = b"9"
    PENDING_NEW = b"A"
    CALCULATED = b"B"
    EXPIRED = b"C"
    RESTATED = b"D"
    PENDING_REPLACE = b"E"
    TRADE = b"F"
    TRADE_CORRECT = b"G"
    TRADE_CANCEL = b"H"
    STATUS = b"I"


class ExecRestatement(Enum):
    """ExecRestatementReason(378)."""

    CORPORATE_ACTION = b"0"
    RENEWAL = b"1"
    VERBAL_CHANGE = b"2"
    REPRICING = b"3"
    BROKER_OPTION = b"4"
    PARTIAL_DECLINE = b"5"


EXEC_TRANS_TYPES: Final = {ExecType.TRADE_CANCEL: b"1", ExecType.TRADE_CORRECT: b"2", ExecType.STATUS: b"3"}
"""ExecTransType(20) of FIX.4.2; 0 for all others."""

_STATUS_AS_TYPE: Final = frozenset(
    {ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT, ExecType.STATUS}
)
_WITH_LAST: Final = frozenset({ExecType.TRADE, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})


class Refusal(Enum):
    """Why an order is rejected: OrdRejReason(103) in FIX.4.2 and in FIX.4.4."""

    BROKER = (b"0", b"0")
    UNKNOWN_SYMBOL = (b"1", b"1")
    LIMIT_EXCEEDED = (b"3", b"3")
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
    PENDING = (b"3", b"3")
    DUPLICATE = (b"2", b"6")


_ZERO: Final = Decimal(0)


def status_code(begin_string: bytes, order: Order) -> bytes:
    """OrdStatus(39)."""
    status = order.shown_status
    if order.replaced and status is Status.NEW and begin_string == FIX42:
        return b"5"
    return status.value.encode()


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
    exec_ref_id: str | None = None,
    restatement: bytes | None = None,
    refusal: Refusal | None = None,
    text: str | None = None,
    more: list[Pair] | None = None,
) -> list[Pair]:
    """The body of a report of `order` as it is now. `restatement` is ExecRestatementReason(378), `more` what the
    request that is answered wants to have back."""
    old = begin_string == FIX42
    status = status_code(begin_string, order)
    body = [
        (b"37", order.order_id.encode()),
        (b"17", b"0" if exec_type is ExecType.STATUS else exec_id.encode()),
    ]
    if old:
        body.append((b"20", EXEC_TRANS_TYPES.get(exec_type, b"0")))
    if exec_ref_id is not None:
        body.append((b"19", exec_ref_id.encode()))
    if old and exec_type in _STATUS_AS_TYPE:
        # A fill's type says how much is filled, whatever else is pending or over (matrices D.5 and D.35).
        body.append((b"150", status if exec_type is ExecType.STATUS else _fill_type(order)))
    else:
        body.append((b"150", exec_type.value))
    body += [(b"39", status), (b"11", value(cl_ord_id or order.cl_ord_id))]
    if orig_cl_ord_id is not None:
        body.append((b"41", value(orig_cl_ord_id)))
    if order.account is not None:
        body.append((b"1", value(order.account)))
    body += [
        (b"55", value(order.symbol)),
        (b"54", order.side.encode()),
        (b"38", plain(order.quantity).encode()),
    ]
    if order.ord_type:
        body.append((b"40", value(order.ord_type)))
    if order.limit_price is not None:
        body.append((b"44", plain(order.limit_price).encode()))
    if order.stop_price is not None:
        body.append((b"99", plain(order.stop_price).encode()))
    body.append((b"59", value(order.time_in_force)))
    if order.max_floor is not None:
        body.append((b"111", plain(order.max_floor).encode()))
    if order.list_id is not None:
        body.append((b"66", value(order.list_id)))
    if order.echo:
        body += order.echo
    if exec_type in _WITH_LAST:
        body += [(b"32", plain(last_quantity).encode()), (b"31", plain(last_price).encode())]
    body += [
        (b"151", plain(order.leaves_quantity).encode()),
        (b"14", plain(order.filled_quantity).encode()),
        (b"6", plain(order.average_price).encode()),
        (b"60", utc_timestamp(now)),
    ]
    if restatement is not None:
        body.append((b"378", restatement))
    if refusal is not None:
        body.append((b"103", refusal.value[0 if old else 1]))
    if text:
        body.append((b"58", value(text)))
    if more:
        body += more
    return body


def _fill_type(order: Order) -> bytes:
    return b"2" if order.filled_quantity == order.quantity else b"1"


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
    cl_ord_id: str,
    orig_cl_ord_id: str,
    is_replace: bool,
    order: Order | None,
    refusal: CancelRefusal,
    text: str,
    now: float,
) -> list[Pair]:
    """The answer to a cancel or replace that is refused; `order` None when there is none of that name."""
    old = begin_string == FIX42
    body = [
        (b"37", order.order_id.encode() if order else b"NONE"),
        (b"11", value(cl_ord_id)),
        (b"41", value(orig_cl_ord_id)),
        (b"39", status_code(begin_string, order) if order else b"8"),
    ]
    if order is not None and order.account is not None:
        body.append((b"1", value(order.account)))
    body += [
        (b"60", utc_timestamp(now)),
        (b"434", b"2" if is_replace else b"1"),
        (b"102", refusal.value[0 if old else 1]),
    ]
    return [*body, (b"58", value(text))]
