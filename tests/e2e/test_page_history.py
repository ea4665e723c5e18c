"""Searching what is stored from the page, set apart from what is live."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser


def order(stack: Stack, **fields: str) -> str:
    sent = stack.send(FIX44, ord_type="LIMIT", price="10", account="HISTORY", **fields)
    stack.wait_order(sent, status="NEW")
    return sent


def test_stored_messages_are_found_by_tag_and_value_and_are_not_live(stack: Stack, page: Page) -> None:
    stack.behave(default="manual")
    old = order(stack, text="the <b>first</b> one")
    desk = DeskPage(page, stack).ready()
    page.locator("body").press("h")
    expect(desk.get("history")).to_contain_text("not live")
    expect(desk.get("history-query")).to_be_focused()
    page.keyboard.type('Account:HISTORY 58~"FIRST</b> one" 35:D')
    page.keyboard.press("Enter")
    lines = desk.get("history-lines").get_by_test_id("log-line")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text(old)
    lines.click()
    expect(desk.get("decode").locator('[data-tag="58"]')).to_contain_text("the <b>first</b> one")
    desk.get("decode-close").click()

    desk.get("history-query").fill("1=HISTORY 58:*")
    desk.get("history-type").select_option("D")
    desk.get("history-search").click()
    expect(desk.get("history-state")).to_contain_text(re.compile(r"^1 found, as of .* newest first"))
    new = order(stack, text="later")
    desk.expect_row(new, status="New")
    expect(lines).to_have_count(1)
    desk.get("history-search").click()
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text(new)

    # Up to the second one, and not with it; typed in the zone of the page.
    sent = stack.get(f"/api/orders/{new}/messages")["messages"][0]["at"]
    at = datetime.fromisoformat(sent).replace(microsecond=0) + timedelta(days=1)
    desk.get("history-from").fill(at.strftime("%Y-%m-%dT%H:%M:%S"))
    desk.get("history-search").click()
    expect(desk.get("history-state")).to_contain_text("Nothing found")
    page.reload()
    DeskPage(page, stack).ready()
    expect(desk.get("history")).to_have_count(0)


def test_a_link_repeats_a_search_and_all_of_it_is_a_file(stack: Stack, page: Page) -> None:
    stack.behave(default="manual")
    sent = order(stack)
    page.goto("about:blank")
    page.goto(f"{stack.desk_url}/#/log?history=1&q=1%3AHISTORY+11%3A{sent}&type=D&session={FIX44}")
    desk = DeskPage(page, stack).ready()
    lines = desk.get("history-lines").get_by_test_id("log-line")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text(sent)
    expect(desk.get("history-type")).to_have_value("D")
    with page.expect_download() as download:
        desk.get("history-csv").click()
    assert sent in download.value.path().read_text()
    desk.get("history-leave").click()
    expect(desk.get("log-lines")).to_be_visible()


def test_the_words_of_the_line_are_told_apart(stack: Stack, page: Page) -> None:
    DeskPage(page, stack).ready()
    found = page.evaluate(
        """async (lines) => {
          const { src } = document.querySelector('script[type=module]');
          const { understood } = await import(new URL('state/history.js', src));
          return lines.map(understood);
        }""",
        ['55:AAPL 58~"too late" 39=2', 'limit "35:D" up', "58:* :x 12:30", 'Symbol:"A B', ""],
    )
    assert found == [
        {"tag": ["55:AAPL", "58~too late", "39:2"], "text": ""},
        {"tag": [], "text": "limit 35:D up"},
        {"tag": ["58", "12:30"], "text": ":x"},
        {"tag": ["Symbol:A B"], "text": ""},
        {"tag": [], "text": ""},
    ]
