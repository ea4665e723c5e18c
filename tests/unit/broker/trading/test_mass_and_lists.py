"""What is asked of many orders at once, and orders that come as a list."""

from __future__ import annotations

import pytest

from broker.trading.acts import SetState
from broker.trading.behaviours import Behaviour, Mode
from tests.unit.broker.kit import BOTH, NEW, NEWER, TIME, Counterparty


def three_orders() -> Counterparty:
    client = Counterparty(NEWER)
    client.new("a")
    client.new("b", NEW.replace("55=AAPL", "55=BAC").replace("54=1", "54=2"))
    client.new("c", NEW.replace("54=1", "54=2"))
    return client


# -- OrderMassStatusRequest(AF) --------------------------------------------------------------------------------------


def test_the_status_of_all_orders() -> None:
    client = three_orders()
    client.ask("AF|584=q|585=7")
    client.expect_all(
        """
        8|150=I|39=0|11=a|17=0|584=q|911=3|912=N
        8|150=I|39=0|11=b|17=0|584=q|911=3|912=N
        8|150=I|39=0|11=c|17=0|584=q|911=3|912=Y
        """
    )


def test_the_status_of_the_orders_for_one_security_and_side() -> None:
    client = three_orders()
    client.ask("AF|584=q|585=1|55=AAPL|54=2")
    client.expect_all("8|150=I|39=0|11=c|584=q|911=1|912=Y")


@pytest.mark.parametrize(
    ("request_text", "text"),
    [
        ("AF|584=q|585=7", "no open orders"),
        ("AF|584=q|585=1|55=NOPE", "Symbol(55) NOPE is unknown"),
        ("AF|584=q|585=1", "Symbol(55) is missing"),
        ("AF|584=q|585=8", "only requests for one Symbol(55)"),
    ],
)
def test_no_orders_to_report(request_text: str, text: str) -> None:
    client = Counterparty(NEWER)
    client.ask(request_text)
    got = client.expect("8|150=I|39=8|37=NONE|584=q|911=0|912=Y|151=0")
    assert text in got["58"]


# -- OrderMassCancelRequest(q) ---------------------------------------------------------------------------------------


def test_all_orders_are_canceled() -> None:
    client = three_orders()
    client.ask(f"q|11=m|530=7|{TIME}")
    client.expect_all(
        """
        r|11=m|530=7|531=7|533=3
        8|11=a|150=4|39=4
        8|11=b|150=4|39=4
        8|11=c|150=4|39=4
        """
    )


def test_a_lasting_order_that_is_done_for_the_day_is_among_them() -> None:
    client = Counterparty(NEWER)
    client.new("a", f"{NEW}|59=1")
    client.application.execute(SetState(1, "DONE_FOR_DAY", None), client.now)
    client.expect_all("8|11=a|150=3|39=3|151=100")
    client.ask(f"q|11=m|530=7|{TIME}")
    client.expect_all("r|11=m|531=7|533=1\n8|11=a|150=4|39=4|151=0")


def test_the_orders_of_one_security_are_canceled() -> None:
    client = three_orders()
    client.ask(f"q|11=m|530=1|55=BAC|{TIME}")
    client.expect_all("r|11=m|530=1|531=1|533=1|55=BAC\n8|11=b|150=4|39=4")
    client.ask(f"q|11=n|530=1|55=BAC|{TIME}")
    client.expect_all("r|11=n|531=1|533=0")


@pytest.mark.parametrize(("kind", "reason"), [("530=3|460=2", "0"), ("530=1|55=NOPE", "1"), ("530=1", "1")])
def test_a_mass_cancel_that_is_refused_cancels_nothing(kind: str, reason: str) -> None:
    client = three_orders()
    client.ask(f"q|11=m|{kind}|{TIME}")
    client.expect_all(f"r|11=m|531=0|532={reason}")
    assert len(client.orders.open_orders()) == 3


# -- lists -----------------------------------------------------------------------------------------------------------


def entry(cl_ord_id: str, number: int, quantity: int = 100, symbol: str = "AAPL") -> str:
    return f"11={cl_ord_id}|67={number}|21=1|55={symbol}|54=1|38={quantity}|40=2|44=200"


def new_list(kind: str, *entries: str, total: int | None = None) -> str:
    return f"E|66=L|394=3|433={kind}|68={total or len(entries)}|73={len(entries)}|{'|'.join(entries)}"


@BOTH
def test_a_list_that_is_executed_at_once(version: str) -> None:
    client = Counterparty(version, Mode.FILL)
    client.ask(new_list("1", entry("a", 1), entry("b", 2, symbol="NOPE"), entry("c", 3)))
    filled = "2" if client.old else "F"
    client.expect_all(
        f"""
        8|11=a|66=L|150=0|39=0
        8|11=a|66=L|150={filled}|39=2|14=100
        8|11=b|66=L|150=8|39=8|103=1
        8|11=c|66=L|150=0|39=0
        8|11=c|66=L|150={filled}|39=2|14=100
        N|66=L|429=1|431=6|83=1|68=3|73=3|11=a|39=2
        """
    )


