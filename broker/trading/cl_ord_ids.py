"""Which order a ClOrdID(11) belongs to, in memory that does not grow with the number of orders.

The latest are known by heart, all are in the database. A Bloom filter tells without asking the database that an id is
new, which nearly every id is; it is wrong about one new id in a hundred when it holds seven million, and the database
then says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from broker.fix.states import SessionKey

KEPT: Final = 20_000
_BITS: Final = 1 << 26
_PROBES: Final = 4

Key = tuple[SessionKey | None, str]
"""A session and a ClOrdID(11) of it; None is the house."""

LookUp = Callable[[SessionKey | None, str], int | None]


class ClOrdIds:
    """`look_up` asks the database for what was committed."""

    def __init__(self, look_up: LookUp, kept: int = KEPT) -> None:
        self._look_up = look_up
        self._kept = kept
        self._latest: dict[Key, int] = {}
        self._ages: deque[Key] = deque()
        self._seen = bytearray(_BITS // 8)

    def restore(self, stored: Iterable[Key]) -> None:
        """All that the database has."""
        for key in stored:
            self._mark(key)

    def add(self, session: SessionKey | None, cl_ord_id: str, order_id: int) -> None:
        key = (session, cl_ord_id)
        self._mark(key)
        if key not in self._latest:
            self._ages.append(key)
        self._latest[key] = order_id

    def find(self, session: SessionKey | None, cl_ord_id: str) -> int | None:
        """The id of the order that has it, or had it before a replace."""
        key = (session, cl_ord_id)
        found = self._latest.get(key)
        if found is None and self._may_hold(key):
            found = self._look_up(session, cl_ord_id)
        return found

    def forget_old(self) -> None:
        """Only what is committed may be forgotten: call it after the transaction."""
        while len(self._ages) > self._kept:
            del self._latest[self._ages.popleft()]

    def _mark(self, key: Key) -> None:
        at, stride = _hashes(key)
        for _ in range(_PROBES):
            self._seen[at >> 3] |= 1 << (at & 7)
            at = (at + stride) & (_BITS - 1)

    def _may_hold(self, key: Key) -> bool:
        at, stride = _hashes(key)
        for _ in range(_PROBES):
            if not self._seen[at >> 3] & 1 << (at & 7):
                return False
            at = (at + stride) & (_BITS - 1)
        return True


def _hashes(key: Key) -> tuple[int, int]:
    value = hash(key)
    return value & (_BITS - 1), (value >> 32) | 1
