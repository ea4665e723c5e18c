"""The last price of each live book, for whoever wants to know it: the last trade, or where nothing has traded for a
while, the middle of the best bid and offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from sendfix.domain.market import Book, Trade

TRADE, MIDDLE = "trade", "mid"
AFRESH = timedelta(seconds=1)
"""A middle that stays is as fresh as what confirms it, but not told with each of a thousand updates."""
TRADE_COUNTS = timedelta(seconds=60)
"""For so long a trade says more than what is bid and offered."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class PriceSink(Protocol):
    """Who wants to know what was paid last. Must return quickly."""

    def note(self, session_name: str, symbol: str, px: Decimal, at: datetime, source: str) -> None: ...


class PriceFeed:
    def __init__(self, sink: PriceSink) -> None:
        self._sink = sink
        self._traded_at: dict[tuple[str, str], datetime] = {}
        self._middles: dict[tuple[str, str], tuple[Decimal, datetime]] = {}

    def changed(self, session_name: str, symbol: str, book: Book, fresh: list[Trade], at: datetime) -> None:
        """`fresh` are the trades that the change at `at` has brought."""
        key = (session_name, symbol)
        if fresh:
            traded_at = self._traded_at[key] = fresh[-1].at or at
            self._sink.note(session_name, symbol, fresh[-1].px, traded_at, TRADE)
        if at - self._traded_at.get(key, _NEVER) < TRADE_COUNTS:
            return
        middle = book.middle
        noted, noted_at = self._middles.get(key, (None, at))
        if middle is not None and (middle != noted or at - noted_at >= AFRESH):
            self._middles[key] = middle, at
            self._sink.note(session_name, symbol, middle, at, MIDDLE)
