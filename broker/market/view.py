"""The market as it is at one moment, and what makes a client that was told an earlier state of it know this one.

What a client was told of a symbol is a `Told` that never changes. Clients that were told alike share it, and the
entries that lead from there to now are made once for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from broker.market.day import Day, Days
from broker.market.entries import (
    Entries,
    book_entries,
    book_updates,
    plain_entry,
    trade_fields,
    trade_updates,
    value_field,
    value_update,
)
from broker.market.request import CLOSE, HIGH, LOW, OPEN, TRADE, VOLUME
from broker.market.tape import Tape
from broker.trading.book import Level
from broker.trading.matching import Matching

VALUES: Final = (OPEN, CLOSE, HIGH, LOW, VOLUME)

Levels = tuple[Level, ...]


class Shape(NamedTuple):
    """What of a symbol is asked for."""

    levels: int
    sides: tuple[bool, ...]
    values: tuple[bytes, ...]
    trades: bool
    """The last trade in a W."""
    follows: bool
    """Every trade from then on."""


class Told(NamedTuple):
    """`sides` and `values` are in the order of the shape's; `trade_number` is the tape's."""

    sides: tuple[Levels, ...]
    values: tuple[Decimal | None, ...]
    trade_number: int


_Key = tuple[str, Shape, int]


class View:
    def __init__(self, matching: Matching, days: Days, tape: Tape) -> None:
        self._matching = matching
        self._days = days
        self._tape = tape
        self._levels: dict[tuple[str, bool, int], Levels] = {}
        # By the id of what was told before. It is kept with the answer, or its id might become another's.
        self._snapshots: dict[_Key, tuple[Told | None, Told, Entries]] = {}
        self._updates: dict[_Key, tuple[Told, Told, Entries]] = {}

    def snapshot(self, symbol: str, shape: Shape, told: Told | None) -> tuple[Told, Entries]:
        """All that there is, for a W; `told` itself when nothing is new."""
        key = symbol, shape, id(told)
        found = self._snapshots.get(key)
        if found is None:
            found = self._snapshots[key] = told, *self._make_snapshot(symbol, shape, told)
        return found[1:]

    def update(self, symbol: str, shape: Shape, told: Told) -> tuple[Told, Entries]:
        """What is new, for an X; `told` itself when nothing is."""
        key = symbol, shape, id(told)
        found = self._updates.get(key)
        if found is None:
            found = self._updates[key] = told, *self._make_update(symbol, shape, told)
        return found[1:]

    def _make_snapshot(self, symbol: str, shape: Shape, told: Told | None) -> tuple[Told, Entries]:
        now = self._now(symbol, shape)
        if now == told:
            return told, Entries(0, b"")
        trades: Sequence[bytes] = ()
        if shape.trades:
            # What was traded before the first W is in it as the last trade.
            new = self._tape.since(symbol, told.trade_number) if told and shape.follows else ()
            trades = new or [_last_trade(self._days[symbol])]
        values = [
            (one, value) for one, value in zip(shape.values, now.values, strict=True) if value is not None
        ]
        found = [book_entries(buy, side) for buy, side in zip(shape.sides, now.sides, strict=True)]
        found += [plain_entry(TRADE, fields) for fields in trades]
        found += [plain_entry(one, value_field(one, value)) for one, value in values]
        total = sum(map(len, now.sides)) + len(trades) + len(values)
        return now, Entries(total, b"".join(found))

    def _make_update(self, symbol: str, shape: Shape, told: Told) -> tuple[Told, Entries]:
        now = self._now(symbol, shape)
        if now == told:
            return told, Entries(0, b"")
        name = symbol.encode("latin-1")
        trades = self._tape.since(symbol, told.trade_number) if shape.follows else ()
        total, found = len(trades), [trade_updates(name, trades)]
        for buy, before, side in zip(shape.sides, told.sides, now.sides, strict=True):
            if before != side:
                entries = book_updates(name, buy, before, side)
                total += entries.total
                found.append(entries.fields)
        for one, old, value in zip(shape.values, told.values, now.values, strict=True):
            if old != value:
                total += 1
                found.append(value_update(name, one, old, value))
        return now, Entries(total, b"".join(found))

    def _now(self, symbol: str, shape: Shape) -> Told:
        day = _values(self._days[symbol])
        return Told(
            tuple([self._side(symbol, buy, shape.levels) for buy in shape.sides]),
            tuple([day[one] for one in shape.values]),
            self._tape.count(symbol) if shape.follows else 0,
        )

    def _side(self, symbol: str, buy: bool, count: int) -> Levels:
        key = symbol, buy, count
        found = self._levels.get(key)
        if found is None:
            found = self._levels[key] = tuple(self._matching.depth(symbol, buy, count))
        return found


def _values(day: Day) -> dict[bytes, Decimal | None]:
    return {OPEN: day.open, CLOSE: day.previous_close, HIGH: day.high, LOW: day.low, VOLUME: day.volume}


def _last_trade(day: Day) -> bytes:
    """Its price alone when it was before the broker started."""
    return trade_fields(day.trade) if day.trade else value_field(TRADE, day.last)
