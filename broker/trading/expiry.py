"""When orders expire. Most of a day's orders share one moment, so they are kept by moment."""

from __future__ import annotations

import heapq
from typing import Final, Protocol

from broker.trading.order import Order

GTC: Final = "1"
GTD: Final = "6"


class Calendar(Protocol):
    """When trading days end; moments are seconds since the epoch."""

    def end_of_day(self, now: float) -> float:
        """Of the trading day at `now`, or the next one when there is none: always later than `now`."""

    def end_of_date(self, date: str) -> float | None:
        """Of the trading day `YYYYMMDD`; None when there is no such date."""


def expiry_of(calendar: Calendar, time_in_force: str, gtc_days: int, now: float) -> float | None:
    """When an order that comes now expires; GTD says so itself."""
    if time_in_force == GTD:
        return None
    return calendar.end_of_day(now + gtc_days * 86400 if time_in_force == GTC else now)


class Expiries:
    """Open orders by the moment at which they expire."""

    def __init__(self) -> None:
        self._orders: dict[float, dict[int, None]] = {}
        self._moments: list[float] = []

    @property
    def next_due(self) -> float | None:
        return self._moments[0] if self._moments else None

    def add(self, order: Order) -> None:
        at = order.expire_at
        if at is None:
            return
        if at not in self._orders:
            self._orders[at] = {}
            heapq.heappush(self._moments, at)
        self._orders[at][order.id] = None

    def remove(self, order: Order) -> None:
        if order.expire_at is not None:
            self._orders.get(order.expire_at, {}).pop(order.id, None)

    def take_due(self, now: float) -> list[int]:
        """The ids of the orders whose time has come, by time, then by age."""
        due: list[int] = []
        while self._moments and self._moments[0] <= now:
            due += self._orders.pop(heapq.heappop(self._moments))
        return due
