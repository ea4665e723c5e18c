"""How orders are filled: price-time books, a simulated market around the last price, and fills in steps.

Without I/O and without FIX: orders go in, `trade` and `cancel` of the `Fills` port are called, and `next_due` says
when `run_due` has something to do. An order's own behaviour decides; only orders in mode `match` meet each other.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final, NamedTuple, Protocol

from broker.trading.behaviours import Mode
from broker.trading.order import LIMITS, Order

IOC: Final = "3"
FOK: Final = "4"
MAX_STEPS: Final = 1000
IMMEDIATE: Final = frozenset({IOC, FOK})


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade as the market sees it; `at` in seconds since the epoch."""

    symbol: str
    price: Decimal
    quantity: Decimal
    at: float


class Level(NamedTuple):
    """What is offered or wanted at one price."""

    price: Decimal
    quantity: Decimal
    orders: int


class Fills(Protocol):
    """What matching does to orders."""

    def trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        """An order that is closed by it must `leave`."""

    def cancel_rest(self, order: Order, text: str, now: float) -> None: ...

    def price_changed(self, symbol: str, price: Decimal, now: float) -> None: ...


class Book:
    """Resting limit orders of one symbol by price, then time; and stops that wait for the price."""

    def __init__(self) -> None:
        self.stops: dict[int, Order] = {}
        self._sides: dict[bool, list[tuple[Decimal, int, Order]]] = {True: [], False: []}
        self._places: dict[int, tuple[Decimal, int, Order]] = {}
        self._arrivals = 0

    def add(self, order: Order) -> None:
        assert order.limit_price is not None
        self._arrivals += 1
        place = (-order.limit_price if order.is_buy else order.limit_price, self._arrivals, order)
        self._places[order.id] = place
        insort(self._sides[order.is_buy], place, key=_rank)

    def remove(self, order: Order) -> None:
        self.stops.pop(order.id, None)
        place = self._places.pop(order.id, None)
        if place is not None:
            self._sides[place[2].is_buy].remove(place)

    def holds(self, order: Order) -> bool:
        return order.id in self._places

    def side(self, buy: bool) -> list[Order]:
        """Best first."""
        return list(self.resting(buy))

    def resting(self, buy: bool) -> Iterator[Order]:
        """Best first; the book may not change meanwhile."""
        return (order for _, _, order in self._sides[buy])

    def crossing(self, order: Order) -> Order | None:
        """The best resting order of the other side that `order` may trade with."""
        others = self._sides[not order.is_buy]
        if others:
            best = others[0][2]
            assert best.limit_price is not None
            if within_limit(order, best.limit_price):
                return best
        return None


def _rank(place: tuple[Decimal, int, Order]) -> tuple[Decimal, int]:
    return place[:2]


def within_limit(order: Order, price: Decimal) -> bool:
    """Whether the order may trade at this price."""
    if order.ord_type not in LIMITS or order.limit_price is None:
        return True
    return price <= order.limit_price if order.is_buy else price >= order.limit_price


