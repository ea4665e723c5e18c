"""How things stand, for Prometheus: asked at each reading of `/metrics`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from sendfix.domain.enums import SessionPhase
from sendfix.services.health import HealthCheck
from sendfix.services.sessions import Sessions


class Audience(Protocol):
    """The browsers and scripts on Socket.IO."""

    @property
    def clients(self) -> int: ...

    @property
    def events_waiting(self) -> int:
        """Not yet made into frames."""

    @property
    def packets_waiting(self) -> int:
        """Frames, for all clients together, that their sockets have not taken yet."""

    events_dropped: int
    clients_dropped: int


class Standing(Collector):
    def __init__(
        self,
        sessions: Sessions,
        health: HealthCheck,
        audience: Audience,
        waiting_since_ns: Callable[[], int | None],
        started_at: float,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._health = health
        self._audience = audience
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
        yield _gauge(
            "kill_switches_on",
            "Kill switches that hold orders back, one for all sessions among them",
            len(health.kill_switches),
        )
        yield _gauge("alarms_open", "Reports that wait for somebody to book or dismiss them", health.alarms)
        yield from self._of_audience()
        yield from self._of_sessions()

    def _of_audience(self) -> Iterable[Metric]:
        audience = self._audience
        yield _gauge("socketio_clients", "Browsers and scripts on Socket.IO", audience.clients)
        yield _gauge("socketio_events_waiting", "Events that wait to be sent", audience.events_waiting)
        yield _gauge(
            "socketio_packets_waiting", "Frames that clients have not taken yet", audience.packets_waiting
        )
        yield CounterMetricFamily(
            "sendfix_socketio_events_dropped",
            "Events that were not sent, since there were too many; the clients load them instead",
            value=audience.events_dropped,
        )
        yield CounterMetricFamily(
            "sendfix_socketio_clients_dropped",
            "Clients that were let go because they did not keep up",
            value=audience.clients_dropped,
        )

    def _of_sessions(self) -> Iterable[Metric]:
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
        own_expires = _family("session_own_tls_expires_seconds", "Seconds until our certificate expires")
        breaker = _family("session_breaker_open", "1 while the circuit breaker keeps new orders back")
        ends = CounterMetricFamily(
            "sendfix_session_ends",
            "Ends of a session, or of attempts at one, since the engine started, and why in kind",
            labels=["session", "kind"],
        )
        now = self._clock()
        for session in self._sessions:
            name = [session.config.name]
            for phase in SessionPhase:
                phases.add_metric([*name, phase.value], float(session.phase == phase))
            for kind, count in session.ends.items():
                ends.add_metric([*name, kind], count)
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
            if session.own_tls_expires_at is not None:
                own_expires.add_metric(name, session.own_tls_expires_at / 1e9 - now)
        yield from (phases, ends, logged_on, uptime, sender, target, silence, expires, own_expires, breaker)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"sendfix_{name}", text, value=float(value))


def _family(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"sendfix_{name}", text, labels=["session"])
