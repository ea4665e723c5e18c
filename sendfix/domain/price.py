"""What an instrument was last worth, as far as the desk knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

TRADE, MID, REST, FILE, FILL = "trade", "mid", "rest", "file", "fill"
SOURCES = (TRADE, MID, REST, FILE, FILL)
"""Where a price can come from: a trade of the session's market data, or the middle of its best bid and offer; REST; the
price file; our own last fill on the session. Of two prices of the same time, that of the earlier source counts."""


class Price(NamedTuple):
    """`at` is when it was so, in UTC; `source` one of `SOURCES`."""

    px: Decimal
    at: datetime
    source: str

    def counts_before(self, other: Price | None) -> bool:
        """The fresher one does."""
        if other is None or self.at != other.at:
            return other is None or self.at > other.at
        return SOURCES.index(self.source) < SOURCES.index(other.source)


@dataclass(frozen=True, slots=True)
class GivenPrice:
    """What somebody outside says that a symbol is worth; without `session_name` on every session, without `at` now."""

    symbol: str
    px: Decimal
    at: datetime | None = None
    session_name: str | None = None
