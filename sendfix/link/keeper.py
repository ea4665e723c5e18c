"""The thread that keeps one session open: when to connect, when to try again, when to give up.

It knows no QuickFIX: a `Connection` comes from the function it is given, lives once, and is stopped and deleted here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Protocol

from sendfix.config import Endpoint, SessionConfig, Tls
from sendfix.domain.enums import EndKind, SessionPhase
from sendfix.link.backoff import Backoff, Failure
from sendfix.link.quickfix_settings import LOGON_TIMEOUT_SECONDS
from sendfix.link.reach import NotReached, Reached, reach
from sendfix.link.session_record import SessionRecord

log = logging.getLogger("sendfix.engine")

REACH_TIMEOUT_SECONDS = 5.0
CLOSE_TIMEOUT_SECONDS = 15.0
SCHEDULE_STEP_SECONDS = 1.0
EXPIRY_STEP_SECONDS = 3600.0


class Connection(Protocol):
    """One try at a session, from TCP connection to its end; `ended` and `was_logged_on` are announced through the
    record's `changed`."""

    ended: bool

    @property
    def was_logged_on(self) -> bool: ...

    @property
    def was_refused(self) -> bool:
        """The counterparty said no to the Logon(A), in words or by hanging up."""

    @property
    def reason(self) -> str | None: ...

    @property
    def kind(self) -> EndKind:
        """Of the reason."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """Log out when logged on, and wait for the end."""

    def delete(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended. `connection` is to be finished."""

    reason: str
    kind: EndKind
    failure: Failure = Failure.UNREACHABLE
    connection: Connection | None = None


class ConnectionRefusedByUs(Exception):
    """No connection could be made from these settings; the text says why."""


