"""What limits see of a message."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sendfix.domain.enums import Side
from sendfix.domain.proposed import Proposed
from sendfix.fix.parse import parse_values
from sendfix.fix.proposed import proposed_of


def seen(msg_type: str, text: str) -> Proposed:
    body = f"35={msg_type}|{text}".replace("|", "\x01").encode()
    return proposed_of(msg_type, parse_values(body), body)


def test_an_order_as_limits_see_it() -> None:
    order = seen("D", "11=X|1=A|55=IBM|54=5|38=10|40=4|44=2|99=3|114=N|5700=PB|")
    assert order == Proposed(
        Decimal(10), Decimal(2), None, "IBM", Side.SELL_SHORT, Decimal(3), "A", "N", "PB", (), None
    )
    assert order.notional == 20
    assert seen("D", "55=IBM|54=1|38=10|99=3|").notional == 30
    assert seen("D", "55=IBM|54=1|152=500|").notional == 500
    assert seen("D", "55=IBM|54=1|38=10|44=-3|").notional == 30


@pytest.mark.parametrize(
    "text", ["38=much|44=1|", "38=|44=1|", "38=1e99|44=1|", "44=1|", "38=1|", "38=1|44=NaN|"]
)
def test_what_can_not_be_read_is_not_known(text: str) -> None:
    assert seen("D", f"55=IBM|54=1|{text}").notional is None


def test_a_side_that_is_no_side_has_no_direction() -> None:
    assert seen("D", "55=IBM|54=Z|38=1|").side == "Z"
    assert seen("D", "55=IBM|38=1|").side is None


def test_of_a_cross_and_of_legs() -> None:
    cross = seen("s", "55=IBM|44=9|552=2|54=1|38=5|54=2|38=5|")
    assert (cross.order_qty, cross.side, cross.price) == (None, None, 9)
    assert cross.unsized == "a cross, which has its quantities by side,"
    legs = seen("AB", "55=[N/A]|54=1|38=5|555=2|600=A|687=1|600=B|687=2|")
    assert (legs.legs, legs.order_qty, legs.unsized) == (("A", "B"), 5, None)
