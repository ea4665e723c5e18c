"""Statistics on the page, and all results as a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.desk_page import DeskPage
from tests.e2e.test_page_look import CUT_OFF, LOW_CONTRAST, NAMELESS
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser

SYMBOL = "PG"
ROWS = "[data-testid=statistics-table] tbody tr"


@pytest.fixture(scope="module")
def sent(stack: Stack) -> list[str]:
    """One order filled, one refused."""
    stack.behave(default="fill")
    filled = stack.send(FIX44, symbol=SYMBOL, ord_type="MARKET", order_qty=4, account="STATS")
    stack.wait_order(filled, status="FILLED")
    refused = stack.send(FIX44, symbol="NOSUCH", ord_type="MARKET", account="STATS")
    stack.wait_order(refused, status="REJECTED")
    return [filled, refused]


def cells(page: Page, key: str) -> list[str]:
    row = page.locator(
        "[data-testid=statistics-table] tbody tr", has=page.get_by_role("rowheader", name=key, exact=True)
    )
    expect(row).to_have_count(1)
    return row.locator("td").all_inner_texts()


def test_statistics_of_each_account_and_symbol(stack: Stack, sent: list[str], page: Page) -> None:
    desk = DeskPage(page, stack).ready()
    desk.get("tab-statistics").click()
    desk.get("statistics-period").select_option("all")
    desk.get("statistics-by").select_option("account")
    expect(page.get_by_role("rowheader", name="STATS", exact=True)).to_be_visible()
    assert cells(page, "STATS")[:4] == ["2", "1", "50.0", "50.0"]
    expect(page.locator("[data-testid=chart-ack] canvas")).to_be_visible()
    expect(page.locator("[data-testid=chart-outcome] canvas")).to_be_visible()
    desk.get("statistics-by").select_option("symbol")
    expect(page.get_by_role("rowheader", name=SYMBOL, exact=True)).to_be_visible()
    assert cells(page, SYMBOL)[0] == "1"
    page.get_by_role("button", name="Sent", exact=True).click()
    expect(page.get_by_role("columnheader", name="Sent ↓")).to_have_attribute("aria-sort", "descending")
    counts = [
        int(text.replace(",", "")) for text in page.locator(f"{ROWS} td:nth-child(2)").all_inner_texts()
    ]
    assert counts == sorted(counts, reverse=True)


def test_a_time_without_orders_and_a_desk_that_does_not_answer(
    stack: Stack, sent: list[str], browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    desk = DeskPage(page, stack).open()
    desk.get("tab-statistics").click()
    desk.get("statistics-period").select_option("custom")
    desk.get("statistics-to").fill("2001-01-01T00:00")
    desk.get("statistics-to").press("Tab")
    expect(desk.get("statistics-empty")).to_contain_text("No orders of ours")

    def fail(route: Route) -> None:
        route.fulfill(
            status=503,
            content_type="application/problem+json",
            body='{"title": "Search stopped", "status": 503, "detail": "It took too long."}',
        )

    page.route("**/api/statistics**", fail)
    desk.get("statistics-refresh").click()
    expect(desk.get("statistics-problem")).to_contain_text("It took too long.")
    page.unroute("**/api/statistics**")
    page.get_by_role("button", name="Try again").click()
    expect(desk.get("statistics-empty")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("size", "theme"), [((1024, 768), "light"), ((390, 844), "dark")], ids=["1024x768", "390x844"]
)
def test_nothing_is_cut_off_and_all_text_can_be_read(
    stack: Stack, sent: list[str], browser: Browser, theme: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    desk = DeskPage(page, stack).open()
    if desk.get("nav-blotter").is_visible():
        desk.get("nav-blotter").click()
    desk.get("tab-statistics").click()
    desk.get("statistics-period").select_option("custom")
    expect(desk.get("statistics-table").first).to_be_visible()
    for script in (CUT_OFF, LOW_CONTRAST, NAMELESS):
        of_the_blotter = script.replace("document.query", "document.querySelector('.blotter').query")
        of_the_blotter = of_the_blotter.replace("('body *')", "('*')")
        assert page.evaluate(of_the_blotter) == []
    context.close()


def test_all_results_as_a_file(stack: Stack, sent: list[str], page: Page, tmp_path: Path) -> None:
    desk = DeskPage(page, stack).ready()
    desk.get("blotter-search").fill("stats")
    with page.expect_download() as download:
        desk.get("export-all").click()
    assert download.value.suggested_filename.startswith("sendfix-orders-20")
    saved = tmp_path / "orders.csv"
    download.value.save_as(saved)
    rows = list(csv.DictReader(io.StringIO(saved.read_text(encoding="utf-8"), newline="")))
    assert [row["cl_ord_id"] for row in rows] == sent


def test_filters_of_the_grid_as_filters_of_the_file(page: Page) -> None:
    filters = {
        "price": {"filterType": "number", "type": "inRange", "filter": 10, "filterTo": 20.5},
        "order_qty": {"filterType": "number", "type": "greaterThanOrEqual", "filter": 7},
        "account": {"filterType": "text", "type": "equals", "filter": "A,1"},
        "symbol": {"filterType": "text", "type": "startsWith", "filter": "BRK"},
        "text": {"filterType": "text", "type": "contains", "filter": "x"},
        "avg_px": {"filterType": "number", "type": "greaterThan", "filter": 1},
        "cum_qty": {"filterType": "number", "operator": "OR", "conditions": []},
    }
    said = page.evaluate(
        """async (filters) => {
          const main = document.querySelector('script[type=module]').src;
          const { exportOf } = await import(new URL('state/export.js', main).href);
          return exportOf('orders', { filters, text: ' a b ', open: true });
        }""",
        filters,
    )
    path, _, words = said["path"].partition("?")
    assert path == "/api/orders.csv"
    assert parse_qs(words) == {
        "price_min": ["10"],
        "price_max": ["20.5"],
        "order_qty_min": ["7"],
        "account": ["A\\,1"],
        "symbol_prefix": ["BRK"],
        "text": ["a b"],
        "is_open": ["true"],
    }
    assert said["left"] == ["text", "avg_px", "cum_qty"]


def test_profits_are_drawn_by_symbol(stack: Stack, page: Page) -> None:
    stack.behave(default="fill")
    stack.wait_order(stack.send(FIX44, symbol="UNH", ord_type="MARKET"), status="FILLED")
    desk = DeskPage(page, stack).ready()
    desk.get("tab-positions").click()
    expect(desk.get("positions-chart")).to_have_count(0)
    desk.get("positions-charted").click()
    expect(desk.get("positions-chart").locator("canvas")).to_have_count(1)
    expect(desk.get("positions-chart")).to_contain_text("P&L by symbol")
