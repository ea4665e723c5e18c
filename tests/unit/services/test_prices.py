"""The last price of a symbol, of all that the desk hears of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.errors import InvalidRequest
from sendfix.domain.price import FILE, FILL, MID, REST, SOURCES, TRADE, GivenPrice, Price
from sendfix.services import prices as module
from sendfix.services.prices import Prices
from tests.unit.services.desk_kit import NOW, DeskKit
from tests.unit.services.test_positions import Trader, one


def ago(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def last(prices: Prices, session_name: str = "S44", symbol: str = "AAPL") -> tuple[Decimal, str] | None:
    found = prices.last(session_name, symbol)
    return None if found is None else (found.px, found.source)


def test_the_freshest_counts_and_of_one_time_market_data() -> None:
    prices = Prices(lambda: NOW, lambda _name, _symbol: Price(Decimal(10), NOW - ago(5), FILL))
    assert last(prices) == (10, FILL)
    prices.take_file([GivenPrice("AAPL", Decimal(11), NOW - ago(4))], [])
    assert last(prices) == (11, FILE)
    prices.give([GivenPrice("AAPL", Decimal(12), NOW - ago(4))])
    assert last(prices) == (12, REST)
    prices.note("S44", "AAPL", Decimal(13), NOW - ago(4), MID)
    prices.note("S44", "AAPL", Decimal(14), NOW - ago(9), TRADE)
    assert last(prices) == (13, MID)
    prices.note("S44", "AAPL", Decimal(15), NOW - ago(4), TRADE)
    assert last(prices) == (15, TRADE)
    assert last(prices, "S42") == (12, REST)
    prices.give([GivenPrice("AAPL", Decimal(16), None, "S42")])
    assert (last(prices, "S42"), last(prices)) == ((16, REST), (15, TRADE))


@given(st.permutations(SOURCES), st.lists(st.integers(0, 3), min_size=5, max_size=5))
def test_the_order_in_which_they_come_does_not_matter(sources: list[str], ages: list[int]) -> None:
    age = dict(zip(SOURCES, ages, strict=True))
    fill = Price(Decimal(1), NOW - ago(age[FILL]), FILL)
    prices = Prices(lambda: NOW, lambda _name, _symbol: fill)
    for source in sources:
        at = NOW - ago(age[source])
        if source == FILE:
            prices.take_file([GivenPrice("X", Decimal(2), at)], [])
        elif source == REST:
            prices.give([GivenPrice("X", Decimal(3), at)])
        elif source != FILL:
            prices.note("S44", "X", Decimal(4), at, source)
    found = prices.last("S44", "X")
    assert found is not None
    assert found.source == min(SOURCES, key=lambda source: (age[source], SOURCES.index(source)))
    assert prices.known(symbol="X")[0][0].price.source in (found.source, REST, FILE)


def test_a_time_to_come_is_now_and_what_is_no_number_is_nothing() -> None:
    prices = Prices(lambda: NOW)
    prices.note("S44", "AAPL", Decimal(10), NOW + timedelta(days=1), TRADE)
    prices.note("S44", "AAPL", Decimal("NaN"), NOW, MID)
    assert prices.last("S44", "AAPL") == Price(Decimal(10), NOW, TRADE)
    with pytest.raises(ValueError, match="must be one of trade, mid"):
        prices.note("S44", "AAPL", Decimal(1), NOW, "rumour")


def test_the_file_stands_in_place_of_what_it_said_before() -> None:
    heard: list[tuple[str | None, list[str]]] = []
    prices = Prices(lambda: NOW)

    def hear(session_name: str | None, symbols: Collection[str]) -> None:
        heard.append((session_name, sorted(symbols)))

    prices.on_change = hear
    prices.take_file([GivenPrice("A", Decimal(1)), GivenPrice("B", Decimal(2))], ["line 3: broken"])
    assert (last(prices, symbol="A"), prices.file_problems) == ((1, FILE), ("line 3: broken",))
    prices.take_file([GivenPrice("B", Decimal(3))], [])
    assert (last(prices, symbol="A"), last(prices, symbol="B")) == (None, (3, FILE))
    assert heard == [(None, ["A", "B"]), (None, ["A", "B"])]


def test_no_more_symbols_can_be_given_than_a_desk_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_GIVEN", 2)
    prices = Prices(lambda: NOW)
    prices.give([GivenPrice("A", Decimal(1)), GivenPrice("B", Decimal(1))])
    prices.give([GivenPrice("A", Decimal(2))])
    with pytest.raises(InvalidRequest, match="more than 2 prices"):
        prices.give([GivenPrice("A", Decimal(3)), GivenPrice("C", Decimal(3))])
    assert (last(prices, symbol="A"), last(prices, symbol="C")) == ((2, REST), None)


def test_positions_are_worth_what_is_known_and_a_bust_takes_its_price_back() -> None:
    kit = DeskKit()
    trader = Trader(kit)
    trader.fill("E1", 100, "10")
    trader.fill("E2", 100, "12")
    assert (last(kit.prices), one(kit).last_source) == ((12, FILL), FILL)
    trader.bust("E2", 100)
    assert (last(kit.prices), one(kit).average.unrealised) == ((10, FILL), 0)
    kit.positions.take_changed()
    kit.prices.note("S42", "AAPL", Decimal(99), NOW, TRADE)
    assert kit.positions.take_changed() == []
    kit.prices.give([GivenPrice("AAPL", Decimal(15))])
    (position,) = kit.positions.take_changed()
    assert (position.last_px, position.last_at, position.last_source) == (15, NOW, REST)
    assert (position.average.unrealised, position.profit) == (500, 500)
    assert [(known.price.source, known.session_name) for known in kit.prices.known("S44", "AAPL")[0]] == [
        (REST, None),
        (FILL, "S44"),
    ]


def test_a_fill_by_a_clock_that_is_ahead_is_not_fresher_than_what_comes_after_it() -> None:
    kit = DeskKit()
    sent = kit.send().cl_ord_id
    kit.report(sent, "17=E1|150=F|39=1|55=AAPL|54=1|32=6|31=100|14=6|151=94|6=100|60=20260302-14:50:00")
    assert kit.prices.last("S44", "AAPL") == Price(Decimal(100), NOW, "fill")
    kit.prices.note("S44", "AAPL", Decimal(150), NOW, "trade")
    last = kit.prices.last("S44", "AAPL")
    assert last is not None
    assert (last.px, last.source) == (150, "trade")


def test_the_first_of_many_prices_and_how_many_there_are() -> None:
    fill = Price(Decimal(9), NOW, FILL)
    prices = Prices(
        lambda: NOW, lambda name, _symbol: fill if name == "S44" else None, lambda: [("S44", "B")]
    )
    prices.take_file(
        [GivenPrice("B", Decimal(1), NOW - ago(2)), GivenPrice("A", Decimal(2), NOW + ago(9))], []
    )
    prices.give([GivenPrice("B", Decimal(3), NOW - ago(1)), GivenPrice("B", Decimal(4), NOW, "S42")])
    every = [
        ("A", None, FILE),
        ("B", None, REST),
        ("B", None, FILE),
        ("B", "S42", REST),
        ("B", "S44", FILL),
    ]
    for most in range(7):
        found, count = prices.known(most=most)
        assert count == len(every)
        assert [(one.symbol, one.session_name, one.price.source) for one in found] == every[:most]
    assert found[0].price == Price(Decimal(2), NOW, FILE)
    assert prices.known("S44", "B", 1) == (found[1:2], 3)
