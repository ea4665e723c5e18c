"""The engine's end of the link: one thread owns every desk's socket, and does what the desks ask for.

QuickFIX's threads reach it through `entry_appended` and `status_changed` only, which put something in a queue and
wake it. Nothing here waits for a counterparty: sending is storing and handing to a socket, and connecting and
disconnecting are requests to the session's own thread.
"""

from __future__ import annotations

import logging
import secrets
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from sendfix.link import protocol
from sendfix.link.desk_connection import MAX_BACKLOG_BYTES, DeskConnection, MarketDatum, pack
from sendfix.link.journal import Journal
from sendfix.link.journal_care import prune, within
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import NotSent, ReplyCode
from sendfix.link.questions import Asked, Questions
from sendfix.link.request_log import RequestLog
from sendfix.link.sends import Sender, Sends, send
from sendfix.link.statuses import Statuses
from sendfix.link.waker import Waker

log = logging.getLogger("sendfix.engine")

CHUNK_ENTRIES = 256
CHUNK_BELOW_BYTES = 1024 * 1024
PRUNE_SECONDS = 600.0
UNREADABLE_SECONDS = 10.0


class Session(Asked, Sender, Protocol):
    """One session as the hub sees it; none of these may block, but for `ask`, and `send` while it is `busy`."""

    @property
    def journal(self) -> Journal: ...

    def connect(self) -> None:
        """Raises `NotSent` when it may not."""

    def disconnect(self) -> None: ...

    def status(self) -> dict[str, Any]: ...


