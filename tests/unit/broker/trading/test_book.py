"""Priority in the book, held against a slow matcher that is plain to see right; icebergs and auctions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.trading.auction import auction_price, matches
from broker.trading.book import within_limit
from broker.trading.order import Order
from tests.unit.broker.trading.test_matching import Tape


def iceberg(tape: Tape, side: str, quantity: int, price: str, floor: int) -> Order:
    return tape.enter(side, str(quantity), price, max_floor=str(floor))


def shown(tape: Tape, buy: bool) -> list[tuple[str, str, int]]:
    return [(str(one.price), str(one.quantity), one.orders) for one in tape.matching.depth("AAPL", buy, 9)]


def test_an_iceberg_shows_a_part_and_goes_to_the_back_with_each() -> None:
    tape = Tape(AAPL="100")
    iceberg(tape, "sell", 30, "101", 10)
    tape.enter("sell", "10", "101")
    assert shown(tape, False) == [("101", "20", 2)]
    tape.enter("buy", "12", "101")
    assert tape.traded() == [(1, "10", "101"), (3, "10", "101"), (2, "2", "101"), (3, "2", "101")]
    assert shown(tape, False) == [("101", "18", 2)]
    tape.enter("buy", "28", "101")
    assert shown(tape, False) == []


def test_what_an_iceberg_hides_fills_a_fok() -> None:
    tape = Tape(AAPL="100")
    iceberg(tape, "sell", 30, "101", 10)
    assert tape.enter("buy", "30", "101", time_in_force="4").filled_quantity == 30


def test_stops_that_trigger_each_other_come_to_an_end() -> None:
    tape = Tape(AAPL="100")
    for price in range(101, 700):
        tape.enter("sell", "1", str(price))
        tape.enter("buy", "1", ord_type="3", stop=str(price))
    tape.enter("buy", "1", "101")
    assert tape.matching.prices["AAPL"] == 699
    assert [order.is_open for order in tape.orders if order.ord_type == "3"][:-1] == [False] * 598


@dataclass
class Resting:
    number: int
    buy: bool
    price: int
    left: int


def slow_match(entries: list[tuple[bool, int, int]]) -> list[tuple[int, int, int, int]]:
    """Price-time priority in a few lines: (resting, incoming, quantity, price)."""
    book: list[Resting] = []
    trades = []
    for number, (buy, quantity, price) in enumerate(entries, 1):
        left = quantity
        for other in sorted(book, key=lambda one: (one.price if buy else -one.price, one.number)):
            crosses = other.price <= price if buy else other.price >= price
            if left and other.left and other.buy is not buy and crosses:
                traded = min(left, other.left)
                left -= traded
                other.left -= traded
                trades.append((other.number, number, traded, other.price))
        if left:
            book.append(Resting(number, buy, price, left))
    return trades


@settings(max_examples=150)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30), st.integers(95, 105)), max_size=30))
def test_price_and_time_decide(entries: list[tuple[bool, int, int]]) -> None:
    tape = Tape(AAPL="100")
    for buy, quantity, price in entries:
        tape.enter("buy" if buy else "sell", str(quantity), str(price))
    resting, incoming = tape.trades[0::2], tape.trades[1::2]
    found = [
        (first[0], second[0], int(first[1]), int(first[2]))
        for first, second in zip(resting, incoming, strict=True)
    ]
    assert found == slow_match(entries)


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(1, 50), st.integers(95, 105), st.none() | st.integers(1, 20)),
        max_size=25,
    )
)
def test_icebergs_never_show_more_than_their_floor(entries: list[tuple[bool, int, int, int | None]]) -> None:
    tape = Tape(AAPL="100")
    for buy, quantity, price, floor in entries:
        more: dict[str, Any] = {} if floor is None else {"max_floor": str(min(floor, quantity))}
        tape.enter("buy" if buy else "sell", str(quantity), str(price), **more)
        book = tape.matching.book("AAPL")
        for side in (True, False):
            for order in book.side(side):
                assert 0 < book.shown(order) <= min(order.leaves_quantity, order.max_floor or order.quantity)
    for order in tape.orders:
        mine = sum(quantity for order_id, quantity, _ in tape.trades if order_id == order.id)
        assert order.filled_quantity == mine <= order.quantity


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(1, 50), st.none() | st.integers(95, 105)),
        min_size=1,
        max_size=15,
    )
)
def test_an_auction_leaves_nobody_who_could_have_traded(entries: list[tuple[bool, int, int | None]]) -> None:
    tape = Tape(AAPL="100")
    tape.matching.is_open = False
    orders = [
        tape.enter("buy" if buy else "sell", str(quantity), None if price is None else str(price))
        for buy, quantity, price in entries
    ]
    price = auction_price(orders, Decimal(100))
    volumes = {
        candidate: min(
            sum(
                one.leaves_quantity
                for one in orders
                if one.is_buy is buy and within_limit(one, Decimal(candidate))
            )
            for buy in (True, False)
        )
        for candidate in range(94, 107)
    }
    if price is None:
        assert not any(volumes.values())
        return
    traded = Decimal(0)
    for buy, sell, quantity in matches(orders, price):
        assert within_limit(buy, price)
        assert within_limit(sell, price)
        buy.fill(quantity, price, 1.0)
        sell.fill(quantity, price, 1.0)
        traded += quantity
    assert traded == max(volumes.values())
    left = {one.is_buy for one in orders if one.leaves_quantity and within_limit(one, price)}
    assert left != {True, False}
