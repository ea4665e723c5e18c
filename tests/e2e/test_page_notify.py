"""Sound and notifications of the desktop, on request."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.desk_page import DeskPage, broker_does, broker_order
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser

HTML = "<img src=x onerror=document.title='owned'>"

# The browser's own can't be looked at from a page: these write down what they are asked for.
FAKES = """
window.heard = { notifications: [], tones: 0 };
window.Notification = class {
  static permission = 'default';
  static async requestPermission() { return (this.permission = window.answer); }
  constructor(title, options) { window.heard.notifications.push([title, options.body]); }
  close() {}
};
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.heard.tones += 1; return start.call(this, at); };
document.hasFocus = () => window.focused ?? true;
"""


def reject(stack: Stack, symbol: str) -> str:
    sent = stack.send(FIX44, symbol=symbol, ord_type="LIMIT", price="10")
    order = broker_order(stack, sent)
    broker_does(stack, f"/api/orders/{order['id']}/reject", text=HTML)
    stack.wait_order(sent, status="REJECTED")
    return sent


def test_nothing_is_told_until_somebody_asks_and_then_what_was_chosen(
    stack: Stack, browser_context: BrowserContext
) -> None:
    stack.behave(default="manual")
    page = browser_context.new_page()
    page.add_init_script(FAKES)
    desk = DeskPage(page, stack).open()
    first = reject(stack, "AAPL")
    desk.expect_row(first, status="Rejected")
    assert page.evaluate("window.heard") == {"notifications": [], "tones": 0}

    desk.get("bell").click()
    expect(desk.get("notify-sound")).not_to_be_checked()
    desk.get("notify-sound").check()
    page.evaluate("window.answer = 'denied'")
    desk.get("notify-desktop").click()
    expect(desk.get("notify-refused")).to_contain_text("The browser refuses notifications of this page")
    expect(desk.get("notify-desktop")).not_to_be_checked()
    page.evaluate("window.answer = 'granted'")
    desk.get("notify-desktop").click()
    expect(desk.get("notify-desktop")).to_be_checked()
    expect(desk.get("notify-refused")).to_have_count(0)
    desk.get("notify-test").click()
    page.wait_for_function("() => window.heard.tones === 2 && window.heard.notifications.length === 1")
    desk.get("notify").get_by_role("button", name="Close").click()
    expect(desk.get("bell")).to_be_focused()

    # In sight it is heard and seen in the corner; out of sight the desktop tells it, as text.
    page.evaluate("window.focused = false")
    second = reject(stack, "MSFT")
    desk.expect_row(second, status="Rejected")
    told = page.wait_for_function("() => window.heard.notifications[1]").json_value()
    assert told == ["SendFix: order rejected: MSFT", f"{second}: {HTML}"]

    desk.get("bell").click()
    desk.get("notify-rejected").uncheck()
    desk.get("notify").get_by_role("button", name="Close").click()
    stack.post("/api/kill_switch", {"session_name": FIX44, "reason": "a test"}, 200)
    stack.post("/api/kill_switch/let_go", {"session_name": FIX44, "reason": "a test"}, 200)
    page.wait_for_function("() => window.heard.notifications[2]?.[0] === 'SendFix: a kill switch is turned'")
    third = reject(stack, "AMZN")
    desk.expect_row(third, status="Rejected")
    assert len(page.evaluate("window.heard.notifications")) == 3

    desk.open()
    desk.get("bell").click()
    expect(desk.get("notify-sound")).to_be_checked()
    expect(desk.get("notify-rejected")).not_to_be_checked()
