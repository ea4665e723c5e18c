"""Sends that would have to wait, in a thread for each session they are for.

While QuickFIX answers a ResendRequest(2) it holds the session's lock: for half a second when ten thousand stale orders
are asked for. The orders of that session have to wait for it, but the hub, which serves all the others, must not.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from sendfix.link import protocol
from sendfix.link.desk_connection import DeskConnection
from sendfix.link.protocol import NotSent, ReplyCode, sent_as


class Sender(Protocol):
    """A session, as far as something is sent on it."""

    @property
    def busy(self) -> bool:
        """Whether a send would have to wait."""

    def send(self, body: bytes) -> int:
        """The MsgSeqNum(34). Raises `NotSent`."""


def send(session: Sender, body: bytes) -> tuple[str, str]:
    """A `ReplyCode`, and a sentence for a person."""
    try:
        return ReplyCode.OK, sent_as(session.send(body))
    except NotSent as error:
        return error.code, str(error)


class Sends:
    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called from any thread when something is done."""
        self._wake = wake
        self._lock = threading.Lock()
        self._waiting: dict[str, deque[tuple[DeskConnection, Sender, protocol.Send]]] = {}
        self._done: deque[tuple[DeskConnection, protocol.Send, str, str]] = deque()

    def must_wait(self, name: str, session: Sender) -> bool:
        """Also while others wait or are not answered yet, since orders keep their order."""
        return session.busy or name in self._waiting or bool(self._done)

    def put(self, desk: DeskConnection, session: Sender, message: protocol.Send) -> None:
        name = message.session_name
        with self._lock:
            waiting = self._waiting.get(name)
            if waiting is not None:
                waiting.append((desk, session, message))
                return
            self._waiting[name] = deque([(desk, session, message)])
        threading.Thread(target=self._work, args=(name,), name=f"send {name}", daemon=True).start()

    def done(self) -> tuple[DeskConnection, protocol.Send, str, str] | None:
        """The next one that is done, with the `ReplyCode` and a sentence; None when there is none."""
        return self._done.popleft() if self._done else None

    def _work(self, name: str) -> None:
        while True:
            with self._lock:
                waiting = self._waiting[name]
                if not waiting:
                    del self._waiting[name]
                    return
                desk, session, message = waiting.popleft()
            try:
                code, detail = send(session, message.body)
            except Exception as error:
                code, detail = ReplyCode.FAILED, f"The engine failed ({error!r}); look for the order"
            self._done.append((desk, message, code, detail))
            self._wake()
