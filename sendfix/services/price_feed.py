"""The last price of each live book, for whoever wants to know it: the last trade, or where nothing has traded yet, the
middle of the best bid and offer."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sendfix.domain.market import Book, Trade

TRADE, MIDDLE = "trade", "mid"
AFRESH = timedelta(seconds=1)
"""A middle that stays is as fresh as what confirms it, but not told with each of a thousand updates."""


class PriceSink(Protocol):
    """Who wants to know what was paid last. Must return quickly."""

    def note(self, session_name: str, symbol: str, px: Decimal, at: datetime, source: str) -> None: ...


class PriceFeed:
    def __init__(self, sink: PriceSink) -> None:
        self._sink = sink
        self._middles: dict[tuple[str, str], tuple[Decimal, datetime]] = {}

    def changed(self, session_name: str, symbol: str, book: Book, fresh: list[Trade], at: datetime) -> None:
        """`fresh` are the trades that the change at `at` has brought."""
        if fresh:
            self._sink.note(session_name, symbol, fresh[-1].px, fresh[-1].at or at, TRADE)
        elif not book.trades:
            middle = book.middle
            noted, noted_at = self._middles.get((session_name, symbol), (None, at))
            if middle is not None and (middle != noted or at - noted_at >= AFRESH):
                self._middles[session_name, symbol] = middle, at
                self._sink.note(session_name, symbol, middle, at, MIDDLE)
