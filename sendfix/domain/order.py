"""An order: one chain of a NewOrderSingle and its replaces, as its messages say it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sendfix.domain.contradictions import OrderWarning
from sendfix.domain.enums import ExecType, OrdStatus, OrdType, Side, TimeInForce
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
from sendfix.domain.order_record import fill_from_record, order_to_record
from sendfix.domain.pending import Pending
from sendfix.domain.refusals import on_cancel_rejected, on_message_rejected, on_not_resent
from sendfix.domain.reports import on_execution_reported
from sendfix.domain.requests import on_cancel_sent, on_replace_sent
from sendfix.domain.tally import Tally
from sendfix.domain.transitions import CLOSED, DAY_OVER, ENDED, TRANSITIONS, Kind
from sendfix.domain.values import FieldValue

__all__ = ["Execution", "Order", "Pending"]

ZERO = Decimal(0)
FILLS = frozenset({ExecType.PARTIAL_FILL, ExecType.FILL, ExecType.TRADE})
_NEVER = ("", 0)


class Order:
    """Changed by `apply` alone. Quantities and average price are the counterparty's, never computed here.

    `cl_ord_ids` are all ids of the chain, oldest first, those of cancels and of unanswered requests too;
    `cl_ord_id` is the order's own, which only a confirmed replace changes. `requests` are the unanswered
    requests, oldest first; `pending` is the latest. `last_report`, `last_trade` and `last_terms` say
    when the counterparty sent the newest report, fill and change of terms (`ExecutionReported.sent`).
    `warnings` is what contradicts itself in its reports, by code; `tally` what its executions add up to.
    `arrival_px` is the price of its symbol that was known when it was sent, if any was.
    `user` is who asked for it, if that was told and is still known: no message says it.
    An `adopted` order was not sent by this desk; the ids of it that are not ours have `adopted_id` as their form.
    """

    __slots__ = (
        "account",
        "adopted",
        "arrival_px",
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
        "last_terms",
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
        "tally",
        "text",
        "time_in_force",
        "updated_at",
        "user",
        "warnings",
    )

    def __init__(self, event: NewOrderSent, order_no: int, arrival_px: Decimal | None = None) -> None:
        self.order_no = order_no
        self.session_name = event.session_name
        self.msg_seq_num = event.msg_seq_num
        self.cl_ord_id = event.cl_ord_id
        self.orig_cl_ord_id: str | None = None
        self.cl_ord_ids = [event.cl_ord_id]
        self.order_id: str | None = None
        self.account = event.account
        self.user = event.user
        self.symbol = event.symbol
        self.side: Side | str | None = event.side
        self.order_qty = event.order_qty
        self.ord_type: OrdType | str | None = event.ord_type
        self.price = event.price
        self.stop_px = event.stop_px
        self.time_in_force: TimeInForce | str | None = event.time_in_force
        self.fields: dict[str, FieldValue] = dict(event.fields)
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
        self.tally = Tally()
        self.warnings: dict[str, OrderWarning] = {}
        self.arrival_px = arrival_px
        self.adopted = False
        # Whether the counterparty has reported on the order; until then REJECTED is only what we make of it.
        self.reported = False
        self.last_report: tuple[str, int] = _NEVER
        self.last_trade: tuple[str, int] = _NEVER
        self.last_terms: tuple[str, int] = _NEVER
        self.created_at = event.at
        self.updated_at = event.at

    @classmethod
    def from_new(cls, event: NewOrderSent, order_no: int, arrival_px: Decimal | None = None) -> Order:
        """The order that this message starts. `order_no` is the caller's, rising."""
        return cls(event, order_no, arrival_px)

    @classmethod
    def adopt(cls, event: ExecutionReported, order_no: int, names: list[str]) -> Order:
        """The order that somebody else sent, before its first report is applied. `names` are its ids in this desk, its
        ClOrdID first, as far as it has one."""
        sent = NewOrderSent(
            event.session_name,
            event.at,
            None,
            names[0],
            event.symbol,
            event.side,
            event.order_qty,
            event.ord_type,
            event.price,
            event.stop_px,
            event.time_in_force,
            event.account,
        )
        order = cls(sent, order_no)
        order.adopted = True
        order.cl_ord_ids = list(names)
        if event.cum_qty is not None:
            # What was done before is no fill that went missing.
            done = event.last_qty if event.last_qty is not None and event.exec_type in FILLS else ZERO
            order.tally.carried = max(event.cum_qty - done, ZERO)
            order.cum_qty = order.tally.carried
        who = f"ClOrdID(11) {event.cl_ord_id!r}" if event.cl_ord_id else f"OrderID(37) {event.order_id!r}"
        order.warn(
            "adopted", f"Not sent by this desk: it is known from the reports on {who} alone.", event.at
        )
        return order

    def wire_id(self, cl_ord_id: str) -> str | None:
        """The ClOrdID(11) by which the counterparty knows it; None for one that only has an OrderID(37)."""
        prefix = adopted_id(self.session_name, "")
        if not self.adopted or not cl_ord_id.startswith(prefix):
            return cl_ord_id
        own = cl_ord_id.removeprefix(prefix)
        return None if own == f"37={self.order_id}" else own

    @property
    def pending(self) -> Pending | None:
        """The latest unanswered request, unless the order has come to an end where none can succeed."""
        return self.requests[-1] if self.requests and self.status not in ENDED else None

    @property
    def pending_replace(self) -> Pending | None:
        """The latest unanswered replace. The next request builds on it: OrigClOrdID(41) is the last id that was not
        rejected (FIX 4.2 Appendix D and FIX 4.4 Volume 4, where one replace follows another at once)."""
        for request in reversed(self.requests):
            if request.type == "replace":
                return request
        return None

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
        """Everything needed to go on folding, JSON-able: decimals as text, times in ISO 8601, enumerations by
        their wire code."""
        return order_to_record(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Order:
        """The order that `to_record` was called on. Raises KeyError or ValueError on anything else."""
        order = cls.__new__(cls)
        fill_from_record(order, record)
        return order

    def find_request(self, cl_ord_id: str) -> Pending | None:
        """The unanswered request of that id."""
        for request in self.requests:
            if request.cl_ord_id == cl_ord_id:
                return request
        return None

    def answered(self, cl_ord_id: str) -> None:
        """For the fold: the request of that id is no longer pending."""
        if self.requests:
            self.requests = [request for request in self.requests if request.cl_ord_id != cl_ord_id]

    def allows(self, kind: Kind, after: OrdStatus) -> bool:
        """Whether the table has it."""
        if after in TRANSITIONS.get((self.status, kind), ()):
            return True
        # REJECTED by our own conclusion: the counterparty may have had the order all the same.
        unconfirmed = self.status is OrdStatus.REJECTED and not self.reported
        return unconfirmed and after in TRANSITIONS.get((OrdStatus.PENDING_NEW, kind), ())

    def check(self, kind: Kind, after: OrdStatus) -> None:
        """For the fold: raises `ImpossibleTransition` unless the table has it."""
        if self.allows(kind, after):
            return
        if (self.status, kind) not in TRANSITIONS:
            raise self.impossible(kind, "this can't happen to it any more, or not yet")
        raise self.impossible(kind, f"it can't become {after.name} by that")

    def warn(self, code: str, text: str | None, at: datetime) -> None:
        """For the fold: this is wrong with the order; None that it is not, or no longer."""
        if text is None:
            self.warnings.pop(code, None)
        elif self.warning(code) != text:
            self.warnings[code] = OrderWarning(code, text, at)

    def warning(self, code: str) -> str | None:
        found = self.warnings.get(code)
        return None if found is None else found.text

    def impossible(self, event: str, detail: str) -> ImpossibleTransition:
        """The error to raise; names this order."""
        return ImpossibleTransition(self.status, event, f"{detail} (order {self.cl_ord_id})")


def adopted_id(session_name: str, cl_ord_id: str) -> str:
    """The name in this desk of somebody else's ClOrdID."""
    return f"{session_name}/{cl_ord_id}"


def _on_new_order_sent(order: Order, event: NewOrderSent) -> None:
    if event.cl_ord_id not in order.cl_ord_ids:
        raise order.impossible("new order sent", f"ClOrdID(11) {event.cl_ord_id!r} is another order")


_HANDLERS: dict[type[Any], Callable[[Order, Any], Execution | None]] = {
    NewOrderSent: _on_new_order_sent,
    CancelSent: on_cancel_sent,
    ReplaceSent: on_replace_sent,
    ExecutionReported: on_execution_reported,
    CancelRejected: on_cancel_rejected,
    MessageRejected: on_message_rejected,
    NotResent: on_not_resent,
}
