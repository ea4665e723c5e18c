"""One stack for all tests that leave it standing; a browser page that fails the test when the page logs an error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, sync_playwright

from tests.support.stack import FIX44, Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Broker, engine and desk with both sessions logged on. Tests must not stop any of them."""
    folder = tmp_path_factory.mktemp("stack")
    openings = folder / "opening_positions.csv"
    openings.write_text(
        f"session_name,account,symbol,qty,px,day\n{FIX44},OPENING,TSLA,500,200.00,2026-03-02\n"
    )
    prices = folder / "prices.csv"
    prices.write_text("symbol,price,time\nFILED,12.50,2026-03-02T14:30:00Z\nbroken\n")
    running = Stack(folder, {"SENDFIX_OPENING_POSITIONS": str(openings), "SENDFIX_PRICE_FILE": str(prices)})
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack for this test alone, to be killed and started at will."""
    running = Stack(tmp_path)
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield launched
        launched.close()


@pytest.fixture
def browser_context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(stack: Stack, browser_context: BrowserContext) -> Iterator[Page]:
    """The desk's page, loaded. What it writes to the console as an error fails the test."""
    opened = browser_context.new_page()
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def on_error(error: Error) -> None:
        errors.append(str(error))

    opened.on("console", on_console)
    opened.on("pageerror", on_error)
    opened.goto(stack.desk_url)
    yield opened
    assert not errors, errors
