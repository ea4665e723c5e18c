"""One client's socket: what came in is framed, what goes out waits here until the client takes it."""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
from collections import deque
from collections.abc import Sequence
from typing import Final

from broker.faults.outgoing import Due
from broker.fix.session import Session
from broker.fix.states import State
from broker.fix.wire import Framer
from broker.traffic import Traffic

MAX_WAITING: Final = 16 << 20
"""Bytes. A client that leaves more than this unread is disconnected."""

_MESSAGE_BEGINS: Final = re.compile(rb"8=FIX[^\x01]*\x019=")
_MESSAGE_ENDS: Final = re.compile(rb"\x0110=\d{3}\x01")

READ_SIZE: Final = 1 << 16


class Connection:
    LOGON_TIMEOUT: Final = 10.0
    CLOSING_TIMEOUT: Final = 3.0
    """Seconds that a client has to read the Logout(5) that ends the session."""
    SLOW_TIMEOUT: Final = 10.0
    """The same for one that is disconnected because it does not read."""

    def __init__(self, client: socket.socket, address: str, now: float) -> None:
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = client
        self.address = address
        self.connected_at = now
        self.framer = Framer()
        self.session: Session | None = None
        self.traffic = Traffic()
        self.watched = selectors.EVENT_READ
        self.closing_since: float | None = None
        """When it was first seen to wait for the client to take the last of what it is sent."""
        self.was_silent = False
        self.silent_until = 0.0
        """A fault on demand: until then nothing is read, and nothing that waits is sent."""
        self.cut_at: int | None = None
        """A fault on demand: of what the session sends in this turn so many go out, and the connection breaks."""
        self.late: deque[Due] = deque()
        """What faults hold back, in order; `put` and `flush` each when it is due."""
        self.is_too_slow = False
        """It is being disconnected because it does not read; nothing more is put but the Logout(5) that says so."""
        self._late_bytes = 0
        self._out = bytearray()
        self._is_shut = False

    @property
    def name(self) -> str:
        return str(self.session.key) if self.session else self.address

    @property
    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        return len(self._out) + self._late_bytes

    @property
    def is_blocked(self) -> bool:
        """It can go on when the client takes what is put."""
        return bool(self._out) and not self.silent_until

    @property
    def ended(self) -> bool:
        """The session is over, only the socket is still open."""
        return self.session is not None and self.session.state in (State.LOGOUT_ANSWERED, State.CLOSING)

    def receive(self) -> bytes | None:
        """What there is; None when the client has closed."""
        try:
            return self.socket.recv(READ_SIZE) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def put(self, messages: Sequence[bytes]) -> None:
        self._out += b"".join(messages)

    def put_last(self, message: bytes) -> None:
        """Right behind the message that is on its way, in place of all that waits; what is left out has its
        MsgSeqNum(34), and the client can ask for it when it comes again."""
        self.late.clear()
        self._late_bytes = 0
        if not _MESSAGE_BEGINS.match(self._out):
            end = _MESSAGE_ENDS.search(self._out)
            message = bytes(self._out[: end.end() if end else None]) + message
        self._out[:] = message

    def shut(self) -> None:
        """The client reads an end behind what it was sent; what it still sends is read, or its own network would
        throw away what it has not read."""
        if not self._is_shut:
            self._is_shut = True
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)

    def put_late(self, pieces: Sequence[Due]) -> None:
        self.late += pieces
        self._late_bytes += sum(len(data) for _, data in pieces)

    def release(self, now: float) -> str | None:
        """Send what is due, each piece on its own; what is wrong with the connection, if anything is."""
        problem = None
        while self.late and self.late[0][0] <= now and problem is None:
            _, data = self.late.popleft()
            self._late_bytes -= len(data)
            self._out += data
            problem = self.flush()
        return problem

    def flush(self) -> str | None:
        """Send what the client takes; what is wrong with the connection, if anything is."""
        if self._out and not self.silent_until:
            try:
                sent = self.socket.send(self._out)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                return str(error)
            del self._out[:sent]
        return None
