"""Busts and corrections undo exactly what was filled, and say so in each version's words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.trading.acts import ActCommand, BustExecution, CorrectExecution, DecideRequest, EndDay, SetState
from broker.trading.behaviours import Behaviour, Mode
from broker.trading.by_hand import AmendOrder, CancelOrder, FillOrder, Refused, RejectOrder
from tests.unit.broker.kit import BOTH, NEW, TIME, Counterparty


def filled(version: str, *quantities: int) -> tuple[Counterparty, list[str]]:
    """A client with an order of 100, and the ExecIDs of its fills at 200."""
    client = Counterparty(version)
    order = client.new("a")
    exec_ids = []
    for quantity in quantities:
        client.fill(order, quantity)
        exec_ids.append(client.expect("8|11=a")["17"])
    client.commit()
    return client, exec_ids


def act(client: Counterparty, command: ActCommand) -> None:
    client.application.execute(command, client.now)


def kinds(client: Counterparty, new: str, old: tuple[str, str]) -> str:
    """ExecType(150), and ExecTransType(20) where there is one."""
    return f"20={old[0]}|150={old[1]}" if client.old else f"150={new}"


@BOTH
def test_a_bust_of_one_of_two_fills(version: str) -> None:
    client, (first, _) = filled(version, 30, 20)
    act(client, BustExecution(first, "wrong account"))
    client.expect(
        f"8|{kinds(client, 'H', ('1', '1'))}|19={first}|39=1|32=0|31=0|38=100|14=20|151=80|6=200|58=wrong account"
    )
    client.commit()
    assert client.executions[first]["status"] == "BUSTED"


@BOTH
def test_a_bust_of_the_only_fill_leaves_a_new_order(version: str) -> None:
    client, (only,) = filled(version, 30)
    act(client, BustExecution(only, None))
    client.expect(f"8|{kinds(client, 'H', ('1', '1'))}|39=0|14=0|151=100|6=0")
    client.ask(f"F|11=b|41=a|55=AAPL|54=1|{TIME}")
    client.expect("8|11=b|39=4|14=0")


@BOTH
def test_a_filled_order_is_open_again_after_a_bust(version: str) -> None:
    client, (_, second) = filled(version, 60, 40)
    act(client, BustExecution(second, None))
    client.expect(f"8|{kinds(client, 'H', ('1', '1'))}|39=1|14=60|151=40")
    client.expect_nothing()
    again = client.restarted()
    again.fill({"37": "O1"}, 40)
    again.expect("8|39=2|14=100|151=0")


@BOTH
def test_an_order_that_a_bust_opened_again_does_not_trade_by_itself(version: str) -> None:
    client = Counterparty(version, Mode.FILL)
    client.ask(f"{NEW}|11=z")
    client.expect("8|11=z|39=0")
    exec_id = client.expect("8|11=z|39=2")["17"]
    client.commit()
    act(client, BustExecution(exec_id, None))
    client.expect("8|11=z|39=0|151=100")
    client.expect_nothing()
    client = client.restarted()
    client.wait(0)
    client.expect_nothing()
    client.ask(f"G|11=y|41=z|21=1|55=AAPL|54=1|40=2|38=100|44=201|{TIME}")
    client.expect("8|11=y|150=5")
    client.expect("8|11=y|39=2|14=100")


@BOTH
def test_a_bust_of_a_canceled_order_leaves_it_canceled(version: str) -> None:
    client, (only,) = filled(version, 30)
    client.application.execute(CancelOrder(1, None), client.now)
    client.expect("8|39=4|14=30|151=0")
    act(client, BustExecution(only, None))
    client.expect(f"8|{kinds(client, 'H', ('1', '1'))}|39=4|14=0|151=0")


@BOTH
def test_a_correction_changes_quantity_and_price(version: str) -> None:
    client, (first, _) = filled(version, 30, 20)
    act(client, CorrectExecution(first, Decimal(10), Decimal("199.5"), None))
    got = client.expect(
        f"8|{kinds(client, 'G', ('2', '1'))}|19={first}|39=1|32=10|31=199.5|14=30|151=70|6=199.833333"
    )
    client.commit()
    assert client.executions[first]["status"] == "CORRECTED"
    assert client.executions[got["17"]]["exec_ref_id"] == first
    act(client, BustExecution(got["17"], None))
    client.expect(f"8|{kinds(client, 'H', ('1', '1'))}|19={got['17']}|14=20|151=80|6=200")


@BOTH
def test_a_correction_may_fill_the_order(version: str) -> None:
    client, (first,) = filled(version, 30)
    act(client, CorrectExecution(first, Decimal(100), None, None))
    client.expect(f"8|{kinds(client, 'G', ('2', '2'))}|39=2|14=100|151=0")


def test_what_was_busted_or_corrected_is_not_so_again() -> None:
    client, (first, second) = filled("FIX.4.4", 30, 20)
    act(client, BustExecution(first, None))
    for command in (BustExecution(first, None), CorrectExecution(first, Decimal(5), None, None)):
        with pytest.raises(Refused, match="is BUSTED already"):
            act(client, command)
    act(client, CorrectExecution(second, Decimal(5), None, None))
    with pytest.raises(Refused, match="is CORRECTED already"):
        act(client, BustExecution(second, None))


@pytest.mark.parametrize(
    ("command", "status", "text"),
    [
        (BustExecution("nope", None), 404, "no execution nope"),
        (CorrectExecution("1-2", Decimal(101), None, None), 422, "room for"),
        (CorrectExecution("1-2", Decimal("0.5"), None, None), 422, "whole number"),
        (CorrectExecution("1-2", None, Decimal("1.001"), None), 422, "tick"),
        (CorrectExecution("1-2", Decimal(30), Decimal(200), None), 422, "what they were"),
        (SetState(9, "EXPIRED", None), 404, "no order 9"),
        (SetState(1, "NEW", None), 409, "nothing to resume"),
        (SetState(1, "CALCULATED", None), 409, "calculation of order O1, which is PARTIALLY_FILLED"),
        (DecideRequest(1, "a", True, None), 404, "no request a"),
        (DecideRequest(7, "a", True, None), 404, "no order 7"),
    ],
)
def test_acts_that_can_not_be_done(command: ActCommand, status: int, text: str) -> None:
    client, _ = filled("FIX.4.4", 30)
    with pytest.raises(Refused) as refused:
        act(client, command)
    assert refused.value.status == status
    assert text in refused.value.detail
    client.expect_nothing()


def test_requests_are_answered_in_their_order() -> None:
    client = Counterparty("FIX.4.4")
    client.orders.behaviours.default = Behaviour(Mode.MANUAL, hold=True)
    client.ask(f"{NEW}|11=a")
    client.ask(f"F|11=b|41=a|55=AAPL|54=1|{TIME}")
    client.expect_nothing()
    with pytest.raises(Refused, match="Request a of order 1 came first"):
        act(client, DecideRequest(1, "b", True, None))


def test_the_end_of_the_day_is_for_day_orders() -> None:
    client = Counterparty("FIX.4.4")
    client.new("day")
    client.new("gtc", f"{NEW}|59=1")
    assert client.application.execute(EndDay(), client.now) == {"expired": 1}
    client.expect_all("8|11=day|150=C|39=C|151=0")


@BOTH
def test_a_person_and_a_lasting_order_that_is_done_for_the_day(version: str) -> None:
    client = Counterparty(version)
    client.new("a", f"{NEW}|59=1")
    act(client, SetState(1, "DONE_FOR_DAY", None))
    client.expect_all("8|11=a|150=3|39=3|151=100")
    for command in (RejectOrder(1, None), FillOrder(1, Decimal(10), None)):
        with pytest.raises(Refused, match="DONE_FOR_DAY"):
            client.application.execute(command, client.now)
    client.expect_nothing()
    client.application.execute(AmendOrder(1, Decimal(80), None, None), client.now)
    client.expect_all("8|11=a|150=D|39=3|38=80|151=80")
    client.application.execute(CancelOrder(1, None), client.now)
    client.expect_all("8|11=a|150=4|39=4|151=0")
