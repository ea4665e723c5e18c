"""Opening and closing auctions: one price for all.

The price is the one at which most is traded; of those the one that leaves least over; of those the one nearest to the
last price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from broker.trading.book import within_limit
from broker.trading.order import LIMITS, Order

_NOTHING: Final = Decimal(0)


class Match(NamedTuple):
    buy: Order
    sell: Order
    quantity: Decimal


def auction_price(orders: Sequence[Order], last: Decimal) -> Decimal | None:
    """None when no two of the orders can trade."""
    limits = {order.limit_price for order in orders if _limit(order) is not None}
    best: tuple[Decimal, Decimal, Decimal, Decimal] | None = None
    for price in sorted({last, *(limit for limit in limits if limit is not None)}):
        wanted = sum(
            (one.leaves_quantity for one in orders if one.is_buy and within_limit(one, price)), _NOTHING
        )
        offered = sum(
            (one.leaves_quantity for one in orders if not one.is_buy and within_limit(one, price)), _NOTHING
        )
        rating = (-min(wanted, offered), abs(wanted - offered), abs(price - last), price)
        if best is None or rating < best:
            best = rating
    return best[3] if best is not None and best[0] else None


def matches(orders: Sequence[Order], price: Decimal) -> Iterator[Match]:
    """Who trades with whom at the auction's price: market orders first, then by price, then by time. Each match must
    be carried out before the next is asked for."""
    buys, sells = (
        sorted((one for one in orders if one.is_buy is buy and within_limit(one, price)), key=_priority)
        for buy in (True, False)
    )
    at = 0
    for buy in buys:
        while buy.leaves_quantity and at < len(sells):
            sell = sells[at]
            quantity = min(buy.leaves_quantity, sell.leaves_quantity)
            if quantity:
                yield Match(buy, sell, quantity)
            else:
                at += 1


def _limit(order: Order) -> Decimal | None:
    return order.limit_price if order.ord_type in LIMITS else None


def _priority(order: Order) -> tuple[bool, Decimal, int]:
    limit = _limit(order)
    if limit is None:
        return False, _NOTHING, order.rank
    return True, -limit if order.is_buy else limit, order.rank
