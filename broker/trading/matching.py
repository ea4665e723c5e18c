"""How orders are filled: price-time books, a simulated market around the last price, auctions, and fills in steps.

Without I/O and without FIX: orders go in, `trade` and `cancel_rest` of the `Fills` port are called, and `next_due` says
when `run_due` has something to do. An order's own behaviour decides; only orders in mode `match` meet each other.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from itertools import islice
from typing import Final, Protocol

from broker.trading.auction import auction_price, matches
from broker.trading.behaviours import Mode
from broker.trading.book import Book, Level, Ranks, within_limit
from broker.trading.order import LIMITS, Order
from broker.trading.simulated import Offer, SimulatedMarket

OPG: Final = "2"
IOC: Final = "3"
FOK: Final = "4"
MAX_STEPS: Final = 1000
IMMEDIATE: Final = frozenset({IOC, FOK})
_AUTOMATIC: Final = frozenset({Mode.MATCH, Mode.FILL, Mode.PARTIAL})


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade as the market sees it; `at` in seconds since the epoch."""

    symbol: str
    price: Decimal
    quantity: Decimal
    at: float


class Fills(Protocol):
    """What matching does to orders."""

    def trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        """An order that is closed by it must `leave`."""

    def cancel_rest(self, order: Order, text: str, now: float) -> None: ...

    def expire(self, order: Order, text: str, now: float) -> None: ...

    def price_changed(self, symbol: str, price: Decimal, now: float) -> None: ...


