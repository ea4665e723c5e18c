"""What every open browser must show at once, and what a browser remembers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.desk_page import DeskPage, broker_does, broker_fills, broker_order
from tests.e2e.page_against_desk import expect_the_same
from tests.support.stack import FIX42, FIX44, Stack, eventually
from tests.support.storage_faults import database_locked

pytestmark = pytest.mark.browser

HTML = "<img src=x onerror=document.title='owned'><b>bold</b>"


@pytest.fixture
def desk(stack: Stack, page: Page) -> DeskPage:
    stack.behave(default="manual")
    return DeskPage(page, stack).ready()


@pytest.fixture
def other_page(browser: Browser) -> Iterator[Page]:
    """A second person's browser: it shares nothing with the first."""
    context = browser.new_context(viewport={"width": 1024, "height": 768}, color_scheme="dark")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_two_browsers_see_the_same_order_change(desk: DeskPage, stack: Stack, other_page: Page) -> None:
    other = DeskPage(other_page, stack).open()
    desk.choose(FIX44)
    desk.fill_ticket(symbol="NVDA", order_qty="20", price="400")

    sent = desk.send()
    desk.expect_row(sent, status="New")
    other.expect_row(sent, symbol="NVDA", status="New")

    other_page.locator(f'[row-id$="/{sent}"] [data-testid=row-cancel]').click()
    other.expect_row(sent, status="Canceled")
    desk.expect_row(sent, status="Canceled")


def test_the_theme_follows_the_system_and_then_the_person(stack: Stack, other_page: Page) -> None:
    DeskPage(other_page, stack).open()
    root = other_page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    other_page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-theme", "light")

    other_page.get_by_test_id("theme-toggle").click()
    expect(root).to_have_attribute("data-theme", "dark")
    other_page.reload()
    expect(root).to_have_attribute("data-theme", "dark")


def test_the_blotter_and_the_log_are_filtered(desk: DeskPage, stack: Stack) -> None:
    sent = stack.send(FIX42, symbol="CSCO", ord_type="LIMIT", price="10", order_qty=7)
    other = stack.send(FIX44, symbol="INTC", ord_type="LIMIT", price="10", order_qty=7)
    desk.expect_row(sent, status="New")
    desk.expect_row(other, status="New")

    desk.get("blotter-search").fill("csco")
    expect(desk.cell(other, "symbol")).to_have_count(0)
    desk.expect_row(sent, symbol="CSCO")
    expect(desk.get("blotter-passing")).to_have_text(re.compile(r"\d+ of \d+"))
    desk.get("blotter-search").press("Escape")
    desk.expect_row(other, symbol="INTC")
    expect(desk.get("blotter-search")).to_have_value("")
    expect(desk.get("blotter-passing")).to_have_count(0)
    desk.page.keyboard.press("f")
    desk.page.keyboard.type("fits none")
    expect(desk.get("nothing-passes")).to_contain_text("No order passes the filter.")
    desk.get("blotter-clear").click()
    desk.expect_row(other, symbol="INTC")
    expect(desk.get("blotter-search")).to_have_value("")

    desk.get("log-search").fill("nothing has this")
    expect(desk.get("log-line")).to_have_count(0)
    desk.get("log-search").press("Escape")
    expect(desk.get("log-line").first).to_be_visible()
    expect(desk.get("log-search")).to_have_value("")

    desk.get("log-search").fill(sent)
    expect(desk.log_lines("8")).to_have_count(1)
    expect(desk.log_lines("D")).to_have_count(1)
    desk.get("log-direction").select_option(label="Out")
    expect(desk.log_lines("8")).to_have_count(0)
    expect(desk.log_lines("D")).to_have_count(1)
    desk.get("log-session").select_option(label=FIX44)
    expect(desk.get("log-line")).to_have_count(0)


