"""Limits as pure rules: what is over them, what lowers the risk, and how many in a second."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.enums import Side
from sendfix.domain.limits import Applied, Limits, Rule, Scope
from sendfix.domain.price import Price
from sendfix.domain.proposed import Proposed, Refusal
from sendfix.domain.risk import fresh_price, over_limits
from sendfix.domain.throttle import Recent, TokenBucket

LIMITS = Limits(max_order_qty=Decimal(1000), max_notional=Decimal("50000"))
NOW = datetime(2026, 3, 2, 14, 3, tzinfo=UTC)


def held(
    limits: Limits, proposed: Proposed, before: Proposed | None = None, last: Price | None = None
) -> list[Refusal]:
    applied = Applied([Rule(Scope("S"), limits)])
    return over_limits(applied, proposed, before, *fresh_price(applied, last, NOW), NOW)


def size(order_qty: str | None, price: str | None, cash: str | None = None) -> Proposed:
    decimals = [None if text is None else Decimal(text) for text in (order_qty, price, cash)]
    return Proposed(*decimals)


@pytest.mark.parametrize(
    ("proposed", "refusals"),
    [
        (size("1000", "50"), []),
        (size("1000.01", "1"), ["max_order_qty of session S is 1000, and OrderQty(38) 1000.01 is more"]),
        (size("999", "50.1"), ["max_notional of session S is 50000, and 999 at 50.1 is 50049.9"]),
        (
            size("2000", "50"),
            [
                "max_order_qty of session S is 1000, and OrderQty(38) 2000 is more",
                "max_notional of session S is 50000, and 2000 at 50 is 100000",
            ],
        ),
        (
            size("10", None),
            [
                "max_notional of session S is 50000, and an order without a price can't be held against it: give a"
                " limit price; there is no last price; watch the symbol on this session, or give a price by PUT"
                " /api/prices or the price file"
            ],
        ),
        (
            size(None, None, "60000"),
            [
                "max_order_qty of session S is 1000, and an order without OrderQty(38) can't be held against it",
                "max_notional of session S is 50000, and CashOrderQty(152) 60000 is more",
            ],
        ),
    ],
)
def test_every_limit_that_is_broken_is_named_with_its_value(proposed: Proposed, refusals: list[str]) -> None:
    assert [refusal.text for refusal in held(LIMITS, proposed)] == refusals
    assert held(Limits(), proposed) == []


@pytest.mark.parametrize(
    ("after", "rules"),
    [
        (size("1500", "50"), []),
        (size("2000", "40"), []),
        (size("2001", "10"), ["max_order_qty"]),
        (size("1500", "80"), ["max_order_qty", "max_notional"]),
        (size("1500", None), ["max_order_qty", "max_notional"]),
    ],
)
def test_a_replace_of_an_order_over_the_limit_may_only_lower_it(after: Proposed, rules: list[str]) -> None:
    refusals = held(LIMITS, after, before=size("2000", "50"))
    assert [refusal.rule for refusal in refusals] == rules


NUMBERS = st.none() | st.decimals(0, 10**6, places=2)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_what_is_let_through_is_within_the_limits(
    order_qty: Decimal | None, price: Decimal | None, cash: Decimal | None
) -> None:
    proposed = Proposed(order_qty, price, cash)
    if not held(LIMITS, proposed):
        assert proposed.order_qty is not None
        assert proposed.order_qty <= 1000
        assert proposed.notional is not None
        assert proposed.notional <= 50000


def test_so_many_at_once_and_as_many_again_each_second() -> None:
    bucket = TokenBucket()
    assert [bucket.take(3, at) for at in (0, 0, 0.1, 0.2)] == [True, True, True, False]
    assert [bucket.take(3, at) for at in (0.4, 0.45)] == [True, False]
    assert [bucket.take(3, at) for at in (100, 100, 100, 100)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    bucket = TokenBucket()
    assert [bucket.take(1, at) for at in (100, 50, 50.5, 51)] == [True, False, False, True]


def test_what_was_sent_is_recent_for_as_long_as_the_window() -> None:
    recent = Recent()
    assert recent.seconds_since("a", 5, 0) is None
    recent.note("a", 0)
    recent.note("b", 3)
    assert [recent.seconds_since("a", 5, at) for at in (4, 4.5)] == [4, 4.5]
    assert recent.seconds_since("a", 5, 5) is None
    assert recent.seconds_since("b", 5, 5) == 2
    recent.note("b", 6)
    assert recent.seconds_since("b", 5, 10) == 4


def test_a_clock_that_goes_back_forgets_what_was_sent() -> None:
    recent = Recent()
    recent.note("a", 100)
    assert recent.seconds_since("a", 5, 50) is None


def test_a_new_rate_begins_full() -> None:
    bucket = TokenBucket()
    assert [bucket.take(1, 0), bucket.take(1, 0), bucket.take(2, 0), bucket.take(2, 0)] == [
        True,
        False,
        True,
        True,
    ]


@given(st.integers(1, 50), st.lists(st.floats(0, 0.05), max_size=200))
def test_in_any_second_no_more_than_twice_the_rate_goes(rate: int, pauses: list[float]) -> None:
    """A full bucket, and what flows in meanwhile."""
    bucket, at, went = TokenBucket(), 0.0, []
    for pause in pauses:
        at += pause
        if bucket.take(rate, at):
            went.append(at)
    for start in went:
        assert sum(start <= one < start + 1 for one in went) <= 2 * rate


@pytest.mark.parametrize(
    ("last", "price", "side", "said"),
    [
        ("100", "105", Side.BUY, None),
        ("100", "105.01", Side.BUY, "5.01 % above the last price 100"),
        ("100", "50", Side.BUY, None),
        ("100", "94.99", Side.SELL, "5.01 % below the last price 100"),
        ("100", "200", Side.SELL, None),
        ("0", "1", Side.BUY, "there is no last price"),
        ("100", "-1", Side.SELL, "101.00 % below the last price 100"),
    ],
)
def test_a_price_is_held_against_the_last_one(last: str, price: str, side: Side, said: str | None) -> None:
    limits = Limits(price_collar_buy_percent=Decimal(5), price_collar_sell_percent=Decimal(5))
    order = Proposed(Decimal(10), Decimal(price), symbol="AAPL", side=side)
    refusals = held(limits, order, last=Price(Decimal(last), NOW, "trade"))
    assert [said is not None and said in refusal.text for refusal in refusals] == [True] * (said is not None)
