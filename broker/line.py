"""What the parts behind the session layer do to a client. The core is one; tests have others."""

from __future__ import annotations

from typing import Protocol

from broker.fix.states import SessionKey
from broker.fix.wire import Pair


class Line(Protocol):
    """What the application does to a client."""

    def send(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        """It is stored: a client that was away gets it when it asks for a resend."""

    def send_transient(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        """Market data and its like: not stored, a resend is a gap fill, nothing for a client that is away."""

    def backlog(self, session: SessionKey) -> int:
        """Bytes that the client has not taken yet."""

    def disconnect(self, session: SessionKey, text: str, is_too_slow: bool = False) -> None:
        """A Logout(5) that says why, and the end of the connection. One that is too slow gets it in place of all
        that waits for it."""
