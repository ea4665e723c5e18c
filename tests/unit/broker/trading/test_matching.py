"""Who trades with whom, at which price, and what is left."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.trading.behaviours import Behaviour, Mode
from broker.trading.book import within_limit
from broker.trading.matching import FOK, IOC, Matching
from broker.trading.order import Happening, Order, Status

NOW = 1_800_000_000.0
BOOK_ONLY = Behaviour(Mode.MATCH, market=False)


class Tape:
    """Carries out what matching decides and writes it down."""

    def __init__(self, **prices: str) -> None:
        self.matching = Matching({symbol: Decimal(price) for symbol, price in prices.items()}, self)
        self.trades: list[tuple[int, Decimal, Decimal]] = []
        self.canceled: list[int] = []
        self.orders: list[Order] = []

    def trade(self, order: Order, quantity: Decimal, price: Decimal, now: float) -> None:
        assert within_limit(order, price), f"{price} is through the limit of {order}"
        order.fill(quantity, price, now)
        self.trades.append((order.id, quantity, price))
        if not order.is_open:
            self.matching.leave(order)

    def cancel_rest(self, order: Order, text: str, now: float) -> None:
        self.matching.leave(order)
        order.cancel(now)
        self.canceled.append(order.id)

    def expire(self, order: Order, text: str, now: float) -> None:
        self.matching.leave(order)
        order.become(Happening.EXPIRE, Status.EXPIRED, now)

    def price_changed(self, symbol: str, price: Decimal, now: float) -> None:
        assert self.matching.prices[symbol] == price

    def enter(self, side: str, quantity: str, price: str | None = None, **more: Any) -> Order:
        order = Order(
            id=len(self.orders) + 1,
            session=None,
            cl_ord_id=f"c{len(self.orders)}",
            symbol="AAPL",
            side="1" if side == "buy" else "2",
            ord_type=more.get("ord_type", "1" if price is None else "2"),
            quantity=Decimal(quantity),
            limit_price=None if price is None else Decimal(price),
            stop_price=Decimal(more["stop"]) if "stop" in more else None,
            time_in_force=more.get("time_in_force", "0"),
            account=None,
            behaviour=more.get("behaviour", BOOK_ONLY),
            created_at=NOW,
            updated_at=NOW,
            max_floor=Decimal(more["max_floor"]) if "max_floor" in more else None,
        )
        self.orders.append(order)
        self.matching.enter(order, NOW)
        return order

    def traded(self) -> list[tuple[int, str, str]]:
        return [(order_id, str(quantity), str(price)) for order_id, quantity, price in self.trades]


@pytest.fixture
def tape() -> Tape:
    return Tape(AAPL="100")


def test_a_limit_order_away_from_the_market_rests(tape: Tape) -> None:
    order = tape.enter("buy", "10", "99", behaviour=Behaviour(Mode.MATCH))
    assert tape.matching.rests(order)
    assert tape.traded() == []


@pytest.mark.parametrize(("side", "price"), [("buy", "100"), ("buy", "101"), ("sell", "100"), ("buy", None)])
def test_a_marketable_order_is_filled_at_the_market(tape: Tape, side: str, price: str | None) -> None:
    tape.enter(side, "10", price, behaviour=Behaviour(Mode.MATCH))
    assert tape.traded() == [(1, "10", "100")]


def test_the_simulated_market_has_a_spread(tape: Tape) -> None:
    wide = Behaviour(Mode.MATCH, spread=Decimal("0.50"))
    assert tape.matching.rests(tape.enter("buy", "10", "100.20", behaviour=wide))
    tape.enter("buy", "10", "100.30", behaviour=wide)
    assert tape.traded() == [(2, "10", "100.25")]


def test_orders_meet_by_price_and_then_by_time(tape: Tape) -> None:
    tape.enter("sell", "10", "101")
    tape.enter("sell", "10", "100")
    tape.enter("sell", "10", "100")
    tape.enter("buy", "25", "101")
    assert tape.traded() == [
        (2, "10", "100"),
        (4, "10", "100"),
        (3, "10", "100"),
        (4, "10", "100"),
        (1, "5", "101"),
        (4, "5", "101"),
    ]


def test_a_better_client_comes_before_the_market(tape: Tape) -> None:
    wide = Behaviour(Mode.MATCH, spread=Decimal(2))
    tape.enter("sell", "10", "100.50", behaviour=wide)
    tape.enter("buy", "15", "102", behaviour=wide)
    # The trade moved the last price, and with it the simulated market.
    assert tape.traded() == [(1, "10", "100.50"), (2, "10", "100.50"), (2, "5", "101")]
    assert tape.matching.prices["AAPL"] == Decimal("100.50")


def test_a_market_order_without_a_market_is_canceled(tape: Tape) -> None:
    tape.enter("sell", "4", "100")
    order = tape.enter("buy", "10")
    assert (order.status, order.filled_quantity) == (Status.CANCELED, 4)


def test_ioc_takes_what_there_is(tape: Tape) -> None:
    tape.enter("sell", "4", "100")
    order = tape.enter("buy", "10", "100", time_in_force=IOC)
    assert (order.status, order.filled_quantity) == (Status.CANCELED, 4)
    assert tape.enter("buy", "10", "90", time_in_force=IOC).status is Status.CANCELED


def test_fok_is_all_or_nothing(tape: Tape) -> None:
    tape.enter("sell", "4", "100")
    assert tape.enter("buy", "10", "100", time_in_force=FOK).filled_quantity == 0
    tape.enter("sell", "6", "101")
    assert tape.enter("buy", "10", "101", time_in_force=FOK).status is Status.FILLED


@pytest.mark.parametrize("mode", [Mode.MATCH, Mode.FILL, Mode.PARTIAL])
@pytest.mark.parametrize(("side", "stop", "moved"), [("buy", "105", "105"), ("sell", "95", "94.50")])
def test_a_stop_rests_until_the_price_reaches_it(
    tape: Tape, mode: Mode, side: str, stop: str, moved: str
) -> None:
    order = tape.enter(side, "10", ord_type="3", stop=stop, behaviour=Behaviour(mode))
    tape.matching.set_price("AAPL", Decimal("101"), NOW)
    assert order.filled_quantity == 0
    tape.matching.set_price("AAPL", Decimal(moved), NOW)
    tape.matching.run_due(NOW)
    assert tape.traded() == [(1, "10", moved)]


def test_a_stop_limit_that_triggers_becomes_a_limit_order(tape: Tape) -> None:
    order = tape.enter("buy", "10", "104", ord_type="4", stop="105", behaviour=Behaviour(Mode.MATCH))
    tape.matching.set_price("AAPL", Decimal("106"), NOW)
    assert tape.matching.rests(order)
    tape.matching.set_price("AAPL", Decimal("103"), NOW)
    assert tape.traded() == [(1, "10", "103")]


def test_a_stop_beyond_the_price_triggers_at_once(tape: Tape) -> None:
    assert (
        tape.enter("buy", "10", ord_type="3", stop="90", behaviour=Behaviour(Mode.FILL)).status
        is Status.FILLED
    )


def test_the_market_that_moves_fills_what_it_reaches(tape: Tape) -> None:
    tape.enter("buy", "10", "98", behaviour=Behaviour(Mode.MATCH))
    tape.enter("buy", "10", "97", behaviour=Behaviour(Mode.MATCH))
    tape.enter("buy", "10", "98")
    tape.matching.set_price("AAPL", Decimal("97.50"), NOW)
    assert tape.traded() == [(1, "10", "97.50")]


@pytest.mark.parametrize("mode", [Mode.MATCH, Mode.PARTIAL])
def test_steps_fill_equal_parts_in_their_time(tape: Tape, mode: Mode) -> None:
    tape.enter("buy", "100", "100", behaviour=Behaviour(mode, steps=3, interval=0.5))
    assert tape.traded() == []
    assert tape.matching.next_due == NOW + 0.5
    for step, quantity in enumerate(["33", "33", "34"], start=1):
        tape.matching.run_due(NOW + 0.5 * step)
        assert tape.traded()[-1] == (1, quantity, "100")
    assert tape.matching.next_due is None


def test_steps_of_a_given_size(tape: Tape) -> None:
    tape.enter("buy", "100", behaviour=Behaviour(Mode.PARTIAL, size=Decimal(40)))
    tape.matching.run_due(NOW)
    assert [quantity for _, quantity, _ in tape.traded()] == ["40", "40", "20"]


def test_a_size_is_never_so_small_that_the_fills_do_not_end(tape: Tape) -> None:
    tape.enter("buy", "1000000000", behaviour=Behaviour(Mode.PARTIAL, size=Decimal(1)))
    tape.matching.run_due(NOW)
    assert tape.orders[0].status is Status.FILLED
    assert len(tape.trades) <= 1001


def test_an_order_that_leaves_is_not_filled_by_its_next_step(tape: Tape) -> None:
    order = tape.enter("buy", "100", behaviour=Behaviour(Mode.PARTIAL, steps=2, interval=1))
    tape.matching.run_due(NOW + 1)
    tape.matching.leave(order)
    tape.matching.run_due(NOW + 5)
    assert order.filled_quantity == 50


def test_steps_stop_when_the_market_moves_away(tape: Tape) -> None:
    order = tape.enter("buy", "100", "100", behaviour=Behaviour(Mode.MATCH, steps=2, interval=1))
    tape.matching.run_due(NOW + 1)
    tape.matching.set_price("AAPL", Decimal("103"), NOW)
    tape.matching.run_due(NOW + 2)
    assert order.filled_quantity == 50
    assert tape.matching.rests(order)


def test_partial_with_ioc_and_fok(tape: Tape) -> None:
    two = Behaviour(Mode.PARTIAL, steps=2)
    ioc = tape.enter("buy", "10", time_in_force=IOC, behaviour=two)
    assert (ioc.status, ioc.filled_quantity) == (Status.CANCELED, 5)
    assert tape.enter("buy", "10", time_in_force=FOK, behaviour=two).status is Status.CANCELED


def test_manual_orders_are_a_persons(tape: Tape) -> None:
    for time_in_force in "0134":
        assert tape.enter("buy", "10", time_in_force=time_in_force, behaviour=Behaviour(Mode.MANUAL)).is_open
    assert tape.traded() == []


@pytest.mark.parametrize("more", [{"ord_type": "5"}, {"time_in_force": "7"}, {"time_in_force": "2"}])
def test_orders_for_an_auction_rest(tape: Tape, more: dict[str, str]) -> None:
    assert tape.enter("buy", "10", behaviour=Behaviour(Mode.FILL), **more).is_open
    assert tape.traded() == []


behaviours = st.builds(
    Behaviour,
    mode=st.sampled_from([Mode.MATCH, Mode.FILL, Mode.PARTIAL, Mode.MANUAL]),
    steps=st.integers(1, 4),
    spread=st.sampled_from([Decimal(0), Decimal(1)]),
    market=st.booleans(),
)
entries = st.tuples(
    st.sampled_from(["buy", "sell"]),
    st.integers(1, 50).map(str),
    st.none() | st.integers(95, 105).map(str),
    st.fixed_dictionaries({"time_in_force": st.sampled_from("0134"), "behaviour": behaviours}),
)


@settings(max_examples=60)
@given(st.lists(entries | st.integers(95, 105), max_size=25))
def test_quantities_are_conserved_and_books_never_cross(happenings: list[Any]) -> None:
    tape = Tape(AAPL="100")
    for happening in happenings:
        if isinstance(happening, int):
            tape.matching.set_price("AAPL", Decimal(happening), NOW)
        else:
            side, quantity, price, more = happening
            tape.enter(side, quantity, price, **more)
        tape.matching.run_due(NOW)
        book = tape.matching.book("AAPL")
        bids, asks = book.side(True), book.side(False)
        assert not (bids and asks) or bids[0].limit_price < asks[0].limit_price  # type: ignore[operator]
        assert all(order.is_open and order.leaves_quantity > 0 for order in bids + asks)
    for order in tape.orders:
        mine = [(quantity, price) for order_id, quantity, price in tape.trades if order_id == order.id]
        assert order.filled_quantity == sum(quantity for quantity, _ in mine)
        assert order.notional == sum(quantity * price for quantity, price in mine)
        assert order.filled_quantity <= order.quantity
        if order.is_open:
            assert order.filled_quantity + order.leaves_quantity == order.quantity
        assert (order.status is Status.FILLED) == (order.filled_quantity == order.quantity)
