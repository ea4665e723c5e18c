"""One client's socket: what came in is framed, what goes out waits here until the client takes it."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from typing import Final

from broker.fix.session import Session
from broker.fix.states import State
from broker.fix.wire import Framer
from broker.traffic import Traffic

MAX_WAITING: Final = 16 << 20
"""Bytes. A client that leaves more than this unread is disconnected."""

READ_SIZE: Final = 1 << 16


class Connection:
    LOGON_TIMEOUT: Final = 10.0
    CLOSING_TIMEOUT: Final = 3.0
    """Seconds that a client has to read the Logout(5) that ends the session."""

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
        self._out = bytearray()

    @property
    def name(self) -> str:
        return str(self.session.key) if self.session else self.address

    @property
    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        return len(self._out)

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

    def flush(self) -> str | None:
        """Send what the client takes; what is wrong with the connection, if anything is."""
        if self._out:
            try:
                sent = self.socket.send(self._out)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                return str(error)
            del self._out[:sent]
        if len(self._out) > MAX_WAITING:
            return f"too slow: {len(self._out)} bytes wait to be read"
        return None
