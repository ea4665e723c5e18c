"""What Prometheus reads at `/metrics`: counters of what passed since the desk started, and how things stand now.

A `Listener` of the bus counts; how things stand is asked when somebody reads. Labels are session names, directions,
MsgTypes of the dictionary (any other is `other`) and enumerations of ours, so that no counterparty can make series.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE_LATEST
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from sendfix.domain.alarm import Alarm
from sendfix.domain.enums import SessionPhase
from sendfix.domain.order import Order
from sendfix.services.health import HealthCheck
from sendfix.services.ports import BookedExecution, MessageRow
from sendfix.services.sessions import Session, Sessions

ACK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Seconds."""
MOST_AWAITED = 50_000
"""Orders whose first report is waited for; the oldest are forgotten first."""
OTHER = "other"

_CL_ORD_ID = re.compile("\x0111=([^\x01]*)")
_REJECTED = re.compile("\x0139=8\x01")
_GAP_FILL = re.compile("\x01123=Y\x01")
_REJECTS = {"3": "session", "j": "business", "9": "cancel"}


class Metrics:
    def __init__(
        self,
        sessions: Sessions,
        health: HealthCheck,
        socketio_clients: Callable[[], int],
        waiting_since_ns: Callable[[], int | None],
        is_msg_type: Callable[[str, str], bool],
        started_at: float,
        clock: Callable[[], float],
    ) -> None:
        """`is_msg_type` tells whether a session's dictionary has a MsgType(35); `clock` is seconds since the epoch;
        `waiting_since_ns` the time of the oldest message that is not stored yet."""
        self._is_msg_type = is_msg_type
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
        self._resend_requests = self._counter(
            "resend_requests", "ResendRequests: out is a gap that we found", "session", "direction"
        )
        self._gap_fills = self._counter("gap_fills", "SequenceResets that fill a gap", "session", "direction")
        self._ends = self._counter(
            "session_ends", "Connections that came to an end, and why in kind", "session", "kind"
        )
        self._logons = self._counter("session_logons", "Logons that were taken", "session")
        self._acks = Histogram(
            "sendfix_order_ack_seconds",
            "From an order on its way to its first report, both as the engine wrote them down",
            ["session"],
            buckets=ACK_BUCKETS,
            registry=self.registry,
        )
        self.registry.register(
            _Standing(sessions, health, socketio_clients, waiting_since_ns, started_at, clock)
        )

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
        elif msg_type in _REJECTS and message.direction == "IN":
            self._rejects.labels(name, _REJECTS[msg_type]).inc()
        elif msg_type == "2":
            self._resend_requests.labels(name, message.direction).inc()
        elif msg_type == "4" and _GAP_FILL.search(message.raw):
            self._gap_fills.labels(name, message.direction).inc()

    def connection_result(self, session_name: str, state: str, message: str) -> None:
        if state == "disconnected":
            kind = (
                "heartbeat"
                if "gone silent" in message
                else "refused"
                if "refused the logon" in message
                else OTHER
            )
            self._ends.labels(session_name, kind).inc()
        elif state == "connected":
            self._logons.labels(session_name).inc()
        elif state == "not_connected":
            self._ends.labels(session_name, "requested").inc()

    def order_changed(self, order: Order) -> None:
        """The messages are what is counted."""

    def execution_booked(self, booked: BookedExecution) -> None:
        """The messages are what is counted."""

    def session_changed(self, session: Session) -> None:
        """It is asked when somebody reads."""

    def alarm_changed(self, alarm: Alarm) -> None:
        """They are counted when somebody reads."""

    def health_changed(self) -> None:
        """It is asked when somebody reads."""

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


class _Standing(Collector):
    """How things stand, asked at each reading."""

    def __init__(
        self,
        sessions: Sessions,
        health: HealthCheck,
        socketio_clients: Callable[[], int],
        waiting_since_ns: Callable[[], int | None],
        started_at: float,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._health = health
        self._socketio_clients = socketio_clients
        self._waiting_since_ns = waiting_since_ns
        self._started_at = started_at
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        health = self._health.health()
        yield _gauge("uptime_seconds", "Seconds since the desk started", self._clock() - self._started_at)
        yield _gauge("engine_up", "1 while the engine answers the desk", health.engine_reason is None)
        yield _gauge("storage_up", "1 while the database can be written", health.storage_reason is None)
        yield _gauge("storage_backlog", "Messages that wait to be stored", health.storage_backlog)
        since_ns = self._waiting_since_ns()
        delay = 0.0 if since_ns is None else max(0.0, self._clock() - since_ns / 1e9)
        yield _gauge("storage_delay_seconds", "Age of the oldest message that waits to be stored", delay)
        yield _gauge("ready", "1 while the desk can trade, as /health/ready says", health.ready)
        yield _gauge("alarms_open", "Reports that wait for somebody to book or dismiss them", health.alarms)
        yield _gauge("socketio_clients", "Browsers and scripts on Socket.IO", self._socketio_clients())
        phases = GaugeMetricFamily(
            "sendfix_session_phase", "1 for the phase that a session is in", labels=["session", "phase"]
        )
        logged_on = _family("session_logged_on", "1 while a session is logged on")
        uptime = _family("session_uptime_seconds", "Seconds since the Logon; 0 while it is not logged on")
        sender = _family("session_next_sender_seq_num", "Next MsgSeqNum(34) we send")
        target = _family("session_next_target_seq_num", "Next MsgSeqNum(34) we expect")
        silence = _family("session_silence_seconds", "Seconds since something came, while it is logged on")
        expires = _family(
            "session_tls_expires_seconds", "Seconds until the counterparty's certificate expires"
        )
        breaker = _family("session_breaker_open", "1 while the circuit breaker keeps new orders back")
        now = self._clock()
        for session in self._sessions:
            name = [session.config.name]
            for phase in SessionPhase:
                phases.add_metric([*name, phase.value], float(session.phase == phase))
            up = session.logged_on
            logged_on.add_metric(name, float(up))
            since = session.connected_at if up else None
            breaker.add_metric(name, float(session.breaker is not None))
            uptime.add_metric(name, 0.0 if since is None else max(0.0, now - since / 1e9))
            if session.next_sender_seq_num is not None and session.next_target_seq_num is not None:
                sender.add_metric(name, session.next_sender_seq_num)
                target.add_metric(name, session.next_target_seq_num)
            if up and session.last_received_at is not None:
                silence.add_metric(name, max(0.0, now - session.last_received_at / 1e9))
            if session.tls_expires_at is not None:
                expires.add_metric(name, session.tls_expires_at / 1e9 - now)
        yield from (phases, logged_on, uptime, sender, target, silence, expires, breaker)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"sendfix_{name}", text, value=float(value))


def _family(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sendfix_{name}", text, labels=["session"])
