"""What a client and the broker have said to each other since the broker started, counted.

The core's thread counts; other threads read. `Traffic` belongs to a session, and outlives its connections.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

MOST_TYPES: Final = 150
"""More than there are in FIX.4.2 and FIX.4.4 together."""

LONGEST_TYPE: Final = 20
OTHER: Final = b"other"
"""Counts what a client makes up beyond that: its MsgTypes must not fill the memory."""


@dataclass(slots=True)
class Traffic:
    in_by_type: dict[bytes, int] = field(default_factory=dict)
    """Messages by MsgType(35)."""
    out_by_type: dict[bytes, int] = field(default_factory=dict)
    bytes_in: int = 0
    bytes_out: int = 0
    last_in_at: float | None = None
    last_out_at: float | None = None

    def took(self, msg_type: bytes, size: int, now: float) -> None:
        counts = self.in_by_type
        if msg_type not in counts and (len(counts) >= MOST_TYPES or len(msg_type) > LONGEST_TYPE):
            msg_type = OTHER
        counts[msg_type] = counts.get(msg_type, 0) + 1
        self.bytes_in += size
        self.last_in_at = now

    def gave(self, messages: Sequence[bytes], now: float) -> None:
        """`messages` as they go out, whole."""
        counts = self.out_by_type
        for raw in messages:
            begin = raw.find(b"\x0135=") + 4
            msg_type = raw[begin : raw.find(b"\x01", begin)]
            counts[msg_type] = counts.get(msg_type, 0) + 1
            self.bytes_out += len(raw)
        self.last_out_at = now


def total_by_type(counts: Iterable[dict[bytes, int]]) -> dict[str, int]:
    """The sum of many, most frequent first."""
    found: dict[str, int] = {}
    for one in counts:
        # A copy, for the core goes on counting.
        for msg_type, count in one.copy().items():
            name = msg_type.decode("latin-1")
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
