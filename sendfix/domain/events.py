"""What happened, as past facts, each taken from one journal entry.

Every event has `session_name` and `at` (aware, UTC: when the journal took the message in). A code that is not in
an enumeration stays as its text, so that an order with an exotic OrdType(40) is shown rather than lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from sendfix.domain.enums import (
    CxlRejResponseTo,
    ExecTransType,
    ExecType,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from sendfix.domain.values import FieldValue


@dataclass(frozen=True, slots=True)
class NewOrderSent:
    """NewOrderSingle(D), NewOrderMultileg(AB), or one order of a NewOrderList(E). `fields` are all other fields of that
    message by api name; `custom_tags` those that the dictionary does not give it. `poss_dup` marks one that was sent
    again because the counterparty asked. `user` is who asked for it, as far as this desk knows: it is not in the
    message."""

    session_name: str
    at: datetime
    msg_seq_num: int | None
    cl_ord_id: str
    symbol: str | None
    side: Side | str | None
    order_qty: Decimal | None
    ord_type: OrdType | str | None
    price: Decimal | None = None
    stop_px: Decimal | None = None
    time_in_force: TimeInForce | str | None = None
    account: str | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    custom_tags: Mapping[int, str] = field(default_factory=dict)
    poss_dup: bool = False
    user: str | None = None


@dataclass(frozen=True, slots=True)
class ListSent:
    """NewOrderList(E), or the part of one that a message holds."""

    session_name: str
    at: datetime
    orders: tuple[NewOrderSent, ...]


@dataclass(frozen=True, slots=True)
class ReplaceSent:
    """OrderCancelReplaceRequest(G) or MultilegOrderCancelReplace(AC): the order as it shall be from now on. `known` are
    the names of all fields that it could say: those that it does not say are taken away."""

    session_name: str
    at: datetime
    msg_seq_num: int | None
    cl_ord_id: str
    orig_cl_ord_id: str
    order_qty: Decimal | None = None
    price: Decimal | None = None
    stop_px: Decimal | None = None
    ord_type: OrdType | str | None = None
    time_in_force: TimeInForce | str | None = None
    account: str | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    custom_tags: Mapping[int, str] = field(default_factory=dict)
    poss_dup: bool = False
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CancelSent:
    """OrderCancelRequest(F)."""

    session_name: str
    at: datetime
    msg_seq_num: int | None
    cl_ord_id: str
    orig_cl_ord_id: str
    poss_dup: bool = False


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """OrderStatusRequest(H): it changes nothing on the order, and belongs to it."""

    session_name: str
    at: datetime
    cl_ord_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionReported:
    """ExecutionReport(8). `last_qty` is LastShares(32) in FIX 4.2. `exec_trans_type` is None from FIX 4.3 on.

    `ord_rej_reason` is OrdRejReason(103), `exec_restatement_reason` ExecRestatementReason(378), as codes. `cl_ord_id`
    is empty for an order that was not sent electronically. `commission` is the amount that Commission(12) comes to,
    `multi_leg_reporting_type` is MultiLegReportingType(442) as a code.

    `sent` is when and as which message the counterparty first sent it: (SendingTime(52) or, in a resend,
    OrigSendingTime(122), MsgSeqNum(34)); FIX times compare as text. `poss_dup` marks a resend."""

    session_name: str
    at: datetime
    exec_id: str
    exec_type: ExecType | str
    ord_status: OrdStatus
    cl_ord_id: str
    orig_cl_ord_id: str | None = None
    order_id: str | None = None
    exec_ref_id: str | None = None
    exec_trans_type: ExecTransType | None = None
    account: str | None = None
    symbol: str | None = None
    side: Side | str | None = None
    order_qty: Decimal | None = None
    price: Decimal | None = None
    stop_px: Decimal | None = None
    ord_type: OrdType | str | None = None
    time_in_force: TimeInForce | str | None = None
    last_qty: Decimal | None = None
    last_px: Decimal | None = None
    cum_qty: Decimal | None = None
    leaves_qty: Decimal | None = None
    avg_px: Decimal | None = None
    text: str | None = None
    ord_rej_reason: str | None = None
    exec_restatement_reason: str | None = None
    transact_time: datetime | None = None
    commission: Decimal | None = None
    multi_leg_reporting_type: str | None = None
    sent: tuple[str, int] = ("", 0)
    poss_dup: bool = False


@dataclass(frozen=True, slots=True)
class CancelRejected:
    """OrderCancelReject(9): refuses the request `cl_ord_id`, a cancel or a replace. `ord_status` is None where the
    counterparty left it out.

    `sent` and `poss_dup` are as in `ExecutionReported`."""

    session_name: str
    at: datetime
    cl_ord_id: str
    orig_cl_ord_id: str | None
    order_id: str | None
    ord_status: OrdStatus | None
    cxl_rej_response_to: CxlRejResponseTo | str | None = None
    cxl_rej_reason: str | None = None
    text: str | None = None
    sent: tuple[str, int] = ("", 0)
    poss_dup: bool = False


@dataclass(frozen=True, slots=True)
class MessageRejected:
    """Reject(3) or BusinessMessageReject(j) of one of our messages. `ref_id` is BusinessRejectRefID(379); `of_its_kind`
    says that any other message of its type would be refused as well."""

    session_name: str
    at: datetime
    ref_seq_num: int | None
    ref_msg_type: str | None
    ref_id: str | None
    reason: str | None = None
    text: str | None = None
    of_its_kind: bool = True


@dataclass(frozen=True, slots=True)
class ListRefused:
    """ListStatus(N) with ListOrderStatus(431) REJECT: no order of the list came about."""

    session_name: str
    at: datetime
    list_id: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NotResent:
    """A stale message that the counterparty asked for again was left out instead: it may never have arrived."""

    session_name: str
    at: datetime
    cl_ord_id: str
    msg_seq_num: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Uninterpretable:
    """A message that concerns an order and can't be understood. `reason` says which field, and whose fault."""

    session_name: str
    at: datetime
    reason: str


OrderEvent: TypeAlias = (
    NewOrderSent | ReplaceSent | CancelSent | ExecutionReported | CancelRejected | MessageRejected | NotResent
)


@dataclass(frozen=True, slots=True)
class AlarmSettled:
    """A person has said what is to become of the message with that index of the journal: `state` is `alarm.BOOKED` or
    `alarm.DISMISSED`. `corrections` are in place of what the message says, by tag."""

    session_name: str
    at: datetime
    journal_index: int
    state: str
    reason: str
    corrections: Mapping[int, str] = field(default_factory=dict)


Event: TypeAlias = OrderEvent | ListSent | ListRefused | StatusAsked | Uninterpretable | AlarmSettled
