"""Networks that go silent, tabs and computers that sleep, clocks that are wrong, and much at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.desk_page import DeskPage, broker_does, broker_fills, broker_order
from tests.e2e.page_against_desk import NO_WEBSOCKET, WATCH, expect_the_same, newest_message
from tests.support.proxy import Proxy
from tests.support.stack import FIX42, FIX44, Stack, eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def line(stack: Stack) -> Iterator[Proxy]:
    """Between the browser and the desk."""
    with Proxy(int(stack.desk_url.rsplit(":", 1)[1])) as proxy:
        yield proxy


@pytest.fixture
def far_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def open_over(page: Page, stack: Stack, line: Proxy) -> DeskPage:
    stack.behave(default="manual")
    page.goto(f"http://127.0.0.1:{line.port}/")
    desk = DeskPage(page, stack).ready()
    page.evaluate(WATCH)
    return desk


def trade(stack: Stack) -> list[str]:
    """One order that is filled and one that is canceled."""
    filled = stack.send(FIX42, ord_type="LIMIT", price="10")
    canceled = stack.send(FIX44, ord_type="LIMIT", price="10")
    broker_fills(stack, filled, 100, "10")
    stack.post("/api/cancel_order", {"cl_ord_id": canceled}, 202)
    stack.wait_order(filled, status="FILLED")
    stack.wait_order(canceled, status="CANCELED")
    return [filled, canceled]


def states_of(page: Page) -> list[tuple[str, int]]:
    seen: list[Any] = page.evaluate("window.seen.splice(0)")
    return [(state, orders) for state, orders in seen]


def live_before(seen: list[tuple[str, int]], orders: int) -> list[tuple[str, int]]:
    """Where the page said that it was live and had fewer orders than that."""
    return [one for one in seen if one[0] == "online" and one[1] < orders]


def test_a_network_that_goes_silent_is_noticed_and_what_was_missed_is_loaded(
    stack: Stack, line: Proxy, far_page: Page
) -> None:
    desk = open_over(far_page, stack, line)
    since = newest_message(stack)
    rejected = stack.send(FIX44, symbol="DIS", ord_type="LIMIT", price="10")
    desk.expect_row(rejected, status="New")
    line.hold()
    # As on coming back from a pause: the page asks the desk, which does not answer.
    far_page.evaluate("document.dispatchEvent(new Event('resume'))")
    expect(desk.get("desk-link")).to_have_attribute("data-state", "checking")
    expect(desk.get("desk-link")).to_have_attribute("data-state", "lost")
    expect(desk.get("banner")).to_contain_text("No connection to the desk since")
    traded = trade(stack)
    broker_does(stack, f"/api/orders/{broker_order(stack, rejected)['id']}/reject", text="no more IBM")
    stack.wait_order(rejected, status="REJECTED")
    assert "online" not in [state for state, _orders in states_of(far_page)]

    line.let_go()
    desk.ready()
    held = expect_the_same(far_page, stack, since)
    assert {one[0] for one in held["orders"]} >= set(traded)
    assert live_before(states_of(far_page), len(held["orders"])) == []
    expect(desk.get("banner")).to_have_text("")
    # What was refused meanwhile is news, too.
    expect(desk.get("toasts")).to_contain_text("no more IBM")


def test_a_tab_that_slept_shows_nothing_as_live_before_it_has_what_it_missed(
    stack: Stack, line: Proxy, far_page: Page
) -> None:
    far_page.clock.install()
    desk = open_over(far_page, stack, line)
    since = newest_message(stack)
    # Its timers stand still for an hour, and nothing reaches it; the desk has long given it up.
    far_page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    line.hold()
    traded = trade(stack)
    line.let_go()
    far_page.clock.fast_forward(3_600_000)
    far_page.clock.resume()
    held = expect_the_same(far_page, stack, since)
    assert {one[0] for one in held["orders"]} >= set(traded)
    desk.ready()
    seen = states_of(far_page)
    assert "loading" in [state for state, _orders in seen]
    assert live_before(seen, len(held["orders"])) == []


def test_a_clock_that_is_wrong_changes_no_time_on_the_page(stack: Stack, far_page: Page) -> None:
    stack.behave(default="manual")
    far_page.clock.install(time=datetime.now(UTC) + timedelta(hours=3))
    far_page.goto(stack.desk_url)
    desk = DeskPage(far_page, stack).ready()
    expect(desk.get("banner")).to_contain_text(
        re.compile(r"The clock of this computer is (3 h 0|2 h 59) min ahead of the desk’s")
    )
    shown = desk.get("clocks").get_by_role("button").first.inner_text()[:5]
    now = datetime.now(UTC)
    assert shown in [f"{now + timedelta(minutes=by):%H:%M}" for by in (-1, 0)]
    expect(desk.get(f"session-{FIX44}").locator(".session-facts")).to_contain_text(
        re.compile(r"Last in\s*\d+ s")
    )

    # Asleep for an hour: the first thing that it does is to ask.
    far_page.evaluate(WATCH)
    far_page.clock.fast_forward(3_600_000)
    far_page.wait_for_function("() => window.seen.some(([state]) => state === 'checking')")
    desk.ready()


def test_an_answer_that_comes_after_newer_news_changes_nothing(
    stack: Stack, far_page: Page, line: Proxy
) -> None:
    stack.behave(default="manual")
    sent = stack.send(FIX44, symbol="DIS", ord_type="LIMIT", price="10")
    stack.wait_order(sent, status="NEW")
    held: list[tuple[Route, Any]] = []
    holding = True

    def answer(route: Route) -> None:
        if holding:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    far_page.route("**/api/orders?*", answer)
    far_page.goto(f"http://127.0.0.1:{line.port}/")
    desk = DeskPage(far_page, stack)
    eventually(lambda: far_page.evaluate("true") and held, "the page has asked for its orders")
    stack.post("/api/cancel_order", {"cl_ord_id": sent}, 202)
    desk.expect_row(sent, status="Canceled")
    expect(desk.get("desk-link")).to_have_attribute("data-state", "loading")
    holding = False
    for route, old in held:
        assert next(one for one in old.json()["orders"] if one["cl_ord_id"] == sent)["status"] == "NEW"
        route.fulfill(response=old)
    desk.ready()
    desk.expect_row(sent, status="Canceled")


def test_a_page_that_may_only_poll_misses_nothing_when_its_line_is_cut(
    stack: Stack, far_page: Page, line: Proxy
) -> None:
    # The browser asks again by itself where an answer was cut off, and the next one looks as if nothing had been.
    far_page.add_init_script(NO_WEBSOCKET)
    desk = open_over(far_page, stack, line)
    expect(desk.get("desk-link")).to_have_attribute("title", re.compile("by polling"))
    since = newest_message(stack)
    stack.behave(default="fill")
    order = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"}
    for _ in range(6):
        stack.post("/api/send_orders", {"orders": [order] * 10}, 200)
        line.cut(reset=True)
    desk.ready()
    assert len(expect_the_same(far_page, stack, since)["executions"]) >= 60


def test_at_hundreds_of_messages_in_a_second_nothing_is_missed_or_doubled(
    stack: Stack, far_page: Page, line: Proxy
) -> None:
    desk = open_over(far_page, stack, line)
    since = newest_message(stack)
    stack.behave(default="fill")
    order = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"}
    for part in range(3):
        sent = stack.post("/api/send_orders", {"orders": [order] * 100}, 200)
        assert sent["refused"] == 0
        if part == 1:
            line.cut(reset=True)
    held = expect_the_same(far_page, stack, since)
    assert len(held["executions"]) >= 600
    assert len(held["messages"]) >= 900
    desk.ready()
    expect(desk.get("tab-orders")).to_have_text(re.compile(rf"Orders\s+{len(held['orders'])}$"))
