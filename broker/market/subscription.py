"""One MarketDataRequest that is being served: what its client was last told of each symbol, and what to tell it now.

A client is told the difference between the two, so that what happened in between coalesces; trades it is told one by
one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple

from broker.fix.wire import Pair
from broker.market.day import Day, Days
from broker.market.entries import (
    Entries,
    body,
    book_entries,
    book_updates,
    plain_entry,
    side_type,
    trade_fields,
    trade_updates,
    value_field,
    value_update,
)
from broker.market.request import CLOSE, HIGH, LOW, OPEN, TRADE, VOLUME, Kind, MarketDataRequest
from broker.market.tape import Tape
from broker.trading.matching import Level, Matching

LONGEST: Final = 400
"""Entries after which an X ends and the next symbol begins another."""

VALUES: Final = (OPEN, CLOSE, HIGH, LOW, VOLUME)

Levels = tuple[Level, ...]


class Outgoing(NamedTuple):
    msg_type: bytes
    body: list[Pair]
    entries: int


class View:
    """The market as it is now. What several clients are told alike is made once."""

    def __init__(self, matching: Matching, days: Days, tape: Tape) -> None:
        self.tape = tape
        self._matching = matching
        self._days = days
        self._levels: dict[tuple[str, bool, int], Levels] = {}
        self._entries: dict[tuple[str, bool, int], bytes] = {}
        self._updates: dict[tuple[str, bool, int, int], tuple[Levels, Entries]] = {}
        self._values: dict[str, dict[bytes, Decimal]] = {}

    def levels(self, symbol: str, buy: bool, count: int) -> Levels:
        key = symbol, buy, count
        found = self._levels.get(key)
        if found is None:
            found = self._levels[key] = tuple(self._matching.depth(symbol, buy, count))
        return found

    def updates(self, symbol: str, buy: bool, count: int, old: Levels) -> Entries:
        """From `old` to now."""
        key = symbol, buy, count, id(old)
        found = self._updates.get(key)
        if found is None:
            made = book_updates(symbol.encode("latin-1"), buy, old, self.levels(symbol, buy, count))
            # `old` is kept with it, or its id might be another's before the view ends.
            found = self._updates[key] = old, made
        return found[1]

    def entries(self, symbol: str, buy: bool, count: int) -> bytes:
        """Of a W."""
        key = symbol, buy, count
        found = self._entries.get(key)
        if found is None:
            found = self._entries[key] = book_entries(buy, self.levels(symbol, buy, count))
        return found

    def values(self, symbol: str) -> dict[bytes, Decimal]:
        """Of VALUES, those that there are."""
        found = self._values.get(symbol)
        if found is None:
            found = self._values[symbol] = _values(self._days[symbol])
        return found

    def last_trade(self, symbol: str) -> bytes:
        """Its price alone when it was before the broker started."""
        day = self._days[symbol]
        return trade_fields(day.trade) if day.trade else value_field(TRADE, day.last)


def _values(day: Day) -> dict[bytes, Decimal]:
    found = {OPEN: day.open, CLOSE: day.previous_close, HIGH: day.high, LOW: day.low, VOLUME: day.volume}
    return {entry_type: value for entry_type, value in found.items() if value is not None}


@dataclass(slots=True)
class _Told:
    sides: dict[bool, Levels] = field(default_factory=dict)
    values: dict[bytes, Decimal] = field(default_factory=dict)
    trade_number: int = 0
    begun: bool = False


class Subscription:
    """`stale` are the symbols of which the client may not know the latest."""

    def __init__(self, request: MarketDataRequest, tape: Tape) -> None:
        self.request = request
        self.stale: dict[str, None] = dict.fromkeys(request.symbols)
        types = request.entry_types
        self._sides = [buy for buy in (True, False) if side_type(buy) in types]
        self._value_types = [one for one in VALUES if one in types]
        self._trades = TRADE in types and request.kind is Kind.UPDATES
        self._told = {symbol: _Told() for symbol in request.symbols}
        if self._trades:
            for symbol, told in self._told.items():
                told.trade_number = tape.follow(symbol)

    def end(self, tape: Tape) -> None:
        if self._trades:
            for symbol in self._told:
                tape.leave(symbol)

    def has_lost(self, tape: Tape) -> bool:
        """Whether there were more trades than are kept for a client that does not read."""
        return self._trades and any(
            tape.has_lost(symbol, self._told[symbol].trade_number) for symbol in self.stale
        )

    def messages(self, view: View) -> Iterator[Outgoing]:
        """What makes the client know the latest. To stop before the end is no harm: the rest stays stale."""
        waiting: list[bytes] = []
        count = 0
        while self.stale:
            symbol = next(iter(self.stale))
            del self.stale[symbol]
            told = self._told[symbol]
            if not told.begun or not self.request.incremental:
                message = self._refresh(symbol, told, view)
                if message is not None:
                    yield message
                continue
            entries = self._update(symbol, told, view)
            count += entries.total
            waiting.append(entries.fields)
            if count > LONGEST:
                yield self._incremental(count, waiting)
                waiting, count = [], 0
        if count:
            yield self._incremental(count, waiting)

    def _incremental(self, count: int, entries: list[bytes]) -> Outgoing:
        return Outgoing(b"X", body([(b"262", self.request.md_req_id)], count, entries), count)

    def _refresh(self, symbol: str, told: _Told, view: View) -> Outgoing | None:
        """A W; None when nothing has changed since the last one."""
        levels = self.request.levels
        sides = {buy: view.levels(symbol, buy, levels) for buy in self._sides}
        values = view.values(symbol)
        values = {one: values[one] for one in self._value_types if one in values}
        trades = self._new_trades(symbol, told, view.tape)
        if told.begun and not trades and sides == told.sides and values == told.values:
            return None
        told.sides, told.values, told.begun = sides, values, True
        if not trades and TRADE in self.request.entry_types:
            trades = [view.last_trade(symbol)]
        entries = [view.entries(symbol, buy, levels) for buy in self._sides]
        entries += [plain_entry(TRADE, fields) for fields in trades]
        entries += [plain_entry(one, value_field(one, value)) for one, value in values.items()]
        count = sum(map(len, sides.values())) + len(trades) + len(values)
        head = [(b"262", self.request.md_req_id), (b"55", symbol.encode("latin-1"))]
        return Outgoing(b"W", body(head, count, entries), count)

    def _update(self, symbol: str, told: _Told, view: View) -> Entries:
        name = symbol.encode("latin-1")
        trades = self._new_trades(symbol, told, view.tape)
        found = [trade_updates(name, trades)]
        count = len(trades)
        for buy in self._sides:
            old = told.sides[buy]
            new = view.levels(symbol, buy, self.request.levels)
            if old is not new and old != new:
                entries = view.updates(symbol, buy, self.request.levels, old)
                told.sides[buy] = new
                count += entries.total
                found.append(entries.fields)
        if self._value_types:
            values = view.values(symbol)
            for entry_type in self._value_types:
                before, value = told.values.get(entry_type), values.get(entry_type)
                if before != value:
                    count += 1
                    found.append(value_update(name, entry_type, before, value))
            told.values = values
        return Entries(count, b"".join(found))

    def _new_trades(self, symbol: str, told: _Told, tape: Tape) -> Sequence[bytes]:
        if not self._trades:
            return ()
        number, told.trade_number = told.trade_number, tape.count(symbol)
        # What was traded before the first W is in it as the last trade.
        return tape.since(symbol, number) if told.begun else ()
