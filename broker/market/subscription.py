"""One MarketDataRequest that is being served: what its client was last told of each symbol, and what to tell it now.

A client is told the difference between the two, so that what happened in between coalesces; trades it is told one by
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from broker.fix.wire import Pair
from broker.market.entries import body, side_type
from broker.market.request import TRADE, Kind, MarketDataRequest
from broker.market.tape import Tape
from broker.market.view import VALUES, Shape, Told, View

LONGEST: Final = 400
"""Entries after which an X ends and the next symbol begins another."""


class Outgoing(NamedTuple):
    msg_type: bytes
    body: list[Pair]
    entries: int


class Subscription:
    """`stale` are the symbols of which the client may not know the latest."""

    def __init__(self, request: MarketDataRequest, tape: Tape) -> None:
        self.request = request
        self.stale: dict[str, None] = dict.fromkeys(request.symbols)
        types = request.entry_types
        trades = TRADE in types
        self._shape = Shape(
            request.levels,
            tuple(buy for buy in (True, False) if side_type(buy) in types),
            tuple(one for one in VALUES if one in types),
            trades,
            trades and request.kind is Kind.UPDATES,
        )
        self._told: dict[str, Told] = {}
        if self._shape.follows:
            for symbol in request.symbols:
                tape.follow(symbol)

    def end(self, tape: Tape) -> None:
        if self._shape.follows:
            for symbol in self.request.symbols:
                tape.leave(symbol)

    def has_lost(self, tape: Tape) -> bool:
        """Whether there were more trades than are kept for a client that does not read."""
        if not self._shape.follows:
            return False
        told = self._told
        return any(
            tape.has_lost(symbol, told[symbol].trade_number) for symbol in self.stale if symbol in told
        )

    def messages(self, view: View) -> Iterator[Outgoing]:
        """What makes the client know the latest. To stop before the end is no harm: the rest stays stale."""
        shape, incremental = self._shape, self.request.incremental
        waiting: list[bytes] = []
        total = 0
        while self.stale:
            symbol = next(iter(self.stale))
            del self.stale[symbol]
            told = self._told.get(symbol)
            updated = None if told is None or not incremental else view.update(symbol, shape, told)
            now, entries = updated or view.snapshot(symbol, shape, told)
            if now is told:
                continue
            self._told[symbol] = now
            if updated is None:
                head = [(b"262", self.request.md_req_id), (b"55", symbol.encode("latin-1"))]
                yield Outgoing(b"W", body(head, entries.total, [entries.fields]), entries.total)
                continue
            total += entries.total
            waiting.append(entries.fields)
            if total > LONGEST:
                yield self._incremental(total, waiting)
                waiting, total = [], 0
        if total:
            yield self._incremental(total, waiting)

    def _incremental(self, total: int, entries: list[bytes]) -> Outgoing:
        return Outgoing(b"X", body([(b"262", self.request.md_req_id)], total, entries), total)