def test_heartbeats_are_hidden_until_asked_for(desk: DeskPage, stack: Stack) -> None:
    heartbeats = lambda: stack.get("/api/messages", msg_type="0")["messages"]  # noqa: E731
    eventually(heartbeats, "a heartbeat came or went", 30)
    desk.get("log-search").fill("heartbeat")
    expect(desk.get("log-lines")).to_contain_text("No message passes the filter.")
    desk.get("log-heartbeats").check()
    expect(desk.log_lines("0").first).to_be_visible()


# An element that shows another line than before must look like that one.
COLOURS = """() => [...document.querySelectorAll('.log .line-direction')]
  .map((element) => `${element.innerText.trim()} ${getComputedStyle(element).color}`)"""


def test_the_log_follows_until_someone_scrolls_up(desk: DeskPage, stack: Stack) -> None:
    for _ in range(25):
        stack.send(FIX42, symbol="BAC", ord_type="LIMIT", price="10")
    lines, follow = desk.get("log-lines"), desk.get("log-follow")
    expect(follow).to_have_attribute("aria-pressed", "true")

    lines.hover()
    desk.page.mouse.wheel(0, -300)
    expect(follow).to_have_attribute("aria-pressed", "false")
    top = lines.evaluate("element => element.scrollTop")
    sent = stack.send(FIX42, symbol="BAC", ord_type="LIMIT", price="10")
    desk.expect_row(sent, status="New")
    assert lines.evaluate("element => element.scrollTop") == top
    expect(desk.get("log-news")).to_contain_text("new")

    # The place is kept while something else stands there.
    desk.get("bottom-market").click()
    desk.get("bottom-log").click()
    assert lines.evaluate("element => element.scrollTop") == top
    desk.get("log-history").click()
    desk.get("history-leave").click()
    assert lines.evaluate("element => element.scrollTop") == top

    desk.get("log-news").click()
    expect(desk.get("log-line").last).to_contain_text(sent)
    expect(desk.log_lines("D").last).to_contain_text("Buy 100 BAC Limit 10.00")
    expect(follow).to_have_attribute("aria-pressed", "true")
    shown = set(desk.page.evaluate(COLOURS))
    assert len(shown) == len({line.split(" ")[0] for line in shown}), shown

    # Up and down go from message to message, also after a press within the detail.
    desk.log_lines("8").last.click()
    desk.get("decode").locator("h3").click()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.get("decode").locator("h3")).to_contain_text("NewOrderSingle")
    desk.get("decode-close").click()


def test_html_from_the_counterparty_is_text(desk: DeskPage, stack: Stack) -> None:
    sent = stack.send(FIX44, symbol="AMZN", ord_type="LIMIT", price="10")
    order = broker_order(stack, sent)
    broker_does(stack, f"/api/orders/{order['id']}/reject", text=HTML)

    desk.expect_row(sent, status="Rejected", text=HTML)
    expect(desk.get("toasts")).to_contain_text(HTML)
    desk.page.locator(f'[row-id$="/{sent}"] [data-testid=row-detail]').click()
    expect(desk.get("drawer-text")).to_have_text(HTML)
    desk.get("drawer-close").click()
    desk.get("log-search").fill(sent)
    desk.log_lines("8").last.click()
    assert HTML in [row["value"] for row in desk.decoded()]

    assert desk.page.locator("img[src=x]").count() == 0
    assert desk.page.title() == "SendFix"


