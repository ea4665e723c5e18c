"""What Prometheus reads at `/metrics`: counters of what passed since the desk started, and how things stand now.

A `Listener` of the bus counts; how things stand is asked when somebody reads. Labels are session names, directions,
MsgTypes of the dictionary (any other is `other`) and enumerations of ours, so that no counterparty can make series.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE_LATEST
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from sendfix.domain.enums import SessionState
from sendfix.domain.order import Order
from sendfix.services.ports import Inattentive, MessageRow

ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds."""
MOST_AWAITED = 50_000
"""Orders whose first report is waited for; the oldest are forgotten first."""
OTHER = "other"

_CL_ORD_ID = re.compile("\x0111=([^\x01]*)")
_REJECTED = re.compile("\x0139=8\x01")
_TEST_REQ_ID = re.compile("\x01112=([^\x01]*)")
_GAP_FILL = re.compile("\x01123=Y\x01")
_REJECTS = {"3": "session", "j": "business", "9": "cancel"}


class Metrics(Inattentive):
    def __init__(
        self,
        standing: Collector,
        is_msg_type: Callable[[str, str], bool],
        orders: Iterable[Order],
    ) -> None:
        """`is_msg_type` tells whether a session's dictionary has a MsgType(35); `orders` are those that are in memory
        at the start."""
        self._is_msg_type = is_msg_type
        self._open: dict[int, tuple[str, str]] = {}
        self._tested: dict[str, str] = {}
        self._awaited: OrderedDict[tuple[str, str], int] = OrderedDict()
        self.registry = CollectorRegistry()
        self._messages = self._counter(
            "messages", "FIX messages, by session, direction and MsgType", "session", "direction", "msg_type"
        )
        self._rejects = self._counter(
            "rejects",
            "Rejects by the counterparty: of orders, of cancels and replaces, of messages (session, business)",
            "session",
            "kind",
        )
        self._refused = self._counter(
            "refused_messages",
            "Messages of the counterparty that QuickFIX did not accept, by MsgType",
            "session",
            "msg_type",
        )
        self._risk_refusals = self._counter(
            "risk_refusals", "Orders and replaces that a limit or a kill switch held back", "session", "rule"
        )
        self._resend_requests = self._counter(
            "resend_requests", "ResendRequests: out is a gap that we found", "session", "direction"
        )
        self._gap_fills = self._counter("gap_fills", "SequenceResets that fill a gap", "session", "direction")
        self._unanswered = self._counter(
            "test_requests_unanswered",
            "TestRequests of ours that no Heartbeat has answered before the next one or the end",
            "session",
        )
        self._orders = Gauge(
            "sendfix_open_orders",
            "Open orders by status",
            ["session", "status"],
            registry=self.registry,
        )
        self._closed = self._counter(
            "orders_closed", "Orders that were open and are not any more, by status", "session", "status"
        )
        self._logons = self._counter("session_logons", "Logons that were taken", "session")
        self._acks = Histogram(
            "sendfix_order_ack_seconds",
            "From an order on its way to its first report, both as the engine wrote them down",
            ["session"],
            buckets=ACK_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(standing)
        for order in orders:
            self.order_changed(order)

    def text(self) -> bytes:
        """In Prometheus' text format."""
        return generate_latest(self.registry)

    def message_logged(self, message: MessageRow) -> None:
        if message.direction == "EVENT":
            return
        name, msg_type = message.session_name, message.msg_type or ""
        label = msg_type if self._is_msg_type(name, msg_type) else OTHER
        self._messages.labels(name, message.direction, label).inc()
        if message.refused is not None:
            self._refused.labels(name, label).inc()
            return
        if msg_type == "D" and message.direction == "OUT":
            self._await(message)
        elif msg_type == "8" and message.direction == "IN":
            self._acknowledge(message)
            if _REJECTED.search(message.raw):
                self._rejects.labels(name, "order").inc()
        elif msg_type in ("0", "1"):
            self._note_test_request(name, message)
        elif msg_type in _REJECTS and message.direction == "IN":
            self._rejects.labels(name, _REJECTS[msg_type]).inc()
        elif msg_type == "2":
            self._resend_requests.labels(name, message.direction).inc()
        elif msg_type == "4" and _GAP_FILL.search(message.raw):
            self._gap_fills.labels(name, message.direction).inc()

    def connection_result(self, session_name: str, state: str, message: str) -> None:
        if state == SessionState.CONNECTED:
            self._logons.labels(session_name).inc()
        elif self._tested.pop(session_name, None) is not None:
            self._unanswered.labels(session_name).inc()

    def order_changed(self, order: Order) -> None:
        before = self._open.pop(order.order_no, None)
        now = (order.session_name, order.status.name)
        if order.is_open:
            self._open[order.order_no] = now
        elif before is not None:
            self._closed.labels(*now).inc()
        if before is not None:
            self._orders.labels(*before).dec()
        if order.is_open:
            self._orders.labels(*now).inc()

    def refused_by_risk(self, session_name: str, rule: str) -> None:
        self._risk_refusals.labels(session_name, rule).inc()

    def _note_test_request(self, name: str, message: MessageRow) -> None:
        found = _TEST_REQ_ID.search(message.raw)
        if found is None:
            return
        if message.msg_type == "1" and message.direction == "OUT":
            if name in self._tested:
                self._unanswered.labels(name).inc()
            self._tested[name] = found[1]
        elif message.msg_type == "0" and message.direction == "IN" and self._tested.get(name) == found[1]:
            del self._tested[name]

    def _await(self, message: MessageRow) -> None:
        found = _CL_ORD_ID.search(message.raw)
        if found is not None and "\x0143=Y\x01" not in message.raw:
            self._awaited[message.session_name, found[1]] = message.at_ns
            if len(self._awaited) > MOST_AWAITED:
                self._awaited.popitem(last=False)

    def _acknowledge(self, message: MessageRow) -> None:
        found = _CL_ORD_ID.search(message.raw)
        sent_at = None if found is None else self._awaited.pop((message.session_name, found[1]), None)
        if sent_at is not None:
            self._acks.labels(message.session_name).observe(max(0.0, (message.at_ns - sent_at) / 1e9))

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"sendfix_{name}", text, labels, registry=self.registry)
