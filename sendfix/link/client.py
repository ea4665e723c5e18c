"""The desk's end of the link: one greenlet reads and folds, one writes, and requests wait for their reply.

When the link breaks, an order that was on its way is not simply reported as failed: after the next catch-up the
journal tells whether it was sent.
"""

from __future__ import annotations

import logging
import socket as native_socket
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import gevent
from gevent import socket
from gevent.event import Event

from sendfix.domain.enums import SessionPhase, SessionState
from sendfix.domain.errors import (
    EngineUnavailable,
    StorageUnavailable,
)
from sendfix.link import protocol
from sendfix.link.handlers import Handler, MarketHandler
from sendfix.link.waiting import Waiting

log = logging.getLogger(__name__)

REPLY_TIMEOUT_SECONDS = 10.0
ANSWER_TIMEOUT_SECONDS = 45.0
RETRY_SECONDS = 0.25
TURN_SECONDS = 0.003
"""So long at most it folds what has come before others have their turn: requests, and what browsers are told."""
RECEIVE_BYTES = 64 * 1024
"""From 128 KB on the allocator asks the kernel for each buffer, which costs 15 µs a message."""
PING_SECONDS = 2.0
SILENCE_SECONDS = 8.0

_UNKNOWN_SESSION = {
    "state": SessionState.NOT_CONNECTED.value,
    "phase": SessionPhase.NOT_CONNECTED.value,
    "logged_on": False,
    "reason": "The engine does not have this session: its log says why, or it is older than the session.",
    "next_attempt_at": None,
    "tls_expires_at": None,
    "own_tls_expires_at": None,
    "breaker": None,
    "pending_reconnect": [],
    "next_sender_seq_num": None,
    "next_target_seq_num": None,
    "connected_at": None,
    "last_received_at": None,
    "last_sent_at": None,
    "ends": {},
}


class _Silent(Exception):
    """The engine has said nothing for too long."""


