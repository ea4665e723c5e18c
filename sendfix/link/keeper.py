"""The thread that keeps one session open: when to connect, when to try again, when to give up.

It knows no QuickFIX: a `Connection` comes from the function it is given, lives once, and is stopped and deleted here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from itertools import cycle
from typing import Protocol

from sendfix.config import Endpoint, Tls
from sendfix.domain.enums import SessionState
from sendfix.link.quickfix_settings import LOGON_TIMEOUT_SECONDS
from sendfix.link.reach import NotReached, Reached, reach
from sendfix.link.session_record import SessionRecord

log = logging.getLogger("sendfix.engine")

REACH_TIMEOUT_SECONDS = 5.0
CLOSE_TIMEOUT_SECONDS = 15.0


class Connection(Protocol):
    """One try at a session, from TCP connection to its end; `ended` and `was_logged_on` are announced through the
    record's `changed`."""

    ended: bool

    @property
    def was_logged_on(self) -> bool: ...

    @property
    def reason(self) -> str | None: ...

    def start(self) -> None: ...

    def stop(self) -> None:
        """Log out when logged on, and wait for the end."""

    def delete(self) -> None: ...


class ConnectionRefusedByUs(Exception):
    """No connection could be made from these settings; the text says why."""


class Keeper:
    """`connect`, `disconnect` and `begin_close` return at once and may be called from any thread."""

    def __init__(
        self,
        record: SessionRecord,
        open_connection: Callable[[Endpoint, str], Connection],
        look: Callable[[Endpoint, Tls | None, float], Reached | NotReached] = reach,
    ) -> None:
        """`open_connection` takes an endpoint and its IPv4 address, and may raise `ConnectionRefusedByUs`."""
        # Held while the connection is used or deleted, so that it is never deleted in use.
        self.using = threading.Lock()
        self._record = record
        self._changed = record.changed
        self._config = record.config
        self._open = open_connection
        self._look = look
        self._wanted = False
        self._ended_on_request = False
        self._hurry = False
        self._closed = False
        self._idle = True
        self._why_not = ""
        self._thread = threading.Thread(target=self._run, name=f"keep {self._config.name}", daemon=True)
        self._thread.start()

    def connect(self) -> None:
        with self._changed:
            if not self._closed:
                self._wanted = self._hurry = True
            self._changed.notify_all()

    def disconnect(self, why: str) -> None:
        with self._changed:
            self._wanted, self._ended_on_request, self._why_not = False, True, why
            given_up = self._idle and self._record.state is SessionState.DISCONNECTED
            self._changed.notify_all()
        if given_up:
            self._record.set_state(SessionState.NOT_CONNECTED, why)

    def begin_close(self, why: str) -> None:
        with self._changed:
            self._closed = True
        self.disconnect(why)

    def join(self) -> None:
        """Wait for the end, after `begin_close`; not for ever, since a name's look-up can't be interrupted."""
        self._thread.join(CLOSE_TIMEOUT_SECONDS)

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
                self._record.set_state(
                    SessionState.DISCONNECTED, f"Internal error: {error!r}; see the engine's log"
                )

    def _keep_open(self) -> None:
        failures = 0
        for endpoint in cycle(self._config.endpoints):
            if self._hurry:
                self._hurry = False
                self._connecting(endpoint)
            reason, connection = self._attempt(endpoint)
            if connection is not None and connection.was_logged_on:
                self._hurry = False  # asked for while it was connected
            until = time.monotonic()
            if self._wanted:
                failures = 1 if connection is not None and connection.was_logged_on else failures + 1
                until += self._disconnected(reason, failures)
            self._finish(connection)
            if self._ended_on_request:
                # Asked for again during the logout, it begins anew, at the first endpoint.
                self._record.set_state(SessionState.NOT_CONNECTED, self._why_not)
                return
            with self._changed:
                self._changed.wait_for(
                    lambda: self._hurry or not self._wanted,
                    max(0.0, until - time.monotonic()),
                )
            if not self._wanted:
                if self._record.state is not SessionState.DISCONNECTED or self._why_not:
                    self._record.set_state(SessionState.NOT_CONNECTED, self._why_not)
                return

    def _connecting(self, endpoint: Endpoint) -> None:
        self._record.set_state(SessionState.CONNECTING, f"Connecting to {endpoint.server_ip}:{endpoint.port}")

    def _disconnected(self, reason: str, failures: int) -> float:
        """Say why and when it is tried again; the seconds until then, counted from now."""
        policy = self._config.reconnection
        if policy.max_attempts is not None and failures >= policy.max_attempts:
            self._wanted, self._why_not = False, ""
            self._record.set_state(SessionState.DISCONNECTED, f"{reason}; given up after {failures} attempts")
            return 0.0
        delay = min(policy.max_delay, policy.initial_delay * policy.backoff_factor ** (failures - 1))
        self._record.set_state(SessionState.DISCONNECTED, f"{reason}; trying again in {delay:g} s")
        return delay

    def _attempt(self, endpoint: Endpoint) -> tuple[str, Connection | None]:
        """Connect, and stay until it is over: the reason, and the connection that is to be finished."""
        if not self._record.recover():
            return self._record.failure or "", None
        found = self._look(endpoint, self._config.tls, REACH_TIMEOUT_SECONDS)
        if isinstance(found, NotReached):
            return found.reason, None
        if self._ended_on_request:
            return "", None
        self._connecting(endpoint)
        try:
            connection = self._open(endpoint, found.address)
        except ConnectionRefusedByUs as error:
            return str(error), None
        connection.start()
        self._stay(connection)
        return self._record.failure or connection.reason or "The Logon was not answered in time", connection

    def _stay(self, connection: Connection) -> None:
        logon_by = time.monotonic() + LOGON_TIMEOUT_SECONDS + REACH_TIMEOUT_SECONDS
        with self._changed:
            while not self._ended_on_request and not connection.ended and self._record.failure is None:
                left = None if connection.was_logged_on else logon_by - time.monotonic()
                if left is not None and left <= 0:
                    return
                self._changed.wait(left)

    def _finish(self, connection: Connection | None) -> None:
        if connection is None:
            return
        connection.stop()
        with self.using:
            connection.delete()
