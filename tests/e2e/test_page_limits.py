"""The page's limits: how much is used, and changing them with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack, session_config

pytestmark = pytest.mark.browser
ACCOUNT = "<b>page</b>"
ORDER = {"symbol": "JNJ", "ord_type": "LIMIT", "price": "1", "account": ACCOUNT}


@pytest.fixture(autouse=True)
def no_limits_are_left(stack: Stack) -> Iterator[None]:
    stack.behave(default="manual")
    yield
    version = stack.get("/api/risk/limits")["version"]
    body = {"version": version, "rules": [], "reason": "the test is over"}
    assert requests.put(f"{stack.desk_url}/api/risk/limits", json=body, timeout=15).ok


def test_limits_are_added_seen_changed_and_removed(page: Page, stack: Stack) -> None:
    desk = DeskPage(page, stack).ready()
    still = stack.send(FIX44, **ORDER)
    stack.wait_order(still, status="NEW")
    desk.get("limits").click()
    desk.get("limits-add").click()
    desk.get("limit-session_name").select_option(FIX44)
    desk.get("limit-account").fill(ACCOUNT)
    desk.get("limit-max_open_orders").fill("1")
    desk.get("limit-price_collar_percent.buy").fill("5")
    desk.get("limit-price_collar_without_price").select_option(label="let it pass")
    expect(desk.get("limit-save")).to_be_disabled()
    desk.get("limit-reason").fill("a test")
    desk.get("limit-save").click()

    scope = desk.get("limit-scope").filter(has_text=f"Account {ACCOUNT} · Session {FIX44}")
    bar = scope.get_by_role("meter", name="Open orders")
    expect(bar).to_have_attribute("aria-valuetext", "1 of 1, 100 % used up")
    expect(scope).to_contain_text("Price collar to buy, %5")
    refused = stack.post(
        "/api/send_order", {**ORDER, "session_name": FIX44, "side": "BUY", "order_qty": 1}, 409
    )
    assert f"max_open_orders of account {ACCOUNT} on session {FIX44} is 1" in refused["detail"]
    stack.post("/api/cancel_order", {"cl_ord_id": still}, 202)
    expect(bar).to_have_attribute("aria-valuetext", re.compile("^0 of 1, 0 %"))

    scope.get_by_test_id("limit-edit").click()
    expect(desk.get("limit-max_open_orders")).to_have_value("1")
    desk.get("limit-max_open_orders").fill("7")
    desk.get("limit-symbols").fill("JNJ, V")
    desk.get("limit-reason").fill("more")
    desk.get("limit-save").click()
    expect(bar).to_have_attribute("aria-valuetext", re.compile("^0 of 7"))
    expect(scope).to_contain_text("Only these symbolsJNJ, V")
    assert stack.get("/api/risk/limits")["rules"] == [
        {
            "scope": {"session_name": FIX44, "account": ACCOUNT},
            "limits": {
                "price_collar_percent": {"buy": "5"},
                "price_collar_without_price": "pass",
                "max_open_orders": 7,
                "symbols": ["JNJ", "V"],
            },
        }
    ]
    scope.get_by_test_id("limit-edit").click()
    desk.get("limit-reason").fill("enough")
    with desk.page.expect_response(lambda answer: answer.request.method == "PUT"):
        desk.get("limit-remove").click()
    expect(scope).to_have_count(0)
    assert stack.get("/api/risk/limits")["rules"] == []


def test_a_fault_stands_by_its_field_and_a_change_by_another_is_told(
    browser_context: BrowserContext, stack: Stack
) -> None:
    page = browser_context.new_page()  # Chromium calls each refusal an error
    desk = DeskPage(page, stack).open()
    desk.get("stop").click()
    desk.get("stop-limits").click()
    desk.get("limits-add").click()
    desk.get("limit-user").fill("ann")
    zone = desk.get("limit-trading_hours.timezone")
    zone.fill("Europe/Lundon")
    desk.get("limit-reason").fill("x")
    desk.get("limit-save").click()
    fault = desk.get("limit-trading_hours.timezone-fault")
    expect(fault).to_have_text("'Europe/Lundon' is not a time zone; did you mean Europe/London?")
    expect(zone).to_have_attribute("aria-describedby", str(fault.get_attribute("id")))
    zone.fill("")
    changed = {"version": stack.get("/api/risk/limits")["version"], "rules": [], "reason": "another"}
    assert requests.put(f"{stack.desk_url}/api/risk/limits", json=changed, timeout=15).ok
    desk.get("limit-save").click()
    expect(desk.get("limit-problem")).to_contain_text("The limits have been changed meanwhile")
    page.keyboard.press("Escape")
    expect(desk.get("limits-edit")).to_have_count(0)


def test_a_refusal_is_said_once_by_its_field_and_a_kill_switch_on_the_ticket(
    browser_context: BrowserContext, stack: Stack
) -> None:
    rule = {"scope": {"account": ACCOUNT}, "limits": {"max_order_qty": 5, "symbols": ["MRK"]}}
    body = {"version": stack.get("/api/risk/limits")["version"], "rules": [rule], "reason": "a test"}
    assert requests.put(f"{stack.desk_url}/api/risk/limits", json=body, timeout=15).ok
    page = browser_context.new_page()
    desk = DeskPage(page, stack).open()
    desk.choose(FIX44)
    page.keyboard.press("Control+Enter")
    expect(desk.get("toast")).to_contain_text("Quantity: How many?")
    desk.fill_ticket(symbol="mrk", order_qty="6", price="1", account=ACCOUNT)
    desk.get("send").click()
    words = f"Quantity: “Quantity of an order” of account {ACCOUNT} is 5, and OrderQty(38) 6 is more"
    expect(desk.get("refused")).to_have_text(words)
    expect(desk.get("toasts").get_by_text(words, exact=True)).to_have_count(1)
    expect(desk.get("ticket-order_qty")).to_be_focused()
    expect(desk.get("ticket-order_qty")).to_have_attribute("aria-invalid", "true")
    desk.fill_ticket(order_qty="5")
    expect(desk.get("refused")).to_have_count(0)

    stack.post("/api/kill_switch", {"session_name": FIX44, "reason": "lunch"}, 200)
    expect(desk.get("send")).to_be_disabled()
    expect(desk.get("send-hint")).to_contain_text("is on since")
    expect(desk.get("send-hint")).to_contain_text("lunch")
    stack.post("/api/kill_switch/let_go", {"session_name": FIX44, "reason": "eaten"}, 200)
    expect(desk.get("send-hint")).not_to_contain_text("lunch")
    desk.send(key=True)


def test_a_banner_says_that_the_limits_are_not_known_until_they_are_set(
    browser_context: BrowserContext, tmp_path: Path
) -> None:
    alone = Stack(tmp_path)  # the desk without broker and engine
    alone.write_config([session_config(FIX44, "FIX.4.4", "SENDFIX44", 1)])
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "risk_limits.json").write_text("{")
    try:
        alone.start_desk()
        desk = DeskPage(browser_context.new_page(), alone).open()
        expect(desk.get("banner")).to_contain_text("risk_limits.json in the store can't be read")
        desk.get("set-limits").click()
        desk.get("limits-add").click()
        desk.get("limit-account").fill("A1")
        desk.get("limit-max_order_qty").fill("10")
        desk.get("limit-reason").fill("the file was broken")
        desk.get("limit-save").click()
        expect(desk.get("limit-scope")).to_contain_text("Account A1")
        expect(desk.get("set-limits")).to_have_count(0)
    finally:
        alone.stop()