class EngineLink:
    """Implements `services.ports.Engine`. Used from greenlets of one hub."""

    def __init__(
        self,
        path: Path,
        session_names: Iterable[str],
        cursors: Mapping[str, tuple[str, int]],
        was_sent: Callable[[str], bool],
        may_read: Callable[[], bool],
        stored: Callable[[], Mapping[str, tuple[str, int]]] = dict,
        origin: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`cursors` is what is stored at the start, `stored` what is at any time; `was_sent` tells whether a ClOrdID
        has been folded; the link stops reading while `may_read` says no. `origin` is the id of the request that is
        being served, which goes along into the engine's log."""
        self._path = path
        self._session_names = set(session_names)
        self._cursors = dict(cursors)
        self._may_read = may_read
        self._stored = stored
        self._origin = origin
        self._journal_ids: dict[str, str] = {}
        self._behind: set[str] = set(self._session_names)
        self._unknown: set[str] = set()
        self._unreadable: dict[str, str] = {}
        self._waiting_for_database = False
        self._heard_at = 0.0
        self._waiting = Waiting(was_sent)
        self._out: list[bytes] = []
        self._out_ready = Event()
        self._reason: str | None = self._no_engine("it has not answered yet")
        self._greenlet: gevent.Greenlet[..., None] | None = None
        self._handler: Handler | None = None
        self._on_logon: Callable[[str], None] = lambda _name: None
        self._begin_again = False
        self._market: MarketHandler | None = None
        self._on_configured: Callable[[str, str | None], None] = lambda _version, _problem: None

    def start(
        self,
        handler: Handler,
        on_logon: Callable[[str], None],
        on_configured: Callable[[str, str | None], None] = lambda _version, _problem: None,
        market: MarketHandler | None = None,
    ) -> None:
        """Begin, and go on for ever: `on_logon` is called in a greenlet of its own for each session that is logged
        on and whose journal has been folded to the end; `on_configured` hears which version of the configuration the
        engine goes by, and what is wrong with a newer one."""
        self._on_configured = on_configured
        self._market = market
        self._handler = handler
        self._on_logon = on_logon
        handler.engine_lost(self._reason or "")
        self._greenlet = gevent.spawn(self._run, handler)

    def configure(self, session_names: Iterable[str]) -> None:
        """The sessions that are served from now on; those that the engine has opened meanwhile are attached to when it
        says so."""
        names = set(session_names)
        # The engine has served them already, to nobody: it must begin again where this desk is.
        self._begin_again = bool((names - self._session_names) & set(self._journal_ids))
        self._session_names = names
        self._behind &= self._session_names
        self._unknown &= self._session_names

    def close(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill()

    @property
    def unavailable_reason(self) -> str | None:
        return self._reason

    def refusal(self, session_name: str) -> str | None:
        if self._reason is not None:
            return self._reason
        if session_name in self._unknown:
            return str(_UNKNOWN_SESSION["reason"])
        if self._waiting_for_database:
            return "The desk waits for its database before it reads on from the engine: nothing can be sent till then."
        if session_name in self._unreadable:
            why = self._unreadable[session_name]
            return f"The engine can't read its journal of session {session_name} ({why}); it tries again by itself."
        if session_name in self._behind:
            return f"The desk is still catching up with what the engine has of session {session_name}; try again soon."
        return None

    def is_on_its_way(self, cl_ord_id: str) -> bool:
        return self._waiting.is_on_its_way(cl_ord_id)

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        origin = self._origin() or ""
        reply = self._ask(
            session_name, cl_ord_id, lambda number: protocol.Send(number, session_name, body, origin)
        )
        return protocol.msg_seq_num_of(reply.detail)

    def connect(self, session_name: str) -> None:
        origin = self._origin() or ""
        self._ask(session_name, "", lambda number: protocol.Connect(number, session_name, origin))

    def disconnect(self, session_name: str) -> None:
        origin = self._origin() or ""
        self._ask(session_name, "", lambda number: protocol.Disconnect(number, session_name, origin))

    def ask(self, session_name: str, question: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        origin = self._origin() or ""
        answer = self._ask(
            session_name,
            "",
            lambda number: protocol.Ask(number, session_name, question, arguments, origin),
            ANSWER_TIMEOUT_SECONDS,
        )
        return answer.data if isinstance(answer, protocol.Answer) else {}

    def _ask(
        self,
        session_name: str,
        cl_ord_id: str,
        message: Callable[[int], protocol.Message],
        timeout: float | None = None,
    ) -> protocol.Reply | protocol.Answer:
        if self._reason is not None:
            raise EngineUnavailable(self._reason)
        number, request = self._waiting.add(session_name, cl_ord_id)
        self._write(protocol.encode(message(number)))
        return request.wait(timeout or REPLY_TIMEOUT_SECONDS)

    def _run(self, handler: Handler) -> None:
        while True:
            try:
                with self._open() as connection:
                    log.info("engine: connected to %s", self._path)
                    self._converse(connection, handler)
                why = "it closed the link"
            except (FileNotFoundError, ConnectionRefusedError):
                why = "it is not running"
            except _Silent:
                why = "it does not answer any more"
            except (OSError, protocol.ProtocolError) as error:
                why = str(error)
            except Exception as error:
                # The same entry comes again after the next attach, so a mistake of ours is tried again, in view.
                log.exception("the desk failed on what the engine sent")
                why = f"the desk failed on what it sent ({error!r}): see the desk's error log"
            self._lost(self._no_engine(why), handler)
            gevent.sleep(RETRY_SECONDS)

    def _open(self) -> socket.socket:
        connection = socket.socket(native_socket.AF_UNIX, native_socket.SOCK_STREAM)
        try:
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            raise
        return connection

    def _converse(self, connection: socket.socket, handler: Handler) -> None:
        self._out.clear()
        self._heard_at = time.monotonic()
        writer, pinger = gevent.spawn(self._write_out, connection), gevent.spawn(self._ping)
        decoder = protocol.Decoder()
        turn_ends = 0.0
        try:
            while data := connection.recv(RECEIVE_BYTES):
                for message in decoder.feed(data):
                    self._hear(message, handler)
                    if time.monotonic() >= turn_ends:
                        gevent.sleep(0)
                        turn_ends = time.monotonic() + TURN_SECONDS
                self._heard_at = time.monotonic()
        finally:
            gevent.killall([writer, pinger])

    def _ping(self) -> None:
        """Ends the conversation with an engine that is there and says nothing."""
        while self._heard_lately() or self._waiting_for_database:
            gevent.sleep(PING_SECONDS)
            self._write(protocol.encode(protocol.Ping(self._waiting.number())))
            if stored := dict(self._stored()):
                self._write(protocol.encode(protocol.Stored(stored)))
        if self._greenlet is not None:
            self._greenlet.kill(_Silent, block=False)

    def _heard_lately(self) -> bool:
        return time.monotonic() - self._heard_at < SILENCE_SECONDS

    def _write_out(self, connection: socket.socket) -> None:
        while True:
            self._out_ready.wait()
            self._out_ready.clear()
            data, self._out = b"".join(self._out), []
            try:
                connection.sendall(data)
            except OSError:
                return  # the reader notices, and resolves what was on its way

    def _write(self, data: bytes) -> None:
        self._out.append(data)
        self._out_ready.set()

    def _hear(self, message: protocol.Message, handler: Handler) -> None:
        match message:
            case protocol.Entry():
                self._entry(message, handler)
            case protocol.MarketData():
                if self._market is not None and message.session_name in self._session_names:
                    self._market.message(message.session_name, message.at_ns, message.raw)
            case protocol.MarketDataLost():
                if self._market is not None:
                    self._market.lost(message.session_name)
            case protocol.Reply() | protocol.Answer():
                self._waiting.answer(message)
            case protocol.Status():
                if handler.status(message.session_name, message.status):
                    self._announce_logon(message.session_name)
            case protocol.Configured():
                self._begin_again = False
                self._on_configured(message.version, message.problem)
                if self._begin_again:
                    raise protocol.ProtocolError("its sessions have changed")
            case protocol.Opened():
                self._opened(message, handler)
            case protocol.Closed():
                self._journal_ids.pop(message.session_name, None)
                self._lose(message.session_name, handler)
            case protocol.CaughtUp():
                self._caught_up(message.session_name)
            case protocol.Unreadable():
                self._unreadable[message.session_name] = message.why
                handler.fell_behind(message.session_name, message.why)
            case protocol.Hello():
                self._hello(message, handler)
            case _:
                raise protocol.ProtocolError(f"the engine sent {message!r}")

    def _hello(self, hello: protocol.Hello, handler: Handler) -> None:
        if hello.protocol_version != protocol.PROTOCOL_VERSION:
            raise protocol.ProtocolError(
                f"the engine speaks version {hello.protocol_version} of the link,"
                f" this desk {protocol.PROTOCOL_VERSION}: install both from the same release"
            )
        self._journal_ids = {name: str(session["journal_id"]) for name, session in hello.sessions.items()}
        self._behind = set(hello.sessions) & self._session_names
        self._unknown = set()
        self._reason = None
        self._unreadable.clear()
        for name, session in hello.sessions.items():
            handler.status(name, session["status"])
        for name in self._session_names - set(hello.sessions):
            self._lose(name, handler)
        self._write(protocol.encode(protocol.Attach(self._cursors)))

    def _opened(self, opened: protocol.Opened, handler: Handler) -> None:
        name = opened.session_name
        self._journal_ids[name] = str(opened.session["journal_id"])
        self._unknown.discard(name)
        if name in self._session_names:
            self._behind.add(name)
            handler.status(name, opened.session["status"])
        cursors = {name: self._cursors[name]} if name in self._cursors else {}
        self._write(protocol.encode(protocol.Attach(cursors)))

    def _lose(self, name: str, handler: Handler) -> None:
        """The engine does not have it, or not any more."""
        self._behind.discard(name)
        if name in self._session_names:
            self._unknown.add(name)
            log.warning("session %s is not known to the engine", name)
            handler.status(name, _UNKNOWN_SESSION)

    def _entry(self, entry: protocol.Entry, handler: Handler) -> None:
        name = entry.session_name
        if name not in self._session_names:
            return
        journal_id = self._journal_ids[name]
        folded_id, folded = self._cursors.get(name, (journal_id, 0))
        if folded_id != journal_id:
            log.warning("session %s: the engine has a new journal; folding it from its beginning", name)
            folded = 0
        if entry.index <= folded:
            return
        while not self._may_read():
            self._waiting_for_database = True
            gevent.sleep(0.1)
        while True:
            try:
                handler.entry(name, journal_id, entry.index, entry.at_ns, entry.direction, entry.raw)
                break
            except StorageUnavailable as error:
                self._waiting_for_database = True
                log.warning("session %s: waiting for the database: %s", name, error)
                gevent.sleep(0.5)
        self._waiting_for_database = False
        self._cursors[name] = (journal_id, entry.index)

    def _caught_up(self, name: str) -> None:
        self._behind.discard(name)
        self._unreadable.pop(name, None)
        self._waiting.caught_up(name)
        if self._handler is not None:
            self._handler.caught_up(name)
        self._announce_logon(name)

    def _announce_logon(self, name: str) -> None:
        if name not in self._behind:
            gevent.spawn(self._on_logon, name)

    def _lost(self, reason: str, handler: Handler) -> None:
        self._waiting.link_lost(reason)
        self._behind = set(self._session_names)
        if self._reason != reason:
            self._reason = reason
            log.warning("%s", reason)
            handler.engine_lost(reason)

    def _no_engine(self, why: str) -> str:
        return f"No engine at {self._path}: {why}. The desk waits for it."
