"""The sessions' panel in a browser: why a session is not logged on, and its sequence numbers."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack

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
    page.keyboard.press("Escape")
    desk.get(f"connect-{FIX44}").click()
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
