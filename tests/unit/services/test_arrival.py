"""Which price counts as known when an order was sent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from sendfix.domain.price import FILL, Price
from sendfix.services.arrival import arrival_price
from tests.unit.services.desk_kit import NOW


@pytest.mark.parametrize(
    ("seconds", "px", "counts"),
    [
        (0, "10", True),
        (-1, "10", True),
        (-600, "10", True),
        (-601, "10", False),
        (1, "10", True),
        (1.001, "10", False),
        (0, "0", False),
        (0, "-1", False),
    ],
)
def test_a_price_counts_when_it_is_of_that_time(seconds: float, px: str, counts: bool) -> None:
    price = Price(Decimal(px), NOW + timedelta(seconds=seconds), FILL)
    found = arrival_price(lambda _session_name, _symbol: price)("S44", "AAPL", NOW)
    assert found == (Decimal(px) if counts else None)


def test_no_symbol_and_no_price() -> None:
    find = arrival_price(lambda _session_name, _symbol: None)
    assert find("S44", None, NOW) is None
    assert find("S44", "AAPL", NOW) is None