@BOTH
def test_a_list_that_waits_to_be_executed(version: str) -> None:
    client = Counterparty(version)
    client.ask(new_list("2", entry("a", 1), entry("b", 2)))
    client.expect_all("N|66=L|429=1|431=2|68=2|73=2|11=a|39=A|151=100")
    again = client.restarted()
    again.ask(f"L|66=L|{TIME}")
    again.expect_all("8|11=a|150=0|39=0\n8|11=b|150=0|39=0\nN|66=L|429=2|431=3|73=2|39=0")
    again.ask(f"L|66=L|{TIME}")
    again.expect_all("N|66=L|429=6|444=the list does not wait to be executed")


@BOTH
def test_a_list_is_canceled(version: str) -> None:
    client = Counterparty(version)
    client.ask(new_list("1", entry("a", 1), entry("b", 2)))
    client.expect("8|11=a|150=0")
    client.expect("8|11=b|150=0")
    client.expect_all("N|431=3")
    client.ask(f"K|66=L|{TIME}")
    client.expect_all("8|11=a|150=4|39=4\n8|11=b|150=4|39=4\nN|66=L|429=2|431=6|73=2|39=4|84=100")
    client.ask("M|66=L")
    client.expect_all("N|66=L|429=2|431=6")


@BOTH
def test_after_a_restart_a_list_has_its_closed_orders_too(version: str) -> None:
    client = Counterparty(version)
    client.ask(new_list("1", entry("a", 1), entry("b", 2, symbol="NOPE"), entry("c", 3), entry("d", 4)))
    client.expect("8|11=a|150=0")
    client.expect("8|11=b|150=8")
    client.expect("8|11=c|150=0")
    client.expect("8|11=d|150=0")
    client.expect_all("N|66=L|431=3|68=4|73=4|11=a|39=0")
    client.fill({"37": "O1"}, 100)
    client.expect("8|11=a|39=2|14=100")
    client.ask(f"F|11=x|41=c|55=AAPL|54=1|{TIME}")
    client.expect_all("8|11=x|39=4")
    client = client.restarted()
    client.ask("M|66=L")
    client.expect_all("N|66=L|431=3|68=4|73=4|11=a|39=2|14=100")
    client.ask(f"F|11=y|41=d|55=AAPL|54=1|{TIME}")
    client.expect_all("8|11=y|39=4")
    client = client.restarted()
    client.ask("M|66=L")
    client.expect_all("N|66=L|431=6|68=4|73=4|11=a|39=2|14=100|84=0")
    client.ask(new_list("1", entry("e", 1)))
    client.expect_all("N|66=L|431=7|444=ListID(66) L was used before")


@BOTH
def test_a_list_in_two_parts(version: str) -> None:
    client = Counterparty(version)
    client.ask(new_list("1", entry("a", 1), total=2))
    client.expect_all("8|11=a|150=0\nN|66=L|431=2|68=2|73=1")
    client.ask(new_list("1", entry("b", 2), total=2))
    client.expect_all("8|11=b|150=0\nN|66=L|431=3|68=2|73=2")


@BOTH
@pytest.mark.parametrize("request_text", [f"L|66=X|{TIME}", f"K|66=X|{TIME}", "M|66=X"])
def test_a_list_that_nobody_knows(version: str, request_text: str) -> None:
    client = Counterparty(version)
    client.ask(request_text)
    client.expect_all("N|66=X|431=7|68=0|444=ListID(66) X is unknown")


@BOTH
def test_lists_that_are_refused(version: str) -> None:
    client = Counterparty(version)
    client.ask(new_list("1", entry("a", 1), entry("b", 2), total=1))
    client.expect_all("N|431=7|444=NoOrders(73) is 2, more than TotNoOrders(68) 1")
    client.ask(new_list("1", entry("a", 1)))
    client.expect_all("8|11=a|150=0\nN|431=3")
    client.ask(new_list("1", entry("c", 1)))
    client.expect_all("N|431=7|444=ListID(66) L was used before")


@BOTH
def test_a_trade_that_the_client_does_not_know_is_marked(version: str) -> None:
    client = Counterparty(version)
    order = client.new("a")
    client.fill(order, 40)
    exec_id = client.expect("8|39=1")["17"]
    client.commit()
    client.ask(f"Q|37={order['37']}|17={exec_id}|127=B|55=AAPL|54=1|58=not mine")
    client.expect_nothing()
    assert (
        client.executions[exec_id]["text"] == "the client does not know this trade, DKReason(127) B: not mine"
    )


@BOTH
def test_fields_of_the_request_come_back_in_reports(version: str) -> None:
    client = Counterparty(version)
    client.orders.behaviours.default = Behaviour(Mode.MANUAL)
    client.new("a", f"{NEW}|111=50|18=M|15=USD|110=10|59=6|432=20270116")
    client.ask("H|11=a|55=AAPL|54=1")
    client.expect("8|111=50|18=M|15=USD|110=10|432=20270116")
