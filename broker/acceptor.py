"""The core: one thread that owns sockets, sessions, books and the writing to the database.

Each turn of its loop takes what is ready from all sockets, works on it in memory, commits one transaction, and only
then sends. While the database can't be written nothing is read or sent: the same transaction is tried again until it
is on disk, so that nothing is acknowledged that is not stored and nothing is done twice.
"""

from __future__ import annotations

import logging
import queue
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from broker import faulty
from broker.application import Application
from broker.client_commands import AnyCommand, execute
from broker.connection import MAX_WAITING, Connection
from broker.faults.faults import ClientFaults
from broker.fix.problems import shown
from broker.fix.session import Session
from broker.fix.states import ApplicationMessage, Ended, Event, LoggedOn, Noted, SessionKey, State
from broker.fix.validation import VERSIONS
from broker.fix.wire import Garbled, Message, Pair, parse
from broker.ledger import Ledger
from broker.logon import REFUSED, Admission, Nowhere
from broker.models import Batch, Database, DatabaseError
from broker.settings import Settings
from broker.sockets import Sockets
from broker.trading.by_hand import Refused
from broker.traffic import Traffic

TICK: Final = 0.25
RETRY: Final = 0.25
FAREWELL: Final = 3.0
"""Seconds that clients have to answer the Logout when the broker ends."""

LOW_WATER: Final = 1 << 20
"""Bytes of output below which a long replay goes on."""

log: Final = logging.getLogger("broker")


@dataclass(slots=True)
class Statistics:
    started_at: float
    messages_in: int = 0
    messages_out: int = 0
    garbled: int = 0
    commits: int = 0


