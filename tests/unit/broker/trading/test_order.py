from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from broker.trading.behaviours import Behaviour, Mode
from broker.trading.order import TRANSITIONS, Happening, ImpossibleTransition, Order, Status, Terms, plain

NOW = 1.0


def order(status: Status = Status.NEW, filled: int = 0) -> Order:
    return Order(
        id=1,
        session=None,
        cl_ord_id="a",
        symbol="AAPL",
        side="1",
        ord_type="2",
        quantity=Decimal(10),
        limit_price=Decimal(5),
        stop_price=None,
        time_in_force="0",
        account=None,
        behaviour=Behaviour(Mode.MANUAL),
        created_at=0.0,
        updated_at=0.0,
        status=status,
        filled_quantity=Decimal(filled),
    )


_BECOMES = {
    Happening.ACCEPT: Status.NEW,
    Happening.EXPIRE: Status.EXPIRED,
    Happening.FINISH: Status.DONE_FOR_DAY,
    Happening.CALCULATE: Status.CALCULATED,
}


def happen(to: Order, happening: Happening) -> None:
    if happening is Happening.FILL:
        to.fill(Decimal(1), Decimal(5), NOW)
    elif happening is Happening.CANCEL:
        to.cancel(NOW)
    elif happening is Happening.REJECT:
        to.reject("no", NOW)
    elif happening is Happening.UNDO:
        to.undo(Decimal(1), Decimal(5), NOW, None)
    elif happening is Happening.RESUME:
        to.become(happening, to.status_by(to.filled_quantity), NOW)
    elif happening in _BECOMES:
        to.become(happening, _BECOMES[happening], NOW)
    else:
        to.replace(Terms("AAPL", "2", Decimal(20), Decimal(6), None, "0"), NOW)


@pytest.mark.parametrize(("status", "happening"), list(itertools.product(Status, Happening)))
def test_only_what_the_table_allows_happens(status: Status, happening: Happening) -> None:
    filled = {Status.PARTIALLY_FILLED: 4, Status.FILLED: 10}.get(status, 0)
    if happening is Happening.UNDO and status not in (Status.NEW, Status.FILLED):
        filled = 4
    held = order(status, filled)
    if (status, happening) in TRANSITIONS:
        happen(held, happening)
        assert held.status in TRANSITIONS[status, happening]
    else:
        with pytest.raises(ImpossibleTransition):
            happen(held, happening)
        assert held == order(status, filled)


@pytest.mark.parametrize("quantity", ["0", "-1", "10.5", "11"])
def test_no_more_is_filled_than_is_open(quantity: str) -> None:
    held = order()
    with pytest.raises(ImpossibleTransition):
        held.fill(Decimal(quantity), Decimal(5), NOW)
    assert held == order()


def test_the_average_price_is_that_of_all_fills() -> None:
    held = order()
    held.fill(Decimal(3), Decimal("1.10"), NOW)
    held.fill(Decimal(4), Decimal("1.20"), NOW)
    assert held.average_price == Decimal("1.157143")


@pytest.mark.parametrize(
    ("number", "text"),
    [("100", "100"), ("230.10", "230.1"), ("1E+3", "1000"), ("0.00", "0"), ("0.000001", "0.000001")],
)
def test_numbers_leave_without_exponent_and_idle_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
