"""What is pressed while the network fails goes out once, or not at all, and the page says which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.proxy import Proxy, Way
from tests.support.stack import FIX44, Stack, eventually

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def line(stack: Stack) -> Iterator[Proxy]:
    """Between the browser and the desk."""
    with Proxy(int(stack.desk_url.rsplit(":", 1)[1])) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def opened(browser: Browser, line: Proxy) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{line.port}/")
    yield page
    context.close()


@pytest.fixture
def desk(stack: Stack, opened: Page, line: Proxy) -> DeskPage:
    line.behave()
    stack.behave(default="manual")
    page = DeskPage(opened, stack).ready()
    page.choose(FIX44)
    return page


def orders_of(stack: Stack, symbol: str) -> list[str]:
    found = stack.get("/api/orders", symbol=symbol)["orders"]
    return [order["cl_ord_ids"][0] for order in found]


@pytest.mark.parametrize("reset", [True, False])
def test_an_order_whose_answer_is_cut_off_goes_out_once(
    desk: DeskPage, stack: Stack, line: Proxy, reset: bool
) -> None:
    # The browser sends a request again by itself when a kept connection ends before the answer.
    symbol = "PEP" if reset else "KO"
    desk.fill_ticket(symbol=symbol, order_qty="10", price="5")
    line.hold(Way.BACK)
    desk.get("send").click()
    eventually(lambda: orders_of(stack, symbol), "the desk has sent it")
    line.let_go(reset)
    expect(desk.get("toasts")).to_contain_text(f"Sent: Buy 10 {symbol}")
    desk.ready()
    assert len(orders_of(stack, symbol)) == 1


def test_a_cancel_whose_answer_is_cut_off_goes_out_once(desk: DeskPage, stack: Stack, line: Proxy) -> None:
    sent = stack.send(FIX44, symbol="WMT", ord_type="LIMIT", price="10")
    desk.expect_row(sent, status="New")
    line.hold(Way.BACK)
    desk.page.locator(f'[row-id$="/{sent}"] [data-testid=row-cancel]').click()
    stack.wait_order(sent, status="CANCELED")
    line.let_go(reset=True)
    expect(desk.get("toasts")).to_contain_text("Cancel sent: Buy 100 WMT at 10")
    desk.expect_row(sent, status="Canceled")
    assert len(stack.order(sent)["cl_ord_ids"]) == 2


def test_an_order_that_is_lost_on_its_way_is_said_to_be_not_sent(
    desk: DeskPage, stack: Stack, line: Proxy
) -> None:
    desk.fill_ticket(symbol="TXN", order_qty="10", price="5")
    line.hold()
    desk.get("send").click()
    # Nothing is said to be live that may not be.
    expect(desk.get("desk-link")).to_have_attribute("data-state", "slow")
    expect(desk.page.locator(".app.is-lost")).to_have_count(1)
    expect(desk.get("toasts")).to_contain_text("Not known yet whether it was sent: Buy 10 TXN")
    line.let_go()
    desk.ready()
    expect(desk.get("toasts")).to_contain_text("Not sent: Buy 10 TXN")
    expect(desk.get("toasts")).not_to_contain_text("Not known yet")
    assert orders_of(stack, "TXN") == []
