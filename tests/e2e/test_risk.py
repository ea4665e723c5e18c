"""Limits and kill switches: the real desk, engine and broker, by REST and on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX42, FIX44, Stack

ORDER = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "ord_type": "LIMIT", "price": "1"}


@pytest.fixture(autouse=True)
def trading_goes_on(stack: Stack) -> Iterator[None]:
    stack.behave(default="manual")
    yield
    for name in (None, FIX42, FIX44):
        stack.post("/api/kill_switch/let_go", {"session_name": name, "reason": "the test is over"}, 200)


def configure(stack: Stack, **limits: Any) -> None:
    path = f"/api/sessions/{FIX44}/config"
    session = stack.get(path)["session"]
    session["limits"] = limits
    answer = requests.put(
        f"{stack.desk_url}{path}", json={"session": session, "reason": "a test"}, timeout=15
    )
    assert answer.status_code == 200, answer.text


def test_limits_that_are_set_while_it_runs_hold_for_the_next_order(stack: Stack) -> None:
    configure(stack, max_order_qty="100", max_notional="1000")
    try:
        refused = stack.post("/api/send_order", {**ORDER, "order_qty": 101}, 409)
        assert refused["title"] == "Refused by a limit"
        assert refused["detail"] == (
            f"Not sent on session {FIX44}: max_order_qty of session {FIX44} is 100, and OrderQty(38) 101 is more."
        )
        assert refused["errors"] == [
            {
                "field": "order_qty",
                "message": f"max_order_qty of session {FIX44} is 100, and OrderQty(38) 101 is more",
            }
        ]
        cl_ord_id = stack.post("/api/send_order", {**ORDER, "order_qty": 100}, 201)["cl_ord_id"]
        stack.wait_order(cl_ord_id, status="NEW")
        changes = {"cl_ord_id": cl_ord_id, "price": "10.01"}
        assert (
            f"max_notional of session {FIX44} is 1000, and 100 at 10.01 is 1001"
            in stack.post("/api/replace_order", changes, 409)["detail"]
        )
        limits = {one["session_name"]: one for one in stack.get("/api/risk")["limits"]}
        assert (limits[FIX44]["max_order_qty"], limits[FIX42]["max_order_qty"]) == ("100", None)
        metrics = requests.get(f"{stack.desk_url}/metrics", timeout=15).text
        series = rf'^sendfix_risk_refusals_total\{{rule="max_notional",session="{FIX44}"\}} [1-9]'
        assert re.search(series, metrics, re.MULTILINE)
    finally:
        configure(stack)
    stack.post("/api/cancel_order", {"cl_ord_id": cl_ord_id}, 202)


def test_a_kill_switch_by_rest(stack: Stack) -> None:
    cl_ord_id = stack.send(FIX44, ord_type="LIMIT", price="1")
    stack.wait_order(cl_ord_id, status="NEW")
    on = stack.post("/api/kill_switch", {"session_name": FIX44, "reason": "fire", "cancel_open": True}, 200)
    assert [one["sent"] for one in on["canceled"] if one["cl_ord_id"] == cl_ord_id] == [True]
    stack.wait_order(cl_ord_id, status="CANCELED")
    assert stack.post("/api/send_order", {**ORDER, "order_qty": 1}, 409)["detail"].endswith("fire.")
    can_send = stack.get("/api/can_send_orders")["sessions"]
    assert (can_send[FIX44]["can_send"], can_send[FIX42]["can_send"]) == (False, True)
    health = stack.get("/health")
    assert (health["status"], health["kill_switches"]) == ("degraded", [on["kill_switch"]])
    assert stack.get("/api/risk")["kill_switches"] == [on["kill_switch"]]
    let_go = stack.post("/api/kill_switch/let_go", {"session_name": FIX44, "reason": "out"}, 200)
    assert let_go == {"session_name": FIX44, "was_on": True}
    assert stack.get("/health")["kill_switches"] == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 422, "reason"),
        ({"reason": ""}, 422, "say why"),
        ({"reason": 7}, 422, "reason"),
        ({"reason": "x" * 501}, 422, "reason"),
        ({"reason": "x", "session_name": "S99"}, 404, "S99"),
        ({"reason": "x", "session_name": 7}, 422, "session_name"),
        ({"reason": "x", "cancel_open": "perhaps"}, 422, "cancel_open"),
        ({"reason": "x", "more": 1}, 422, "more"),
    ],
)
def test_bad_input_turns_no_switch(stack: Stack, body: dict[str, Any], status: int, words: str) -> None:
    answer = stack.post("/api/kill_switch", body, status)
    assert words in f"{answer['detail']} {answer.get('errors')}"
    assert stack.get("/api/risk")["kill_switches"] == []


@pytest.mark.browser
def test_a_kill_switch_on_the_page(page: Page, stack: Stack) -> None:
    desk = DeskPage(page, stack).ready()
    desk.choose(FIX44)
    desk.get("stop").click()
    expect(desk.get("stop-confirm")).to_be_disabled()
    desk.get("stop-only").check()
    desk.get("stop-reason").fill("<b>fire</b>")
    desk.get("stop-confirm").click()
    expect(desk.get("banner")).to_contain_text(f"The kill switch of session {FIX44} is on since")
    expect(desk.get("banner")).to_contain_text("<b>fire</b>")
    assert "<b>fire</b>" in stack.post("/api/send_order", {**ORDER, "order_qty": 1}, 409)["detail"]
    desk.get("let-go-kill").click()
    desk.get("stop-reason").fill("out")
    desk.get("let-go-confirm").click()
    expect(desk.get("banner")).not_to_contain_text("kill switch")
    assert stack.get("/api/risk")["kill_switches"] == []
