"""Resting orders of one symbol by price, then time; and those that wait for a price or for the market to trade.

Adding, removing and finding the best cost no more in a deep book: a side is a sorted list of its prices, and each price
a queue. An iceberg shows MaxFloor(111) at a time; when that has traded, the next part goes to the back of the queue.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from broker.trading.order import LIMITS, Order

_NOTHING: Final = Decimal(0)


class Level(NamedTuple):
    """What is offered or wanted at one price."""

    price: Decimal
    quantity: Decimal
    orders: int


class Ranks:
    """Numbers that tell who came first; they go on over a restart."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


class Side:
    """Orders that buy, or orders that sell."""

    def __init__(self, buy: bool) -> None:
        self._sign = -1 if buy else 1
        self._keys: list[Decimal] = []
        self._queues: dict[Decimal, dict[int, Order]] = {}

    def add(self, order: Order) -> None:
        key = self._key(order)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = {}
            insort(self._keys, key)
        queue[order.id] = order

    def remove(self, order: Order, price: Decimal) -> None:
        key = price * self._sign
        queue = self._queues[key]
        del queue[order.id]
        if not queue:
            del self._queues[key]
            del self._keys[bisect_left(self._keys, key)]

    def to_back(self, order: Order) -> None:
        queue = self._queues[self._key(order)]
        del queue[order.id]
        queue[order.id] = order

    def best(self) -> Order | None:
        return next(iter(self._queues[self._keys[0]].values())) if self._keys else None

    def __iter__(self) -> Iterator[Order]:
        for key in self._keys:
            yield from self._queues[key].values()

    def queues(self) -> Iterator[tuple[Decimal, dict[int, Order]]]:
        """By price, best first."""
        for key in self._keys:
            yield key * self._sign, self._queues[key]

    def _key(self, order: Order) -> Decimal:
        assert order.limit_price is not None
        return order.limit_price * self._sign


class Book:
    def __init__(self, ranks: Ranks) -> None:
        self.stops: dict[int, Order] = {}
        """Wait for the last price to reach them."""
        self.waiting: dict[int, Order] = {}
        """Wait for the market to open, or for an auction."""
        self._ranks = ranks
        self._sides = {True: Side(True), False: Side(False)}
        self._resting: dict[int, tuple[bool, Decimal]] = {}
        self._shown: dict[int, Decimal] = {}

    def add(self, order: Order) -> None:
        assert order.limit_price is not None
        order.rank = self._ranks.next()
        self._resting[order.id] = (order.is_buy, order.limit_price)
        self._sides[order.is_buy].add(order)
        if order.max_floor is not None:
            self._shown[order.id] = order.max_floor

    def wait(self, order: Order) -> None:
        order.rank = self._ranks.next()
        self.waiting[order.id] = order

    def remove(self, order: Order) -> None:
        self.stops.pop(order.id, None)
        self.waiting.pop(order.id, None)
        place = self._resting.pop(order.id, None)
        if place is not None:
            self._sides[place[0]].remove(order, place[1])
            self._shown.pop(order.id, None)

    def traded(self, order: Order, quantity: Decimal) -> None:
        """A resting order has traded: an iceberg shows what is next of it."""
        shown = self._shown.get(order.id)
        if shown is None:
            return
        self._shown[order.id] = shown - quantity
        if shown <= quantity:
            assert order.max_floor is not None
            self._shown[order.id] = order.max_floor
            order.rank = self._ranks.next()
            self._sides[order.is_buy].to_back(order)

    def holds(self, order: Order) -> bool:
        return order.id in self._resting

    def shown(self, order: Order) -> Decimal:
        """What others see of a resting order, and can trade with before it is somebody else's turn."""
        shown = self._shown.get(order.id)
        return order.leaves_quantity if shown is None else min(shown, order.leaves_quantity)

    def side(self, buy: bool) -> list[Order]:
        """Best first."""
        return list(self._sides[buy])

    def best(self, buy: bool) -> Order | None:
        return self._sides[buy].best()

    def levels(self, buy: bool) -> Iterator[Level]:
        """Best first; the book may not change meanwhile."""
        for price, queue in self._sides[buy].queues():
            yield Level(price, sum((self.shown(order) for order in queue.values()), _NOTHING), len(queue))

    def crossing(self, order: Order) -> Order | None:
        """The best resting order of the other side that `order` may trade with."""
        best = self._sides[not order.is_buy].best()
        if best is not None:
            assert best.limit_price is not None
            if within_limit(order, best.limit_price):
                return best
        return None


def within_limit(order: Order, price: Decimal) -> bool:
    """Whether the order may trade at this price."""
    if order.ord_type not in LIMITS or order.limit_price is None:
        return True
    return price <= order.limit_price if order.is_buy else price >= order.limit_price
