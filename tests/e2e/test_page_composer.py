"""The raw composer and the groups of the ticket, in a real browser against the real desk and broker."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk_page import DeskPage, broker_fills
from tests.support.stack import FIX42, FIX44, Stack

pytestmark = pytest.mark.browser

HTML = "<img src=x onerror=document.title='owned'>"


@pytest.fixture
def desk(stack: Stack, page: Page) -> DeskPage:
    stack.behave(default="manual")
    return DeskPage(page, stack).ready()


def compose(desk: DeskPage, session: str, msg_type: str) -> None:
    desk.choose(session)
    desk.page.locator("body").press("c")
    desk.get("composer-type").fill(msg_type)
    desk.page.keyboard.press("Enter")
    expect(desk.get("composer-send")).to_be_enabled()


def add(desk: DeskPage, at: str, name: str, value: str) -> None:
    """Find a field by its name or tag, and type its value where the focus then is."""
    desk.get(f"compose-{at}add").fill(name)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator(":focus")).to_have_attribute(
        "id", re.compile(rf"^compose-{re.escape(at)}(?!add)")
    )
    desk.page.keyboard.type(value)


def test_an_order_with_allocations_is_composed_and_answered(desk: DeskPage, stack: Stack) -> None:
    compose(desk, FIX44, "NewOrderS")
    expect(desk.get("composer-note")).to_contain_text("limits")
    desk.get("compose-symbol").fill("AAPL")
    desk.get("compose-side").select_option("1")
    desk.get("compose-ord_type").select_option("2")
    desk.get("compose-order_qty").fill("300")
    desk.get("compose-price").fill("11.5")
    add(desk, "", "NoAllocs", "ACC1")
    desk.get("compose-no_allocs[0].alloc_qty").fill("many")
    expect(desk.get("compose-no_allocs[0].alloc_qty-fault")).to_contain_text("AllocQty(80)")
    desk.get("compose-no_allocs[0].alloc_qty").fill("100")
    desk.page.get_by_label("Duplicate entry 1 of NoAllocs").click()
    desk.get("compose-no_allocs[1].alloc_account").fill("ACC2")
    desk.get("compose-no_allocs[1].alloc_qty").fill("200")
    add(desk, "", "9001", "house")
    expect(desk.get("composer-raw")).to_contain_text("78=2 | 79=ACC1 | 80=100 | 79=ACC2 | 80=200")
    desk.page.get_by_label("Move entry 2 of NoAllocs up").click()
    expect(desk.get("composer-raw")).to_contain_text("78=2 | 79=ACC2 | 80=200 | 79=ACC1 | 80=100")
    expect(desk.get("composer-raw")).to_contain_text("9001=house")

    with desk.page.expect_response("**/api/send_message") as answer:
        desk.page.keyboard.press("Control+Enter")
    sent = answer.value.json()["cl_ord_id"]
    report = desk.get("composer-answer").first
    expect(report).to_have_attribute("data-msg-type", "8")
    report.get_by_role("button").first.click()
    expect(report.get_by_test_id("decode")).to_contain_text(sent)

    desk.page.keyboard.press("Escape")
    expect(desk.get("composer")).to_have_count(0)
    desk.expect_row(sent, symbol="AAPL", status="New", order_qty="300")
    order = stack.order(sent)
    assert [entry["alloc_account"] for entry in order["fields"]["no_allocs"]] == ["ACC2", "ACC1"]
    assert order["custom_tags"] == {"9001": "house"}


def test_a_message_that_makes_no_sense_is_answered_by_a_reject(desk: DeskPage) -> None:
    compose(desk, FIX42, "QuoteRequest")
    desk.get("compose-no_related_sym[0].symbol").fill(HTML)
    desk.get("composer-send").click()
    expect(desk.get("composer-answer").first).to_contain_text(f"{HTML} is unknown")
    assert desk.page.locator("img[src=x]").count() == 0
    assert desk.page.title() == "SendFix"

    desk.get("composer-paste-open").click()
    desk.get("composer-paste").fill("35=D|11=NONSENSE-1|55=AAPL|54=Z|38=5|40=1|21=1")
    desk.get("composer-paste-send").click()
    desk.get("confirm").click()
    answer = desk.get("composer-sent").first.get_by_test_id("composer-answer").first
    expect(answer).to_have_attribute("data-msg-type", "3")
    expect(answer).to_contain_text(re.compile(r"after [\d.,]+ m?s"))

    # The Reject leads to the message that it refuses, and the field that it names is marked there.
    desk.get("composer-sent").first.get_by_role("button").first.click()
    refused = desk.get("composer-sent").first.get_by_test_id("decode")
    expect(refused.get_by_test_id("other-message")).to_contain_text("Refused by Reject")
    expect(refused.locator('tr[data-tag="54"]').get_by_test_id("tree-refused")).to_contain_text("Refused:")
    refused.get_by_test_id("decode-close").click()
    answer.get_by_role("button").first.click()
    expect(answer.get_by_test_id("other-message")).to_contain_text("Refuses NewOrderSingle")
    answer.get_by_test_id("other-open").click()
    desk.page.keyboard.press("Escape")
    expect(desk.get("decode").locator("h3")).to_contain_text("NewOrderSingle")


def test_what_was_pasted_or_sent_stands_in_the_form_again(desk: DeskPage, stack: Stack) -> None:
    old = stack.send(FIX44, symbol="CSCO", order_qty=7, ord_type="LIMIT", price="10", account="AGAIN")
    desk.get("log-search").fill(old)
    expect(desk.log_lines("D")).to_have_count(1)
    desk.log_lines("D").click()
    desk.get("send-again").click()
    expect(desk.get("compose-symbol")).to_have_value("CSCO")
    expect(desk.get("compose-account")).to_have_value("AGAIN")
    expect(desk.get("compose-cl_ord_id")).to_have_value("")

    desk.get("composer-paste-open").click()
    desk.get("composer-paste").fill("8=FIX.4.4|9=99|35=D|49=X|56=Y|34=2|55=INTC|54=2|38=3|40=2|44=9|10=000|")
    desk.get("composer-paste-take").click()
    expect(desk.get("compose-symbol")).to_have_value("INTC")
    with desk.page.expect_response("**/api/send_message") as answer:
        desk.get("composer-send").click()
    assert answer.value.status == 201, answer.value.text()
    desk.get("compose-symbol").fill("")
    desk.get("composer-history").click()
    desk.get("composer-history-item").first.click()
    expect(desk.get("compose-symbol")).to_have_value("INTC")


def test_templates_are_kept_exported_and_imported(desk: DeskPage, tmp_path: Path) -> None:
    compose(desk, FIX42, "QuoteRequest")
    desk.get("compose-no_related_sym[0].symbol").fill("IBM")
    desk.get("composer-templates").click()
    desk.get("composer-templates-name").fill("ask for IBM")
    desk.page.keyboard.press("Enter")
    with desk.page.expect_download() as download:
        desk.get("composer-templates-export").click()
    exported = json.loads(download.value.path().read_text())
    assert exported["templates"][0]["body"]["fields"] == {"no_related_sym": [{"symbol": "IBM"}]}

    desk.get("composer-templates-drop").click()
    expect(desk.get("composer-templates-pick")).to_have_count(0)
    broken = tmp_path / "broken.json"
    broken.write_text('{"sendfix": "ticket", "templates": []}')
    desk.get("composer-templates-import").set_input_files(broken)
    expect(desk.get("toasts")).to_contain_text("templates of another kind")
    desk.get("composer-templates-import").set_input_files(download.value.path())
    desk.get("composer-templates-pick").wait_for()
    desk.page.keyboard.press("Escape")
    desk.get("composer-clear").click()
    expect(desk.get("compose-no_related_sym[0].symbol")).to_have_value("")
    desk.get("composer-templates").click()
    desk.get("composer-templates-pick").click()
    expect(desk.get("compose-no_related_sym[0].symbol")).to_have_value("IBM")


def test_a_group_and_a_template_on_the_ticket(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX44)
    desk.fill_ticket(symbol="JNJ", order_qty="40", price="9")
    desk.get("add-field").click()
    desk.get("extra-name").fill("NoPartyIDs")
    expect(desk.get("ticket-no_party_ids[0].party_id")).to_be_focused()
    desk.page.keyboard.type("T1")
    desk.get("ticket-no_party_ids[0].party_role").select_option("11")
    expect(desk.get("preview")).to_contain_text("453=1")

    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("t")
    desk.get("ticket-templates-name").fill("with a trader")
    desk.get("ticket-templates-save").click()
    desk.page.keyboard.press("Escape")
    first = desk.send()
    assert stack.order(first)["fields"]["no_party_ids"] == [{"party_id": "T1", "party_role": "11"}]

    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("n")
    expect(desk.get("ticket-symbol")).to_have_value("")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("t")
    expect(desk.get("ticket-templates-pick")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.get("ticket-symbol")).to_have_value("JNJ")
    expect(desk.get("ticket-order_qty")).not_to_have_value("")
    desk.fill_ticket(order_qty="7")  # the same again would be asked about
    second = desk.send()
    assert stack.order(second)["fields"] == stack.order(first)["fields"]


def test_the_ticket_asks_for_what_the_type_needs(desk: DeskPage, stack: Stack) -> None:
    desk.choose(FIX44)
    desk.fill_ticket(symbol="UNH", order_qty="5", ord_type="Pegged", time_in_force="GTD · good till date")
    desk.get("send").click()
    expect(desk.get("fault-exec_inst")).to_be_visible()
    expect(desk.get("fault-expires_day")).to_be_visible()
    desk.get("ticket-exec_inst").select_option("R")
    desk.get("ticket-peg_offset_value").fill("-0.05")
    desk.get("ticket-expires_day").fill("2036-12-24")
    expect(desk.get("preview")).to_contain_text("432=20361224")
    desk.get("ticket-expires_at").fill("16:30:00")
    expect(desk.get("preview")).to_contain_text("126=20361224-16:30:00")
    sent = stack.order(desk.send())
    assert (sent["fields"]["exec_inst"], sent["fields"]["peg_offset_value"]) == ("R", "-0.05")

    desk.get("side-other").select_option("5")
    expect(desk.get("ticket-locate_reqd")).to_be_visible()


def test_a_filled_order_is_opened_again_by_a_larger_quantity(desk: DeskPage, stack: Stack) -> None:
    filled = stack.send(FIX44, symbol="BAC", order_qty=10, ord_type="LIMIT", price="5")
    broker_fills(stack, filled, 10, "5")
    desk.expect_row(filled, status="Filled")
    desk.cell(filled, "symbol").click()
    desk.get("replace").click()
    expect(desk.get("fault-order_qty")).to_contain_text("a larger quantity")
    desk.fill_ticket(order_qty="30")
    desk.get("replace").click()
    desk.expect_row(filled, status="Part filled", leaves_qty="20")


def test_nothing_of_a_dialog_reaches_the_ticket(desk: DeskPage) -> None:
    desk.choose(FIX42)
    desk.fill_ticket(symbol="WMT", order_qty="5", price="9")
    posts: list[str] = []
    desk.page.on("request", lambda one: posts.append(one.url) if "/send_" in one.url else None)
    desk.get("import-orders").click()
    desk.page.keyboard.press("Control+Enter")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("c")
    desk.get("composer-type").press("Control+Enter")
    desk.page.keyboard.press("Escape")
    expect(desk.get("composer")).to_have_count(0)
    assert posts == []


def test_a_list_and_an_order_of_legs_are_composed_and_answered(desk: DeskPage, stack: Stack) -> None:
    compose(desk, FIX44, "NewOrderList")
    first, second = "compose-no_orders[0].", "compose-no_orders[1]."
    expect(desk.get("composer-faults")).to_have_attribute("data-checked", "true")
    desk.get("composer-send").click()
    desk.get("composer-faults").get_by_text("Side(54) is required").click()
    expect(desk.get(f"{first}side")).to_be_focused()
    for key, value in {"symbol": "BAC", "order_qty": "many", "price": "90"}.items():
        desk.get(first + key).fill(value)
    desk.get(f"{first}side").select_option("1")
    desk.get(f"{first}ord_type").select_option("2")
    expect(desk.get(f"{first}order_qty-fault")).to_contain_text("OrderQty(38)")
    desk.get(f"{first}order_qty").fill("30")
    desk.page.get_by_label("New for ClOrdID").click()
    desk.page.get_by_label("Duplicate entry 1 of NoOrders").click()
    expect(desk.get(f"{second}cl_ord_id")).to_have_value("")
    desk.get(f"{second}side").select_option("2")
    desk.get(f"{second}price").fill("190")
    add(desk, "no_orders[1].", "NoAllocs", "ACC1")
    expect(desk.get("composer-raw")).to_contain_text("38=30 | 40=2 | 44=190")
    with desk.page.expect_response("**/api/send_message") as answer:
        desk.get("composer-send").click()
    buy, sell = answer.value.json()["orders"]
    of_list = desk.get("composer-sent").first.get_by_test_id("composer-answer")
    expect(of_list.filter(has_text="new, Buy 30 BAC")).to_have_count(1)
    expect(of_list.filter(has_text="new, Sell 30 BAC")).to_have_count(1)
    expect(of_list.filter(has_text="ListStatus")).to_have_count(1)
    # The id that was made for the order is not to be used again.
    expect(desk.get(f"{first}cl_ord_id")).not_to_have_value(buy["cl_ord_id"])

    desk.get("composer-type").fill("NewOrderMultileg")
    desk.page.keyboard.press("Enter")
    leg = "compose-no_legs[0].leg_"
    for key, value in {"symbol": "BAC", "side": "1", "ratio_qty": "1"}.items():
        desk.get(leg + key).fill(value)
    desk.get("compose-symbol").fill("BAC")
    desk.get("compose-side").select_option("1")
    desk.get("compose-ord_type").select_option("1")
    desk.page.get_by_label("Leave out OrderQty").click()
    expect(desk.get("composer-faults")).to_contain_text("One thing is missing")
    desk.get("composer-send").click()
    desk.get("composer-faults").get_by_text("OrderQty(38) is required").click()
    expect(desk.get("compose-order_qty")).to_be_focused()
    desk.page.keyboard.type("2")
    desk.page.keyboard.press("Control+Enter")
    expect(desk.get("composer-sent").first).to_contain_text("MsgType(35) AB is not supported")

    desk.page.keyboard.press("Escape")
    desk.expect_row(buy["cl_ord_id"], symbol="BAC", status="New", side="Buy")
    desk.expect_row(sell["cl_ord_id"], symbol="BAC", status="New", side="Sell")
