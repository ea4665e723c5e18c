"""Pictures of every view of both pages, dark and light, with real orders on them.

    python tests/screenshots.py [FOLDER]

The real broker, engine and desk run in a folder of their own; the pictures go to docs/images unless a folder is given.
A picture of a view that can't be reached is an error: that the views can be opened is what this shows, too.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.conftest import CHROMIUM  # noqa: E402
from tests.e2e.desk_page import DeskPage, broker_fills  # noqa: E402
from tests.support.stack import FIX42, FIX44, Stack  # noqa: E402

WIDE, PHONE = (1440, 900), (390, 844)
QUALITY = 75
INDEX_HEAD = (
    "# Every view, dark and light\n\nTaken by `make screenshots`, with the broker that comes with the desk."
)
TITLES = {
    "desk": "The desk",
    "order": "An order: its chain, its executions, the ladder of its messages",
    "message": "A message, as a tree",
    "history": "Search in everything that is stored",
    "market": "Watch list, depth, trades",
    "beside": "The market as a column beside orders and messages",
    "composer": "Any message, composed and answered",
    "list": "A list of orders, composed entry by entry",
    "numbers": "Sequence numbers of a session",
    "diagnosis": "Why a session is or is not logged on",
    "session": "The configuration of a session",
    "import": "Orders from a CSV",
    "limits": "Limits, and how much of them is used",
    "stop": "Kill switches",
}
THEMES = ("dark", "light")
BOOKS = {symbol: {"mode": "match", "market": True} for symbol in ("AAPL", "MSFT", "NVDA", "TSLA", "JPM")}


class Camera:
    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self.taken: list[str] = []

    @contextmanager
    def page(self, url: str, theme: str, size: tuple[int, int]) -> Iterator[Page]:
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.goto(url)
        yield page
        context.close()

    def take(self, page: Page, name: str, theme: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(700)  # for flashes to fade and charts to be drawn
        path = self._folder / f"{name}-{theme}.webp"
        # Playwright has PNG and JPEG only; these are a quarter of the size.
        cdp = page.context.new_cdp_session(page)
        taken = cdp.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        path.write_bytes(base64.b64decode(taken["data"]))
        cdp.detach()
        if name not in self.taken:
            self.taken.append(name)

    def index(self) -> str:
        """A page that shows them all, in Markdown."""
        lines = [INDEX_HEAD]
        for name in self.taken:
            lines.append(f"\n## {TITLES.get(name, name.replace('-', ', ').capitalize())}\n")
            lines += [f"![{name}, {theme}]({self._folder.name}/{name}-{theme}.webp)" for theme in THEMES]
        return "\n".join([*lines, ""])


def trade(stack: Stack) -> str:
    """Orders in many states; the ClOrdID of one with several fills and a replace."""
    stack.behave(default="manual")
    story = stack.send(
        FIX44, symbol="MSFT", side="BUY", order_qty=900, ord_type="LIMIT", price="416.5", account="FUND-A"
    )
    stack.wait_order(story, status="NEW")
    for name, fields in (
        (FIX44, {"symbol": "NFLX", "side": "SELL", "order_qty": 200, "ord_type": "LIMIT", "price": "631.25"}),
        (
            FIX42,
            {"symbol": "JPM", "order_qty": 1_500, "ord_type": "STOP_LIMIT", "stop_px": "200", "price": "201"},
        ),
        (
            FIX44,
            {
                "symbol": "TSLA",
                "order_qty": 400,
                "ord_type": "LIMIT",
                "price": "239.9",
                "time_in_force": "GTC",
            },
        ),
    ):
        stack.wait_order(stack.send(name, **fields), status="NEW")
    stack.behave(default="fill")
    for number, (symbol, side) in enumerate(
        (
            ("AAPL", "BUY"),
            ("AAPL", "SELL"),
            ("NVDA", "BUY"),
            ("TSLA", "SELL"),
            ("JPM", "BUY"),
            ("AAPL", "BUY"),
        )
    ):
        session_name = (FIX42, FIX44)[number % 2]
        sent = stack.send(
            session_name, symbol=symbol, side=side, order_qty=100 * (number + 1), ord_type="MARKET"
        )
        stack.wait_order(sent, status="FILLED")
    stack.wait_order(stack.send(FIX44, symbol="NOSUCH", ord_type="MARKET"), status="REJECTED")
    stack.behave(default="manual", symbols=BOOKS)
    broker_fills(stack, story, 300, "416.5")
    stack.wait_order(story, cum_qty="300")
    replaced = stack.post("/api/replace_order", {"cl_ord_id": story, "order_qty": 1_200, "price": "417"}, 202)
    stack.wait_order(story, cl_ord_id=replaced["cl_ord_id"])
    broker_fills(stack, replaced["cl_ord_id"], 250, "416.8")
    stack.wait_order(story, cum_qty="550")
    for price in ("229.8", "229.9", "230.3"):
        stack.send(
            FIX44,
            symbol="AAPL",
            side="SELL" if price > "230" else "BUY",
            order_qty=300,
            ord_type="LIMIT",
            price=price,
        )
    set_limits(stack)
    return story


def set_limits(stack: Stack) -> None:
    version = stack.get("/api/risk/limits")["version"]
    rules = [
        {
            "scope": {"session_name": FIX44},
            "limits": {"max_open_orders": 10, "max_daily_turnover": "5000000"},
        },
        {"scope": {"account": "FUND-A"}, "limits": {"max_order_qty": "2000", "price_collar_percent": "5"}},
    ]
    body = {"version": version, "rules": rules, "reason": "the pictures"}
    answer = requests.put(f"{stack.desk_url}/api/risk/limits", json=body, timeout=15)
    assert answer.ok, answer.text


def open_order(desk: DeskPage, story: str) -> None:
    desk.page.goto(f"{desk.stack.desk_url}/#/order/{story}")
    expect(desk.get("ladder")).to_be_visible()


def open_message(desk: DeskPage, _story: str) -> None:
    desk.get("log-line").filter(has_text="ExecutionReport").last.click()
    expect(desk.get("decode")).to_be_visible()


def open_market(desk: DeskPage, _story: str) -> None:
    desk.page.keyboard.press("w")
    desk.get("market-symbol").fill(", ".join(BOOKS))
    desk.get("market-session").select_option(FIX44)
    desk.get("market-add").click()
    row = desk.get(f"watch-{FIX44}-AAPL")
    expect(row).to_have_attribute("data-stale", "false")
    row.locator("td").first.click()
    for number in range(6):
        side = "BUY" if number % 2 else "SELL"
        sent = desk.stack.send(FIX44, symbol="AAPL", side=side, order_qty=20 + number, ord_type="MARKET")
        desk.stack.wait_order(sent, status="FILLED")
    expect(desk.get("market-chart").locator("canvas")).to_have_count(1)


def put_market_beside(desk: DeskPage, story: str) -> None:
    open_market(desk, story)
    desk.get("market-place").click()
    desk.get("place-both").click()
    expect(desk.get("log-lines")).to_be_visible()


def open_list(desk: DeskPage, _story: str) -> None:
    desk.page.keyboard.press("c")
    desk.get("composer-type").fill("NewOrderList")
    desk.page.keyboard.press("Enter")
    first = "compose-no_orders[0]."
    for key, value in {"symbol": "AAPL", "order_qty": "300", "price": "229.5"}.items():
        desk.get(first + key).fill(value)
    desk.get(f"{first}side").select_option("1")
    desk.get(f"{first}ord_type").select_option("2")
    desk.page.get_by_label("Duplicate entry 1 of NoOrders").click()
    desk.get("compose-no_orders[1].symbol").fill("MSFT")
    expect(desk.get("composer-raw")).to_contain_text("55=MSFT")


def open_composer(desk: DeskPage, _story: str) -> None:
    desk.page.keyboard.press("c")
    desk.get("composer-type").fill("R")
    desk.page.keyboard.press("Enter")
    desk.get("compose-no_related_sym[0].symbol").fill("AAPL")
    expect(desk.get("composer-raw")).to_contain_text("146=1")
    desk.get("composer-send").click()
    expect(desk.get("composer-answer").first).to_be_visible()


def search_history(desk: DeskPage, _story: str) -> None:
    desk.page.keyboard.press("h")
    desk.get("history-query").fill("55=MSFT")
    desk.get("history-search").click()
    expect(desk.get("history-lines")).to_contain_text("MSFT")


def press(*testids: str) -> Callable[[DeskPage, str], None]:
    def go(desk: DeskPage, _story: str) -> None:
        for testid in testids:
            desk.get(testid).first.click()

    return go


DESK_VIEWS: dict[str, Callable[[DeskPage, str], None]] = {
    "desk": lambda _desk, _story: None,
    "order": open_order,
    "message": open_message,
    "history": search_history,
    "executions": press("tab-executions"),
    "positions": press("tab-positions", "positions-charted"),
    "statistics": press("tab-statistics"),
    "market": open_market,
    "beside": put_market_beside,
    "composer": open_composer,
    "list": open_list,
    "numbers": press(f"numbers-{FIX44}"),
    "diagnosis": press(f"why-{FIX44}"),
    "session": press(f"edit-{FIX44}"),
    "import": press("import-orders"),
    "limits": press("limits"),
    "stop": press("stop"),
    "notifications": press("bell"),
    "keys": press("help-button"),
}
PHONE_VIEWS = ("ticket", "blotter", "log", "market", "sessions")
BROKER_VIEWS = ("orders", "executions", "stocks", "clients", "behaviours", "faults", "health")


def take_all(stack: Stack, camera: Camera) -> None:
    story = trade(stack)
    for theme in THEMES:
        for name, go in DESK_VIEWS.items():
            with camera.page(stack.desk_url, theme, WIDE) as page:
                desk = DeskPage(page, stack).ready()
                go(desk, story)
                camera.take(page, name, theme)
        with camera.page(stack.desk_url, theme, PHONE) as page:
            desk = DeskPage(page, stack).ready()
            for view in PHONE_VIEWS:
                desk.get(f"nav-{view}").click()
                camera.take(page, f"phone-{view}", theme)
        with camera.page(stack.broker_url, theme, WIDE) as page:
            for view in BROKER_VIEWS:
                page.get_by_test_id(f"tab-{view}").click()
                camera.take(page, f"broker-{view}", theme)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "images")
    folder = parser.parse_args().folder
    if CHROMIUM is None:
        sys.exit(
            "no chromium on this machine: install Debian's package chromium, or set CHROMIUM to its path"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as running, sync_playwright() as playwright:
        stack = Stack(Path(running), {"BROKER_WALK": "on"})
        try:
            stack.start()
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            camera = Camera(browser, folder)
            take_all(stack, camera)
            browser.close()
        finally:
            stack.stop()
    (folder.parent / "screenshots.md").write_text(camera.index())
    print(
        f"{len(camera.taken)} views, dark and light, in {folder}; shown by {folder.parent / 'screenshots.md'}"
    )


if __name__ == "__main__":
    main()
