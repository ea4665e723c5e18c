"""Entries of market data on the wire, their fields in the order of the dictionaries: of a W, and of an X.

In an X a price of the book is known by Symbol(55), MDEntryType(269) and MDEntryPx(270), for there is one entry for each
price and a W has no field for an MDEntryID(278). All others but trades are known by Symbol and MDEntryType.

An entry is made once and sent to many: it is bytes, each field with its SOH, and not a list of fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from broker.fix.wire import Pair, utc_timestamp
from broker.market.request import BID, OFFER, TRADE, VOLUME
from broker.trading.book import Level
from broker.trading.matching import Trade
from broker.trading.order import plain

NEW: Final = b"0"
CHANGE: Final = b"1"
DELETE: Final = b"2"
"""MDUpdateAction(279)."""


class Entries(NamedTuple):
    """`total` entries, one behind the other."""

    total: int
    fields: bytes


def body(head: Sequence[Pair], total: int, entries: Iterable[bytes]) -> list[Pair]:
    """Of a W or X: what stands before NoMDEntries(268), then the entries, all in one pair."""
    pairs = [*head, (b"268", b"%d" % total)]
    tag, _, rest = b"".join(entries)[:-1].partition(b"=")
    return [*pairs, (tag, rest)] if tag else pairs


def side_type(buy: bool) -> bytes:
    return BID if buy else OFFER


def trade_fields(trade: Trade) -> bytes:
    """What follows MDEntryType(269) in a W, and Symbol(55) in an X."""
    date, time = utc_timestamp(trade.at).split(b"-")
    price, quantity = plain(trade.price).encode(), plain(trade.quantity).encode()
    return b"270=%b\x01271=%b\x01272=%b\x01273=%b\x01" % (price, quantity, date, time)


def value_field(entry_type: bytes, value: Decimal) -> bytes:
    """Volume is a size, all others are prices."""
    return b"%b=%b\x01" % (b"271" if entry_type == VOLUME else b"270", plain(value).encode())


def book_entries(buy: bool, levels: Iterable[Level]) -> bytes:
    """A side in a W, with MDEntryPositionNo(290)."""
    entry_type = side_type(buy)
    return b"".join(
        [
            b"269=%b\x01%b290=%d\x01" % (entry_type, _level_fields(level), position)
            for position, level in enumerate(levels, 1)
        ]
    )


def plain_entry(entry_type: bytes, fields: bytes) -> bytes:
    """Anything but a price of the book, in a W."""
    return b"269=%b\x01%b" % (entry_type, fields)


def trade_updates(symbol: bytes, trades: Iterable[bytes]) -> bytes:
    """In an X."""
    return b"".join([_update(NEW, TRADE, symbol, fields) for fields in trades])


def value_update(symbol: bytes, entry_type: bytes, old: Decimal | None, new: Decimal | None) -> bytes:
    """Open, close, high, low or volume in an X."""
    if new is None:
        return _update(DELETE, entry_type, symbol, b"")
    return _update(NEW if old is None else CHANGE, entry_type, symbol, value_field(entry_type, new))


def book_updates(symbol: bytes, buy: bool, old: Sequence[Level], new: Sequence[Level]) -> Entries:
    """What makes of one state of a side the other, in an X: what is gone, then what is there, best first."""
    entry_type = side_type(buy)
    before = {level.price: level for level in old}
    after = {level.price for level in new}
    found = [
        _update(DELETE, entry_type, symbol, b"270=%b\x01" % plain(level.price).encode())
        for level in old
        if level.price not in after
    ]
    for level in new:
        known = before.get(level.price)
        if known != level:
            found.append(_update(NEW if known is None else CHANGE, entry_type, symbol, _level_fields(level)))
    return Entries(len(found), b"".join(found))


def _update(action: bytes, entry_type: bytes, symbol: bytes, fields: bytes) -> bytes:
    return b"279=%b\x01269=%b\x0155=%b\x01%b" % (action, entry_type, symbol, fields)


def _level_fields(level: Level) -> bytes:
    price, quantity = plain(level.price).encode(), plain(level.quantity).encode()
    return b"270=%b\x01271=%b\x01346=%d\x01" % (price, quantity, level.orders)
