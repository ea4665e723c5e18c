"""The market region in a real browser: watched books as they change, prices for the ticket, what is stale, quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk_page import DeskPage
from tests.e2e.test_page_look import CUT_OFF
from tests.support.stack import FIX42, FIX44, Stack

pytestmark = pytest.mark.browser

BOOK = {"mode": "match", "market": False}


@pytest.fixture
def desk(stack: Stack, page: Page) -> Iterator[DeskPage]:
    """The market is open on the page; orders in PG and MA meet each other and nobody else."""
    stack.behave(default="manual", symbols={"PG": BOOK, "MA": BOOK})
    desk = DeskPage(page, stack).ready()
    page.keyboard.press("w")
    yield desk
    stack.behave(symbols={})


def watch(desk: DeskPage, symbols: str, session: str) -> None:
    desk.get("market-symbol").fill(symbols)
    desk.get("market-session").select_option(session)
    desk.get("market-add").click()


def test_a_watched_book_changes_and_its_price_goes_to_the_ticket(desk: DeskPage, stack: Stack) -> None:
    order = {"symbol": "PG", "ord_type": "LIMIT", "order_qty": 100}
    stack.send(FIX42, price="150", **order)
    stack.send(FIX42, price="151.5", side="SELL", **order)
    watch(desk, "PG", FIX44)
    row = desk.get(f"watch-{FIX44}-PG")
    expect(row).to_have_attribute("data-stale", "false")
    expect(row.get_by_test_id("watch-bid")).to_have_text("150.00")

    stack.send(FIX42, price="150.5", **order)
    expect(row.get_by_test_id("watch-bid")).to_have_text("150.50")
    expect(row.get_by_test_id("watch-bid").locator(".move")).to_have_class(re.compile(r"\bup\b"))
    expect(desk.get("depth-bids").locator("tbody tr")).to_have_count(2)

    desk.choose(FIX42)
    desk.get("depth-offers").get_by_role("button", name="151.50").click()
    expect(desk.get("ticket-moved")).to_contain_text(f"Now on {FIX44}")
    expect(row).to_contain_text(FIX44)
    expect(desk.get("ticket-symbol")).to_have_value("PG")
    expect(desk.get("ticket-price")).to_have_value("151.5")
    expect(desk.get("side-buy")).to_have_attribute("aria-pressed", "true")
    expect(desk.get("ticket-order_qty")).to_be_focused()
    desk.page.keyboard.type("40")
    with desk.page.expect_response("**/api/send_order") as answer:
        desk.page.keyboard.press("Control+Enter")
    assert answer.value.json()["order"]["session_name"] == FIX44
    expect(desk.get("market-trades")).to_contain_text("151.50")
    expect(desk.get("depth-offers")).to_contain_text("60")

    stack.send(FIX44, price="149.25", **order)
    expect(desk.get("depth-ours")).to_contain_text("100")
    stack.send(FIX44, price="151.5", symbol="PG", ord_type="LIMIT", order_qty=10)
    expect(desk.get("market-chart").locator("canvas")).to_have_count(1)


def test_the_market_of_its_symbol_stands_on_the_ticket(desk: DeskPage, stack: Stack) -> None:
    order = {"symbol": "MA", "ord_type": "LIMIT", "order_qty": 10, "account": "BESIDE"}
    stack.send(FIX44, price="300.1", **order)
    desk.page.locator("body").press("w")  # the messages are in sight, not the market
    desk.choose(FIX44)
    desk.fill_ticket(symbol="ma", account="BESIDE")
    desk.get("quote-watch").click()
    expect(desk.get("quote-bid")).to_have_text("300.10")
    expect(desk.get("quote-held")).to_have_text("Pos 0")
    desk.get("quote-bid").click()
    price = desk.get("ticket-price")
    expect(price).to_have_value("300.1")
    expect(price).to_be_focused()
    for keys, value in {"ArrowUp": "300.11", "Shift+ArrowDown": "300.01", "ArrowDown": "300.00"}.items():
        desk.page.keyboard.press(keys)
        expect(price).to_have_value(value)

    stack.send(FIX42, **{**order, "account": "OTHER"}, side="SELL", price="300.1")
    expect(desk.get("quote-held")).to_have_text("Pos +10")
    expect(desk.get("quote-line")).to_contain_text("Last 300.10")
    expect(desk.get("quote-line")).to_contain_text("Bid –")


def test_what_is_not_live_says_so(desk: DeskPage, stack: Stack) -> None:
    stack.send(FIX42, symbol="MA", ord_type="LIMIT", price="400")
    watch(desk, f"{'X' * 70}, NOSUCH, MA", FIX44)
    row, unknown = desk.get(f"watch-{FIX44}-MA"), desk.get(f"watch-{FIX44}-NOSUCH")
    expect(row).to_have_attribute("data-stale", "false")
    expect(desk.get("watch-list")).to_contain_text("Stale: it can't be watched")
    expect(unknown).to_contain_text("Stale: The counterparty refused the subscription")

    desk.get(f"connect-{FIX44}").click()
    expect(row).to_contain_text(f"Stale: {FIX44} is not connected")
    expect(desk.get("depth")).to_have_attribute("data-stale", "true")
    expect(row.get_by_test_id("watch-bid")).to_be_disabled()
    expect(desk.get(f"connect-{FIX44}")).to_have_text("Connect")
    desk.get(f"connect-{FIX44}").click()
    expect(row).to_have_attribute("data-stale", "false")
    expect(row.get_by_test_id("watch-bid")).to_have_text("400.00")


def test_the_watch_list_is_kept_and_moved_by_keys(desk: DeskPage) -> None:
    expect(desk.get("market")).to_contain_text("Nothing is watched yet")
    watch(desk, "PG, MA", FIX42)
    rows = desk.get("watch-list").locator("tbody tr")
    rows.nth(1).press("Alt+ArrowUp")
    expect(rows.nth(0)).to_contain_text("MA")
    expect(rows.nth(0)).to_be_focused()
    desk.page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    desk.page.reload()
    expect(rows.nth(0)).to_contain_text("MA")
    rows.nth(1).click()
    desk.get("watch-up").click()
    expect(rows.nth(0)).to_contain_text("PG")
    rows.nth(1).press("Delete")
    expect(rows).to_have_count(1)
    desk.get("watch-remove").click()
    expect(desk.get("market")).to_contain_text("Nothing is watched yet")


def test_a_quote_is_asked_for_and_a_refusal_shown(desk: DeskPage) -> None:
    watch(desk, "NOSUCH, AAPL", FIX44)
    desk.get("prints-quotes").click()
    desk.get("quote-qty").fill("500")
    desk.get("quote-ask").click()
    expect(desk.get("quote")).to_have_count(1)
    desk.get("quote").get_by_role("button").first.click()
    expect(desk.get("ticket-symbol")).to_have_value("AAPL")
    expect(desk.get("side-sell")).to_have_attribute("aria-pressed", "true")

    desk.get(f"watch-{FIX44}-NOSUCH").click()
    desk.get("quote-ask").click()
    expect(desk.get("quote")).to_contain_text("Refused")


def test_the_market_stands_beside_the_messages_and_stays_there(desk: DeskPage, page: Page) -> None:
    watch(desk, "PG, MA", FIX44)
    market, log = desk.get("market"), desk.get("log")
    expect(log).to_have_count(0)
    desk.get("market-place").click()
    desk.get("place-both").click()
    expect(log).to_be_visible()
    expect(market).to_be_visible()

    def width() -> float:
        box = market.bounding_box()
        assert box is not None
        return box["width"]

    before = width()
    desk.get("splitter-upright").press("ArrowLeft")
    page.wait_for_function("(was) => document.querySelector('.market').clientWidth > was + 10", arg=before)
    desk.get("layouts").click()
    desk.get("layouts-name").fill("beside")
    desk.get("layouts-save").click()
    page.keyboard.press("Escape")

    # The keyboard goes from the one to the other, and moves the market on.
    page.locator("body").press("w")
    expect(desk.get(f"watch-{FIX44}-MA")).to_be_focused()
    page.keyboard.press("w")
    expect(desk.get("log-lines")).to_be_focused()
    page.keyboard.press("Shift+W")
    expect(log).to_have_count(0)
    expect(desk.get("bottom-market")).to_have_attribute("aria-selected", "true")

    desk.get("layouts").click()
    desk.get("layouts-pick").click()
    expect(log).to_be_visible()
    page.reload()
    expect(market).to_be_visible()
    expect(log).to_be_visible()
    assert width() > before + 10

    page.set_viewport_size({"width": 1024, "height": 768})
    for place in ("behind", "messages", "orders", "both"):
        desk.get("market-place").click()
        desk.get(f"place-{place}").click()
        expect(page.locator("main")).to_have_class(re.compile(f"market-{place}"))
        assert page.evaluate(CUT_OFF) == []
