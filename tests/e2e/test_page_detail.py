"""One message and one order in full, as a person reads them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.desk_page import DeskPage, broker_does, broker_fills
from tests.support.stack import FIX44, Stack

pytestmark = pytest.mark.browser

HTML = "<img src=x onerror=document.title='owned'>"
WITH_GROUPS = (
    "8=FIX.4.4|9=100|35=D|49=A|56=B|34=2|52=20261120-14:30:00|11=X|453=2|448=<b>desk</b>|9001=q|447=D|452=1|448=B|"
    "55=AAPL|54=1|7=3|10=033|"
)


@pytest.fixture
def desk(stack: Stack, page: Page) -> DeskPage:
    stack.behave(default="manual")
    return DeskPage(page, stack).ready()


def test_a_message_is_shown_as_a_tree_with_what_is_wrong_in_it(desk: DeskPage, stack: Stack) -> None:
    sent = stack.send(FIX44, ord_type="LIMIT", price="10", custom_tags={"9001": "house"})
    desk.get("log-search").fill(sent)
    desk.log_lines("D").filter(has_text=sent).click()
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
    desk.log_lines("8").filter(has_text=sent).click()
    expect(desk.page.locator(".tree-entry")).to_have_text(["NoPartyIDs 1 of 2", "NoPartyIDs 2 of 2"])
    expect(desk.page.locator('[data-tag="448"]').first).to_contain_text("<b>desk</b>")
    expect(tree.filter(has_text="9001")).to_have_attribute("data-depth", "1")
    expect(tree.filter(has_text="BeginSeqNo")).to_contain_text("out of place")
    expect(desk.get("tree-missing")).to_contain_text("OrdType(40) is required in the body and not there.")
    expect(desk.get("integrity").locator(".tone-bad")).to_have_count(2)
    expect(desk.get("integrity")).to_contain_text("BodyLength(9) says 100, counted")


def rung(desk: DeskPage, text: str) -> Locator:
    return desk.get("rung").filter(has_text=text)


def test_an_order_is_a_conversation_and_each_cum_qty_is_proved(desk: DeskPage, stack: Stack) -> None:
    sent = stack.send(FIX44, ord_type="LIMIT", price="10", order_qty=500)
    broker_fills(stack, sent, 100, "9.95")
    broker_fills(stack, sent, 50, "10")
    fills = stack.wait_order(sent, cum_qty="150")["executions"]
    second = next(one["exec_id"] for one in fills if one["last_qty"] == "50")
    broker_does(stack, f"/api/executions/{second}/bust", text=HTML)
    stack.wait_order(sent, cum_qty="100")

    desk.page.locator(f'[row-id$="/{sent}"] [data-testid=row-detail]').click()
    expect(desk.get("rung")).to_have_count(5)
    expect(desk.get("ladder").locator(".rung-heads")).to_have_text("SENDFIX44BROKER")
    expect(rung(desk, "NewOrderSingle")).to_contain_text("Sent")
    expect(rung(desk, "ExecutionReport New")).to_contain_text("answers 1 after")
    busted = rung(desk, "Trade cancel")
    expect(busted.locator('[data-mark="bust"]')).to_be_visible()
    expect(busted).to_contain_text(HTML)

    proof = busted.get_by_test_id("proof")
    expect(proof).to_have_attribute("data-adds-up", "true")
    proof.click()
    parts = busted.get_by_test_id("proof-parts")
    expect(parts.locator("tbody tr")).to_have_count(2)
    expect(parts.locator("tr.taken-back")).to_contain_text(f"{second}busted by")
    expect(parts.locator("tfoot")).to_contain_text("CumQty(14) 100 is the sum of its fills")

    struck = desk.get("drawer-executions").locator("tr.taken-back")
    expect(struck).to_have_count(1)
    expect(struck).to_contain_text("busted by")
    expect(busted).to_contain_text(f"of {second} 50 at 10.00")

    # What is said of it while it is open comes live.
    stack.behave(default="reject")
    stack.post("/api/cancel_order", {"cl_ord_id": sent}, 202)
    refusal = rung(desk, "OrderCancelReject")
    expect(refusal.locator('[data-mark="reject"]')).to_be_visible()
    expect(refusal).to_contain_text("answers 6 after")
    refusal.get_by_role("button").first.click()
    expect(refusal.locator('[data-tag="434"]')).to_contain_text("CxlRejResponseTo")
    assert desk.page.locator("img[src=x]").count() == 0
    expect(desk.get("chain").locator("li")).to_contain_text(["confirmed", "cancel refused"])
    desk.get("ask-status").click()
    expect(desk.get("status-answer")).to_contain_text("Part filled, 100 filled, asked at")

    # What comes again is told apart from what is new, and the order stands as it stood.
    begin = stack.session(FIX44)["next_target_seq_num"] - 5
    stack.post(f"/api/sessions/{FIX44}/resend_request", {"begin_seq_no": begin}, 202)
    desk.page.reload()
    again = desk.get("rung-again")
    expect(again).to_contain_text("sent again at")
    expect(again).to_contain_text("nothing new")
    expect(desk.get("rung")).to_have_count(9)
    again.click()
    expect(rung(desk, "counted before").first).to_contain_text("as before")


PARTY = {"party_id_source": "D", "party_role": "1"}


def test_two_messages_are_compared_entry_by_entry(desk: DeskPage, stack: Stack) -> None:
    first = stack.send(FIX44, ord_type="LIMIT", price="10", no_party_ids=[{"party_id": "A", **PARTY}])
    parties = [{"party_id": "<b>B</b>", **PARTY}, {"party_id": "C", **PARTY}]
    second = stack.send(FIX44, ord_type="LIMIT", price="11", account="X", no_party_ids=parties)
    desk.get("log-search").fill("|453=")
    desk.log_lines("D").filter(has_text=first).click()
    desk.get("mark").click()
    desk.log_lines("D").filter(has_text=second).click()
    desk.get("compare-marked").click()

    rows = desk.get("compare-row")
    expect(rows.locator('[data-tag="44"]')).to_have_count(1)
    found = rows.evaluate_all(
        "(rows) => rows.map((row) => [row.dataset.tag, row.dataset.state, row.children[2].innerText.trim(), "
        "row.children[3].innerText.trim()])"
    )
    assert [row for row in found if row[0] not in ("11", "60")] == [
        ["1", "onlyB", "–\nnot there", "X"],
        ["44", "changed", "10", "11"],
        ["453", "changed", "1", "2"],
        ["448", "changed", "A", "<b>B</b>"],
        ["448", "onlyB", "–\nnot there", "C"],
        ["447", "onlyB", "–\nnot there", "D PROPRIETARY"],
        ["452", "onlyB", "–\nnot there", "1 EXECUTING FIRM"],
    ]
    expect(rows.filter(has_text="Price")).to_contain_text("changed")
    desk.get("compare-equal").click()
    expect(rows.filter(has_text="Symbol")).to_contain_text("equal")
    expect(rows.filter(has_text="MsgSeqNum")).to_contain_text("of each sending")
    desk.page.go_back()
    expect(desk.get("compare")).to_have_count(0)
    expect(desk.get("decode")).to_be_visible()


ABOUT = """async (raws) => {
  const { src } = document.querySelector('script[type=module]');
  const { about } = await import(new URL('fix/summary.js', src));
  return raws.map((raw) => about({ direction: 'IN', raw })).map(({ words, bad, again }) => [words, bad, again]);
}"""


def test_a_message_says_in_words_what_it_says(desk: DeskPage) -> None:
    expected = {
        "35=D|54=1|38=1000|55=AAPL|40=2|44=230.5|59=3|": ["Buy 1,000 AAPL Limit 230.50 IOC", None, False],
        "35=8|150=F|39=2|32=333|31=416.72|55=MSFT|": ["Filled 333 MSFT @ 416.72", None, False],
        "35=8|43=Y|150=1|39=1|32=5|31=1|55=X|151=95|": ["Part filled 5 X @ 1.00, 95 left", None, True],
        "35=8|20=1|19=E2|150=1|39=1|32=5|31=1|": ["Trade cancel of E2", None, False],
        "35=8|150=8|39=8|54=5|38=7|55=X|58=<b>|": ["Rejected: Sell short 7 X: <b>", "refusal", False],
        "35=8|150=I|39=8|": ["Status of the order: Rejected", None, False],
        "35=9|434=2|58=too late|": ["Replace refused: too late", "refusal", False],
        "35=3|372=D|45=7|371=44|58=no number|": [
            "Reject of NewOrderSingle, number 7, field 44: no number",
            "refusal",
            False,
        ],
        "35=4|123=Y|36=9|": ["Gap fill: next number is 9", None, False],
        "35=UX|55=A|58=free": ["A free", None, False],
        "": ["", None, False],
        "=|8|35=8|150=zz|32=1O|": ["Report", None, False],
    }
    assert desk.page.evaluate(ABOUT, list(expected)) == list(expected.values())


BYTES = """async (event) => {
  const { src } = document.querySelector('script[type=module]');
  const { bytesIn, hexDump } = await import(new URL('fix/bytes.js', src));
  const { text, bytes, cut } = bytesIn(event);
  return [text, hexDump(bytes), cut];
}"""


def test_an_event_opens_and_shows_the_bytes_that_were_no_message(desk: DeskPage) -> None:
    desk.get("log-direction").select_option(label="Event")
    line = desk.get("log-line").filter(has_text="Received logon response").first
    line.click()
    expect(desk.get("event-text")).to_have_text("Received logon response")
    desk.get("decode").get_by_text("Copy").focus()
    desk.page.keyboard.press("ArrowDown")
    expect(desk.get("event-text")).not_to_have_text("Received logon response")
    event = r"A message was ignored. Its bytes: 8=FIX|5p=\x7c\x5c\xff<b> … of 2001 bytes"
    assert desk.page.evaluate(BYTES, event) == [
        "A message was ignored.",
        ["0000  38 3d 46 49 58 01 35 70  8=FIX|5p", "0008  3d 7c 5c ff 3c 62 3e     =|\\·<b>"],
        "2001 bytes",
    ]