def test_a_lost_desk_is_shown_and_what_was_missed_is_loaded(own_stack: Stack, other_page: Page) -> None:
    own_stack.behave(default="manual")
    desk = DeskPage(other_page, own_stack).open()
    sent = own_stack.send(FIX42, symbol="WMT", ord_type="LIMIT", price="10")
    desk.expect_row(sent, status="New")

    assert own_stack.desk is not None
    own_stack.desk.stop()
    expect(desk.get("desk-link")).to_have_attribute("data-state", "lost")
    expect(desk.get("banner")).to_contain_text("No connection to the desk since")
    expect(desk.get("send")).to_be_disabled()
    expect(desk.get(f"session-{FIX42}")).to_have_attribute("data-state", "unknown")
    expect(desk.get(f"session-{FIX42}")).to_contain_text("Unknown since")
    for button in (
        f"connect-{FIX42}",
        f"numbers-{FIX42}",
        f"edit-{FIX42}",
        "limits",
        "stop",
        "import-orders",
    ):
        expect(desk.get(button)).to_be_disabled()
    expect(desk.page.locator(f'[row-id$="/{sent}"] [data-testid=row-cancel]')).to_be_disabled()
    broker_fills(own_stack, sent, 100, "10")

    own_stack.start_desk()
    desk.ready()
    expect(desk.get("banner")).to_have_text("")
    desk.expect_row(sent, status="Filled", cum_qty="100")
    later = own_stack.send(FIX42, symbol="WMT", ord_type="LIMIT", price="10")
    desk.expect_row(later, status="New")
    expect(desk.get("tab-orders")).to_have_text(re.compile(r"Orders\s+2"))
    desk.get("log-search").fill(sent)
    expect(desk.log_lines("D")).to_have_count(1)
    expect(desk.log_lines("8")).to_have_count(2)
    assert len(expect_the_same(other_page, own_stack, 0)["orders"]) == 2


def test_the_page_says_when_the_engine_is_away(own_stack: Stack, other_page: Page) -> None:
    own_stack.behave(default="manual")
    desk = DeskPage(other_page, own_stack).open()
    sent = own_stack.send(FIX44, symbol="WMT", ord_type="LIMIT", price="10")
    desk.expect_row(sent, status="New")
    assert own_stack.engine is not None
    own_stack.engine.stop()
    expect(desk.get("banner")).to_contain_text("FIX engine is not available since")
    expect(desk.get("send")).to_be_disabled()
    desk.expect_row(sent, status="as of ")
    desk.page.locator(f'[row-id$="/{sent}"] [data-testid=row-detail]').click()
    expect(desk.get("drawer-as-of")).to_contain_text("as of ")
    desk.get("drawer-close").click()
    own_stack.start_engine()
    expect(desk.get("banner")).to_have_text("")
    expect(desk.get("row-as-of")).to_have_count(0)

    assert own_stack.broker is not None
    own_stack.broker.stop()
    expect(desk.get("toasts")).to_contain_text(f"{FIX44} is down since")
    expect(desk.get(f"reason-{FIX44}")).to_contain_text("since")
    own_stack.start_broker()
    expect(desk.get("toasts")).to_contain_text(f"{FIX44} was down")
    expect(desk.get("toasts")).not_to_contain_text("is down since")


def test_a_desk_that_is_killed_without_its_database_costs_the_page_nothing(
    own_stack: Stack, other_page: Page
) -> None:
    own_stack.behave(default="fill")
    desk = DeskPage(other_page, own_stack).open()
    with database_locked(own_stack):
        sent = [own_stack.send((FIX42, FIX44)[number % 2], ord_type="MARKET") for number in range(6)]
        expect(desk.get("banner")).to_contain_text("The database can't be written")
        desk.expect_row(sent[-1], status="Filled")
        own_stack.kill_desk()
    # It takes in one session behind the other now: nothing of what it had not stored has the id that the page knows.
    own_stack.start_desk()
    expect(desk.get("banner")).to_have_text("")
    assert len(expect_the_same(other_page, own_stack, 0)["orders"]) == 6
    desk.ready()


def test_a_page_that_is_older_than_the_desk_says_so(stack: Stack, other_page: Page) -> None:
    def older(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r"/static/[0-9a-f]+/", "/static/0123456789abcdef/", answer.text())
        route.fulfill(response=answer, body=body)

    other_page.route(re.compile(r":\d+/$"), older)
    desk = DeskPage(other_page, stack).open()
    expect(desk.get("banner")).to_contain_text("The desk was updated since this page was opened.")
    other_page.unroute_all()
    desk.get("banner").get_by_role("button", name="Load the page anew").click()
    desk.ready()
    expect(desk.get("banner")).not_to_contain_text("updated")
