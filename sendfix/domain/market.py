"""What the market offers and wants of one symbol, as the counterparty tells it: a fold of market data entries.

FIX 4.4, MarketDataSnapshotFullRefresh(W) and MarketDataIncrementalRefresh(X). An entry of a side is known by its
MDEntryID(278) where it has one, else by its price, else by its position; what can't be found, or makes no sense, is a
`Problem`: then the book is not the counterparty's any more and has to be asked for anew.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

KEPT_TRADES = 100
MOST_ENTRIES = 20_000
"""Of one side: more than any market has, and few enough to hold."""

BID, OFFER, TRADE, VOLUME, EMPTY_BOOK = "0", "1", "2", "B", "J"
_VALUES = {"4": "open_px", "5": "close_px", "7": "high_px", "8": "low_px"}

NEW, CHANGE, DELETE, DELETE_THRU, DELETE_FROM, OVERLAY = "0", "1", "2", "3", "4", "5"
ACTIONS = frozenset({NEW, CHANGE, DELETE, DELETE_THRU, DELETE_FROM, OVERLAY})


class Problem(ValueError):
    """An update that does not fit the book; the text says which and why."""


class Entry(NamedTuple):
    """One entry of a W (whose action is `NEW`) or an X, with MDUpdateAction(279), MDEntryType(269)... `at` is
    MDEntryDate(272) with MDEntryTime(273). `entry_type` may be missing where `entry_id` or `ref_id` names the entry."""

    action: str
    entry_type: str | None
    px: Decimal | None = None
    size: Decimal | None = None
    orders: int | None = None
    entry_id: str | None = None
    ref_id: str | None = None
    position: int | None = None
    at: datetime | None = None
    symbol: str | None = None


class Level(NamedTuple):
    """All that stands at one price. `orders` is None where nobody says how many there are."""

    px: Decimal
    size: Decimal
    orders: int | None


class Trade(NamedTuple):
    px: Decimal
    size: Decimal | None
    at: datetime | None
    entry_id: str | None = None


class Quoted(NamedTuple):
    """An entry of a side; `entry_id` is None for one that is known by its price."""

    px: Decimal
    size: Decimal
    orders: int | None
    entry_id: str | None


class Side:
    """Bids or offers. Several entries may stand at one price where the counterparty does not add them up."""

    def __init__(self, name: str, highest_first: bool) -> None:
        self._name = name
        self._highest_first = highest_first
        self._prices: list[Decimal] = []
        self._at: dict[Decimal, list[Quoted]] = {}
        self._ids: dict[str, Decimal] = {}
        self._count = 0

    def __len__(self) -> int:
        """How many prices there are."""
        return len(self._prices)

    @property
    def best(self) -> Decimal | None:
        if not self._prices:
            return None
        return self._prices[-1] if self._highest_first else self._prices[0]

    def levels(self, depth: int = 0) -> list[Level]:
        """Best first; at most `depth`, 0 is all."""
        prices: Iterator[Decimal] = reversed(self._prices) if self._highest_first else iter(self._prices)
        return [_level(self._at[px]) for px in islice(prices, depth or None)]

    def has_id(self, entry_id: str | None) -> bool:
        return entry_id in self._ids

    def apply(self, entry: Entry) -> None:
        """Raises `Problem`."""
        if entry.action in (NEW, OVERLAY):
            self._put(entry)
        elif entry.action in (DELETE_THRU, DELETE_FROM):
            for px in self._range(entry):
                for quoted in list(self._at[px]):
                    self._take(quoted)
        elif entry.action == CHANGE:
            self._change(entry)
        else:
            self._take(self._find(entry))

    def add_whole(self, entry: Entry) -> None:
        """One of a snapshot, in which the same price may stand more than once. Raises `Problem`."""
        quoted = self._quoted(entry)
        if quoted.size:
            self._add(quoted)

    def _put(self, entry: Entry) -> None:
        quoted = self._quoted(entry)
        known = self._known_by_id(entry)
        if known is None and entry.entry_id is None:
            known = next((one for one in self._at.get(quoted.px, ()) if one.entry_id is None), None)
        if known is None and entry.action == OVERLAY and entry.position is not None:
            px = self._price_at(entry.position)
            known = None if px is None else self._at[px][0]
        if known is not None:
            self._take(known)
        if quoted.size:
            self._add(quoted)

    def _change(self, entry: Entry) -> None:
        found = self._find(entry)
        if entry.size is not None and entry.size < 0:
            raise self._below_zero(found.px, entry.size)
        changed = Quoted(
            found.px if entry.px is None else entry.px,
            found.size if entry.size is None else entry.size,
            found.orders if entry.orders is None else entry.orders,
            entry.entry_id or found.entry_id,
        )
        if changed.size and changed.px == found.px and changed.entry_id == found.entry_id:
            there = self._at[found.px]
            there[there.index(found)] = changed
            return
        self._take(found)
        if changed.size:
            self._add(changed)

    def _quoted(self, entry: Entry) -> Quoted:
        if entry.px is None:
            raise Problem(f"MDEntryPx(270) of a new {self._name} is missing")
        if entry.size is None:
            raise Problem(f"MDEntrySize(271) of the {self._name} at {entry.px} is missing")
        if entry.size < 0:
            raise self._below_zero(entry.px, entry.size)
        return Quoted(entry.px, entry.size, entry.orders, entry.entry_id)

    def _below_zero(self, px: Decimal, size: Decimal) -> Problem:
        return Problem(f"MDEntrySize(271) of the {self._name} at {px} is {size}, below zero")

    def _find(self, entry: Entry) -> Quoted:
        found = self._known_by_id(entry)
        if found is not None:
            return found
        if entry.px is not None:
            # A snapshot may have no ids although the updates have: then the price tells.
            for quoted in self._at.get(entry.px, ()):
                if quoted.entry_id is None or (entry.entry_id is None and len(self._at[entry.px]) == 1):
                    return quoted
        elif entry.position is not None and entry.entry_id is None and entry.ref_id is None:
            px = self._price_at(entry.position)
            if px is not None:
                return self._at[px][0]
        raise Problem(f"There is no {self._name} {_named(entry)} to {_DOES[entry.action]}")

    def _range(self, entry: Entry) -> list[Decimal]:
        """The prices from the best to the entry's, or from the entry's to the worst."""
        best_first = self._prices[::-1] if self._highest_first else list(self._prices)
        if entry.px is not None:
            if entry.px not in self._at:
                raise Problem(f"There is no {self._name} {_named(entry)} to {_DOES[entry.action]}")
            index = best_first.index(entry.px)
        elif entry.position is not None and 1 <= entry.position <= len(best_first):
            index = entry.position - 1
        elif not best_first:
            return []
        else:
            raise Problem(f"There is no {self._name} {_named(entry)} to {_DOES[entry.action]}")
        return best_first[: index + 1] if entry.action == DELETE_THRU else best_first[index:]

    def _known_by_id(self, entry: Entry) -> Quoted | None:
        for entry_id in (entry.ref_id, entry.entry_id):
            px = self._ids.get(entry_id) if entry_id is not None else None
            if px is not None:
                return next(one for one in self._at[px] if one.entry_id == entry_id)
        return None

    def _price_at(self, position: int) -> Decimal | None:
        if not 1 <= position <= len(self._prices):
            return None
        return self._prices[-position] if self._highest_first else self._prices[position - 1]

    def _add(self, quoted: Quoted) -> None:
        if self._count >= MOST_ENTRIES:
            raise Problem(f"There are more than {MOST_ENTRIES} {self._name}s")
        if quoted.entry_id is not None:
            if quoted.entry_id in self._ids:
                raise Problem(f"MDEntryID(278) {quoted.entry_id!r} is there twice among the {self._name}s")
            self._ids[quoted.entry_id] = quoted.px
        there = self._at.get(quoted.px)
        if there is None:
            self._at[quoted.px] = [quoted]
            insort(self._prices, quoted.px)
        else:
            there.append(quoted)
        self._count += 1

    def _take(self, quoted: Quoted) -> None:
        there = self._at[quoted.px]
        there.remove(quoted)
        self._count -= 1
        if quoted.entry_id is not None:
            del self._ids[quoted.entry_id]
        if not there:
            del self._at[quoted.px]
            del self._prices[bisect_left(self._prices, quoted.px)]


class Book:
    """One symbol of one session. `trades` are newest first; values that nobody has told are None."""

    def __init__(self) -> None:
        self.bids = Side("bid", highest_first=True)
        self.offers = Side("offer", highest_first=False)
        self.trades: deque[Trade] = deque(maxlen=KEPT_TRADES)
        self.last_px: Decimal | None = None
        self.last_size: Decimal | None = None
        self.open_px: Decimal | None = None
        self.high_px: Decimal | None = None
        self.low_px: Decimal | None = None
        self.close_px: Decimal | None = None
        self.volume: Decimal | None = None
        self.updated_at: datetime | None = None

    @property
    def middle(self) -> Decimal | None:
        """Between the best bid and offer; None without one of them, and when they cross."""
        bid, offer = self.bids.best, self.offers.best
        if bid is None or offer is None or bid > offer:
            return None
        return (bid + offer) / 2

    @property
    def crossed(self) -> bool:
        bid, offer = self.bids.best, self.offers.best
        return bid is not None and offer is not None and bid > offer

    def snapshot(self, entries: Iterable[Entry], at: datetime) -> list[Trade]:
        """All anew, but for the trades, which are added to those known: the new ones. Raises `Problem`."""
        self.bids, self.offers = Side("bid", highest_first=True), Side("offer", highest_first=False)
        self.open_px = self.high_px = self.low_px = self.close_px = self.volume = None
        trades: list[Trade] = []
        for entry in entries:
            if entry.entry_type == BID:
                self.bids.add_whole(entry)
            elif entry.entry_type == OFFER:
                self.offers.add_whole(entry)
            elif entry.entry_type == TRADE:
                trades.append(_trade(entry, None))
            else:
                self._value(entry)
        self.updated_at = at
        # Each snapshot repeats trades that others have told.
        known = Counter(self.trades if trades else ())
        fresh = []
        for one in trades:
            known[one] -= 1
            if known[one] < 0 and one.at is not None:
                fresh.append(one)
        for trade in fresh:
            self._add_trade(trade)
        if trades:
            self.last_px, self.last_size = trades[-1].px, trades[-1].size
        return fresh

    def update(self, entries: Iterable[Entry], at: datetime) -> list[Trade]:
        """The new trades. Raises `Problem`, and then the book is not what the counterparty has."""
        fresh: list[Trade] = []
        for entry in entries:
            side = self._side(entry)
            if side is not None:
                side.apply(entry)
            elif entry.entry_type == TRADE:
                trade = self._change_trades(entry, at)
                if trade is not None:
                    fresh.append(trade)
            else:
                self._value(entry)
        self.updated_at = at
        return fresh

    def _side(self, entry: Entry) -> Side | None:
        if entry.entry_type == BID:
            return self.bids
        if entry.entry_type == OFFER:
            return self.offers
        if entry.entry_type is None:
            for side in (self.bids, self.offers):
                if side.has_id(entry.ref_id) or side.has_id(entry.entry_id):
                    return side
            raise Problem(f"An entry without MDEntryType(269) {_named(entry)} is not known")
        return None

    def _change_trades(self, entry: Entry, at: datetime) -> Trade | None:
        """The trade, when it is a new one. A bust or correction of one that is not kept is nothing."""
        if entry.action in (NEW, OVERLAY):
            trade = _trade(entry, at)
            self._add_trade(trade)
            return trade
        known = {entry.ref_id, entry.entry_id} - {None}
        kept: list[Trade] = []
        for trade in self.trades:
            if trade.entry_id not in known:
                kept.append(trade)
            elif entry.action == CHANGE:
                kept.append(
                    Trade(
                        trade.px if entry.px is None else entry.px,
                        trade.size if entry.size is None else entry.size,
                        entry.at or trade.at,
                        entry.entry_id or trade.entry_id,
                    )
                )
        if list(self.trades) != kept:
            self.trades = deque(kept, maxlen=KEPT_TRADES)
            self.last_px, self.last_size = (kept[0].px, kept[0].size) if kept else (None, None)
        return None

    def _add_trade(self, trade: Trade) -> None:
        self.trades.appendleft(trade)
        self.last_px, self.last_size = trade.px, trade.size

    def _value(self, entry: Entry) -> None:
        gone = entry.action == DELETE
        if entry.entry_type == VOLUME:
            self.volume = None if gone else entry.size
        elif entry.entry_type in _VALUES:
            setattr(self, _VALUES[entry.entry_type], None if gone else entry.px)
        elif entry.entry_type == EMPTY_BOOK:
            self.bids, self.offers = Side("bid", highest_first=True), Side("offer", highest_first=False)


_DOES = {CHANGE: "change", DELETE: "delete", DELETE_THRU: "delete up to", DELETE_FROM: "delete from"}


def _named(entry: Entry) -> str:
    if entry.ref_id is not None or entry.entry_id is not None:
        return f"with MDEntryID(278) {(entry.ref_id or entry.entry_id)!r}"
    if entry.px is not None:
        return f"at MDEntryPx(270) {entry.px}"
    return f"at MDEntryPositionNo(290) {entry.position}"


def _level(quoted: list[Quoted]) -> Level:
    if len(quoted) == 1:
        one = quoted[0]
        return Level(one.px, one.size, one.orders)
    size = sum((one.size for one in quoted), Decimal(0))
    return Level(quoted[0].px, size, sum(1 if one.orders is None else one.orders for one in quoted))


def _trade(entry: Entry, at: datetime | None) -> Trade:
    if entry.px is None:
        raise Problem("MDEntryPx(270) of a trade is missing")
    return Trade(entry.px, entry.size, entry.at or at, entry.entry_id)
