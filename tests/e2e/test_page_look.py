"""What holds for the page at each size and in both themes, and for the page of the REST interface."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser

SIZES = [(1440, 900), (1024, 768), (390, 844)]

# Text whose contrast with what is behind it is under WCAG's AA for its size; what is disabled is exempt, as there.
LOW_CONTRAST = """
() => {
  const parse = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.a > 0.99) return colour.rgb;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const box = element.getBoundingClientRect();
    if (!own || !box.width || !box.height || element.closest(':disabled, .sr, option, datalist, svg')) continue;
    if (getComputedStyle(element).visibility === 'hidden') continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color).rgb), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${element.className} ${element.textContent.trim().slice(0, 40)}`);
  }
  return poor;
}
"""

# Controls that stick out of their panel or of the window, where nobody can press them.
CUT_OFF = """
() => [...document.querySelectorAll('.bar > *, .topbar > *, .tabs > *, .send *, .sides > *, .session-head > *')]
  .filter((element) => element.getClientRects().length && !element.matches('.grow'))
  .filter((element) => {
    const [box, panel] = [element, element.closest('.panel, .topbar')].map((one) => one.getBoundingClientRect());
    return box.left < panel.left || box.right > Math.min(panel.right, innerWidth) + 0.5;
  })
  .map((element) => element.outerHTML.slice(0, 120))
"""

# Controls without a name that a screen reader could say.
NAMELESS = """
() => [...document.querySelectorAll('button, input, select, a[href]')]
  .filter((element) => element.getClientRects().length && !element.closest('.ag-root-wrapper'))
  .filter((element) => !(element.textContent.trim() || element.ariaLabel || element.labels?.length || element.title))
  .map((element) => element.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module", autouse=True)
def orders(stack: Stack) -> None:
    """Orders in several states, so that there is something to look at."""
    stack.behave(default="manual")
    stack.send(FIX44, ord_type="LIMIT", price="1.2345", order_qty=12500)
    stack.behave(default="fill")
    stack.send(FIX44, symbol="MSFT", side="SELL", ord_type="MARKET")
    stack.send(FIX44, symbol="NOSUCH", ord_type="MARKET")


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sized(browser: Browser, theme: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("sized", SIZES, indirect=True, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_off_and_all_text_can_be_read(stack: Stack, sized: Page) -> None:
    desk = DeskPage(sized, stack).open()
    regions = (
        ["ticket", "blotter", "log", "market", "sessions"] if desk.get("nav-ticket").is_visible() else [None]
    )
    for region in regions:
        if region:
            desk.get(f"nav-{region}").click()
        expect(sized.get_by_test_id(region or "orders-grid")).to_be_visible()
        root = "document.documentElement"
        assert sized.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), region
        assert sized.evaluate(f"{root}.scrollHeight <= {root}.clientHeight"), region
        assert sized.evaluate(CUT_OFF) == []
        assert sized.evaluate(LOW_CONTRAST) == []
        assert sized.evaluate(NAMELESS) == []


CUT_HEADINGS = """
() => [...document.querySelectorAll('[data-testid=orders-grid] .ag-header-cell-text')]
  .filter((text) => text.scrollWidth > text.clientWidth)
  .map((text) => text.textContent)
"""


def test_what_an_order_is_and_how_it_stands_is_in_sight(stack: Stack, browser: Browser) -> None:
    stack.behave(default="manual")
    stop = stack.send(FIX44, symbol="TSLA", ord_type="STOP", stop_px="199.5", account="LOOKS")
    refused = stack.send(FIX44, symbol="NOSUCH", ord_type="MARKET", account="LOOKS")
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    # Columns are as wide as the longest number of any order, also of those of other tests.
    context.route("**/api/orders?*", lambda route: route.continue_(url=f"{route.request.url}&account=LOOKS"))
    desk = DeskPage(context.new_page(), stack).open()
    desk.expect_row(stop, price="stop 199.50")
    desk.expect_row(refused, cum_qty="Symbol(55) NOSUCH is unknown")
    assert desk.page.evaluate(CUT_HEADINGS) == []
    actions = desk.cell(stop, "actions").bounding_box()
    leaves = desk.cell(stop, "leaves_qty").bounding_box()
    assert actions is not None
    assert leaves is not None
    assert leaves["x"] + leaves["width"] <= actions["x"] + 1
    context.close()

    context = browser.new_context(viewport={"width": 390, "height": 844})
    desk = DeskPage(context.new_page(), stack).open()
    desk.get("nav-blotter").click()
    card = desk.page.locator(f'[data-testid=orders-grid] [row-id$="/{stop}"]')
    for words in ("TSLA Buy 100 stop 199.50", "New", "0 filled, 100 left"):
        expect(card).to_contain_text(words)
    card.click()
    expect(desk.get("drawer")).to_contain_text(stop)
    context.close()


def test_numbers_of_a_column_stand_on_their_decimal_point(stack: Stack, page: Page) -> None:
    desk = DeskPage(page, stack).ready()
    coarse = stack.send(FIX44, ord_type="LIMIT", price="230.1", order_qty=5)
    fine = stack.send(FIX44, ord_type="LIMIT", price="230.0125", order_qty=5)
    desk.expect_row(coarse, price="230.10")
    desk.expect_row(fine, price="230.0125")
    where = """
    (cell) => {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      const node = walker.nextNode();
      const range = document.createRange();
      range.setStart(node, node.textContent.indexOf('.'));
      range.setEnd(node, node.textContent.indexOf('.') + 1);
      return Math.round(range.getBoundingClientRect().left);
    }
    """
    assert desk.cell(coarse, "price").evaluate(where) == desk.cell(fine, "price").evaluate(where)


@pytest.mark.parametrize("path", ["/", "/api/docs"])
def test_no_request_leaves_for_another_host(stack: Stack, browser: Browser, path: str) -> None:
    context = browser.new_context()
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(f"{stack.desk_url}{path}", wait_until="networkidle" if path != "/" else "load")
    if path == "/":
        DeskPage(opened, stack).ready()
    else:
        expect(opened.locator("#operations-orders-send_order")).to_be_visible()
    context.close()
    ours = urlsplit(stack.desk_url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {ours}


TRANSFERRED = """() => {
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const files = all.filter((entry) => !entry.name.includes('/api/') && !entry.name.includes('/socket.io/'));
  const asked = files.filter((entry) => entry.transferSize).map((entry) => entry.name);
  return { bytes: files.reduce((sum, entry) => sum + entry.transferSize, 0), asked };
}"""
MOST_BYTES = 1_500_000


def test_the_first_visit_is_small_and_the_second_asks_for_the_page_alone(
    stack: Stack, browser: Browser
) -> None:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(stack.desk_url)
    DeskPage(opened, stack).ready()
    first = opened.evaluate(TRANSFERRED)
    assert 100_000 < first["bytes"] < MOST_BYTES
    opened.goto("about:blank")
    opened.goto(stack.desk_url)
    DeskPage(opened, stack).ready()
    second = opened.evaluate(TRANSFERRED)
    context.close()
    assert [name.rstrip("/") for name in second["asked"]] == [stack.desk_url.rstrip("/")]


LEAVES_IS_HIDDEN = """
() => JSON.parse(localStorage.getItem('sendfix.grid.orders') ?? '{}')
  .columnVisibility?.hiddenColIds.includes('leaves_qty')
"""


def test_the_columns_a_person_chose_are_kept(stack: Stack, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    desk = DeskPage(context.new_page(), stack).open()
    header = desk.page.locator("[data-testid=orders-grid] .ag-header-cell[col-id=leaves_qty]")
    expect(header).to_have_count(1)
    desk.get("columns").click()
    desk.page.get_by_role("checkbox", name="Leaves").uncheck()
    expect(header).to_have_count(0)
    desk.page.wait_for_function(LEAVES_IS_HIDDEN)
    desk.open()
    expect(desk.page.locator("[data-testid=orders-grid] [row-id]").first).to_be_visible()
    expect(header).to_have_count(0)
    context.close()


def test_a_layout_is_kept_under_a_name_and_laid_out_again(stack: Stack, page: Page) -> None:
    desk = DeskPage(page, stack).ready()
    header = page.locator("[data-testid=orders-grid] .ag-header-cell[col-id=leaves_qty]")
    expect(header).to_have_count(1)
    desk.get("columns").click()
    page.get_by_role("checkbox", name="Leaves").uncheck()
    expect(header).to_have_count(0)
    page.wait_for_function(LEAVES_IS_HIDDEN)
    page.keyboard.press("Escape")
    desk.get("tab-positions").click()
    desk.get("layouts").click()
    desk.get("layouts-name").fill("narrow")
    desk.get("layouts-save").click()
    desk.get("layouts-first").click()
    expect(desk.get("tab-orders")).to_have_attribute("aria-selected", "true")
    expect(header).to_have_count(1)
    page.reload()
    desk.ready()
    desk.get("layouts").click()
    desk.get("layouts-pick").click()
    expect(desk.get("tab-positions")).to_have_attribute("aria-selected", "true")
    desk.get("tab-orders").click()
    expect(page.locator("[data-testid=orders-grid] .ag-header-cell[col-id=symbol]")).to_have_count(1)
    expect(header).to_have_count(0)


def test_the_orders_are_exported_as_csv(stack: Stack, page: Page) -> None:
    desk = DeskPage(page, stack).ready()
    sent = stack.send(FIX44, symbol="HD", ord_type="LIMIT", price="1234.5", order_qty=5)
    desk.expect_row(sent, symbol="HD")
    with page.expect_download() as download:
        desk.get("export").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    heading, *rows = text.splitlines()
    assert '"Symbol"' in heading
    mine = next(row for row in rows if sent in row)
    assert '"HD"' in mine
    assert '"1234.5"' in mine
