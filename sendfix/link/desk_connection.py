"""The engine's side of one desk: how far it has been served, and what waits to be written to its socket.

Bytes come in and go out through the hub, which owns the socket; nothing here blocks.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sendfix.link import protocol
from sendfix.link.journal_entries import Entry

MAX_BACKLOG_BYTES = 64 * 1024 * 1024
MARKET_DATA_BELOW_BYTES = 16 * 1024 * 1024
"""With more than that waiting for it, a desk gets no market data. The snapshots of many deep books are less."""
RECEIVE_BYTES = 32 * 1024


class MarketDatum(NamedTuple):
    """A W or X that is in no journal."""

    at_ns: int
    raw: bytes


@dataclass(slots=True)
class Position:
    """How far one desk has got with one session. Up to `live_after` it is served from the journal's files."""

    sent: int
    announced: bool = False


class DeskConnection:
    """`number` is for the log. `positions` is empty until the desk attaches."""

    def __init__(self, connection: socket.socket, number: int) -> None:
        connection.setblocking(False)
        self.socket = connection
        self.name = f"desk {number}"
        self.attached = False
        # What its database has, per session; of the journals that are there now.
        self.stored: dict[str, int] = {}
        self.behind: list[str] = []
        self._postponed: dict[str, float] = {}
        self._positions: dict[str, Position] = {}
        self._decoder = protocol.Decoder()
        self._out = bytearray()
        self._left_out: set[str] = set()

    @property
    def backlog_bytes(self) -> int:
        return len(self._out)

    def attach(self, cursors: Mapping[str, int]) -> None:
        """`cursors` has the last index that the desk has, for every session that it is not attached to yet."""
        self.attached = True
        self._positions |= {name: Position(index) for name, index in cursors.items()}
        self.behind += cursors

    def has(self, name: str) -> bool:
        """Whether it is attached to that session."""
        return name in self._positions

    def detach(self, name: str) -> None:
        """The session is no longer there."""
        self._positions.pop(name, None)
        self.stored.pop(name, None)
        self._postponed.pop(name, None)
        self._left_out.discard(name)
        if name in self.behind:
            self.behind.remove(name)

    def turn(self, now: float) -> str | None:
        """The session that is behind and next to be served from its files."""
        return next((name for name in self.behind if self._postponed.get(name, 0.0) <= now), None)

    def next_turn(self) -> float:
        """When there will be a `turn`; there is a session that is behind."""
        return min(self._postponed.get(name, 0.0) for name in self.behind)

    def postpone(self, name: str, until: float) -> None:
        """Its files can't be read just now."""
        self._postponed[name] = until

    def receive(self) -> Iterable[protocol.Message] | None:
        """The messages that have come; None when the desk has hung up. Raises `ProtocolError` while iterated, and
        OSError."""
        try:
            data = self.socket.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return ()
        return self._decoder.feed(data) if data else None

    def queue(self, message: protocol.Message) -> None:
        self._out += protocol.encode(message)

    def queue_live(self, name: str, news: Entry | MarketDatum, packed: bytes) -> None:
        """Something that has come just now."""
        if isinstance(news, Entry):
            self._queue_entry(name, news, packed)
        else:
            self._queue_market_data(name, packed)

    def _queue_entry(self, name: str, entry: Entry, packed: bytes) -> None:
        """Passed over while the session is still served from the files, or when it was among them."""
        position = self._positions.get(name)
        if position is not None and position.announced and entry.number > position.sent:
            self._out += packed
            position.sent = entry.number

    def _queue_market_data(self, name: str, packed: bytes) -> None:
        """Left out while the desk does not read, or is still served from the files. It is
        told once that something was left out, at the place where that is missing."""
        position = self._positions.get(name)
        if position is None or not position.announced:
            return
        if len(self._out) <= MARKET_DATA_BELOW_BYTES:
            self._out += packed
            self._left_out.discard(name)
        elif name not in self._left_out:
            self._left_out.add(name)
            self.queue(protocol.MarketDataLost(name))

    def queue_from_files(self, name: str, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._out += pack(name, entry)
            self._positions[name].sent = entry.number

    def sent_up_to(self, name: str) -> int:
        return self._positions[name].sent

    def caught_up(self, name: str) -> None:
        """Everything in the files has been queued; from now on the entries come live."""
        position = self._positions[name]
        position.announced = True
        self.behind.remove(name)
        self.queue(protocol.CaughtUp(name, position.sent))

    def flush(self) -> None:
        """Write what the socket takes. Raises OSError when the desk has gone."""
        while self._out:
            try:
                written = self.socket.send(self._out)
            except BlockingIOError:
                return
            del self._out[:written]


def pack(name: str, news: Entry | MarketDatum) -> bytes:
    """A journal entry, or market data, as it goes over the link."""
    if isinstance(news, Entry):
        return protocol.encode(protocol.Entry(name, news.number, news.at_ns, news.direction, news.payload))
    return protocol.encode(protocol.MarketData(name, news.at_ns, news.raw))
