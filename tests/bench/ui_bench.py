"""The page under load: how soon it is there, how even its frames are, how quickly it answers keys, what it keeps.

    python tests/bench/ui_bench.py [--orders 10000] [--rate 167] [--seconds 60] [--other-seconds 20]

The real desk, engine and broker, and chromium. First the page fills: at least so many orders in the blotter, which
holds 10,000, and 100,000 lines in the message log. Then, for so many seconds, `rate` orders a second become three
updates each (sent, new, filled), while somebody types into the ticket and the search. Everything is measured by the
browser's own performance interface; a trace of the browser says how much of the long frames the page's thread has
computed, for the rest of them it waited. The first row is the same page with nothing happening, so that the machine can
be told from the page.

A trader's browser does not share its CPUs with desk, engine, broker and what makes the load; here it does. So the run
is measured twice: as it is, and with all of those at a lower priority (nice 10). Then, still so, with the blotter
sorted by another column, with a filter set, and with a text in the search.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.ui_measured import HEADING, Measured, at  # noqa: E402
from tests.bench.ui_probe import PROBE, TAKE, USABLE  # noqa: E402
from tests.bench.ui_trace import Trace  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402
from tests.support.stack import Stack, eventually  # noqa: E402

IDLE_SECONDS = 5.0
KEYS_EVERY_SECONDS = 0.5
LOAD = ROOT / "tests" / "bench" / "load.py"
WORDS = ("AAPL", "", "FILLED", "", "230", "")
BOTH_FIELDS = ("ticket-symbol", "blotter-search")
LOWER = 10
FILTER = '#/orders?filter={"symbol":{"filterType":"text","type":"contains","filter":"AAP"}}'


def load(stack: Stack, orders: int, rate: float, output: Path) -> subprocess.Popen[bytes]:
    """What it prints is longer than a pipe takes."""
    command = [sys.executable, LOAD, stack.desk_url, "frames", "16", str(orders), str(rate), "1"]
    with output.open("wb") as file:
        return subprocess.Popen(command, stdout=file)


def count(page: Page, testid: str) -> int:
    text = page.get_by_test_id(testid).inner_text()
    return max(
        (int(word.replace(",", "")) for word in text.split() if word.replace(",", "").isdigit()), default=0
    )


def heap(cdp: CDPSession) -> float:
    """Megabytes of JavaScript that are still held."""
    cdp.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return float(metrics["JSHeapUsedSize"]) / 1e6


def first_views(browser: Browser, stack: Stack) -> list[float]:
    """Milliseconds from the request to a ticket that can be used, on fresh browsers."""
    found = []
    for _ in range(5):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.add_init_script(USABLE)
        page.goto(stack.desk_url)
        page.wait_for_function("() => window.usableAt")
        found.append(float(page.evaluate("() => window.usableAt")))
        context.close()
    return found


def lower_priority(pids: list[int]) -> None:
    """On Linux each thread has a priority of its own, and new ones take that of the one which makes them."""
    for pid in pids:
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            for thread in process.threads():
                os.setpriority(os.PRIO_PROCESS, thread.id, LOWER)


def type_for(page: Page, seconds: float, fields: tuple[str, ...]) -> None:
    ends = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < ends:
        page.get_by_test_id(fields[turn % len(fields)]).press("End")
        word = WORDS[turn // 2 % len(WORDS)]
        if word:
            page.keyboard.type(word[:2])
        else:
            page.keyboard.press("Backspace")
            page.keyboard.press("Backspace")
        turn += 1
        page.wait_for_timeout(KEYS_EVERY_SECONDS * 1000)


class Bench:
    """The page, filled; measures it under one load after the other."""

    def __init__(self, stack: Stack, browser: Browser, page: Page, rate: float) -> None:
        self.stack, self.browser, self.page, self.rate = stack, browser, page, rate
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable")
        self.lowered = False

    def fill(self, orders: int, lines: int) -> None:
        began = time.monotonic()
        page = self.page
        while (missing := lines - count(page, "log-count")) > 0 or count(page, "tab-orders") < orders:
            filling = load(self.stack, min(max(missing // 3, 500), 5_000), 0, self.stack.folder / "load.json")
            while filling.poll() is None:
                page.wait_for_timeout(200)
        print(f"filled in {time.monotonic() - began:.0f} s")

    def lower(self, *others: int) -> None:
        parts = (self.stack.broker, self.stack.engine, self.stack.desk)
        lower_priority([part.pid for part in parts if part is not None] + list(others))

    def measure(
        self,
        name: str,
        seconds: float,
        fields: tuple[str, ...] = BOTH_FIELDS,
        half_way: Callable[[], None] | None = None,
    ) -> Measured:
        page, measured = self.page, Measured(name)
        output = self.stack.folder / "load.json"
        steady = load(self.stack, int(self.rate * (seconds + 4)), self.rate, output)
        if self.lowered:
            self.lower(steady.pid)
        trace = Trace(self.browser)
        page.wait_for_timeout(2000)
        trace.start(page)
        page.evaluate(TAKE)
        began = time.monotonic()
        type_for(page, seconds / 2, fields)
        if half_way is not None:
            half_way()
            measured.add(page.evaluate(TAKE))
            measured.drop_longest()
        type_for(page, seconds - (time.monotonic() - began), fields)
        measured.add(page.evaluate(TAKE))
        took = time.monotonic() - began
        steady.wait(timeout=90)
        trace.stop(page)
        measured.take(trace)
        sent = json.loads(output.read_bytes())
        eventually(
            lambda: page.get_by_test_id("desk-link").get_attribute("data-state") == "online",
            "the page is live",
        )
        print(
            f"{name}: {sent['orders']} orders in {sent['seconds']:.0f} s, {sent['error_count']} errors; measured for"
            f" {took:.0f} s; {count(page, 'tab-orders')} orders in the blotter, {count(page, 'log-count')} lines"
        )
        return measured


def run(stack: Stack, browser: Browser, options: argparse.Namespace) -> None:
    views = first_views(browser, stack)
    middle_one = statistics.median(views)
    print(f"first view usable after {middle_one:.0f} ms (median of 5; {min(views):.0f} to {max(views):.0f})")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(PROBE)
    page.goto(stack.desk_url)
    page.wait_for_selector("[data-testid=desk-link][data-state=online]")
    bench = Bench(stack, browser, page, options.rate)
    page.evaluate(TAKE)
    page.wait_for_timeout(IDLE_SECONDS * 1000)
    idle = Measured("idle")
    idle.add(page.evaluate(TAKE))

    bench.fill(options.orders, options.lines)
    held = [heap(bench.cdp)]
    as_it_is = bench.measure("as it is", options.seconds, half_way=lambda: held.append(heap(bench.cdp)))
    held.append(heap(bench.cdp))
    bench.lower()
    bench.lowered = True
    rows = [idle, as_it_is, bench.measure("servers at nice 10", options.seconds)]

    search = page.get_by_test_id("blotter-search")
    search.fill("")
    page.locator("[data-testid=orders-grid] .ag-header-cell[col-id=symbol]").click()
    rows.append(bench.measure("  sorted by symbol", options.other_seconds))
    search.fill("")
    page.get_by_test_id("columns").click()
    page.get_by_role("button", name="As they were at first").click()
    page.evaluate("(hash) => { location.hash = hash; }", FILTER)
    rows.append(bench.measure("  with a filter", options.other_seconds))
    page.evaluate("() => { location.hash = '#/orders?text=AAPL'; }")
    rows.append(bench.measure("  with a text searched", options.other_seconds, ("ticket-symbol",)))

    print(HEADING)
    for measured in rows:
        print(measured.row())
    for measured in rows[1:]:
        print(measured.waiting())
    ratio = at(as_it_is.took, 0.99) / max(at(idle.took, 0.99), 1)
    print(f"frames, p99, as it is to idle: {ratio:.2f}")
    full, half_way, end = held
    print(
        f"held JavaScript: {full:.1f} MB full, {half_way:.1f} MB half-way, {end:.1f} MB at the end of the first run"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=167)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument(
        "--other-seconds", type=float, default=20, help="with another order, a filter, a search (default 20)"
    )
    options = parser.parse_args()
    if CHROMIUM is None:
        sys.exit(
            "no chromium on this machine: install Debian's package chromium, or set CHROMIUM to its path"
        )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder))
        try:
            stack.start()
            stack.behave(default="fill")
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"],
            )
            run(stack, browser, options)
            browser.close()
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
