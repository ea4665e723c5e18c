"""The price of a symbol at the moment an order for it was sent: what the order's executions are held against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from sendfix.domain.price import Price

# A price that came while the order was on its way to the engine counts; one of long ago says nothing of the market.
MOST_AFTER = timedelta(seconds=1)
MOST_BEFORE = timedelta(minutes=10)

LastPrice = Callable[[str, str], Price | None]
ArrivalPrice = Callable[[str, str | None, datetime], Decimal | None]
"""Of a session's symbol, for an order sent then."""


def unknown_arrival_price(_session_name: str, _symbol: str | None, _at: datetime) -> None:
    """For a desk that knows no prices."""


def arrival_price(last: LastPrice) -> ArrivalPrice:
    """By the last price there is. When orders are folded long after they were sent, as by a desk that comes back, a
    price that is younger than the order does not count."""

    def find(session_name: str, symbol: str | None, at: datetime) -> Decimal | None:
        price = None if symbol is None else last(session_name, symbol)
        if price is None or price.px <= 0 or not at - MOST_BEFORE <= price.at <= at + MOST_AFTER:
            return None
        return price.px

    return find