class Matching:
    def __init__(self, prices: dict[str, Decimal], fills: Fills) -> None:
        self.prices = prices
        self.ranks = Ranks()
        self.is_open = True
        self.halted: set[str] = set()
        self._fills = fills
        self._books: dict[str, Book] = {symbol: Book(self.ranks) for symbol in prices}
        self._market = SimulatedMarket(prices)
        self._due: list[tuple[float, int, int]] = []
        self._steps: dict[int, tuple[Order, int, int]] = {}
        """Orders that are filled in steps: the order, the steps left, and the ticket of its entry in `_due`."""
        self._tickets = 0
        self._moves: deque[tuple[str, Decimal]] = deque()
        self._moving = False
        self._touched: set[str] = set()
        self._trades: list[Trade] = []

    # -- what others see -----------------------------------------------------------------------------------------

    def depth(self, symbol: str, buy: bool, levels: int) -> list[Level]:
        """The best `levels` prices of a side, best first: what orders show, and what the simulated market quotes."""
        book = self._books[symbol]
        found = {level.price: level for level in islice(book.levels(buy), levels)}
        other = book.best(not buy)
        for price, quantity in self._market.quoted(symbol, buy):
            if other is not None and other.limit_price is not None:
                crossed = price >= other.limit_price if buy else price <= other.limit_price
                if crossed:
                    continue
            known = found.get(price, Level(price, Decimal(0), 0))
            found[price] = Level(price, known.quantity + quantity, known.orders + 1)
        return sorted(found.values(), reverse=buy)[:levels]

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

    def book(self, symbol: str) -> Book:
        return self._books[symbol]

    def rests(self, order: Order) -> bool:
        """Whether it is in the book, where other orders may meet it."""
        return self._books[order.symbol].holds(order)

    # -- orders come and go --------------------------------------------------------------------------------------

    def enter(self, order: Order, now: float) -> None:
        """Take up an order that is new, or that has been replaced."""
        mode = order.behaviour.mode
        if mode not in _AUTOMATIC:
            return
        book = self._books[order.symbol]
        if order.waits_for_auction:
            book.wait(order)
            return
        if order.waits_for_trigger:
            if not self._reached(order, self.prices[order.symbol]):
                book.stops[order.id] = order
                return
            order.triggered = True
        if not self.trades(order.symbol):
            if order.time_in_force in IMMEDIATE:
                self._fills.cancel_rest(order, "the market is not open", now)
            else:
                book.wait(order)
        elif mode is Mode.FILL:
            self._trade(order, order.leaves_quantity, self._own_price(order), now)
        elif mode is Mode.PARTIAL:
            self._start_partial(order, now)
        else:
            self._match(order, now)

    def leave(self, order: Order) -> None:
        """Forget an order: it is closed, or about to be replaced."""
        self._books[order.symbol].remove(order)
        self._steps.pop(order.id, None)
        self._touched.add(order.symbol)

    # -- the market moves ----------------------------------------------------------------------------------------

    def set_price(self, symbol: str, price: Decimal, now: float) -> None:
        """The market has moved: stops trigger, and resting orders that it has reached are filled. One move after the
        other, also when a move brings about the next."""
        if self.prices[symbol] == price:
            return
        self.prices[symbol] = price
        self._touched.add(symbol)
        self._fills.price_changed(symbol, price, now)
        self._moves.append((symbol, price))
        if not self._moving:
            self._moving = True
            try:
                while self._moves:
                    self._react(*self._moves.popleft(), now)
            finally:
                self._moving = False

    def quote(
        self, symbol: str, price: Decimal, bids: Sequence[Offer], offers: Sequence[Offer], now: float
    ) -> None:
        """The simulated market has moved to this price, and quotes; bids and offers best first."""
        self._market.quote(symbol, bids, offers)
        self._touched.add(symbol)
        if not self.trades(symbol):
            return
        if self.prices[symbol] == price:
            self._react(symbol, price, now)
        else:
            self.set_price(symbol, price, now)

    def _react(self, symbol: str, price: Decimal, now: float) -> None:
        if not self.trades(symbol):
            return
        book = self._books[symbol]
        for order in [order for order in book.stops.values() if self._reached(order, price)]:
            if order.id in book.stops:
                del book.stops[order.id]
                order.triggered = True
                self.enter(order, now)
        for buy in (True, False):
            for order in book.side(buy):
                if not book.holds(order) or self._market.price(order) is None:
                    continue
                if self._market.quotes_for(symbol):
                    self._trade_with_quotes(order, order.leaves_quantity, now)
                else:
                    book.remove(order)
                    self._match(order, now)

    def trades(self, symbol: str) -> bool:
        return self.is_open and symbol not in self.halted

    def open_market(self, now: float) -> None:
        """With an auction of what has waited, for each symbol that is not halted."""
        self.is_open = True
        for symbol in self._books:
            if symbol not in self.halted:
                self._open_symbol(symbol, now)

    def close_market(self, now: float) -> None:
        """With an auction of the orders for the close, and of what rests."""
        for symbol, book in self._books.items():
            closing = [order for order in book.waiting.values() if _is_for_close(order)]
            if symbol not in self.halted and self.is_open:
                self._auction(symbol, closing, now)
            for order in closing:
                if order.is_open:
                    self._fills.expire(order, "not filled in the closing auction", now)
        self.is_open = False

    def halt(self, symbol: str) -> None:
        self.halted.add(symbol)
        self._touched.add(symbol)

    def resume(self, symbol: str, now: float) -> None:
        """After a halt; what has waited meets in an auction."""
        self.halted.discard(symbol)
        self._touched.add(symbol)
        if self.is_open:
            self._open_symbol(symbol, now)

    def _open_symbol(self, symbol: str, now: float) -> None:
        book = self._books[symbol]
        waiting = [order for order in book.waiting.values() if not _is_for_close(order)]
        self._auction(symbol, [order for order in waiting if order.behaviour.mode is Mode.MATCH], now)
        for order in waiting:
            if not order.is_open:
                continue
            if order.time_in_force == OPG:
                self._fills.expire(order, "not filled in the opening auction", now)
            else:
                book.waiting.pop(order.id, None)
                self.enter(order, now)

    def _auction(self, symbol: str, waiting: list[Order], now: float) -> None:
        book = self._books[symbol]
        taking_part = [*waiting, *book.side(True), *book.side(False)]
        found = auction_price(taking_part, self.prices[symbol])
        price = self.prices[symbol] if found is None else found
        if found is not None:
            for buy, sell, quantity in matches(taking_part, price):
                self._both_trade(buy, sell, quantity, price, now)
        for order in waiting:
            # The simulated market takes part, too: it fills what is left at the auction's price.
            if (
                order.is_open
                and order.waits_for_auction
                and order.behaviour.market
                and within_limit(order, price)
            ):
                self._trade(order, order.leaves_quantity, price, now)
        self.set_price(symbol, price, now)

    # -- fills in steps ------------------------------------------------------------------------------------------

    @property
    def next_due(self) -> float | None:
        return self._due[0][0] if self._due else None

    def run_due(self, now: float) -> None:
        """Fill the steps whose time has come."""
        while self._due and self._due[0][0] <= now:
            _, ticket, order_id = heapq.heappop(self._due)
            step = self._steps.get(order_id)
            if step is None or step[2] != ticket:
                continue
            order, left, _ = self._steps.pop(order_id)
            if not self.trades(order.symbol):
                self._books[order.symbol].wait(order)
            elif order.behaviour.mode is Mode.PARTIAL:
                self._fill_step(order, left, self._own_price(order), now)
            else:
                price = self._market.price(order)
                if price is None:
                    self._match(order, now)
                elif self._market.quotes_for(order.symbol):
                    self._trade_with_quotes(order, _part(order, left), now)
                    if order.is_open:
                        self._schedule(order, max(1, left - 1), now)
                else:
                    self._fill_step(order, left, price, now)

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
            market = self._market.price(order)
            if resting is not None and (market is None or _at_least_as_good(order, resting, market)):
                assert resting.limit_price is not None
                last_traded = resting.limit_price
                self._both_trade(
                    resting, order, min(order.leaves_quantity, book.shown(resting)), last_traded, now
                )
            elif market is not None:
                if order.behaviour.steps > 1 and order.time_in_force not in IMMEDIATE:
                    self._schedule(order, order.behaviour.steps, now)
                    break
                if self._market.quotes_for(order.symbol):
                    last_traded = market
                    self._take_quote(order, order.leaves_quantity, now)
                else:
                    self._trade(order, order.leaves_quantity, market, now)
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

    def _both_trade(self, first: Order, second: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        """One print on the tape."""
        self.note_trade(first.symbol, quantity, price, now)
        book = self._books[first.symbol]
        for order in (first, second):
            self._fills.trade(order, quantity, price, now)
            if book.holds(order):
                book.traded(order, quantity)

    def _trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        """With the simulated market: one print on the tape."""
        self.note_trade(order.symbol, quantity, price, now)
        self._fills.trade(order, quantity, price, now)
        book = self._books[order.symbol]
        if book.holds(order):
            book.traded(order, quantity)

    def _trade_with_quotes(self, order: Order, quantity: Decimal, now: float) -> None:
        """At most this quantity, with what the simulated market quotes within the order's limit."""
        left = quantity
        while left and self._market.price(order) is not None:
            left -= self._take_quote(order, left, now)

    def _take_quote(self, order: Order, most: Decimal, now: float) -> Decimal:
        """Trade with the best quote; how much of it."""
        taken = self._market.take(order, most)
        self._trade(order, taken.quantity, taken.price, now)
        return taken.quantity

    def _whole_available(self, order: Order) -> bool:
        available = self._market.available(order)
        if available is None:
            return True
        for resting in self._books[order.symbol].side(not order.is_buy):
            assert resting.limit_price is not None
            if not within_limit(order, resting.limit_price):
                break
            available += resting.leaves_quantity
        return available >= order.leaves_quantity

    def _own_price(self, order: Order) -> Decimal:
        """Where a fill happens that does not ask the market."""
        if order.ord_type in LIMITS and order.limit_price is not None:
            return order.limit_price
        return self.prices[order.symbol]

    def _reached(self, order: Order, last: Decimal) -> bool:
        assert order.stop_price is not None
        return last >= order.stop_price if order.is_buy else last <= order.stop_price


def _is_for_close(order: Order) -> bool:
    return order.waits_for_auction and order.time_in_force != OPG


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
