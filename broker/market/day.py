"""The trading day of each symbol: open, high, low, volume, the close of the day before, the last trade.

Every price that the market showed counts for open, high and low, traded or not: the last price is never outside of
them. Volume is what was traded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from broker.trading.matching import Trade
from broker.trading.order import plain

Row = dict[str, Any]
DayOf = Callable[[float], tuple[str, float]]
"""The trading date (ISO 8601) at a time, and until when it is that one."""

_NOTHING: Final = Decimal(0)


@dataclass(slots=True)
class Day:
    """`date` is empty before the first one. `trade` is the last since the broker started."""

    symbol: str
    last: Decimal
    previous_close: Decimal
    date: str = ""
    open: Decimal | None = None
    high: Decimal | None = None
    low: Decimal | None = None
    volume: Decimal = _NOTHING
    trade: Trade | None = None

    def note(self, price: Decimal) -> None:
        self.last = price
        if self.open is None or self.high is None or self.low is None:
            self.open = self.high = self.low = price
        elif price > self.high:
            self.high = price
        elif price < self.low:
            self.low = price

    def begin(self, date: str) -> None:
        self.date, self.previous_close = date, self.last
        self.open = self.high = self.low = None
        self.volume = _NOTHING


class Days:
    def __init__(self, prices: dict[str, Decimal], day_of: DayOf) -> None:
        self._prices = prices
        self._days = {symbol: Day(symbol, price, price) for symbol, price in prices.items()}
        self._day_of = day_of
        self._date, self._begin, self._end = "", 0.0, 0.0
        self._unwritten: set[str] = set()

    def __getitem__(self, symbol: str) -> Day:
        return self._days[symbol]

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._days

    def restore(self, rows: Iterable[Row]) -> None:
        """From the table of stocks; what a row has nothing of begins anew."""
        for row in rows:
            day = self._days[row["symbol"]]
            if row["trading_date"]:
                day.date = row["trading_date"]
                day.previous_close = Decimal(row["previous_close"])
                day.open, day.high, day.low = (
                    None if row[name] is None else Decimal(row[name])
                    for name in ("open_price", "high_price", "low_price")
                )
                day.volume = Decimal(row["volume"])

    def turn(self, now: float) -> list[str]:
        """Begin a new day when it is time for it; the symbols that it began for."""
        if self._begin <= now < self._end:
            return []
        self._date, self._end = self._day_of(now)
        self._begin = now
        begun = [day for day in self._days.values() if day.date != self._date]
        for day in begun:
            day.begin(self._date)
            self._unwritten.add(day.symbol)
        return [day.symbol for day in begun]

    def note(self, touched: Iterable[str], trades: Iterable[Trade]) -> None:
        """What the tape has brought. Today's day has begun."""
        for trade in trades:
            day = self._days[trade.symbol]
            day.note(trade.price)
            day.volume += trade.quantity
            day.trade = trade
            self._unwritten.add(trade.symbol)
        for symbol in touched:
            day, price = self._days[symbol], self._prices[symbol]
            if day.last != price:
                day.note(price)
                self._unwritten.add(symbol)

    def take_rows(self) -> list[Row]:
        """What of the table of stocks has changed since the last call."""
        if not self._unwritten:
            return []
        rows = [_to_row(self._days[symbol]) for symbol in self._unwritten]
        self._unwritten.clear()
        return rows


def _to_row(day: Day) -> Row:
    return {
        "b_symbol": day.symbol,
        "trading_date": day.date,
        "previous_close": plain(day.previous_close),
        "open_price": None if day.open is None else plain(day.open),
        "high_price": None if day.high is None else plain(day.high),
        "low_price": None if day.low is None else plain(day.low),
        "volume": plain(day.volume),
    }
