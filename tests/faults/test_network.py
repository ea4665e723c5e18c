"""What lines and counterparties do to a session. After each test the books of both ends are compared."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.support.books import broker_books, desk_books, equal_books
from tests.support.lined_stack import SHORT, LinedStack
from tests.support.load import BEHAVIOURS, Load
from tests.support.proxy import Way
from tests.support.stack import FIX42, FIX44, eventually

COMP_IDS = {FIX42: "SENDFIX42", FIX44: "SENDFIX44", SHORT: "SENDFIXSHORT"}


def fault(stack: LinedStack, session: str, **kinds: Any) -> None:
    url = f"{stack.broker_url}/api/faults/{COMP_IDS[session]}"
    requests.put(url, json=kinds, timeout=10).raise_for_status()


def struck(stack: LinedStack, session: str, kind: str) -> int:
    url = f"{stack.broker_url}/api/faults/{COMP_IDS[session]}"
    found: int = requests.get(url, timeout=10).json()["faults"][kind]["struck"]
    return found


def client(stack: LinedStack, session: str) -> dict[str, Any]:
    clients = requests.get(f"{stack.broker_url}/api/clients", timeout=10).json()["clients"]
    found: dict[str, Any] = next(one for one in clients if one["sender_comp_id"] == COMP_IDS[session])
    return found


def resend_requests(stack: LinedStack, session: str) -> int:
    found = stack.get(f"/api/messages?session_name={session}&direction=OUT&msg_type=2&limit=5000")
    return len(found["messages"])


@pytest.mark.parametrize("session", [FIX42, FIX44])
def test_the_normal_flow(stack: LinedStack, session: str) -> None:
    stack.behave(default="manual")
    resting = stack.send(session, ord_type="LIMIT", price="200")
    stack.wait_order(resting, status="NEW")
    change = stack.post("/api/replace_order", {"cl_ord_id": resting, "order_qty": 150}, 202)
    stack.wait_order(resting, order_qty="150", pending=None)
    canceled = stack.post("/api/cancel_order", {"cl_ord_id": change["cl_ord_id"]}, 202)
    stack.wait_order(canceled["cl_ord_id"], status="CANCELED")
    stack.behave(default="fill")
    stack.wait_order(stack.send(session, ord_type="MARKET"), status="FILLED", cum_qty="100")
    stack.behave(default={"mode": "partial", "steps": 4, "interval": 0})
    stack.wait_order(stack.send(session, ord_type="MARKET"), status="FILLED", cum_qty="100")
    fault(stack, session, reject_orders={"times": 1})
    stack.wait_order(stack.send(session, ord_type="MARKET"), status="REJECTED", cum_qty="0")
    stack.post("/api/disconnect", {"session_name": session}, 202)
    eventually(lambda: stack.session(session)["state"] == "not_connected", "logged out")
    stack.post("/api/connect", {"session_name": session}, 202)
    stack.wait_logged_on(session)


@pytest.mark.parametrize(
    ("way", "count", "reset"),
    [(Way.OUT, 100, True), (Way.OUT, 100, False), (Way.BACK, 0, False), (Way.BACK, 100, True)],
)
def test_the_line_is_cut_during_an_order(stack: LinedStack, way: Way, count: int, reset: bool) -> None:
    line = stack.lines[FIX44]
    before = line.cuts
    line.cut_after(count, way, reset)
    if not count:
        line.cut()  # before the order, which the engine may not have noticed yet
    answer = requests.post(
        f"{stack.desk_url}/api/send_order",
        json={"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 100, "ord_type": "MARKET"},
        timeout=20,
    )
    line.wait_for_cuts(before + 1)
    stack.wait_logged_on(FIX44)
    if answer.status_code == 201:
        stack.wait_order(answer.json()["cl_ord_id"], status="FILLED", cum_qty="100")
    else:
        assert answer.status_code == 409, answer.text


@pytest.mark.parametrize(
    "kinds",
    [
        {"skip_sequence_numbers": {"count": 3, "times": 1, "msg_types": ["8"]}},
        {"garble": {"every": 5, "times": 3, "msg_types": ["8"]}},
        {"reset_sequence_numbers": {"how": "sequence_reset", "times": 1}},
        {"reset_sequence_numbers": {"how": "too_low", "count": 3, "times": 1, "msg_types": ["8"]}},
    ],
    ids=lambda kinds: next(iter(kinds)),
)
def test_a_gap_during_executions(stack: LinedStack, kinds: dict[str, Any]) -> None:
    asked = resend_requests(stack, FIX44)
    fault(stack, FIX44, **kinds)
    stack.behave(default={"mode": "partial", "steps": 20, "interval": 0.01})
    sent = stack.send(FIX44, ord_type="MARKET")
    stack.wait_order(sent, status="FILLED", cum_qty="100")
    (kind,) = kinds
    assert struck(stack, FIX44, kind) > 0
    fault(stack, FIX44)
    if kinds[kind].get("how") != "sequence_reset":
        eventually(lambda: resend_requests(stack, FIX44) > asked, "the gap was asked for")


@pytest.mark.parametrize("poss_dup", [True, False])
def test_duplicates_are_counted_once(stack: LinedStack, poss_dup: bool) -> None:
    fault(stack, FIX44, duplicate={"poss_dup": poss_dup, "copies": 3, "times": 2, "msg_types": ["8"]})
    sent = stack.send(FIX44, ord_type="MARKET")
    stack.wait_order(sent, status="FILLED", cum_qty="100")
    assert struck(stack, FIX44, "duplicate") > 0
    fault(stack, FIX44)
    stack.wait_logged_on(FIX44)
    executions = stack.get(f"/api/orders/{sent}/executions")["executions"]
    assert [one["ord_status"] for one in executions] == ["NEW", "FILLED"]


def test_the_line_is_half_open(stack: LinedStack) -> None:
    line = stack.lines[SHORT]
    line.hold()
    sent = stack.send(SHORT, ord_type="MARKET")
    silent = eventually(
        lambda: (session := stack.session(SHORT))["state"] == "disconnected" and session,
        "the heartbeats are missed",
    )
    assert "gone silent" in silent["reason"]
    assert stack.session(FIX44)["logged_on"]
    line.let_go()
    stack.wait_logged_on(SHORT)
    order = eventually(
        lambda: (order := stack.order(sent))["status"] in ("FILLED", "REJECTED") and order,
        "it is known what became of it",
    )
    assert order["status"] == "FILLED" or order["text"].startswith("Not sent: "), order


def test_the_counterparty_comes_back_with_its_numbers_at_1(stack: LinedStack) -> None:
    stack.behave(default="manual")
    resting = stack.send(FIX44, ord_type="LIMIT", price="200")
    stack.wait_order(resting, status="NEW")
    known = client(stack, FIX44)["id"]
    requests.post(f"{stack.broker_url}/api/clients/{known}/reset", timeout=10).raise_for_status()
    assert stack.broker is not None
    stack.broker.kill()
    stack.start_broker()
    stack.behave(default="manual")
    eventually(
        lambda: "have been set back" in stack.session(FIX44)["reason"], "it says that numbers went back"
    )
    answer = requests.post(
        f"{stack.broker_url}/api/executions",
        json={
            "order_id": int(stack.order(resting)["order_id"][1:]),
            "exec_quantity": 40,
            "exec_price": "200",
        },
        timeout=10,
    )
    answer.raise_for_status()
    stack.post("/api/disconnect", {"session_name": FIX44}, 202)
    eventually(lambda: stack.session(FIX44)["state"] == "not_connected", "it stays away")
    path = f"/api/sessions/{FIX44}/sequence"
    preview = stack.post(f"{path}/preview", {"action": "reset"}, 200)
    assert resting in preview["open_orders"]
    stack.post(path, {"token": preview["token"], "reason": "their numbers begin at 1"}, 200)
    stack.post("/api/connect", {"session_name": FIX44}, 202)
    stack.wait_logged_on(FIX44)
    stack.wait_order(resting, status="PARTIALLY_FILLED", cum_qty="40")
    stack.behave(default="fill")
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="FILLED")


def test_a_burst_of_orders(stack: LinedStack) -> None:
    def send(number: int) -> str:
        return stack.send((FIX42, FIX44)[number % 2], symbol="MSFT", ord_type="MARKET")

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(send, range(200)))

    def open_orders() -> list[str]:
        books = desk_books(stack)
        return [one for one in sent if books[one].status != "FILLED"]

    eventually(lambda: not open_orders(), "all are filled", 30)
    books = broker_books(stack)
    assert {len(books[one].fills) for one in sent} == {1}


def test_a_flood_of_executions(stack: LinedStack) -> None:
    stack.behave(default={"mode": "partial", "steps": 500, "interval": 0})
    sent = [stack.send(session, order_qty=500, ord_type="MARKET") for session in (FIX42, FIX44)]
    for one in sent:
        stack.wait_order(one, status="FILLED", cum_qty="500")
    books = desk_books(stack)
    assert [len(books[one].fills) for one in sent] == [500, 500]


def test_lines_that_delay_garble_and_break_under_load(stack: LinedStack) -> None:
    chance = random.Random(1)
    stack.behave(symbols=BEHAVIOURS)
    with Load(stack, (FIX42, FIX44)) as load:
        for line in (stack.lines[FIX42], stack.lines[FIX44]):
            line.delay = 0.02
            load.more(20)
            line.garble(2500, Way.BACK)
            line.garble(4000, Way.OUT)
            load.more(20)
            line.cut_after(chance.randint(1, 3000), chance.choice(list(Way)), reset=True)
            load.more(20)
            line.behave()
            assert line.garbled
        load.more(20)
    stack.wait_logged_on(FIX42, FIX44)
    load.all_known(equal_books(stack, 60))
