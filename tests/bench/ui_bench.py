"""The page under load: how soon it is there, how even its frames are, how quickly it answers keys, what it keeps.

    python tests/bench/ui_bench.py [--orders 10000] [--rate 167] [--seconds 60]

The real desk, engine and broker, and chromium. First the page fills: at least so many orders in the blotter and 100,000
lines in the message log. Then, for so many seconds, `rate` orders a second become three updates each (sent, new,
filled), while somebody types into the ticket and the search. Everything is measured by the browser's own performance
interface. The first row is the same page with nothing happening, so that the machine can be told from the page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.ui_probe import PROBE, TAKE, USABLE  # noqa: E402
from tests.conftest import CHROMIUM  # noqa: E402
from tests.support.stack import Stack, eventually  # noqa: E402

LINES = 100_000
IDLE_SECONDS = 5.0
KEYS_EVERY_SECONDS = 0.5
LOAD = ROOT / "tests" / "bench" / "load.py"
WORDS = ("AAPL", "", "FILLED", "", "230", "")


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


def type_for(page: Page, seconds: float) -> None:
    ends = time.monotonic() + seconds
    turn = 0
    while time.monotonic() < ends:
        field = page.get_by_test_id("ticket-symbol" if turn % 2 else "blotter-search")
        field.press("End")
        word = WORDS[turn // 2 % len(WORDS)]
        if word:
            page.keyboard.type(word[:2])
        else:
            page.keyboard.press("Backspace")
            page.keyboard.press("Backspace")
        turn += 1
        page.wait_for_timeout(KEYS_EVERY_SECONDS * 1000)


def row(name: str, taken: dict[str, Any]) -> str:
    frames, keys = sorted(taken["frames"]), sorted(taken["keys"])
    long = sum(frame > 100 for frame in frames)
    typed = f"{taken['typed']:5}"
    worst = f"{at(keys, 0.5):5.0f} {at(keys, 0.99):5.0f} {max(keys, default=0):5.0f}"
    return (
        f"{name:8} {len(frames):6} {at(frames, 0.5):7.1f} {at(frames, 0.99):7.1f} {max(frames, default=0):7.1f}"
        f" {long:6} {taken['longTasks']:6} {typed} {worst}"
    )


def at(values: list[float], share: float) -> float:
    return values[int((len(values) - 1) * share)] if values else 0.0


def run(stack: Stack, browser: Browser, orders: int, rate: float, seconds: float) -> None:
    views = first_views(browser, stack)
    middle_one = statistics.median(views)
    print(f"first view usable after {middle_one:.0f} ms (median of 5; {min(views):.0f} to {max(views):.0f})")
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(PROBE)
    page.goto(stack.desk_url)
    page.wait_for_selector("[data-testid=desk-link][data-state=online]")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    page.evaluate(TAKE)
    page.wait_for_timeout(IDLE_SECONDS * 1000)
    idle = page.evaluate(TAKE)

    began = time.monotonic()
    while (missing := LINES - count(page, "log-count")) > 0 or count(page, "tab-orders") < orders:
        filling = load(stack, min(max(missing // 3, 500), 5_000), 0, stack.folder / "filling.json")
        while filling.poll() is None:
            page.wait_for_timeout(200)
    print(f"filled in {time.monotonic() - began:.0f} s")

    before = heap(cdp)
    sent_to = stack.folder / "steady.json"
    steady = load(stack, int(rate * (seconds + 2)), rate, sent_to)
    page.wait_for_timeout(2000)
    page.evaluate(TAKE)
    began = time.monotonic()
    type_for(page, seconds / 2)
    middle = heap(cdp)
    collected = page.evaluate(TAKE)
    type_for(page, seconds - (time.monotonic() - began))
    loaded = page.evaluate(TAKE)
    took = time.monotonic() - began
    steady.wait(timeout=90)
    sent = json.loads(sent_to.read_bytes())
    eventually(
        lambda: page.get_by_test_id("desk-link").get_attribute("data-state") == "online", "the page is live"
    )
    after = heap(cdp)
    # The frame in which garbage was collected on our order is not the page's.
    frames = sorted(collected["frames"])[:-1] + loaded["frames"]
    both = {
        "frames": frames,
        "keys": collected["keys"] + loaded["keys"],
        "typed": collected["typed"] + loaded["typed"],
        "longTasks": collected["longTasks"] + loaded["longTasks"],
    }
    print(f"{count(page, 'tab-orders')} orders in the blotter, {count(page, 'log-count')} lines in the log")
    print(
        f"{sent['orders']} orders in {sent['seconds']:.0f} s, {sent['error_count']} errors; measured for {took:.0f} s"
    )
    print("          frames  median     p99     max >100ms  >50ms typed   keys: p50   p99   max ms")
    print(row("idle", idle))
    print(row("loaded", both))
    ratio = at(sorted(frames), 0.99) / max(at(sorted(idle["frames"]), 0.99), 1)
    print(f"frames, p99, loaded to idle: {ratio:.2f}")
    print(f"held JavaScript: {before:.1f} MB full, {middle:.1f} MB half-way, {after:.1f} MB at the end")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=167)
    parser.add_argument("--seconds", type=float, default=60)
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
            run(stack, browser, options.orders, options.rate, options.seconds)
            browser.close()
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