class Core:
    """Make it, then `run` it in a thread of its own; `submit`, `stop` and the attributes are for other threads."""

    def __init__(self, database: Database, listener: socket.socket, settings: Settings) -> None:
        self._database = database
        self._sockets = Sockets(listener)
        self.ledger = Ledger(database)
        prices = {row["symbol"]: Decimal(row["last_price"]) for row in database.load_stocks()}
        self._admission = Admission(settings)
        self.application = Application(prices, self, database, settings)
        self.subscribers: list[Callable[[Batch], None]] = []
        self.statistics = Statistics(time.time())
        self.storage_problem: str | None = None
        self.connections: dict[SessionKey, Connection] = {}
        self.traffic: dict[SessionKey, Traffic] = {}
        self._all: set[Connection] = set()
        self._late: set[Connection] = set()
        self._commands: queue.SimpleQueue[tuple[AnyCommand, Future[Any]]] = queue.SimpleQueue()
        self._answered: list[tuple[Future[Any], Any]] = []
        self._stopping = False
        self._next_tick = 0.0

    # -- for other threads ---------------------------------------------------------------------------------------

    def submit(self, command: AnyCommand) -> Future[Any]:
        """The future is done once what the command did is on disk. It raises Refused for a command that can't be."""
        future: Future[Any] = Future()
        self._commands.put((command, future))
        self._sockets.wake()
        return future

    def stop(self) -> None:
        """Log out all clients and let `run` return. May be called from a signal handler."""
        self._stopping = True
        self._sockets.wake()

    # -- the loop ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until `stop`."""
        try:
            self._restore()
            while not self._stopping:
                self._turn()
            self._say_farewell()
        finally:
            self._close()

    def _restore(self) -> None:
        database = self._database
        self.application.market.days.restore(database.load_stocks())
        self.application.restore(
            database.load_open_orders(), database.load_cl_ord_ids(), *database.last_ids(), now=time.time()
        )
        self._commit()

    def _say_farewell(self) -> None:
        if self.storage_problem is not None:
            # What could not be stored must not be passed over by the numbers of a Logout.
            return
        self._sockets.stop_listening()
        now = time.time()
        for session in self.ledger.sessions.values():
            session.logout("the broker is shutting down", now)
        deadline = time.monotonic() + FAREWELL
        self._settle()
        while self._all and self.storage_problem is None and time.monotonic() < deadline:
            self._turn()

    def _turn(self) -> None:
        now = time.time()
        due = self.application.next_due
        until = self._next_tick if due is None else min(due, self._next_tick)
        for connection in self._late:
            until = min(until, connection.late[0][0])
        arrived, readable = self._sockets.wait(max(0.0, min(until - now, TICK)))
        self._all.update(arrived)
        now = time.time()
        received: list[tuple[Connection, bytes]] = []
        for connection in readable:
            data = connection.receive()
            if data is None:
                # Before any data: a client that comes again may be ready in the same turn as its own end.
                self._drop(connection, now)
            else:
                received.append((connection, data))
        for connection, data in received:
            if connection in self._all:
                self._process_guarded(connection, data, now)
        self._execute_commands(now)
        self.application.run_due(now)
        if now >= self._next_tick or self._next_tick > now + TICK:
            self._next_tick = now + TICK
            self._tick(now)
        self._settle()

    def _settle(self) -> None:
        """Commit, then send and answer."""
        self.application.flush(time.time())
        if not self._commit():
            return
        now = time.time()
        for connection in list(self._all):
            self._flush(connection, now)
        for future, result in self._answered:
            if isinstance(result, Refused):
                future.set_exception(result)
            else:
                future.set_result(result)
        self._answered.clear()

    def _commit(self) -> bool:
        """False when the broker is to stop and could not write."""
        batch = self.ledger.collect(self.application.orders)
        if batch is None:
            return True
        while not self._write(batch):
            if self._stopping:
                log.error("stopping without the last changes: %s", self.storage_problem)
                return False
            time.sleep(RETRY)
        self.application.orders.forget_closed()
        self.statistics.commits += 1
        for subscriber in self.subscribers:
            try:
                subscriber(batch)
            except Exception:
                log.exception("a subscriber of changes failed")
        return True

    def _write(self, batch: Batch) -> bool:
        try:
            self._database.write(batch)
        except DatabaseError as error:
            before, self.storage_problem = self.storage_problem, str(error)
            if before is None:
                log.error("the database can't be written: %s; nothing is read or sent until it can", error)
            return False
        if self.storage_problem is not None:
            log.warning("the database can be written again")
            self.storage_problem = None
        return True

    # -- connections ---------------------------------------------------------------------------------------------

    def _process_guarded(self, connection: Connection, data: bytes, now: float) -> None:
        try:
            self._process(connection, data, now)
        except Exception:
            # A fault of ours with one client, or a read that the database refused, is that client's end only.
            log.exception("%s: connection closed: its messages could not be processed", connection.name)
            self._drop(connection, now)

    def _process(self, connection: Connection, data: bytes, now: float) -> None:
        for frame in connection.framer.feed(data):
            self.statistics.messages_in += 1
            try:
                message = parse(frame)
            except Garbled as error:
                connection.framer.garbled += 1
                connection.framer.last_garbled = str(error)
                continue
            if connection.session is None and not self._welcome(connection, message, now):
                return
            session = connection.session
            assert session is not None
            connection.traffic.took(message.msg_type, len(frame), now)
            self._act(connection, session.receive(message, now), now)
            if session.state is State.CLOSING or connection.cut_at is not None:
                return
        if connection.framer.garbled:
            self.statistics.garbled += connection.framer.garbled
            log.warning("%s: ignored as garbled: %s", connection.name, connection.framer.last_garbled)
            connection.framer.garbled = 0

    def _welcome(self, connection: Connection, message: Message, now: float) -> bool:
        """Find the session that a first message names."""
        fields = message.fields
        key = SessionKey(message.pairs[0][1], fields.get(b"49", b""), fields.get(b"56", b""))
        current = self.connections.get(key)
        if current is not None and current.ended:
            self._drop(current, now)
            current = None
        refusal = None
        if key.begin_string not in VERSIONS:
            refusal = f"BeginString(8) {key.version} is none of FIX.4.2, FIX.4.4"
        elif message.msg_type != b"A":
            refusal = f"the first message was MsgType(35) {shown(message.msg_type)}, not Logon(A)"
        elif not key.sender_comp_id or not key.target_comp_id:
            refusal = "SenderCompID(49) or TargetCompID(56) is missing"
        elif current is not None:
            refusal = f"{key} is logged on already, from {current.address}"
        if refusal is not None:
            log.warning("%s: connection refused: %s", connection.address, refusal)
            self._drop(connection, now)
            return False
        problem = self._admission.problem(message)
        if problem is not None:
            log.warning("%s: connection refused: %s", connection.address, problem)
            # A stranger leaves no trace in the database; a known client's numbers go on.
            session = self.ledger.sessions.get(key) or Session(key, Nowhere())
            session.connected(now)
            connection.session = session
            self.connections[key] = connection
            self._act(connection, session.refuse(REFUSED, now), now)
            return False
        session = self.ledger.session(key)
        session.faults = self.application.faults.of(key.sender_comp_id)
        session.connected(now)
        connection.session = session
        connection.traffic = self.traffic.setdefault(key, connection.traffic)
        self.connections[key] = connection
        return True

    def _act(self, connection: Connection, events: list[Event], now: float) -> None:
        session = connection.session
        assert session is not None
        for event in events:
            if isinstance(event, ApplicationMessage):
                if session.faults is not None:
                    faulty.cut(connection, self._faults_of(session.key), event.message.msg_type)
                self.application.handle(session.key, event.message, now)
            elif isinstance(event, LoggedOn):
                numbers = "numbers reset" if event.reset else f"expecting {session.next_in}"
                log.info("%s logged on from %s, %s", session.key, connection.address, numbers)
                self.application.logged_on(session.key, now)
            elif isinstance(event, Ended):
                log.info("%s ended: %s", connection.name, event.reason)
            elif isinstance(event, Noted):
                log.info("%s: %s", connection.name, event.text)

    # -- what the application does to a client -------------------------------------------------------------------

    def send(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        self.ledger.sessions[session].send(msg_type, body, time.time())

    def send_transient(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        self.ledger.sessions[session].send_transient(msg_type, body, time.time())

    def backlog(self, session: SessionKey) -> int:
        connection = self.connections.get(session)
        return 0 if connection is None else connection.waiting

    def disconnect(self, session: SessionKey, text: str, is_too_slow: bool = False) -> None:
        connection = self.connections.get(session)
        if connection is not None:
            connection.is_too_slow = is_too_slow
            now = time.time()
            self._act(connection, self.ledger.sessions[session].disconnect(text, now), now)

    def _tick(self, now: float) -> None:
        if not self._stopping:
            self._sockets.listen_again()
        for connection in list(self._all):
            session = connection.session
            if session is not None:
                if connection.waiting > MAX_WAITING and not connection.is_too_slow:
                    text = f"too slow: {connection.waiting} bytes wait to be read"
                    self.disconnect(session.key, text, is_too_slow=True)
                self._act(connection, session.tick(now), now)
                faulty.silence(connection, self._faults_of(session.key), now)
                if session.state is State.CLOSING and not connection.late:
                    self._close_in_time(connection, now)
            elif now - connection.connected_at > connection.LOGON_TIMEOUT:
                log.warning("%s: connection closed: no Logon came", connection.address)
                self._drop(connection, now)

    def _close_in_time(self, connection: Connection, now: float) -> None:
        """A client that reads nothing would keep its connection for ever."""
        if connection.closing_since is None or connection.closing_since > now:
            connection.closing_since = now
            return
        patience = connection.SLOW_TIMEOUT if connection.is_too_slow else connection.CLOSING_TIMEOUT
        if now - connection.closing_since > patience:
            log.warning("%s: connection closed: %d bytes were not read", connection.name, connection.waiting)
            self._drop(connection, now)

    def _flush(self, connection: Connection, now: float) -> None:
        session = connection.session
        if session is not None:
            if session.replaying and connection.waiting < LOW_WATER:
                try:
                    session.continue_replay(now)
                except DatabaseError as error:
                    log.error("%s: connection closed: its messages can't be read: %s", connection.name, error)
                    self._drop(connection, now)
                    return
            if session.out:
                self.statistics.messages_out += len(session.out)
                out = session.out if connection.cut_at is None else session.out[: connection.cut_at]
                connection.traffic.gave(out, now)
                if connection.is_too_slow:
                    self._put_logout(connection, out)
                elif session.faults is None and not connection.late:
                    connection.put(out)
                else:
                    faulty.put(connection, self._faults_of(session.key), out, now)
                session.out.clear()
        problem = connection.flush() if not connection.late else connection.release(now)
        if connection.late:
            self._late.add(connection)
        elif self._late:
            self._late.discard(connection)
        if connection.cut_at is not None:
            problem = problem or "a fault on demand broke it"
        if problem is not None:
            log.warning("%s: connection closed: %s", connection.name, problem)
            self._drop(connection, now)
        elif not connection.waiting and session is not None and session.state is State.CLOSING:
            if connection.is_too_slow:
                connection.shut()
                self._sockets.watch(connection)
            else:
                self._drop(connection, now)
        else:
            self._sockets.watch(connection)
        if session is not None and session.replaying and connection.waiting < LOW_WATER:
            self._next_tick = 0.0

    def _put_logout(self, connection: Connection, out: list[bytes]) -> None:
        """Of what a client that is too slow would get, only the Logout(5), which is the last."""
        assert connection.session is not None
        if connection.session.state is State.CLOSING:
            connection.put_last(out[-1])

    def _faults_of(self, session: SessionKey) -> ClientFaults | None:
        return self.application.faults.of(session.sender_comp_id)

    def _drop(self, connection: Connection, now: float) -> None:
        if connection not in self._all:
            return
        self._all.remove(connection)
        self._late.discard(connection)
        self._sockets.close_connection(connection)
        session = connection.session
        if session is not None:
            if session.state in (State.LOGGED_ON, State.LOGOUT_SENT):
                log.info("%s: the connection was closed", connection.name)
            session.disconnected(now)
            del self.connections[session.key]
            self.application.logged_off(session.key, now)

    # -- commands ------------------------------------------------------------------------------------------------

    def _execute_commands(self, now: float) -> None:
        while True:
            try:
                command, future = self._commands.get_nowait()
            except queue.Empty:
                return
            try:
                result = execute(command, self.application, self.ledger, self, now)
            except Refused as refused:
                result = refused
            except Exception as error:
                log.exception("a command failed: %s", command)
                result = Refused(500, f"The broker failed: {error}")
            self._answered.append((future, result))

    def _close(self) -> None:
        now = time.time()
        for connection in list(self._all):
            self._drop(connection, now)
        for future, _ in self._answered:
            future.set_exception(Refused(503, "The broker has stopped."))
        self._sockets.close()
