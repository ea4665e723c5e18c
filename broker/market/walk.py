"""The simulated market: each symbol's price on a seeded random walk, and what is offered and wanted around it.

The same seed gives the same steps. A walk is drawn back to where it began, so that prices stay sane for days.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from broker.settings import Rules, Walk
from broker.trading.matching import Matching
from broker.trading.simulated import Offer

_PULL: Final = Decimal("0.002")
"""The part of the way back to its beginning that a price goes with each step."""


class PriceWalk:
    """Of one symbol."""

    def __init__(self, symbol: str, walk: Walk, tick: Decimal, beginning: Decimal) -> None:
        self._random = random.Random(f"{walk.seed} {symbol}")
        self._walk = walk
        self._tick = tick
        self._beginning = beginning

    def step(self, price: Decimal) -> Decimal:
        """The next price, on the tick and above 0."""
        chance = Decimal(f"{self._random.gauss(0, 1):.6f}")
        moved = price + price * self._walk.volatility * chance + (self._beginning - price) * _PULL
        return max(self._round(moved), self._tick)

    def offers(self, price: Decimal, buy: bool) -> list[Offer]:
        """What the simulated market wants or offers around the price, best first."""
        away = max(self._round(self._walk.spread / 2), self._tick)
        found = []
        for level in range(self._walk.levels):
            at = price - away - level * self._tick if buy else price + away + level * self._tick
            quantity = self._walk.quantity * Decimal(self._random.randint(50, 150)) / 100
            if at > 0:
                found.append(Offer(at, quantity.quantize(Decimal(1))))
        return found

    def _round(self, price: Decimal) -> Decimal:
        return (price / self._tick).quantize(Decimal(1), ROUND_HALF_EVEN) * self._tick


class Walker:
    """Moves all symbols in step."""

    def __init__(
        self, settings: Walk, rules: Rules, matching: Matching, beginnings: Mapping[str, Decimal]
    ) -> None:
        self._interval = settings.interval
        self._matching = matching
        self._walks = {
            symbol: PriceWalk(symbol, settings, rules.tick, price)
            for symbol, price in sorted(beginnings.items())
            if settings.enabled
        }
        self.next_due: float | None = 0.0 if settings.enabled else None

    def run_due(self, now: float) -> None:
        """One step at most: a broker that was busy does not make up for what it missed."""
        if self.next_due is None or now < self.next_due:
            return
        first = self.next_due == 0.0
        self.next_due = now + self._interval
        for symbol, walk in self._walks.items():
            price = self._matching.prices[symbol]
            if not first:
                price = walk.step(price)
            self._matching.quote(symbol, price, walk.offers(price, True), walk.offers(price, False), now)
