"""axe finds nothing serious, in any view of the page, in either theme, on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

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


@pytest.fixture
def browse(stack: Stack, browser: Browser) -> Iterator[Callable[[str, int, str], Page]]:
    """Open an address in a theme, on a screen of that width."""
    contexts = []

    def browse(theme: str, width: int, url: str) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 850}, color_scheme=theme)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield browse
    for context in contexts:
        context.close()


def complaints(page: Page, where: str, rules: Sequence[str] = (), within: str | None = None) -> list[str]:
    """A line for each element with something serious, by all rules unless some are named, on the whole page or `within`
    what has just opened."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = AXE.run(page, context=within, options=options).response["violations"]
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


def keys(key: str, testid: str) -> Callable[[DeskPage], None]:
    def go(desk: DeskPage) -> None:
        desk.page.locator("body").press(key)
        expect(desk.get(testid)).to_be_visible()

    return go


BLOTTER, DIALOG, MENU, BELOW = ".blotter", "dialog[open]", ".menu", ".app main > :last-child"
VIEWS: dict[str, tuple[str, Callable[[DeskPage], None]]] = {
    "executions": (BLOTTER, press("tab-executions")),
    "positions": (BLOTTER, press("tab-positions", "positions-charted")),
    "statistics": (BLOTTER, statistics),
    "orders": (BLOTTER, press("tab-orders")),
    "numbers": (DIALOG, press(f"numbers-{FIX44}")),
    "edit": (DIALOG, press(f"edit-{FIX44}")),
    "why": (DIALOG, press(f"why-{FIX44}")),
    "import": (DIALOG, press("import-orders")),
    "limits": (DIALOG, press("limits", "limits-add")),
    "stop": (DIALOG, press("stop")),
    "notifications": (DIALOG, press("bell")),
    "keys": (DIALOG, press("help-button")),
    "composer": (DIALOG, keys("c", "composer")),
    "layouts": (MENU, press("layouts")),
    "session picker": (MENU, press("session-picker")),
    "market": (BELOW, keys("w", "market")),
    "history": (BELOW, keys("h", "history")),
    "message": (BELOW, press("history-leave", "log-line")),
}
BROKER_TABS = ("orders", "executions", "stocks", "clients", "behaviours", "faults", "health")


# What differs between the themes is colour alone.
@pytest.mark.parametrize(("theme", "rules"), [("dark", ()), ("light", ("color-contrast",))])
def test_nothing_serious_on_a_wide_screen(
    browse: Callable[[str, int, str], Page], stack: Stack, filled: str, theme: str, rules: Sequence[str]
) -> None:
    desk = DeskPage(browse(theme, 1440, stack.desk_url), stack).ready()
    found = complaints(desk.page, "start", rules)
    for name, (within, go) in VIEWS.items():
        go(desk)
        found += complaints(desk.page, name, rules, within)
        desk.page.keyboard.press("Escape")
        desk.page.keyboard.press("Escape")
    desk.page.goto(f"{stack.desk_url}/#/order/{filled}")
    expect(desk.get("ladder")).to_be_visible()
    found += complaints(desk.page, "order", rules, ".drawer")
    assert found == []


def test_nothing_serious_on_a_phone(
    browse: Callable[[str, int, str], Page], stack: Stack, filled: str
) -> None:
    desk = DeskPage(browse("dark", 390, stack.desk_url), stack).ready()
    found = []
    for view in ("ticket", "blotter", "log", "market", "sessions"):
        desk.get(f"nav-{view}").click()
        found += complaints(desk.page, view)
    for testids in (("bell",), ("more", "more-help")):
        press(*testids)(desk)
        found += complaints(desk.page, testids[-1], within=DIALOG)
        desk.page.keyboard.press("Escape")
    assert found == []


@pytest.mark.parametrize(("theme", "rules"), [("light", ()), ("dark", ("color-contrast",))])
def test_nothing_serious_on_the_page_of_the_broker(
    browse: Callable[[str, int, str], Page], stack: Stack, filled: str, theme: str, rules: Sequence[str]
) -> None:
    page = browse(theme, 1440, stack.broker_url)
    found = []
    for tab in BROKER_TABS:
        page.get_by_test_id(f"tab-{tab}").click()
        found += complaints(page, tab, rules)
    assert found == []
