"""An order: one chain of a NewOrderSingle and its replaces, as its messages say it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sendfix.domain.enums import ExecTransType, ExecType, OrdStatus, OrdType, Side, TimeInForce
from sendfix.domain.errors import ImpossibleTransition
from sendfix.domain.events import (
    CancelRejected,
    CancelSent,
    ExecutionReported,
    MessageRejected,
    NewOrderSent,
    NotResent,
    OrderEvent,
    ReplaceSent,
)
from sendfix.domain.execution import Execution
from sendfix.domain.pending import Pending
from sendfix.domain.records import code_in, code_out, decimal_in, decimal_out, tags_in, tags_out
from sendfix.domain.transitions import CLOSED, DAY_OVER, KIND_OF_EXEC_TYPE, TRANSITIONS, Kind

__all__ = ["Execution", "Order", "Pending"]

ZERO = Decimal(0)
UNKNOWN_ORDER = "1"  # CxlRejReason(102)
_NEVER = ("", 0)
_TRADES = frozenset({Kind.TRADE, Kind.TRADE_CORRECT})
_ENDS = frozenset({OrdStatus.CANCELED, OrdStatus.EXPIRED, OrdStatus.REJECTED})


class Order:
    """Changed by `apply` alone. Quantities and average price are the counterparty's, never computed here.

    `cl_ord_ids` are all ids of the chain, oldest first, those of cancels and of unanswered requests too;
    `cl_ord_id` is the order's own, which only a confirmed replace changes. `requests` are the unanswered
    requests, oldest first, and `pending` the latest of them.
    """

    __slots__ = (
        "account",
        "avg_px",
        "cl_ord_id",
        "cl_ord_ids",
        "created_at",
        "cum_qty",
        "custom_tags",
        "exec_ids",
        "fields",
        "last_px",
        "last_qty",
        "last_report",
        "last_trade",
        "leaves_qty",
        "msg_seq_num",
        "ord_type",
        "order_id",
        "order_no",
        "order_qty",
        "orig_cl_ord_id",
        "price",
        "reported",
        "requests",
        "session_name",
        "side",
        "status",
        "stop_px",
        "symbol",
        "text",
        "time_in_force",
        "updated_at",
    )

    def __init__(self, event: NewOrderSent, order_no: int) -> None:
        self.order_no = order_no
        self.session_name = event.session_name
        self.msg_seq_num = event.msg_seq_num
        self.cl_ord_id = event.cl_ord_id
        self.orig_cl_ord_id: str | None = None
        self.cl_ord_ids = [event.cl_ord_id]
        self.order_id: str | None = None
        self.account = event.account
        self.symbol = event.symbol
        self.side: Side | str | None = event.side
        self.order_qty = event.order_qty
        self.ord_type: OrdType | str | None = event.ord_type
        self.price = event.price
        self.stop_px = event.stop_px
        self.time_in_force: TimeInForce | str | None = event.time_in_force
        self.fields = dict(event.fields)
        self.custom_tags = dict(event.custom_tags)
        self.status = OrdStatus.PENDING_NEW
        self.requests: list[Pending] = []
        self.cum_qty = ZERO
        self.leaves_qty = event.order_qty if event.order_qty is not None else ZERO
        self.avg_px = ZERO
        self.last_qty: Decimal | None = None
        self.last_px: Decimal | None = None
        self.text: str | None = None
        self.exec_ids: set[str] = set()
        # True once the counterparty has reported on the order; until then REJECTED is only what we make of it.
        self.reported = False
        self.last_report: tuple[str, int] = _NEVER
        self.last_trade: tuple[str, int] = _NEVER
        self.created_at = event.at
        self.updated_at = event.at

    @classmethod
    def from_new(cls, event: NewOrderSent, order_no: int) -> Order:
        """The order that this message starts. `order_no` is the caller's, rising."""
        return cls(event, order_no)

    @property
    def pending(self) -> Pending | None:
        """The latest unanswered request."""
        return self.requests[-1] if self.requests else None

    @property
    def is_open(self) -> bool:
        """Whether it can still trade, so that a cancel or replace makes sense. After DONE_FOR_DAY or CALCULATED
        that is so for GTC and GTD orders with a rest."""
        if self.status in CLOSED:
            return False
        if self.status in DAY_OVER:
            lasting = self.time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
            return lasting and (self.order_qty is None or self.cum_qty < self.order_qty)
        return True

    def apply(self, event: OrderEvent) -> Execution | None:
        """Fold one event. Returns the execution it brought, if it was not counted before.

        None means that nothing was booked: no report, a status report, or an ExecID that is in `exec_ids`
        already, which changes nothing at all. Raises `ImpossibleTransition`, and then nothing has changed.
        """
        return _HANDLERS[type(event)](self, event)

    def to_record(self) -> dict[str, Any]:
        """Everything needed to go on folding, JSON-able; see `sendfix.domain.records`."""
        return {
            "order_no": self.order_no,
            "session_name": self.session_name,
            "msg_seq_num": self.msg_seq_num,
            "cl_ord_id": self.cl_ord_id,
            "orig_cl_ord_id": self.orig_cl_ord_id,
            "cl_ord_ids": list(self.cl_ord_ids),
            "order_id": self.order_id,
            "account": self.account,
            "symbol": self.symbol,
            "side": code_out(self.side),
            "order_qty": decimal_out(self.order_qty),
            "ord_type": code_out(self.ord_type),
            "price": decimal_out(self.price),
            "stop_px": decimal_out(self.stop_px),
            "time_in_force": code_out(self.time_in_force),
            "fields": dict(self.fields),
            "custom_tags": tags_out(self.custom_tags),
            "status": self.status.value,
            "requests": [request.to_record() for request in self.requests],
            "cum_qty": str(self.cum_qty),
            "leaves_qty": str(self.leaves_qty),
            "avg_px": str(self.avg_px),
            "last_qty": decimal_out(self.last_qty),
            "last_px": decimal_out(self.last_px),
            "text": self.text,
            "exec_ids": sorted(self.exec_ids),
            "reported": self.reported,
            "last_report": list(self.last_report),
            "last_trade": list(self.last_trade),
            "created_at": self.created_at.isoformat(timespec="microseconds"),
            "updated_at": self.updated_at.isoformat(timespec="microseconds"),
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Order:
        """The order that `to_record` was called on. Raises KeyError or ValueError on anything else."""
        order = cls.__new__(cls)
        for name in _PLAIN:
            setattr(order, name, record[name])
        for name in _DECIMALS:
            setattr(order, name, decimal_in(record[name]))
        order.cl_ord_ids = list(record["cl_ord_ids"])
        order.side = code_in(Side, record["side"])
        order.ord_type = code_in(OrdType, record["ord_type"])
        order.time_in_force = code_in(TimeInForce, record["time_in_force"])
        order.fields = dict(record["fields"])
        order.custom_tags = tags_in(record["custom_tags"])
        order.status = OrdStatus(record["status"])
        order.requests = [Pending.from_record(request) for request in record["requests"]]
        order.exec_ids = set(record["exec_ids"])
        order.last_report = (record["last_report"][0], record["last_report"][1])
        order.last_trade = (record["last_trade"][0], record["last_trade"][1])
        order.created_at = datetime.fromisoformat(record["created_at"])
        order.updated_at = datetime.fromisoformat(record["updated_at"])
        return order

    # What we sent

    def _on_new_order_sent(self, event: NewOrderSent) -> None:
        if event.cl_ord_id not in self.cl_ord_ids:
            raise self._impossible("NewOrderSent", f"ClOrdID(11) {event.cl_ord_id!r} is another order")

    def _on_cancel_sent(self, event: CancelSent) -> None:
        if event.cl_ord_id not in self.cl_ord_ids:
            self._request(
                Kind.CANCEL_SENT,
                Pending("cancel", event.cl_ord_id, event.orig_cl_ord_id, event.msg_seq_num, event.at),
            )

    def _on_replace_sent(self, event: ReplaceSent) -> None:
        if event.cl_ord_id not in self.cl_ord_ids:
            self._request(
                Kind.REPLACE_SENT,
                Pending(
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
                ),
            )

    def _request(self, kind: Kind, request: Pending) -> None:
        if request.orig_cl_ord_id not in self.cl_ord_ids:
            raise self._impossible(kind, f"OrigClOrdID(41) {request.orig_cl_ord_id!r} is no id of this order")
        self._check(kind, self.status)
        self.cl_ord_ids.append(request.cl_ord_id)
        self.requests.append(request)
        self.updated_at = request.requested_at

    # What the counterparty answered

    def _on_report(self, event: ExecutionReported) -> Execution | None:
        kind = self._kind_of(event)
        if kind is Kind.STATUS:
            # A resent one may be older than what we know, and has no ExecID that would tell.
            if not event.poss_dup:
                self._check(kind, event.ord_status)
                self._take(kind, event)
            return None
        exec_id = _counted_as(kind, event)
        if exec_id is not None and exec_id in self.exec_ids:
            return None
        if event.poss_dup and event.sent < self.last_report:
            self._take_late(kind, event)
        else:
            self._check(kind, event.ord_status)
            self._take(kind, event)
        if exec_id is None:
            return None
        self.exec_ids.add(exec_id)
        return self._execution(kind, event)

    def _kind_of(self, event: ExecutionReported) -> Kind:
        trans_type = event.exec_trans_type
        if trans_type is not None and trans_type is not ExecTransType.NEW:
            return _KIND_OF_TRANS_TYPE[trans_type]
        exec_type = event.exec_type
        kind = KIND_OF_EXEC_TYPE.get(exec_type, Kind.OTHER) if isinstance(exec_type, ExecType) else Kind.OTHER
        if kind is Kind.REJECTED and self._find_request(event.cl_ord_id) is not None:
            # Some refuse a cancel or replace by a report instead of OrderCancelReject(9): the order lives on.
            return Kind.REQUEST_REFUSED
        return kind

    def _take(self, kind: Kind, event: ExecutionReported) -> None:
        """The report is the newest word on the order, and possible."""
        if kind is not Kind.REQUEST_REFUSED or event.ord_status is not OrdStatus.REJECTED:
            self.status = event.ord_status
        if event.cum_qty is not None:
            self.cum_qty = event.cum_qty
        if event.leaves_qty is not None:
            self.leaves_qty = event.leaves_qty
        if event.avg_px is not None:
            self.avg_px = event.avg_px
        if kind in _TRADES and event.last_qty is not None:
            self.last_qty, self.last_px, self.last_trade = event.last_qty, event.last_px, event.sent
        if event.order_id is not None:
            self.order_id = event.order_id
        self.text = event.text
        if kind is Kind.REPLACED:
            self._replaced(event)
        elif kind is Kind.REQUEST_REFUSED:
            self._answered(event.cl_ord_id)
        elif kind is Kind.RESTATED or (kind is Kind.STATUS and self._speaks_of_the_order(event)):
            self._take_terms(event)
        if event.ord_status in _ENDS and kind is not Kind.REQUEST_REFUSED:
            self.requests.clear()
        self.reported = True
        self.last_report = event.sent
        self.updated_at = event.at

    def _take_late(self, kind: Kind, event: ExecutionReported) -> None:
        """A resent report that fills a gap, after newer ones were seen: it counts, but no longer says how things
        stand. Only what no later report repeats is taken from it."""
        if kind in _TRADES and event.last_qty is not None and event.sent > self.last_trade:
            self.last_qty, self.last_px, self.last_trade = event.last_qty, event.last_px, event.sent
        if kind is Kind.REPLACED:
            self._replaced(event)
        elif kind is Kind.REQUEST_REFUSED:
            self._answered(event.cl_ord_id)
        self.updated_at = event.at

    def _replaced(self, event: ExecutionReported) -> None:
        ids = self.cl_ord_ids
        request = self._find_request(event.cl_ord_id)
        self._answered(event.cl_ord_id)
        if event.cl_ord_id in ids and ids.index(event.cl_ord_id) < ids.index(self.cl_ord_id):
            return  # a later replace is confirmed already
        if request is not None:
            self.order_qty, self.price, self.stop_px = request.order_qty, request.price, request.stop_px
            self.ord_type, self.time_in_force = request.ord_type, request.time_in_force
            self.account = request.account
            self.fields.update(request.fields)
            self.custom_tags.update(request.custom_tags)
        self._take_terms(event)
        if event.cl_ord_id and event.cl_ord_id != self.cl_ord_id:
            self.orig_cl_ord_id, self.cl_ord_id = self.cl_ord_id, event.cl_ord_id
            if event.cl_ord_id not in ids:
                ids.append(event.cl_ord_id)

    def _take_terms(self, event: ExecutionReported) -> None:
        if event.order_qty is not None:
            self.order_qty = event.order_qty
        if event.price is not None:
            self.price = event.price
        if event.stop_px is not None:
            self.stop_px = event.stop_px
        if event.ord_type is not None:
            self.ord_type = event.ord_type
        if event.time_in_force is not None:
            self.time_in_force = event.time_in_force

    def _on_cancel_rejected(self, event: CancelRejected) -> None:
        if event.cl_ord_id not in self.cl_ord_ids:
            raise self._impossible(
                Kind.CANCEL_REJECTED, f"ClOrdID(11) {event.cl_ord_id!r} is no request of this order"
            )
        if self._find_request(event.cl_ord_id) is None:
            return  # answered before: this is a resend
        status = event.ord_status
        late = event.poss_dup and event.sent < self.last_report
        unknown = event.cxl_rej_reason == UNKNOWN_ORDER and status is OrdStatus.REJECTED and self.reported
        # FIX prescribes REJECTED for an unknown order: that is no word on an order which it did acknowledge.
        if not late and not unknown:
            self._check(Kind.CANCEL_REJECTED, status)
            self.status = status
            self.last_report = event.sent
            if status in CLOSED:
                self.leaves_qty = ZERO
        if not late:
            self.text = event.text
        self._answered(event.cl_ord_id)
        if self.status in _ENDS:
            self.requests.clear()
        self.updated_at = event.at

    def _on_message_rejected(self, event: MessageRejected) -> None:
        cl_ord_id = self._refused_id(event)
        if cl_ord_id is None:
            detail = f"RefSeqNum(45) {event.ref_seq_num} is no message of this order"
            raise self._impossible(Kind.ORDER_REFUSED, detail)
        text = event.text or event.reason or "The counterparty refused the message and gave no reason."
        self._refused(cl_ord_id, text, event.at)

    def _refused_id(self, event: MessageRejected) -> str | None:
        if event.ref_id is not None and event.ref_id in self.cl_ord_ids:
            return event.ref_id
        for request in reversed(self.requests):
            if request.msg_seq_num == event.ref_seq_num:
                return request.cl_ord_id
        return self.cl_ord_ids[0] if self.msg_seq_num == event.ref_seq_num else None

    def _on_not_resent(self, event: NotResent) -> None:
        if event.cl_ord_id not in self.cl_ord_ids:
            raise self._impossible(
                Kind.ORDER_REFUSED, f"ClOrdID(11) {event.cl_ord_id!r} is no id of this order"
            )
        if event.cl_ord_id == self.cl_ord_ids[0] and self.reported:
            return  # it had arrived the first time
        text = event.text or "it was too old when the counterparty asked for it again"
        self._refused(event.cl_ord_id, f"Not sent: {text}", event.at)

    def _refused(self, cl_ord_id: str, text: str, at: datetime) -> None:
        """One of our messages was not even read as a request."""
        if cl_ord_id == self.cl_ord_ids[0]:
            self._check(Kind.ORDER_REFUSED, OrdStatus.REJECTED)
            self.status = OrdStatus.REJECTED
            self.leaves_qty = ZERO
            self.requests.clear()
        elif self._find_request(cl_ord_id) is None:
            return  # answered before
        else:
            self._check(Kind.REQUEST_REFUSED, self.status)
            self._answered(cl_ord_id)
        self.text = text
        self.updated_at = at

    # Helpers

    def _find_request(self, cl_ord_id: str) -> Pending | None:
        for request in self.requests:
            if request.cl_ord_id == cl_ord_id:
                return request
        return None

    def _answered(self, cl_ord_id: str) -> None:
        if self.requests:
            self.requests = [request for request in self.requests if request.cl_ord_id != cl_ord_id]

    def _speaks_of_the_order(self, event: ExecutionReported) -> bool:
        return event.cl_ord_id == self.cl_ord_id and not any(item.type == "replace" for item in self.requests)

    def _check(self, kind: Kind, after: OrdStatus) -> None:
        """Raises `ImpossibleTransition` unless the table has it."""
        before = self.status
        if before is OrdStatus.REJECTED and not self.reported:
            before = OrdStatus.PENDING_NEW  # our own conclusion; the counterparty may know better
        allowed = TRANSITIONS.get((before, kind))
        if allowed is None:
            raise self._impossible(kind, "this can't happen to it any more")
        if after not in allowed and kind is not Kind.REQUEST_REFUSED:
            raise self._impossible(kind, f"it can't become {after.name} by that")

    def _impossible(self, event: str, detail: str) -> ImpossibleTransition:
        return ImpossibleTransition(self.status, event, f"{detail} (order {self.cl_ord_id})")

    def _execution(self, kind: Kind, event: ExecutionReported) -> Execution:
        return Execution(
            event.exec_id,
            event.exec_ref_id,
            event.cl_ord_id,
            event.order_id if event.order_id is not None else self.order_id,
            event.session_name,
            self.symbol if self.symbol is not None else event.symbol,
            self.side if self.side is not None else event.side,
            _EXEC_TYPE_OF_KIND.get(kind, event.exec_type),
            event.ord_status,
            event.last_qty,
            event.last_px,
            event.cum_qty if event.cum_qty is not None else self.cum_qty,
            event.leaves_qty if event.leaves_qty is not None else self.leaves_qty,
            event.avg_px if event.avg_px is not None else self.avg_px,
            event.text,
            event.transact_time,
            event.at,
        )


def _counted_as(kind: Kind, event: ExecutionReported) -> str | None:
    """The key under which a report counts once; None for one that has no id of its own. FIX allows ExecID 0 in
    status reports only; where a fill has it all the same, CumQty tells one fill from the next."""
    if event.exec_id != "0":
        return event.exec_id
    return f"0 at CumQty {event.cum_qty}" if kind is Kind.TRADE else None


_KIND_OF_TRANS_TYPE = {
    ExecTransType.CANCEL: Kind.TRADE_CANCEL,
    ExecTransType.CORRECT: Kind.TRADE_CORRECT,
    ExecTransType.STATUS: Kind.STATUS,
}
_EXEC_TYPE_OF_KIND: dict[Kind, ExecType | str] = {
    Kind.TRADE_CANCEL: ExecType.TRADE_CANCEL,
    Kind.TRADE_CORRECT: ExecType.TRADE_CORRECT,
}
_DECIMALS = ("order_qty", "price", "stop_px", "cum_qty", "leaves_qty", "avg_px", "last_qty", "last_px")
_PLAIN = (
    "order_no",
    "session_name",
    "msg_seq_num",
    "cl_ord_id",
    "orig_cl_ord_id",
    "order_id",
    "account",
    "symbol",
    "text",
    "reported",
)
_HANDLERS: dict[type[Any], Callable[[Order, Any], Execution | None]] = {
    NewOrderSent: Order._on_new_order_sent,
    CancelSent: Order._on_cancel_sent,
    ReplaceSent: Order._on_replace_sent,
    ExecutionReported: Order._on_report,
    CancelRejected: Order._on_cancel_rejected,
    MessageRejected: Order._on_message_rejected,
    NotResent: Order._on_not_resent,
}