class Matching:
    def __init__(self, prices: dict[str, Decimal], fills: Fills) -> None:
        self.prices = prices
        self._fills = fills
        self._books: dict[str, Book] = {symbol: Book() for symbol in prices}
        self._due: list[tuple[float, int, int]] = []
        self._steps: dict[int, tuple[Order, int, int]] = {}
        """Orders that are filled in steps: the order, the steps left, and the ticket of its entry in `_due`."""
        self._tickets = 0
        self._touched: set[str] = set()
        self._trades: list[Trade] = []

    def depth(self, symbol: str, buy: bool, levels: int) -> list[Level]:
        """The best `levels` prices of a side, best first."""
        found: list[Level] = []
        for order in self._books[symbol].resting(buy):
            assert order.limit_price is not None
            if found and found[-1].price == order.limit_price:
                last = found[-1]
                found[-1] = Level(last.price, last.quantity + order.leaves_quantity, last.orders + 1)
            elif len(found) == levels:
                break
            else:
                found.append(Level(order.limit_price, order.leaves_quantity, 1))
        return found

    def touch(self, symbol: str) -> None:
        """An order that keeps its place in the book has changed."""
        self._touched.add(symbol)

    def note_trade(self, symbol: str, quantity: Decimal, price: Decimal, now: float) -> None:
        """For the tape."""
        self._touched.add(symbol)
        self._trades.append(Trade(symbol, price, quantity, now))

    def take_tape(self) -> tuple[set[str], list[Trade]]:
        """Symbols whose depth or price may have changed, and the trades, since the last call."""
        taken = self._touched, self._trades
        self._touched, self._trades = set(), []
        return taken

    @property
    def next_due(self) -> float | None:
        return self._due[0][0] if self._due else None

    def book(self, symbol: str) -> Book:
        return self._books[symbol]

    def enter(self, order: Order, now: float) -> None:
        """Take up an order that is new, or that has been replaced."""
        mode = order.behaviour.mode
        if order.waits_for_trigger and mode is not Mode.MANUAL:
            if not self._reached(order):
                self._books[order.symbol].stops[order.id] = order
                return
            order.triggered = True
        if mode is Mode.FILL and not order.waits_for_auction:
            self._trade(order, order.leaves_quantity, self._own_price(order), now)
        elif mode is Mode.PARTIAL and not order.waits_for_auction:
            self._start_partial(order, now)
        elif mode is Mode.MATCH and not order.waits_for_auction:
            self._match(order, now)

    def leave(self, order: Order) -> None:
        """Forget an order: it is closed, or about to be replaced."""
        self._books[order.symbol].remove(order)
        self._steps.pop(order.id, None)
        self._touched.add(order.symbol)

    def rests(self, order: Order) -> bool:
        """Whether it is in the book, where other orders may meet it."""
        return self._books[order.symbol].holds(order)

    def set_price(self, symbol: str, price: Decimal, now: float) -> None:
        """The market has moved: stops trigger, and resting orders that it has reached are filled."""
        if self.prices[symbol] == price:
            return
        self.prices[symbol] = price
        self._touched.add(symbol)
        self._fills.price_changed(symbol, price, now)
        book = self._books[symbol]
        for order in [order for order in book.stops.values() if self._reached(order)]:
            if order.id in book.stops:
                del book.stops[order.id]
                order.triggered = True
                self.enter(order, now)
        for buy in (True, False):
            for order in book.side(buy):
                if book.holds(order) and self._market_price(order) is not None:
                    book.remove(order)
                    self._match(order, now)

    def run_due(self, now: float) -> None:
        """Fill the steps whose time has come."""
        while self._due and self._due[0][0] <= now:
            _, ticket, order_id = heapq.heappop(self._due)
            step = self._steps.get(order_id)
            if step is None or step[2] != ticket:
                continue
            order, left, _ = self._steps.pop(order_id)
            if order.behaviour.mode is Mode.PARTIAL:
                self._fill_step(order, left, self._own_price(order), now)
            else:
                price = self._market_price(order)
                if price is None:
                    self._match(order, now)
                else:
                    self._fill_step(order, left, price, now)

    def _trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        """With another order or with the simulated market: one print on the tape."""
        self.note_trade(order.symbol, quantity, price, now)
        self._fills.trade(order, quantity, price, now)

    # -- partial -------------------------------------------------------------------------------------------------

    def _start_partial(self, order: Order, now: float) -> None:
        steps = order.behaviour.steps
        if order.time_in_force == FOK and _part(order, steps) < order.leaves_quantity:
            self._fills.cancel_rest(order, "FOK: it would have been filled in parts", now)
        elif order.time_in_force == IOC:
            self._trade(order, _part(order, steps), self._own_price(order), now)
            if order.is_open:
                self._fills.cancel_rest(order, "IOC: the rest was not filled at once", now)
        else:
            self._schedule(order, steps, now)

    def _schedule(self, order: Order, left: int, now: float) -> None:
        self._tickets += 1
        self._steps[order.id] = (order, left, self._tickets)
        heapq.heappush(self._due, (now + order.behaviour.interval, self._tickets, order.id))

    def _fill_step(self, order: Order, left: int, price: Decimal, now: float) -> None:
        self._trade(order, _part(order, left), price, now)
        if order.is_open:
            self._schedule(order, max(1, left - 1), now)

    # -- match ---------------------------------------------------------------------------------------------------

    def _match(self, order: Order, now: float) -> None:
        book = self._books[order.symbol]
        last_traded: Decimal | None = None
        if order.time_in_force == FOK and not self._whole_available(order):
            self._fills.cancel_rest(order, "FOK: not all of it could be filled at once", now)
            return
        while order.is_open:
            resting = book.crossing(order)
            market = self._market_price(order)
            if resting is not None and (market is None or _at_least_as_good(order, resting, market)):
                assert resting.limit_price is not None
                quantity = min(order.leaves_quantity, resting.leaves_quantity)
                last_traded = resting.limit_price
                self._fills.trade(resting, quantity, last_traded, now)
                self._trade(order, quantity, last_traded, now)
            elif market is not None:
                if order.behaviour.steps > 1 and order.time_in_force not in IMMEDIATE:
                    self._schedule(order, order.behaviour.steps, now)
                else:
                    self._trade(order, order.leaves_quantity, market, now)
                break
            else:
                self._rest(order, book, now)
                break
        if last_traded is not None:
            self.set_price(order.symbol, last_traded, now)

    def _rest(self, order: Order, book: Book, now: float) -> None:
        if order.time_in_force in IMMEDIATE:
            self._fills.cancel_rest(order, "IOC: there was nothing more to fill it with", now)
        elif order.ord_type in LIMITS:
            book.add(order)
            self._touched.add(order.symbol)
        else:
            self._fills.cancel_rest(order, "there was nothing more to fill a market order with", now)

    def _whole_available(self, order: Order) -> bool:
        if self._market_price(order) is not None:
            return True
        available = Decimal(0)
        for resting in self._books[order.symbol].side(not order.is_buy):
            assert resting.limit_price is not None
            if not within_limit(order, resting.limit_price):
                break
            available += resting.leaves_quantity
        return available >= order.leaves_quantity

    def _market_price(self, order: Order) -> Decimal | None:
        """Where the simulated market would fill the order; None when it would not."""
        if not order.behaviour.market:
            return None
        half = order.behaviour.spread / 2
        last = self.prices[order.symbol]
        price = last + half if order.is_buy else max(last - half, Decimal(0))
        return price if price > 0 and within_limit(order, price) else None

    def _own_price(self, order: Order) -> Decimal:
        """Where a fill happens that does not ask the market."""
        if order.ord_type in LIMITS and order.limit_price is not None:
            return order.limit_price
        return self.prices[order.symbol]

    def _reached(self, order: Order) -> bool:
        assert order.stop_price is not None
        last = self.prices[order.symbol]
        return last >= order.stop_price if order.is_buy else last <= order.stop_price


def _at_least_as_good(order: Order, resting: Order, market: Decimal) -> bool:
    assert resting.limit_price is not None
    return resting.limit_price <= market if order.is_buy else resting.limit_price >= market


def _part(order: Order, left: int) -> Decimal:
    """The quantity of the next of `left` steps: an equal part, whole where the order's quantity is."""
    leaves = order.leaves_quantity
    least = Decimal(1) if leaves == leaves.to_integral_value() else Decimal("0.000001")
    part = leaves / left
    if order.behaviour.size is not None:
        # However small the size, an order is not cut into more than MAX_STEPS fills.
        part = max(order.behaviour.size, order.quantity / MAX_STEPS)
    return min(max(part.quantize(least, ROUND_DOWN), least), leaves)
