"""The simulated market that orders meet: still, or with quotes.

While nobody quotes for a symbol it takes any quantity at the last price, half of the spread away. Quotes are what
it wants and offers at some prices; they are used up until the next ones come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from broker.trading.book import within_limit
from broker.trading.order import Order

_NOTHING: Final = Decimal(0)


class Offer(NamedTuple):
    """What is wanted or offered at one price."""

    price: Decimal
    quantity: Decimal


class SimulatedMarket:
    """`prices` are the last ones by symbol, which others change."""

    def __init__(self, prices: dict[str, Decimal]) -> None:
        self._prices = prices
        self._quotes: dict[str, dict[bool, list[Offer]]] = {}

    def quote(self, symbol: str, bids: Sequence[Offer], offers: Sequence[Offer]) -> None:
        """Each best first."""
        self._quotes[symbol] = {True: list(bids), False: list(offers)}

    def quotes_for(self, symbol: str) -> bool:
        return symbol in self._quotes

    def quoted(self, symbol: str, buy: bool) -> Iterator[Offer]:
        """Best first."""
        yield from self._quotes.get(symbol, {}).get(buy, ())

    def price(self, order: Order) -> Decimal | None:
        """Where it would trade with the order next; None when it would not."""
        if not order.behaviour.market:
            return None
        quotes = self._quotes.get(order.symbol)
        if quotes is not None:
            side = quotes[not order.is_buy]
            return side[0].price if side and within_limit(order, side[0].price) else None
        half = order.behaviour.spread / 2
        last = self._prices[order.symbol]
        price = last + half if order.is_buy else max(last - half, _NOTHING)
        return price if price > 0 and within_limit(order, price) else None

    def take(self, order: Order, most: Decimal) -> Offer:
        """Use up the best quote for the order, or `most` of it; what was taken."""
        side = self._quotes[order.symbol][not order.is_buy]
        price, offered = side[0]
        quantity = min(offered, most)
        if quantity == offered:
            del side[0]
        else:
            side[0] = Offer(price, offered - quantity)
        return Offer(price, quantity)

    def available(self, order: Order) -> Decimal | None:
        """How much it would trade with the order now; None: any quantity."""
        if not order.behaviour.market:
            return _NOTHING
        quotes = self._quotes.get(order.symbol)
        if quotes is None:
            return _NOTHING if self.price(order) is None else None
        side = quotes[not order.is_buy]
        return sum((one.quantity for one in side if within_limit(order, one.price)), _NOTHING)
