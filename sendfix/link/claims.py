"""Who has which session: in one process, a session can be had once."""

from __future__ import annotations

import threading

Identity = tuple[str, str, str]


class Claims:
    """Sessions by FIX version, SenderCompID(49) and TargetCompID(56)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claimed: set[Identity] = set()

    def claim(self, identity: Identity) -> None:
        """Raises ValueError when it has been claimed and not been given back."""
        with self._lock:
            if identity in self._claimed:
                raise ValueError(f"there is a client for {' '.join(identity)} already; close it first")
            self._claimed.add(identity)

    def give_back(self, identity: Identity) -> None:
        """Idempotent."""
        with self._lock:
            self._claimed.discard(identity)
