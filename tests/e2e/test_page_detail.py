"""One message and one order in full, as a person reads them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser

WITH_GROUPS = (
    "8=FIX.4.4|9=100|35=D|49=A|56=B|34=2|52=20261120-14:30:00|11=X|453=2|448=<b>desk</b>|9001=q|447=D|452=1|448=B|"
    "55=AAPL|54=1|7=3|10=033|"
)


@pytest.fixture
def desk(stack: Stack, page: Page) -> DeskPage:
    stack.behave(default="manual")
    return DeskPage(page, stack).ready()


def test_a_message_is_shown_as_a_tree_with_what_is_wrong_in_it(desk: DeskPage, stack: Stack) -> None:
    sent = stack.send(FIX44, symbol="TREE", ord_type="LIMIT", price="10", custom_tags={"9001": "house"})
    desk.get("log-search").fill(sent)
    desk.log_lines("D").click()
    tree = desk.get("decode").locator("tr.tree-field")
    expect(tree.filter(has_text="ClOrdID")).to_contain_text("required")
    expect(tree.filter(has_text="9001")).to_contain_text("custom")
    expect(desk.get("integrity")).to_contain_text("CheckSum(10)")
    expect(desk.get("integrity").locator(".tone-good")).to_have_count(2)
    expect(tree.filter(has_text="SenderCompID")).to_have_count(0)
    desk.get("tree-header").click()
    expect(tree.filter(has_text="SenderCompID")).to_have_count(1)
    desk.get("explain").click()
    expect(tree.filter(has_text="ClOrdID")).to_contain_text("The id that the sender of an order gives it")

    # The desk sends nothing that is wrong, so the answer is that of another message.
    decoded = stack.post("/api/decode", {"raw": WITH_GROUPS, "session_name": FIX44}, 200)

    def with_groups(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "tree": decoded["tree"], "fields": decoded["fields"]})

    desk.page.route("**/api/messages/*", with_groups)
    desk.get("decode-close").click()
    desk.log_lines("8").first.click()
    expect(desk.page.locator(".tree-entry")).to_have_text(["NoPartyIDs 1 of 2", "NoPartyIDs 2 of 2"])
    expect(desk.page.locator('[data-tag="448"]').first).to_contain_text("<b>desk</b>")
    expect(tree.filter(has_text="9001")).to_have_attribute("data-depth", "1")
    expect(tree.filter(has_text="BeginSeqNo")).to_contain_text("out of place")
    expect(desk.get("tree-missing")).to_contain_text("OrdType(40) is required in the body and not there.")
    expect(desk.get("integrity").locator(".tone-bad")).to_have_count(2)
    expect(desk.get("integrity")).to_contain_text("BodyLength(9) says 100, counted")
