"""A reconciliation that finds nothing is worth something only if it would have found it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.support.books import Order, differences, position_differences, positions_of

FILL = ("E1", Decimal(40), Decimal("200.5"))
ORDER = Order("ME", "AAPL", "SELL", "PARTIALLY_FILLED", Decimal(100), Decimal(40), Decimal("200.5"), (FILL,))
UNSENT = Order("ME", "AAPL", "BUY", "REJECTED", Decimal(100), Decimal(0), Decimal(0), ())


def test_equal_books_have_no_differences() -> None:
    assert differences({"A": ORDER, "B": UNSENT}, {"A": ORDER}) == []


@pytest.mark.parametrize(
    ("desk", "broker", "said"),
    [
        ({}, {"A": ORDER}, "A: the desk does not know it"),
        ({"A": ORDER}, {}, "A: the broker does not know it"),
        ({"A": replace(UNSENT, status="PENDING_NEW")}, {}, "A: the broker does not know it"),
        ({"A": replace(ORDER, status="FILLED")}, {"A": ORDER}, "A: the desk has Order(sender_comp_id='ME'"),
        ({"A": replace(ORDER, avg_px=Decimal(200))}, {"A": ORDER}, "A: the desk has"),
        ({"A": replace(ORDER, fills=())}, {"A": ORDER}, "CumQty(14) 40, its fills 0"),
        ({"A": replace(ORDER, fills=(FILL, FILL))}, {"A": ORDER}, "the desk has ExecID(17) E1 2 times"),
    ],
)
def test_a_difference_is_named(desk: dict[str, Order], broker: dict[str, Order], said: str) -> None:
    assert any(said in line for line in differences(desk, broker)), differences(desk, broker)


def test_positions_are_the_fills() -> None:
    held = positions_of({"A": ORDER, "B": UNSENT, "C": replace(ORDER, symbol="MSFT", side="BUY")})
    assert held == {("ME", "AAPL"): -40, ("ME", "MSFT"): 40}
    (said,) = position_differences({("ME", "AAPL"): Decimal(-40)}, held)
    assert said == "ME MSFT: the desk holds 0, by the broker's fills it is 40"
