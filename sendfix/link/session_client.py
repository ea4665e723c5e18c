"""One session as the engine keeps it: what is needed beside a connection, and how a person and the hub reach it.

It knows no QuickFIX: `quickfix_client.QuickFixClient` makes the connections.
"""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from sendfix.config import Endpoint, SessionConfig
from sendfix.config.difference import needing_reconnect
from sendfix.domain.enums import SessionPhase
from sendfix.domain.schedule import Hours
from sendfix.link.body import text_of
from sendfix.link.breaker import Breaker
from sendfix.link.claims import Claims
from sendfix.link.journal import Journal
from sendfix.link.keeper import Connection, ConnectionRefusedByUs, Keeper
from sendfix.link.protocol import NotSent, ReplyCode
from sendfix.link.quickfix_store import QuickFixStore
from sendfix.link.session_record import SessionRecord
from sendfix.link.session_tools import SessionTools, Speaker

log = logging.getLogger("sendfix.engine")


class SessionConnection(Connection, Speaker, Protocol):
    """`answers_resend` while a `send` would have to wait for the answer to a ResendRequest(2)."""

    logged_on: bool
    answers_resend: bool


class SessionClient(ABC):
    """One session: `connect` opens it and keeps it open, `disconnect` logs out, `close` ends everything.

    All methods may be called from any thread."""

    # QuickFIX would take a second one for the same session without a word, and forget both when one is deleted.
    _claims: ClassVar[Claims] = Claims()

    def __init__(
        self,
        config: SessionConfig,
        store_dir: Path,
        journal: Journal | None = None,
        on_status: Callable[[], None] = lambda: None,
        on_market_data: Callable[[int, bytes], None] | None = None,
    ) -> None:
        """Opens the journal under `store_dir` unless one is given; `close` closes it. `on_status` is called at each
        change of state, from several threads, and must be quick; so is `on_market_data`, with each W and X and when it
        came (nanoseconds): the journal has none of these then, unless the configuration wants it. Raises ValueError for
        a session that another client of this process has, and what `Journal` raises."""
        self._identity = config.identity
        self._claims.claim(self._identity)
        try:
            self.journal = journal or Journal(store_dir / "journal" / config.name)
            self._store = QuickFixStore(store_dir / "quickfix" / config.name, config)
        except BaseException:
            self._claims.give_back(self._identity)
            raise
        self._record = SessionRecord(config, self.journal, on_status, on_market_data=on_market_data)
        self._record.next_sender_seq_num, self._record.next_target_seq_num = self._store.seq_nums()
        self._connection: SessionConnection | None = None
        self._breaker = Breaker(config.circuit_breaker, self._store.folder / "breaker.json", self._tripped)
        self._keeper = Keeper(self._record, self._open)
        self._tools = SessionTools(self._record, self._store, self._keeper, self._breaker, self._speaker)

    @property
    def config(self) -> SessionConfig:
        """The newest; an open connection may have been made with an older one, see `status`."""
        return self._record.config

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def connect(self) -> None:
        """Open the session and keep it open. Returns at once; does nothing while it is open."""
        self._keeper.connect()

    def disconnect(self, why: str = "Disconnected on request") -> None:
        """Log out and stay disconnected. Returns at once."""
        self._keeper.disconnect(why)

    def reconfigure(self, config: SessionConfig) -> None:
        """From now on, as far as that goes; the rest with the next connection. The name stays. Raises `NotSent` when
        BeginString or CompIDs change while it is connected, and ValueError when another client has these."""
        with self._keeper.using:
            if config.identity != self._identity:
                if not self._keeper.apart:
                    raise NotSent(
                        ReplyCode.REFUSED,
                        f"Session {config.name} is connected; disconnect it before its FIX version or CompIDs change",
                    )
                self._claims.claim(config.identity)
                self._claims.give_back(self._identity)
                self._identity = config.identity
            self._record.reconfigure(config)
            if self._keeper.apart:
                self._store.config = config
                self._record.next_sender_seq_num, self._record.next_target_seq_num = self._store.seq_nums()
        try:
            self._breaker.set_policy(config.circuit_breaker)
        except OSError as error:
            log.error("session %s: the circuit breaker can't be let go of: %s", config.name, error.strerror)
        self._keeper.reconfigured()
        self._record.announce()

    def wait_until_connected(self, timeout: float) -> None:
        """Raises TimeoutError, with the reason, when the session is not logged on after `timeout` seconds."""
        if not self._record.wait_for(SessionPhase.CONNECTED, timeout):
            raise TimeoutError(self._record.reason or "not asked to connect")

    @property
    def is_apart(self) -> bool:
        """Whether there is no connection."""
        return self._keeper.apart

    def wait_until_apart(self, timeout: float) -> None:
        """At most `timeout` seconds."""
        with self._record.changed:
            self._record.changed.wait_for(lambda: self._keeper.apart, timeout)

    def note(self, text: str) -> None:
        """A line of the session's event log."""
        self._record.note(text)

    def begin_close(self) -> None:
        """Begin to end everything and return at once; `close` waits for it."""
        self._keeper.begin_close("The engine was stopped")

    def close(self) -> None:
        """Log out, wait for the threads (1 to 3 s; up to 15), close the journal. Idempotent."""
        self.begin_close()
        self._keeper.join()
        self.journal.close()
        self._claims.give_back(self._identity)

    def send(self, body: bytes) -> int:
        """Send one application message and return its MsgSeqNum(34) once it is stored and sent.

        `body` begins with MsgType(35), ends with SOH, and has no other field of the header or trailer. Raises
        `NotSent`, and then the message has not been sent and will not be; with the code `failed` it may have been, and
        the journal will tell."""
        text = text_of(body)
        refusal = self._breaker.refusal(body[3 : body.find(b"\x01")])
        if refusal is not None:
            raise NotSent(ReplyCode.REFUSED, refusal)
        with self._keeper.using:
            if self._connection is not None and self._connection.logged_on:
                number = self._connection.send(text)
                self._connection.answers_resend = False
                return number
        reason = self._record.reason or "it has not been connected"
        raise NotSent(ReplyCode.NOT_LOGGED_ON, f"Session {self.config.name} is not logged on: {reason}")

    @property
    def busy(self) -> bool:
        """Whether a `send` would have to wait, since QuickFIX answers a ResendRequest(2)."""
        connection = self._connection
        return connection is not None and connection.answers_resend

    def status(self) -> dict[str, Any]:
        """The live part of the session; see `SessionRecord.status`."""
        # Somebody may hold it who waits for QuickFIX; what he does brings the next status.
        if self._keeper.using.acquire(blocking=False):
            try:
                if self._connection is not None:
                    self._connection.update_seq_nums()
            finally:
                self._keeper.using.release()
        pending = [] if self._keeper.apart else needing_reconnect(self._store.config, self.config)
        return {
            **self._record.status(),
            "breaker": self._breaker.reason,
            "pending_reconnect": pending,
        }

    def ask(self, question: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Look into the session, or do something rare to it: see `SessionTools`. Raises `NotSent`."""
        return self._tools.ask(question, arguments)

    def _tripped(self, reason: str) -> None:
        log.warning("session %s: %s", self.config.name, reason)
        self._record.note(reason)
        self._record.announce()

    def _speaker(self) -> SessionConnection | None:
        connection = self._connection
        return connection if connection is not None and connection.logged_on else None

    @abstractmethod
    def _make(
        self,
        record: SessionRecord,
        endpoint: Endpoint,
        address: str,
        store: QuickFixStore,
        session: Hours | None,
        breaker: Breaker,
    ) -> SessionConnection:
        """A connection with the store's configuration. `session` is the one of the schedule in which sequence numbers
        must begin at 1. Raises `ConnectionRefusedByUs`."""

    def _open(self, endpoint: Endpoint, address: str) -> SessionConnection:
        if endpoint not in self.config.endpoints:
            raise ConnectionRefusedByUs("The configuration has changed just now")
        self._store.config = self.config
        # For TLS the name goes along, since the server may choose its certificate by it.
        host = endpoint.server_ip if self.config.tls is not None else address
        self._connection = self._make(
            self._record, endpoint, host, self._store, self._session_to_begin(), self._breaker
        )
        return self._connection

    def _session_to_begin(self) -> Hours | None:
        """The session of the schedule, when its first Logon has to reset the sequence numbers."""
        schedule = self.config.schedule
        if schedule is None or not schedule.reset_seq_nums:
            return None
        session = schedule.session_at(datetime.now(UTC))
        return session if session is not None and self._store.must_reset(session) else None
