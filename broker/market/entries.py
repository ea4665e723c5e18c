"""Entries of market data as fields, in the order of the dictionaries: of a W, and of an X.

In an X a price of the book is known by Symbol(55), MDEntryType(269) and MDEntryPx(270), for there is one entry for each
price and a W has no field for an MDEntryID(278). All others but trades are known by Symbol and MDEntryType.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from broker.fix.wire import Pair, utc_timestamp
from broker.market.request import BID, OFFER, TRADE, VOLUME
from broker.trading.matching import Level, Trade
from broker.trading.order import plain

NEW: Final = (b"279", b"0")
CHANGE: Final = (b"279", b"1")
DELETE: Final = (b"279", b"2")


class Entries(NamedTuple):
    """`total` entries, their fields one behind the other."""

    total: int
    pairs: list[Pair]


def side_type(buy: bool) -> bytes:
    return BID if buy else OFFER


def trade_fields(trade: Trade) -> list[Pair]:
    """What follows MDEntryType(269) in a W, and Symbol(55) in an X."""
    date, time = utc_timestamp(trade.at).split(b"-")
    return [
        (b"270", plain(trade.price).encode()),
        (b"271", plain(trade.quantity).encode()),
        (b"272", date),
        (b"273", time),
    ]


def value_field(entry_type: bytes, value: Decimal) -> Pair:
    """Volume is a size, all others are prices."""
    return (b"271" if entry_type == VOLUME else b"270", plain(value).encode())


def book_entries(buy: bool, levels: Iterable[Level]) -> list[Pair]:
    """A side in a W, with MDEntryPositionNo(290)."""
    entry_type = side_type(buy)
    pairs: list[Pair] = []
    for position, level in enumerate(levels, 1):
        pairs += ((b"269", entry_type), *_level_fields(level), (b"290", b"%d" % position))
    return pairs


def trade_entries(trades: Sequence[list[Pair]]) -> list[Pair]:
    """In a W; each as of `trade_fields`."""
    pairs: list[Pair] = []
    for fields in trades:
        pairs.append((b"269", TRADE))
        pairs += fields
    return pairs


def trade_updates(symbol: bytes, trades: Sequence[list[Pair]]) -> list[Pair]:
    """In an X."""
    pairs: list[Pair] = []
    for fields in trades:
        pairs += (NEW, (b"269", TRADE), (b"55", symbol))
        pairs += fields
    return pairs


def value_update(symbol: bytes, entry_type: bytes, old: Decimal | None, new: Decimal | None) -> list[Pair]:
    """Open, close, high, low or volume in an X."""
    action = DELETE if new is None else NEW if old is None else CHANGE
    pairs = [action, (b"269", entry_type), (b"55", symbol)]
    return pairs if new is None else [*pairs, value_field(entry_type, new)]


def book_updates(symbol: bytes, buy: bool, old: Sequence[Level], new: Sequence[Level]) -> Entries:
    """What makes of one state of a side the other, in an X: what is gone, then what is there, best first."""
    entry_type = side_type(buy)
    before = {level.price: level for level in old}
    after = {level.price for level in new}
    pairs: list[Pair] = []
    count = 0
    for level in old:
        if level.price not in after:
            count += 1
            pairs += (
                DELETE,
                (b"269", entry_type),
                (b"55", symbol),
                (b"270", plain(level.price).encode()),
            )
    for level in new:
        known = before.get(level.price)
        if known != level:
            count += 1
            pairs += (NEW if known is None else CHANGE, (b"269", entry_type), (b"55", symbol))
            pairs += _level_fields(level)
    return Entries(count, pairs)


def _level_fields(level: Level) -> tuple[Pair, ...]:
    return (
        (b"270", plain(level.price).encode()),
        (b"271", plain(level.quantity).encode()),
        (b"346", b"%d" % level.orders),
    )
