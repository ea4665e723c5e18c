"""The last trades of each symbol that somebody follows, numbered: who has fallen further behind has lost some.

One list serves all who follow a symbol, so that however many do not read, memory stays the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Final

from broker.market.entries import trade_fields
from broker.trading.matching import Trade

KEPT: Final = 1000
"""Trades of a symbol."""


class Tape:
    def __init__(self) -> None:
        self._kept: dict[str, deque[bytes]] = {}
        self._counts: dict[str, int] = {}
        self._followers: dict[str, int] = {}

    def follow(self, symbol: str) -> None:
        self._followers[symbol] = self._followers.get(symbol, 0) + 1
        self._kept.setdefault(symbol, deque(maxlen=KEPT))
        self._counts.setdefault(symbol, 0)

    def leave(self, symbol: str) -> None:
        self._followers[symbol] -= 1
        if not self._followers[symbol]:
            # The count goes on: a number is never used twice.
            del self._followers[symbol], self._kept[symbol]

    def add(self, trades: Iterable[Trade]) -> None:
        for trade in trades:
            kept = self._kept.get(trade.symbol)
            if kept is not None:
                kept.append(trade_fields(trade))
                self._counts[trade.symbol] += 1

    def count(self, symbol: str) -> int:
        """The number of the last trade so far."""
        return self._counts[symbol]

    def has_lost(self, symbol: str, number: int) -> bool:
        """Whether trades behind `number` are no longer there."""
        return self._counts[symbol] - number > KEPT

    def since(self, symbol: str, number: int) -> list[bytes]:
        """The fields of each trade behind `number`, oldest first."""
        missing = self._counts[symbol] - number
        kept = self._kept[symbol]
        return list(islice(kept, max(0, len(kept) - missing), None)) if missing else []
