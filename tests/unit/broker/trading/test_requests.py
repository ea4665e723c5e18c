"""What a client asks and what it is answered, in both versions: the order state change matrices, row by row.

A request is `35=D|11=a|...`; an answer is compared in the fields that are given, those not given may be anything.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.trading.behaviours import Mode
from broker.trading.by_hand import (
    AmendOrder,
    CancelOrder,
    EnterOrder,
    FillOrder,
    Refused,
    RejectOrder,
    SetBehaviours,
    SetPrice,
)
from broker.trading.rows import from_row
from tests.unit.broker.kit import BOTH, NEW, NEWER, NOW, TIME, Counterparty


@BOTH
def test_new_partial_fills_filled(version: str) -> None:
    client = Counterparty(version)
    order = client.new("a", f"{NEW}|1=ACC|59=1")
    assert (order["1"], order["59"], order["44"], order["40"]) == ("ACC", "1", "200", "2")
    client.fill(order, 40, "199.5")
    part, whole = ("1", "2") if client.old else ("F", "F")
    client.expect(f"8|11=a|150={part}|39=1|32=40|31=199.5|14=40|151=60|6=199.5")
    client.fill(order, 60)
    client.expect(f"8|11=a|150={whole}|39=2|32=60|31=200|14=100|151=0|6=199.8")


@BOTH
def test_every_report_has_an_exec_id_of_its_own(version: str) -> None:
    client = Counterparty(version, Mode.FILL)
    for name in "abc":
        client.ask(f"{NEW}|11={name}")
        client.ask(f"{NEW}|11={name}")
    ids = [answer["17"] for answer in client.answers]
    assert len(set(ids)) == len(ids) == 9


@BOTH
def test_cancel(version: str) -> None:
    client = Counterparty(version)
    order = client.new("a")
    client.fill(order, 30)
    client.expect("8|39=1")
    client.ask(f"F|11=b|41=a|55=AAPL|54=1|{TIME}")
    client.expect(f"8|11=b|41=a|37={order['37']}|150=4|39=4|14=30|151=0")


@BOTH
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("38=150|44=200", "38=150|44=200|151=150"),
        ("38=100|44=210", "44=210|151=100"),
        ("38=90|44=201", "38=90|44=201"),
    ],
)
def test_replace_of_an_order_without_fills(version: str, change: str, expected: str) -> None:
    client = Counterparty(version)
    client.new("a")
    client.ask(f"G|11=b|41=a|21=1|55=AAPL|54=1|40=2|{change}|{TIME}")
    # Appendix D of 4.2 reports Replaced; from 4.3 on the status is that of an open order.
    client.expect(f"8|11=b|41=a|150=5|39={'5' if client.old else '0'}|{expected}")
    client.ask(f"F|11=c|41=b|55=AAPL|54=1|{TIME}")
    client.expect("8|11=c|41=b|150=4|39=4")


@BOTH
def test_replace_of_a_partly_filled_order_and_down_to_what_is_filled(version: str) -> None:
    client = Counterparty(version)
    order = client.new("a")
    client.fill(order, 40)
    client.expect("8|39=1")
    client.ask(f"G|11=b|41=a|21=1|55=AAPL|54=1|40=2|38=120|44=200|{TIME}")
    client.expect("8|11=b|41=a|150=5|39=1|38=120|14=40|151=80")
    client.ask(f"G|11=c|41=b|21=1|55=AAPL|54=1|40=2|38=40|44=200|{TIME}")
    client.expect("8|11=c|41=b|150=5|39=2|38=40|14=40|151=0")


@BOTH
def test_replace_of_the_order_type_drops_the_price_it_has_no_use_for(version: str) -> None:
    client = Counterparty(version)
    client.new("a")
    client.ask(f"G|11=b|41=a|21=1|55=AAPL|54=1|40=1|{TIME}")
    assert "44" not in client.expect("8|11=b|150=5|40=1|38=100")
    client.ask(f"G|11=c|41=b|21=1|55=AAPL|54=1|40=3|99=240|{TIME}")
    client.expect("8|11=c|150=5|40=3|99=240")


@BOTH
@pytest.mark.parametrize(("request_text", "response_to"), [("F", "1"), ("G|21=1|40=2|38=5|44=200", "2")])
def test_requests_that_can_not_be_done(version: str, request_text: str, response_to: str) -> None:
    client = Counterparty(version)
    rest = f"{request_text}|54=1|{TIME}"
    client.ask(f"{rest}|11=b|41=nope|55=AAPL")
    got = client.expect(f"9|11=b|41=nope|37=NONE|39=8|434={response_to}|102=1")
    assert "Unknown order" in got["58"]

    order = client.new("a")
    client.ask(f"{rest}|11=a|41=a|55=AAPL")
    client.expect(f"9|11=a|41=a|39=0|434={response_to}|102={'2' if client.old else '6'}")
    client.ask(f"{rest}|11=c|41=a|55=BAC")
    client.expect(f"9|11=c|41=a|39=0|434={response_to}|102=2")

    client.fill(order, 100)
    client.expect("8|39=2")
    client.ask(f"{rest}|11=d|41=a|55=AAPL")
    got = client.expect(f"9|11=d|41=a|37={order['37']}|39=2|434={response_to}|102=0")
    assert "FILLED" in got["58"]


@BOTH
def test_the_id_before_a_replace_is_not_the_orders_any_more(version: str) -> None:
    client = Counterparty(version)
    client.new("a")
    client.ask(f"G|11=b|41=a|21=1|55=AAPL|54=1|40=2|38=50|44=200|{TIME}")
    client.expect("8|11=b|150=5")
    client.ask(f"F|11=c|41=a|55=AAPL|54=1|{TIME}")
    got = client.expect(f"9|11=c|41=a|434=1|102=2|39={'5' if client.old else '0'}")
    assert "a is not the order's ClOrdID, which is b" in got["58"]


@pytest.mark.parametrize(
    ("order", "old_reason", "new_reason", "text"),
    [
        (f"D|21=1|55=NOSUCH|54=1|38=1|40=1|{TIME}", "1", "1", "NOSUCH"),
        (f"D|21=1|55=AAPL|54=1|38=0|40=1|{TIME}", "0", "13", "OrderQty(38)"),
        (f"D|21=1|55=AAPL|54=1|38=-5|40=1|{TIME}", "0", "13", "OrderQty(38)"),
        (f"D|21=1|55=AAPL|54=1|38=1.5|40=1|{TIME}", "0", "13", "OrderQty(38)"),
        (f"D|21=1|55=AAPL|54=1|40=1|{TIME}", "0", "13", "OrderQty(38)"),
        (f"D|21=1|55=AAPL|54=1|38=1|40=2|{TIME}", "0", "99", "Price(44) is required"),
        (f"D|21=1|55=AAPL|54=1|38=1|40=2|44=-1|{TIME}", "0", "99", "Price(44)"),
        (f"D|21=1|55=AAPL|54=1|38=1|40=2|44=1.001|{TIME}", "0", "99", "tick"),
        (f"D|21=1|55=AAPL|54=1|38=1|40=3|{TIME}", "0", "99", "StopPx(99) is required"),
        (f"D|21=1|55=AAPL|54=1|38=1|40=P|{TIME}", "0", "11", "OrdType(40)"),
    ],
)
@BOTH
def test_orders_that_are_rejected(
    version: str, order: str, old_reason: str, new_reason: str, text: str
) -> None:
    client = Counterparty(version)
    client.ask(f"{order}|11=a")
    got = client.expect(f"8|11=a|150=8|39=8|151=0|14=0|103={old_reason if client.old else new_reason}")
    assert text in got["58"]
    client.expect_nothing()


@BOTH
def test_a_cl_ord_id_is_taken_once(version: str) -> None:
    client = Counterparty(version)
    client.new("a")
    client.ask(f"{NEW}|11=a")
    client.expect("8|11=a|37=NONE|150=8|39=8|103=6")
    client.ask(f"{NEW}|11=a|97=Y")
    client.expect(f"8|11=a|37=O1|150={'0' if client.old else 'I'}|39=0")


@BOTH
def test_status_of_a_known_and_of_an_unknown_order(version: str) -> None:
    client = Counterparty(version)
    order = client.new("a")
    client.fill(order, 10)
    client.expect("8|39=1")
    client.ask("H|11=a|55=AAPL|54=1" if client.old else "H|11=a|55=AAPL|54=1|790=q")
    got = client.expect(f"8|11=a|17=0|150={'1' if client.old else 'I'}|39=1|14=10|151=90")
    assert got.get("20") == ("3" if client.old else None)
    assert got.get("790") == (None if client.old else "q")
    client.ask("H|11=zz|55=AAPL|54=1")
    got = client.expect(f"8|11=zz|37=NONE|17=0|150={'8' if client.old else 'I'}|39=8|103=5")
    assert "Unknown order" in got["58"]


@BOTH
def test_unsupported_messages(version: str) -> None:
    client = Counterparty(version)
    client.ask("B|148=news|33=1|58=line")
    client.expect("j|45=2|372=B|380=3")


@BOTH
def test_mode_reject(version: str) -> None:
    client = Counterparty(version)
    client.new("a")
    client.application.execute(SetBehaviours({"clients": {"CLIENT": "reject"}}), NOW)
    client.ask(f"{NEW}|11=b")
    client.expect("8|11=b|150=8|39=8|103=0")
    client.ask(f"F|11=c|41=a|55=AAPL|54=1|{TIME}")
    client.expect("9|11=c|41=a|39=0|102=2|434=1")


@BOTH
def test_mode_ignore(version: str) -> None:
    client = Counterparty(version, Mode.IGNORE)
    client.ask(f"{NEW}|11=a")
    client.ask(f"F|11=c|41=a|55=AAPL|54=1|{TIME}")
    client.ask(f"G|11=c|41=a|21=1|55=AAPL|54=1|40=2|38=50|44=200|{TIME}")
    client.expect_nothing()
    client.ask("H|11=a|55=AAPL|54=1")
    client.expect("8|11=a|39=8|103=5")


@BOTH
def test_ioc_that_is_not_filled_whole_is_canceled(version: str) -> None:
    client = Counterparty(version, Mode.MATCH)
    client.ask(f"{NEW}|11=a|59=3")
    client.expect("8|11=a|150=0|39=0")
    got = client.expect("8|11=a|150=4|39=4|151=0")
    assert "41" not in got
    assert "IOC" in got["58"]


@BOTH
def test_what_a_person_does_is_reported(version: str) -> None:
    client = Counterparty(version)
    order = int(client.new("a")["37"][1:])
    client.application.execute(AmendOrder(order, Decimal(120), None, None), NOW)
    client.expect("8|11=a|150=D|39=0|378=4|38=120|151=120")
    client.application.execute(CancelOrder(order, None), NOW)
    assert "41" not in client.expect("8|11=a|150=4|39=4|151=0")
    second = int(client.new("b")["37"][1:])
    client.application.execute(RejectOrder(second, "not today"), NOW)
    client.expect("8|11=b|150=8|39=8|58=not today")


@BOTH
def test_a_house_order_meets_a_clients_order(version: str) -> None:
    client = Counterparty(version)
    client.application.execute(SetBehaviours({"default": {"mode": "match", "market": False}}), NOW)
    client.new("a")
    house = client.application.execute(
        EnterOrder("AAPL", "2", "2", Decimal(60), Decimal(199), None, "0", None), NOW
    )
    client.expect("8|11=a|39=1|32=60|31=200|151=40")
    assert client.orders.get(house).status.name == "FILLED"  # type: ignore[union-attr]


@BOTH
@pytest.mark.parametrize(
    ("change", "first"),
    [("38=50|44=200", "c"), ("38=200|44=200", "b"), ("38=50|44=199", "b"), ("38=100|44=201", "c")],
)
def test_a_replace_keeps_its_place_only_when_it_asks_for_less(version: str, change: str, first: str) -> None:
    client = Counterparty(version)
    client.application.execute(SetBehaviours({"default": {"mode": "match", "market": False}}), NOW)
    client.new("a")
    client.new("b")
    client.ask(f"G|11=c|41=a|21=1|55=AAPL|54=1|40=2|{change}|{TIME}")
    client.expect("8|11=c|150=5")
    client.application.execute(EnterOrder("AAPL", "2", "2", Decimal(10), Decimal(190), None, "0", None), NOW)
    client.expect(f"8|11={first}|39=1|32=10")


def test_what_a_person_can_not_do() -> None:
    client = Counterparty(NEWER)
    order = client.new("a")
    number = int(order["37"][1:])
    client.fill(order, 40)
    client.expect("8|39=1")
    for command, status, field in [
        (FillOrder(number, Decimal(61), None), 422, "exec_quantity"),
        (AmendOrder(number, Decimal(39), None, None), 422, "quantity"),
        (AmendOrder(number, None, Decimal("1.001"), None), 422, "limit_price"),
        (RejectOrder(number, None), 409, None),
        (CancelOrder(99, None), 404, None),
        (EnterOrder("NOSUCH", "1", "1", Decimal(1), None, None, "0", None), 422, "symbol"),
        (EnterOrder("AAPL", "1", "3", Decimal(1), None, None, "0", None), 422, "stop_price"),
        (SetPrice("NOSUCH", Decimal(1)), 404, None),
        (SetPrice("AAPL", Decimal("1.001")), 422, "last_price"),
        (SetBehaviours({"symbols": {"NOSUCH": "fill"}}), 422, "symbols.NOSUCH"),
    ]:
        with pytest.raises(Refused) as refused:
            client.application.execute(command, NOW)
        assert refused.value.status == status
        assert [name for name, _ in refused.value.errors] == ([field] if field else [])
    client.expect_nothing()
    client.fill(order, 60)
    client.expect("8|39=2")
    with pytest.raises(Refused) as refused:
        client.application.execute(CancelOrder(number, None), NOW)
    assert refused.value.status == 409


@BOTH
def test_orders_survive_the_way_through_the_database(version: str) -> None:
    client = Counterparty(version)
    order = client.new("a", f"{NEW}|1=ACC")
    client.fill(order, 40)
    client.ask(f"G|11=b|41=a|21=1|55=AAPL|54=1|40=2|38=120|44=201.5|{TIME}")
    new, changed, changes = client.orders.take_changes()
    assert changed == []
    assert [row["exec_quantity"] for row in changes.executions] == ["40"]
    held = client.orders.find(client.session, "b")
    assert held is not None
    assert from_row(new[0]) == held

    again = Counterparty(version)
    again.cl_ord_ids = {(row["owner"], row["cl_ord_id"]): row["order_id"] for row in changes.cl_ord_ids}
    again.rows = {row["id"]: row for row in new}
    again.orders.restore(new, again.cl_ord_ids, 1, 1, NOW)
    again.ask(f"F|11=c|41=b|55=AAPL|54=1|{TIME}")
    report = again.expect("8|11=c|41=b|150=4|39=4|14=40")
    assert report["17"] not in {answer["17"] for answer in client.answers}
    again.ask(f"{NEW}|11=a")
    again.expect("8|11=a|150=8|103=6")
    assert [row["b_id"] for row in again.orders.take_changes()[1]] == [new[0]["id"]]


def test_closed_orders_leave_the_memory_and_are_still_known() -> None:
    client = Counterparty(NEWER, Mode.FILL, kept_closed=2)
    for number in range(5):
        client.ask(f"{NEW}|11=a{number}")
    client.answers.clear()
    new, _, _ = client.orders.take_changes()
    client.rows.update({row["id"]: row for row in new})
    client.orders.forget_closed()
    client.ask(f"F|11=c|41=a0|55=AAPL|54=1|{TIME}")
    client.expect("9|11=c|41=a0|37=O1|39=2|102=0")
    client.rows.clear()
    client.ask(f"F|11=d|41=a4|55=AAPL|54=1|{TIME}")
    client.expect("9|11=d|41=a4|37=O5|39=2|102=0")
