"""Everything behind the session layer: which part answers which message, and what happens as time passes.

Without I/O. Each part names the MsgTypes that it answers in `handlers`; the core gives it messages, commands and time,
and asks `flush` for what is to be sent before a turn ends.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Protocol

from broker.fix.states import SessionKey
from broker.fix.wire import Message, Pair, value
from broker.settings import Settings
from broker.trading.by_hand import ByHand, Command
from broker.trading.orders import KEPT_CLOSED, Orders, Row
from broker.trading.requests import Requests

Handler = Callable[[SessionKey, Message, float], None]
"""Answers one message, now."""

log: Final = logging.getLogger("broker")


class Line(Protocol):
    """What the application does to a client."""

    def send(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        """It is stored: a client that was away gets it when it asks for a resend."""

    def send_transient(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        """Market data and its like: not stored, a resend is a gap fill, nothing for a client that is away."""

    def backlog(self, session: SessionKey) -> int:
        """Bytes that the client has not taken yet."""

    def disconnect(self, session: SessionKey, text: str) -> None:
        """A Logout(5) that says why, and the end of the connection."""


class Application:
    def __init__(
        self,
        prices: dict[str, Decimal],
        line: Line,
        load_order: Callable[[int], Row | None],
        find_cl_ord_id: Callable[[str, str], int | None],
        settings: Settings,
        kept_closed: int = KEPT_CLOSED,
    ) -> None:
        self.settings = settings
        self._line = line
        self.orders = Orders(prices, line.send, load_order, find_cl_ord_id, kept_closed)
        self._by_hand = ByHand(self.orders)
        self._handlers: dict[bytes, Handler] = {**Requests(self.orders, line.send).handlers()}

    def handle(self, session: SessionKey, message: Message, now: float) -> None:
        """Answer one application message; BusinessMessageReject(j) for a type that the broker does not take."""
        handler = self._handlers.get(message.msg_type)
        if handler is None:
            text = f"MsgType(35) {message.text(b'35')} is not supported"
            self.refuse(session, message, b"3", text)
            return
        try:
            handler(session, message, now)
        except Exception:
            # A fault of ours with one message must not take the other clients down.
            log.exception("%s: no answer to %s", session, message.raw)
            self.refuse(session, message, b"4", "the broker failed to process this message")

    def refuse(self, session: SessionKey, message: Message, reason: bytes, text: str) -> None:
        """A BusinessMessageReject(j) with BusinessRejectReason(380)."""
        body = [(b"45", message.fields[b"34"]), (b"372", message.msg_type), (b"380", reason)]
        self._line.send(session, b"j", [*body, (b"58", value(text))])

    def execute(self, command: Command, now: float) -> Any:
        """What a person asks. Raises Refused, having changed nothing."""
        return self._by_hand.execute(command, now)

    def logged_on(self, session: SessionKey, now: float) -> None:
        """A client is there, before its first message."""

    def logged_off(self, session: SessionKey, now: float) -> None:
        """A client is gone, and with it what it had subscribed to."""

    @property
    def next_due(self) -> float | None:
        """When `run_due` has something to do."""
        return self.orders.matching.next_due

    def run_due(self, now: float) -> None:
        try:
            self.orders.matching.run_due(now)
        except Exception:
            log.exception("a fill in steps failed")

    def flush(self, now: float) -> None:
        """The end of a turn: what has collected is sent."""
        self.orders.matching.take_tape()