class Keeper:
    """`connect`, `disconnect` and `begin_close` return at once and may be called from any thread."""

    def __init__(
        self,
        record: SessionRecord,
        open_connection: Callable[[Endpoint, str], Connection],
        look: Callable[[Endpoint, Tls | None, float], Reached | NotReached] = reach,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`open_connection` takes an endpoint and its IPv4 address, and may raise `ConnectionRefusedByUs`. `clock` is
        what the schedule goes by: seconds since the epoch."""
        # Held while the connection is used or deleted, so that it is never deleted in use.
        self.using = threading.Lock()
        # Whether there is no connection. Changes while `using` is held.
        self.apart = True
        self._record = record
        self._changed = record.changed
        self._open = open_connection
        self._look = look
        self._clock = clock
        self._wanted = False
        self._ended_on_request = False
        self._hurry = False
        self._closed = False
        self._idle = True
        self._why_not = ""
        self._thread = threading.Thread(target=self._run, name=f"keep {record.config.name}", daemon=True)
        self._thread.start()

    def connect(self) -> None:
        with self._changed:
            if not self._closed:
                self._wanted = self._hurry = True
            self._changed.notify_all()

    def disconnect(self, why: str) -> None:
        with self._changed:
            self._wanted, self._ended_on_request, self._why_not = False, True, why
            given_up = self._idle and self._record.phase is SessionPhase.GIVEN_UP
            self._changed.notify_all()
        if given_up:
            self._record.set_phase(SessionPhase.NOT_CONNECTED, why)

    def begin_close(self, why: str) -> None:
        with self._changed:
            self._closed = True
        self.disconnect(why)

    def reconfigured(self) -> None:
        """The record has another configuration: whatever is waited for is looked at again."""
        with self._changed:
            self._hurry = self._hurry or self._record.phase is SessionPhase.WAITING_TO_RECONNECT
            self._changed.notify_all()

    def join(self) -> None:
        """Wait for the end, after `begin_close`; not for ever, since a name's look-up can't be interrupted."""
        self._thread.join(CLOSE_TIMEOUT_SECONDS)

    @property
    def _config(self) -> SessionConfig:
        return self._record.config

    def _run(self) -> None:
        while True:
            with self._changed:
                self._idle = True
                self._changed.wait_for(lambda: self._wanted or self._closed)
                if self._closed:
                    return
                self._idle = self._ended_on_request = False
            try:
                self._keep_open()
            except Exception as error:
                log.exception("session %s: the thread that keeps it open failed", self._config.name)
                self._wanted = False
                self._record.set_phase(
                    SessionPhase.GIVEN_UP, f"Internal error: {error!r}; see the engine's log"
                )

    def _keep_open(self) -> None:
        """Until it is not wanted any more, or given up."""
        backoff = Backoff(lambda: self._config.reconnection)
        for number in count():
            endpoints = self._config.endpoints
            endpoint = endpoints[number % len(endpoints)]
            if not self._wait_for_open():
                self._record.set_phase(SessionPhase.NOT_CONNECTED, self._why_not)
                return
            if self._hurry:
                self._hurry = False
                self._connecting(endpoint)
            attempt = self._attempt(endpoint)
            connection = attempt.connection
            if connection is not None and connection.was_logged_on:
                self._hurry = False  # asked for while it was connected
            until = time.monotonic()
            self._record.ended(self._kind_of(attempt))
            if not self._is_open():
                backoff = Backoff(lambda: self._config.reconnection)
            elif self._wanted:
                until += self._failed(attempt.reason, attempt.failure, backoff)
            self._finish(connection)
            if self._ended_on_request:
                # Asked for again during the logout, it begins anew, at the first endpoint.
                self._record.set_phase(SessionPhase.NOT_CONNECTED, self._why_not)
                return
            if self._record.phase is SessionPhase.GIVEN_UP:
                return
            self._wait(lambda: self._hurry or not self._wanted, until - time.monotonic())

    def _wait_for_open(self) -> bool:
        """Wait while the schedule has the session closed. False when it is not wanted any more."""
        while self._wanted and not self._is_open():
            self._record.set_phase(SessionPhase.WAITING_FOR_OPEN, self._when_it_opens())
            # In short steps, since the clock may be set.
            self._wait(lambda: not self._wanted, SCHEDULE_STEP_SECONDS)
        return self._wanted

    def _is_open(self) -> bool:
        schedule = self._config.schedule
        return schedule is None or schedule.session_at(self._now()) is not None

    def _when_it_opens(self) -> str:
        schedule = self._config.schedule
        session = None if schedule is None else schedule.next_session(self._now())
        if schedule is None or session is None:
            return "Outside its hours, and its schedule has no day in the next year on which it opens"
        return f"Outside its hours; opens {schedule.opening(session)}"

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _wait(self, until: Callable[[], bool], seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(until, max(0.0, seconds))

    def _connecting(self, endpoint: Endpoint) -> None:
        self._record.set_phase(SessionPhase.CONNECTING, f"Connecting to {endpoint.server_ip}:{endpoint.port}")

    def _failed(self, reason: str, failure: Failure, backoff: Backoff) -> float:
        """Say why and when it is tried again; the seconds until then, counted from now."""
        delay = backoff.delay_after(failure)
        if delay is None:
            self._wanted, self._why_not = False, ""
            text = f"{reason}; given up after {backoff.attempts} attempts"
            self._record.set_phase(SessionPhase.GIVEN_UP, text)
            return 0.0
        text = f"{reason}; trying again in {delay:.3g} s"
        next_at = int((self._clock() + delay) * 1e9)
        self._record.set_phase(SessionPhase.WAITING_TO_RECONNECT, text, next_at)
        return delay

    def _kind_of(self, attempt: Attempt) -> EndKind:
        if self._ended_on_request:
            return EndKind.REQUESTED
        return attempt.kind if self._is_open() else EndKind.HOURS

    def _attempt(self, endpoint: Endpoint) -> Attempt:
        """Connect, and stay until it is over."""
        if not self._record.recover():
            return Attempt(self._record.failure or "", EndKind.OURS)
        found = self._look(endpoint, self._config.tls, REACH_TIMEOUT_SECONDS)
        if isinstance(found, NotReached):
            return Attempt(found.reason, found.kind)
        self._record.certificates(found.expires_at, found.own_expires_at)
        self._record.warn_of_expiry(self._now())
        if self._ended_on_request:
            return Attempt("", EndKind.REQUESTED)
        self._connecting(endpoint)
        with self.using:
            try:
                connection = self._open(endpoint, found.address)
            except ConnectionRefusedByUs as error:
                return Attempt(str(error), EndKind.OURS)
            self.apart = False
        config = self._config
        self._record.set_phase(
            SessionPhase.LOGGING_ON, f"Logging on as {config.sender_comp_id} → {config.target_comp_id}"
        )
        connection.start()
        self._stay(connection)
        reason = self._record.failure or connection.reason or "The Logon was not answered in time"
        kind = EndKind.OURS if self._record.failure is not None else connection.kind
        failure = Failure.REFUSED if connection.was_refused else Failure.UNREACHABLE
        return Attempt(reason, kind, Failure.LOST if connection.was_logged_on else failure, connection)

    def _stay(self, connection: Connection) -> None:
        logon_by = time.monotonic() + LOGON_TIMEOUT_SECONDS + REACH_TIMEOUT_SECONDS
        while self._stay_for(EXPIRY_STEP_SECONDS, connection, logon_by):
            self._record.warn_of_expiry(self._now())

    def _stay_for(self, seconds: float, connection: Connection, logon_by: float) -> bool:
        """False when it is over before."""
        until = time.monotonic() + seconds
        with self._changed:
            while not self._ended_on_request and not connection.ended and self._record.failure is None:
                now = time.monotonic()
                if now >= until:
                    return True
                left = until - now
                if not connection.was_logged_on:
                    if now >= logon_by:
                        return False
                    left = min(left, logon_by - now)
                if self._config.schedule is not None:
                    if not self._is_open():
                        return False
                    left = min(left, SCHEDULE_STEP_SECONDS)
                self._changed.wait(left)
        return False

    def _finish(self, connection: Connection | None) -> None:
        if connection is None:
            return
        if self._record.phase is SessionPhase.CONNECTED and not connection.ended:
            why = self._why_not if self._ended_on_request else "its hours are over"
            self._record.set_phase(SessionPhase.LOGGING_OUT, f"Logging out: {why}")
        connection.stop()
        with self.using:
            connection.delete()
            self.apart = True
