"""The sessions' panel in a browser: why a session is not logged on, and its sequence numbers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX42, FIX44, Stack, eventually

pytestmark = pytest.mark.browser


def test_why_and_numbers(own_stack: Stack, browser_context: BrowserContext) -> None:
    stack = own_stack
    stack.behave(default="manual")
    page = browser_context.new_page()
    desk = DeskPage(page, stack).open()
    desk.get(f"why-{FIX44}").click()
    expect(desk.get("why-summary")).to_have_text("The session is logged on.")
    page.keyboard.press("Escape")
    expect(desk.get("why")).to_have_count(0)
    sent = stack.send(FIX44, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")

    desk.get(f"numbers-{FIX44}").click()
    expect(desk.get("numbers")).to_contain_text("while the session is disconnected")
    desk.get("test-request").click()
    expect(desk.get("toast").last).to_contain_text("TestRequest sent as MsgSeqNum")
    expect(desk.get("test-answer")).to_contain_text(re.compile(r"^Heartbeat \d+ after [\d.,]+ m?s"))
    desk.get("again-from").fill("1")
    desk.get("again-to").fill("two")
    desk.get("again").click()
    expect(desk.get("numbers-problem")).to_contain_text("end_seq_no")
    desk.get("again-to").fill("1")
    desk.get("again").click()
    expect(desk.get("toast").last).to_contain_text("ResendRequest from 1 to 1 sent as MsgSeqNum")
    desk.get("fill-from").fill("1")
    desk.get("fill-next").fill("2")
    desk.get("preview-fill").click()
    kept_back = page.locator('[data-testid=effect][data-kind="never_delivered"]')
    expect(kept_back).to_contain_text("1 messages that the desk has")
    desk.get("confirm-numbers").click()
    expect(desk.get("numbers")).to_have_count(0)
    desk.get(f"numbers-{FIX44}").click()
    desk.get("logout-text").fill("closing for lunch")
    desk.get("logout").click()
    expect(desk.get(f"session-{FIX44}")).to_have_attribute("data-state", "not_connected")

    desk.get(f"why-{FIX44}").click()
    wanted = page.locator('[data-testid=check][data-check="connection wanted"]')
    expect(wanted).to_have_attribute("data-verdict", "fail")
    expect(wanted).to_contain_text("Press Connect.")
    page.keyboard.press("Escape")

    desk.get(f"numbers-{FIX44}").click()
    desk.get("preview-set").click()
    expect(desk.get("numbers-problem")).to_contain_text("next_sender_seq_num")
    desk.get("number-in").fill("1")
    desk.get("preview-set").click()
    effect = page.locator('[data-testid=effect][data-kind="replayed"]')
    expect(effect).to_contain_text("counts each ExecID(17) once")
    expect(effect).to_contain_text(sent)
    desk.get("number-reason").fill("after their outage")
    desk.get("confirm-numbers").click()
    expect(desk.get("numbers")).to_have_count(0)
    expect(desk.get(f"session-{FIX44}")).to_contain_text("1")
    events = stack.get(f"/api/messages?session_name={FIX44}&direction=EVENT&text=after their outage")
    assert len(events["messages"]) == 1
    desk.get(f"connect-{FIX44}").click()
    expect(desk.get(f"session-{FIX44}")).to_have_attribute("data-state", "connected")
    assert len(stack.wait_order(sent, status="NEW")["executions"]) == 1


def test_a_tripped_circuit_breaker_is_let_go_by_a_person(
    own_stack: Stack, browser_context: BrowserContext
) -> None:
    stack = own_stack
    assert stack.engine is not None
    sessions = stack.default_sessions()
    sessions[1]["circuit_breaker"] = {"max_rejects": 3}
    stack.write_config(sessions)
    stack.engine.stop()
    stack.start_engine()
    stack.wait_logged_on(FIX42, FIX44)
    stack.behave(default="manual")
    resting = stack.send(FIX44, ord_type="LIMIT", price="200")
    stack.wait_order(resting, status="NEW")
    stack.behave(default="reject")
    for _ in range(3):
        stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="REJECTED")
    eventually(lambda: stack.session(FIX44)["breaker"], "it has tripped")
    order = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"}
    assert "3 orders were rejected within 60 s" in stack.post("/api/send_order", order, 409)["detail"]
    stack.behave(default="manual")
    stack.post("/api/send_order", {**order, "session_name": FIX42}, 201)
    stack.post("/api/cancel_order", {"cl_ord_id": resting}, 202)
    stack.wait_order(resting, status="CANCELED")
    can_send = stack.get("/api/can_send_orders")["sessions"]
    assert (can_send[FIX42]["can_send"], can_send[FIX44]["can_send"]) == (True, False)
    assert any("3 orders were rejected" in problem for problem in stack.get("/health")["problems"])

    stack.engine.kill()
    stack.start_engine()
    stack.wait_logged_on(FIX44)
    stack.post("/api/send_order", order, 409)
    desk = DeskPage(browser_context.new_page(), stack).open()
    expect(desk.get(f"breaker-{FIX44}")).to_contain_text("no new order is sent")
    desk.get(f"let-go-{FIX44}").click()
    desk.get("confirm").click()
    expect(desk.get(f"breaker-{FIX44}")).to_have_count(0)
    stack.post("/api/send_order", order, 201)
