"""axe finds nothing serious, in any view of the page, in either theme, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
# The grid is a library's: it moves the focus among its cells itself, and its rows are there only while they are seen.
OF_THE_GRID = {"aria-required-children", "scrollable-region-focusable"}
AXE = Axe()


@pytest.fixture(scope="module")
def filled(stack: Stack) -> str:
    """A stack with something to look at in each view; the ClOrdID of a filled order."""
    stack.behave(default="fill")
    filled: str = stack.send(FIX44, symbol="MSFT", side="SELL", ord_type="MARKET")
    stack.wait_order(filled, status="FILLED")
    stack.behave(default="manual")
    stack.send(FIX44, symbol="MSFT", ord_type="LIMIT", price="400")
    return filled


@pytest.fixture(params=["dark-1440", "light-1440", "dark-390"])
def desk(request: pytest.FixtureRequest, stack: Stack, filled: str, browser: Browser) -> Iterator[DeskPage]:
    theme, width = request.param.split("-")
    context = browser.new_context(viewport={"width": int(width), "height": 850}, color_scheme=theme)
    context.set_default_timeout(15_000)
    yield DeskPage(context.new_page(), stack).open()
    context.close()


def complaints(page: Page, where: str) -> list[str]:
    """A line for each element with something serious."""
    found = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{where}: {one['id']} ({one['impact']}): {one['help']}: {node['html'][:160]} {node['target']}"
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
        if not (one["id"] in OF_THE_GRID and "ag-" in node["html"])
    ]


def press(*testids: str) -> Callable[[DeskPage], None]:
    def go(desk: DeskPage) -> None:
        for testid in testids:
            desk.get(testid).first.click()

    return go


def statistics(desk: DeskPage) -> None:
    desk.get("tab-statistics").click()
    expect(desk.get("statistics-table")).to_be_visible()


VIEWS: dict[str, Callable[[DeskPage], None]] = {
    "executions": press("tab-executions"),
    "positions": press("tab-positions"),
    "statistics": statistics,
    "orders": press("tab-orders"),
    "numbers": press(f"numbers-{FIX44}"),
    "edit": press(f"edit-{FIX44}"),
    "why": press(f"why-{FIX44}"),
    "import": press("import-orders"),
    "stop": press("stop"),
    "keys": press("help-button"),
    "session picker": press("session-picker"),
}


def test_nothing_serious_on_a_wide_screen(desk: DeskPage, filled: str) -> None:
    if desk.page.viewport_size == {"width": 390, "height": 850}:
        found = []
        for view in ("ticket", "blotter", "log", "sessions"):
            desk.get(f"nav-{view}").click()
            found += complaints(desk.page, view)
        assert found == []
        return
    found = complaints(desk.page, "start")
    for name, go in VIEWS.items():
        go(desk)
        found += complaints(desk.page, name)
        desk.page.keyboard.press("Escape")
    desk.cell(filled, "symbol").dblclick()
    expect(desk.get("drawer")).to_be_visible()
    found += complaints(desk.page, "order")
    desk.page.keyboard.press("Escape")
    desk.get("log-line").last.click()
    found += complaints(desk.page, "message")
    assert found == []
