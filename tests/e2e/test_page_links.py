"""Addresses that open an order, a message or a filter, and the way back."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX42, FIX44, Stack

pytestmark = pytest.mark.browser


def visit(page: Page, stack: Stack, path: str) -> DeskPage:
    page.goto("about:blank")
    page.goto(f"{stack.desk_url}/{path}")
    return DeskPage(page, stack).ready()


def copied(desk: DeskPage, button: str) -> str:
    """What the button puts into the clipboard, without the address of the desk."""
    desk.get(button).click()
    expect(desk.get("toasts")).to_contain_text("copied")
    desk.get("toast").last.get_by_label("Dismiss").click()
    link: str = desk.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(desk.stack.desk_url)
    return link.removeprefix(f"{desk.stack.desk_url}/")


def test_a_link_opens_an_order_or_a_message_and_back_goes_back(
    stack: Stack, page: Page, browser_context: BrowserContext
) -> None:
    browser_context.grant_permissions(["clipboard-read", "clipboard-write"])
    stack.behave(default="manual")
    sent = stack.send(FIX44, ord_type="LIMIT", price="10", order_qty=11)
    stack.wait_order(sent, status="NEW")

    desk = visit(page, stack, f"#/order/{sent}")
    expect(desk.get("drawer")).to_contain_text("Buy 11 AAPL")
    assert copied(desk, "order-link") == f"#/order/{sent}"
    desk.get("rung").last.get_by_role("button").first.click()
    desk.get("message-open").click()
    expect(desk.get("drawer")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"#/message/\d+$"))
    message = copied(desk, "message-link")
    desk.get("message-order").click()
    expect(desk.get("drawer")).to_contain_text("Buy 11 AAPL")
    expect(page).to_have_url(re.compile(f"#/order/{sent}$"))

    page.go_back()
    expect(desk.get("drawer")).to_have_count(0)
    expect(desk.get("decode")).to_contain_text("ExecutionReport")
    page.go_back()
    expect(desk.get("drawer")).to_contain_text("Buy 11 AAPL")
    page.go_forward()
    expect(desk.get("decode")).to_contain_text("ExecutionReport")
    desk.get("decode-close").click()
    expect(page).to_have_url(f"{stack.desk_url}/")

    desk = visit(page, stack, message)
    expect(desk.get("decode").locator('[data-tag="11"]')).to_contain_text(sent)


def test_what_is_no_longer_on_the_page_is_fetched(stack: Stack, page: Page) -> None:
    stack.behave(default="manual")
    sent = stack.send(FIX44, ord_type="LIMIT", price="10", order_qty=12)
    number = stack.get(f"/api/orders/{sent}/messages")["messages"][0]["id"]
    page.route("**/api/orders?*", lambda route: route.fulfill(json={"orders": [], "next_before": None}))
    page.route("**/api/messages?*", lambda route: route.fulfill(json={"messages": [], "next_before": None}))
    desk = visit(page, stack, f"#/order/{sent}")
    expect(desk.get("tab-orders")).to_have_text(re.compile(r"Orders\s+0"))
    expect(desk.get("drawer")).to_contain_text("Buy 12 AAPL")
    desk = visit(page, stack, f"#/message/{number}")
    expect(desk.get("decode").locator('[data-tag="11"]')).to_contain_text(sent)
    # From then on it is live, as any other.
    stack.post("/api/cancel_order", {"cl_ord_id": sent}, 202)
    stack.wait_order(sent, status="CANCELED")
    desk.get("message-order").click()
    expect(desk.get("drawer")).to_contain_text("Canceled")


def test_a_link_to_nothing_says_so(stack: Stack, browser_context: BrowserContext) -> None:
    page = browser_context.new_page()
    desk = visit(page, stack, "#/order/%3Cb%3ENO%3C%2Fb%3E")
    expect(desk.get("nowhere")).to_contain_text("There is no order <b>NO</b>")
    page.keyboard.press("Escape")
    expect(desk.get("nowhere")).to_have_count(0)
    desk = visit(page, stack, "#/message/987654321")
    expect(desk.get("nowhere")).to_contain_text("There is no message 987654321")
    page.route("**/api/orders/LATER", lambda route: route.abort())
    desk = visit(page, stack, "#/order/LATER")
    expect(desk.get("nowhere")).to_contain_text("Not loaded: order LATER")
    page.unroute("**/api/orders/LATER")
    desk.get("nowhere").get_by_role("button", name="Try again").click()
    expect(desk.get("nowhere")).to_contain_text("There is no order LATER")


def test_a_link_carries_a_filter(stack: Stack, page: Page, browser_context: BrowserContext) -> None:
    browser_context.grant_permissions(["clipboard-read", "clipboard-write"])
    stack.behave(default="manual")
    mine = stack.send(FIX42, symbol="CSCO", ord_type="LIMIT", price="10")
    other = stack.send(FIX44, symbol="CSCO", ord_type="LIMIT", price="10")
    desk = DeskPage(page, stack).ready()
    desk.get("log-search").fill("55=CSCO")
    desk.get("log-session").select_option(label=FIX42)
    link = copied(desk, "log-link")
    assert link == f"#/log?session={FIX42}&text=55%3DCSCO"
    desk.get("blotter-search").fill(mine)
    desk.get("open-only").click()
    blotter = copied(desk, "blotter-link")
    assert blotter == f"#/orders?text={mine}&open=1"

    page.evaluate("localStorage.clear()")
    desk = visit(page, stack, link)
    expect(desk.get("log-search")).to_have_value("55=CSCO")
    expect(desk.log_lines("D").filter(has_text=mine)).to_have_count(1)
    expect(desk.log_lines("D").filter(has_text=other)).to_have_count(0)
    desk = visit(page, stack, f"{blotter}&filter=%5B1")
    desk.expect_row(mine, status="New")
    expect(desk.cell(other, "symbol")).to_have_count(0)
    model = quote('{"symbol": {"filterType": "text", "type": "equals", "filter": "x"}}')
    desk = visit(page, stack, f"#/orders?filter={model}")
    expect(desk.get("tab-orders")).not_to_have_text(re.compile(r"Orders\s+0"))
    expect(desk.page.locator("[data-testid=orders-grid] [row-id]")).to_have_count(0)