class Hub:
    """Serves `sessions`, which is filled before `run` and then changed by `opened` and `closed`. `run` serves until
    `stop`, which may be called from any thread and from a signal handler. `control` is asked what is asked of no
    session."""

    def __init__(
        self,
        listener: socket.socket,
        max_backlog_bytes: int = MAX_BACKLOG_BYTES,
        clock: Callable[[], float] = time.monotonic,
        journal_days: int = 0,
    ) -> None:
        """Entries older than `journal_days` days are deleted once every desk has stored them; 0 keeps all."""
        self.engine_id = secrets.token_hex(8)
        self._listener = listener
        self.sessions: dict[str, Session] = {}
        self.control: Asked | None = None
        self._configured: protocol.Configured | None = None
        self._orders: deque[Callable[[], None]] = deque()
        self._max_backlog_bytes = max_backlog_bytes
        self._clock = clock
        self._desks: list[DeskConnection] = []
        self._number = 0
        self._fresh: deque[tuple[str, Entry | MarketDatum]] = deque()
        self._waker = Waker()
        self._requests = RequestLog()
        self._questions = Questions(self._requests, self._waker.wake)
        self._sends = Sends(self._waker.wake)
        self._journal_days = journal_days
        self._next_prune = 0.0
        self._statuses = Statuses(clock)
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._handlers: dict[type[protocol.Message], Callable[[DeskConnection, Any], None]] = {
            protocol.Attach: self._attach,
            protocol.Stored: self._stored,
            protocol.Send: self._send,
            protocol.Connect: self._connect,
            protocol.Disconnect: self._disconnect,
            protocol.Ping: self._ping,
            protocol.Ask: self._ask,
        }

    def entry_appended(self, name: str, entry: Entry) -> None:
        """From any thread, in the journal's order."""
        self._fresh.append((name, entry))
        self._waker.wake()

    def market_data(self, name: str, at_ns: int, raw: bytes) -> None:
        """From any thread, in the order in which it came among the journal's entries."""
        self._fresh.append((name, MarketDatum(at_ns, raw)))
        self._waker.wake()

    def status_changed(self, name: str) -> None:
        """From any thread: a state or its reason has changed."""
        self._statuses.changed(name)
        self._waker.wake()

    def configured(self, version: str, problem: str | None) -> None:
        """From any thread: the configuration that is gone by, and what is wrong with a newer one."""
        self._order(lambda: self._tell_configured(protocol.Configured(version, problem)))

    def opened(self, name: str, session: Session) -> None:
        """From any thread, before the session does anything."""
        self._order(lambda: self._open(name, session))

    def closed(self, name: str) -> threading.Event:
        """From any thread; the event comes when the session is not used any more."""
        done = threading.Event()
        self._order(lambda: self._close(name, done))
        return done

    def listen_to_signals(self) -> None:
        """In the main thread, which must be the one that calls `run`."""
        self._waker.listen_to_signals()

    def stop(self) -> None:
        self._stopping = True
        self._waker.write()

    def run(self) -> None:
        """Serve; closes all sockets at the end."""
        self._waker.begin()
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._waker.descriptor, selectors.EVENT_READ, self._waker.drain)
        try:
            while not self._stopping:
                for key, _ in self._selector.select(self._timeout()):
                    key.data()
                self._pass_on()
            self._pass_on()
        finally:
            for desk in list(self._desks):
                self._drop(desk, "the engine stops")
            self._selector.close()
            self._listener.close()
            self._waker.end()

    def _order(self, order: Callable[[], None]) -> None:
        self._orders.append(order)
        self._waker.wake()

    def _tell_configured(self, configured: protocol.Configured) -> None:
        if configured != self._configured:
            self._configured = configured
            for desk in self._desks:
                desk.queue(configured)

    def _open(self, name: str, session: Session) -> None:
        self.sessions[name] = session
        for desk in list(self._desks):
            if desk.attached:
                desk.queue(protocol.Opened(name, _introduced(session)))
            else:
                self._drop(desk, "a session was added before it attached")

    def _close(self, name: str, done: threading.Event) -> None:
        self._pass_on_entries()
        self.sessions.pop(name, None)
        self._statuses.forget(name)
        for desk in self._desks:
            desk.detach(name)
            desk.queue(protocol.Closed(name))
        done.set()

    def close_pipe(self) -> None:
        """After `run`, when no other thread can wake the hub any more."""
        self._waker.close()

    def _timeout(self) -> float | None:
        due = [
            desk.next_turn() for desk in self._desks if desk.behind and desk.backlog_bytes < CHUNK_BELOW_BYTES
        ]
        if self._desks and self._statuses.next_due is not None:
            due.append(self._statuses.next_due)
        return max(0.0, min(due) - self._clock()) if due else None

    def _pass_on(self) -> None:
        """What has happened since goes to the desks, and to their sockets."""
        while self._orders:
            self._orders.popleft()()
        self._pass_on_entries()
        while done := self._sends.done():
            self._sent(*done)
        self._questions.pass_on(self._desks)
        for name in self._statuses.due():
            self._pass_on_status(name)
        for desk in list(self._desks):
            self._serve_from_files(desk)
            self._flush(desk)
        self._requests.write()

    def _pass_on_entries(self) -> None:
        while self._fresh:
            name, entry = self._fresh.popleft()
            self._statuses.stirred(name)
            if self._desks:
                packed = pack(name, entry)
                for desk in self._desks:
                    desk.queue_live(name, entry, packed)

    def _pass_on_status(self, name: str) -> None:
        if name not in self.sessions:
            return
        status = self.sessions[name].status()
        if not self._statuses.is_news(name, status):
            return
        for desk in self._desks:
            desk.queue(protocol.Status(name, status))

    def _serve_from_files(self, desk: DeskConnection) -> None:
        """One chunk of the session whose turn it is, so that several are served side by side."""
        if not desk.behind or desk.backlog_bytes >= CHUNK_BELOW_BYTES:
            return
        name = desk.turn(self._clock())
        if name is None:
            return
        try:
            entries = self.sessions[name].journal.read(desk.sent_up_to(name), CHUNK_ENTRIES)
        except OSError as error:
            # The other sessions are served all the same.
            log.error("%s: session %s can't be served from its journal: %s", desk.name, name, error)
            desk.queue(protocol.Unreadable(name, error.strerror or str(error)))
            desk.postpone(name, self._clock() + UNREADABLE_SECONDS)
            return
        if entries:
            desk.queue_from_files(name, entries)
            desk.behind.remove(name)
            desk.behind.append(name)
        else:
            desk.caught_up(name)

    def _flush(self, desk: DeskConnection) -> None:
        if desk not in self._desks:
            return
        try:
            desk.flush()
        except OSError as error:
            self._drop(desk, error.strerror or str(error))
            return
        if desk.backlog_bytes > self._max_backlog_bytes:
            self._drop(desk, f"it does not read: {desk.backlog_bytes} bytes wait for it")
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if desk.backlog_bytes else 0)
        if self._selector.get_key(desk.socket).events != events:
            self._selector.modify(desk.socket, events, lambda: self._converse(desk))

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            log.error("a desk could not be accepted: %s", error)
            time.sleep(0.1)  # out of file descriptors: do not spin
            return
        self._number += 1
        desk = DeskConnection(connection, self._number)
        self._desks.append(desk)
        self._selector.register(connection, selectors.EVENT_READ, lambda: self._converse(desk))
        log.info("%s: connected", desk.name)
        sessions = {name: _introduced(session) for name, session in self.sessions.items()}
        desk.queue(protocol.Hello(protocol.PROTOCOL_VERSION, self.engine_id, sessions))
        if self._configured is not None:
            desk.queue(self._configured)

    def _drop(self, desk: DeskConnection, why: str) -> None:
        self._desks.remove(desk)
        self._selector.unregister(desk.socket)
        desk.socket.close()
        log.info("%s: disconnected: %s", desk.name, why)

    def _converse(self, desk: DeskConnection) -> None:
        """A desk says something, or nonsense; nonsense costs this desk its connection and nothing else."""
        if desk not in self._desks:
            return
        try:
            messages = desk.receive()
            if messages is None:
                self._drop(desk, "it hung up")
                return
            for message in messages:
                handle = self._handlers.get(type(message))
                if handle is None:
                    raise protocol.ProtocolError(f"a desk does not send {type(message).__name__}")
                handle(desk, message)
        except OSError as error:
            self._drop(desk, error.strerror or str(error))
        except protocol.ProtocolError as error:
            self._drop(desk, str(error))
        except Exception:
            log.exception("%s: what it asked for failed", desk.name)
            self._drop(desk, "its request failed; see above")

    def _attach(self, desk: DeskConnection, message: protocol.Attach) -> None:
        cursors = {}
        for name, session in self.sessions.items():
            if desk.has(name):
                continue
            journal_id, index = message.cursors.get(name, ("", 0))
            if journal_id != session.journal.journal_id or index < 0:
                index = 0
            cursors[name] = within(name, session.journal, index)
        desk.attach(cursors)

    def _stored(self, desk: DeskConnection, message: protocol.Stored) -> None:
        desk.stored = {
            name: index
            for name, (journal_id, index) in message.cursors.items()
            if name in self.sessions and journal_id == self.sessions[name].journal.journal_id
        }
        if self._journal_days and self._clock() >= self._next_prune:
            self._next_prune = self._clock() + PRUNE_SECONDS
            older_than_ns = time.time_ns() - self._journal_days * 86_400 * 10**9
            for name, session in self.sessions.items():
                up_to = min(one.stored.get(name, 0) for one in self._desks)
                prune(name, session.journal, up_to, older_than_ns)

    def _ping(self, desk: DeskConnection, message: protocol.Ping) -> None:
        desk.queue(protocol.Reply(message.request_id, protocol.ReplyCode.OK, ""))

    def _send(self, desk: DeskConnection, message: protocol.Send) -> None:
        session = self._session(desk, message)
        if session is None:
            return
        if not isinstance(message.body, bytes):
            raise protocol.ProtocolError("Send.body is not bytes")
        if self._sends.must_wait(message.session_name, session):
            self._sends.put(desk, session, message)
        else:
            self._sent(desk, message, *send(session, message.body))

    def _sent(self, desk: DeskConnection, message: protocol.Send, code: str, detail: str) -> None:
        self._requests.note(message, detail)
        # The entry of what was sent goes before the reply.
        self._pass_on_entries()
        if desk in self._desks:
            desk.queue(protocol.Reply(message.request_id, code, detail))

    def _connect(self, desk: DeskConnection, message: protocol.Connect) -> None:
        session = self._session(desk, message)
        if session is None:
            return
        try:
            session.connect()
            code, detail = ReplyCode.OK, "Connecting"
        except NotSent as error:
            code, detail = error.code, str(error)
        self._requests.note(message, detail)
        desk.queue(protocol.Reply(message.request_id, code, detail))

    def _disconnect(self, desk: DeskConnection, message: protocol.Disconnect) -> None:
        session = self._session(desk, message)
        if session is not None:
            session.disconnect()
            self._requests.note(message, "Disconnecting")
            desk.queue(protocol.Reply(message.request_id, ReplyCode.OK, "Disconnecting"))

    def _ask(self, desk: DeskConnection, message: protocol.Ask) -> None:
        asked = self.sessions.get(message.session_name) if message.session_name else self.control
        self._questions.ask(desk, asked, message)

    def _session(
        self, desk: DeskConnection, message: protocol.Send | protocol.Connect | protocol.Disconnect
    ) -> Session | None:
        session = self.sessions.get(message.session_name)
        if session is None:
            detail = f"The engine has no session {message.session_name!r}"
            desk.queue(protocol.Reply(message.request_id, ReplyCode.UNKNOWN_SESSION, detail))
        return session


def _introduced(session: Session) -> dict[str, Any]:
    """A session as a desk gets to know it."""
    return {
        "journal_id": session.journal.journal_id,
        "first_index": session.journal.first_index,
        "last_index": session.journal.last_index,
        "status": session.status(),
    }
