"""A circuit breaker for each session: too many rejected orders in a short time, and no new order is sent until a person
lets go. Cancels and replaces still are. It holds over a restart of the engine: it is a small file in the store.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from sendfix.config import CircuitBreaker

log = logging.getLogger("sendfix.engine")

NEW_ORDERS = frozenset({b"D", b"E", b"AB", b"s", b"t"})
"""MsgType(35) of what may bring a new order."""

_REJECTED_ORDER = re.compile(rb"\x0135=8\x01")
_REJECTED_MESSAGE = re.compile(rb"\x0135=[3j]\x01")
_STATUS = re.compile(rb"\x01(?:150=I|20=3)\x01")
_OF_NEW_ORDER = re.compile(rb"\x01372=(?:D|E|AB|s|t)\x01")


class Breaker:
    """`heard` is called from QuickFIX's thread, `refusal` from senders', `let_go` from any."""

    def __init__(
        self,
        policy: CircuitBreaker | None,
        path: Path,
        on_trip: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`path` holds the reason while it is tripped; `on_trip` is told the reason."""
        self.reason: str | None = None
        self._policy = policy
        self._path = path
        self._on_trip = on_trip
        self._clock = clock
        self._rejects: deque[float] = deque()
        if policy is not None:
            self.reason = _read(path)

    def set_policy(self, policy: CircuitBreaker | None) -> None:
        """Without one it is let go of. Raises OSError."""
        self._policy = policy
        if policy is None:
            self.let_go()

    def heard(self, raw: bytes) -> None:
        """A message of the counterparty; one that it sends again does not count."""
        policy = self._policy
        if policy is None or self.reason is not None or not _is_reject_of_an_order(raw):
            return
        now = self._clock()
        self._rejects.append(now)
        while self._rejects and now - self._rejects[0] > policy.seconds:
            self._rejects.popleft()
        if len(self._rejects) >= policy.max_rejects:
            self._trip(
                f"{len(self._rejects)} orders were rejected within {policy.seconds:g} s: no new order is sent until"
                " somebody lets go of the circuit breaker"
            )

    def refusal(self, msg_type: bytes) -> str | None:
        """Why a message of this type is not sent; None when it is."""
        return self.reason if msg_type in NEW_ORDERS else None

    def let_go(self) -> bool:
        """Whether it was tripped. Raises OSError, and then it still is."""
        if self.reason is None:
            return False
        self._path.unlink(missing_ok=True)
        self._rejects.clear()
        self.reason = None
        return True

    def _trip(self, reason: str) -> None:
        self.reason = reason
        try:
            self._path.write_text(json.dumps({"reason": reason}))
        except OSError as error:
            log.error("the circuit breaker can't be written to %s: %s", self._path, error.strerror)
        self._on_trip(reason)


def _is_reject_of_an_order(raw: bytes) -> bool:
    if b"\x0143=Y\x01" in raw:
        return False
    head = raw[:40]
    if _REJECTED_ORDER.search(head):
        return b"\x0139=8\x01" in raw and _STATUS.search(raw) is None
    return _REJECTED_MESSAGE.search(head) is not None and _OF_NEW_ORDER.search(raw) is not None


def _read(path: Path) -> str | None:
    try:
        return str(json.loads(path.read_text())["reason"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return f"The circuit breaker's file {path} can't be read, so it counts as tripped: let go of it"
