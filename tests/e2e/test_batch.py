"""Many orders at once, with a result for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import BrowserContext, expect

from tests.e2e.desk_page import DeskPage
from tests.support.stack import FIX42, FIX44, Stack

LINES = """symbol,side,order_qty,ord_type,price
CSCO,BUY,100,LIMIT,150
CSCO,BUY,-5,LIMIT,150
,SELL,10,MARKET,
CSCO,SELL,10,LIMIT,250
"""


def test_a_csv_is_checked_sent_and_canceled_by_symbol_and_side(stack: Stack) -> None:
    stack.behave(default="manual")
    before = len(stack.get("/api/orders", symbol="CSCO")["orders"])
    checked = stack.post("/api/check_orders", {"csv": LINES, "session_name": FIX44}, 200)
    assert [result["ok"] for result in checked["results"]] == [True, False, False, True]
    assert (checked["ok"], checked["refused"]) == (2, 2)
    assert checked["results"][1]["errors"][0]["field"] == "order_qty"
    assert checked["results"][2]["errors"][0]["field"] == "symbol"
    assert checked["orders"][0] == {
        "symbol": "CSCO",
        "side": "BUY",
        "order_qty": "100",
        "ord_type": "LIMIT",
        "price": "150",
        "session_name": FIX44,
    }
    assert len(stack.get("/api/orders", symbol="CSCO")["orders"]) == before

    sent = stack.post("/api/send_orders", {"csv": LINES, "session_name": FIX44}, 200)
    assert [result["ok"] for result in sent["results"]] == [True, False, False, True]
    buy, sell = (sent["results"][number]["cl_ord_id"] for number in (0, 3))
    stack.wait_order(buy, status="NEW")
    stack.wait_order(sell, status="NEW")

    assert stack.post("/api/cancel_orders", {}, 422)["errors"][0]["field"] == "all"
    stack.post("/api/cancel_orders", {"session_name": "none"}, 404)
    canceled = stack.post("/api/cancel_orders", {"symbol": "CSCO", "side": "buy"}, 202)["canceled"]
    assert {"cl_ord_id": buy, "sent": True, "reason": None} in canceled
    assert sell not in [one["cl_ord_id"] for one in canceled]
    stack.wait_order(buy, status="CANCELED")
    assert stack.order(sell)["status"] == "NEW"
    rest = stack.post("/api/cancel_orders", {"session_name": FIX44, "symbol": "CSCO"}, 202)["canceled"]
    assert sell in [one["cl_ord_id"] for one in rest]
    stack.wait_order(sell, status="CANCELED")


def test_each_order_of_a_batch_stands_by_itself(stack: Stack) -> None:
    stack.behave(default="manual")
    good = {
        "session_name": FIX42,
        "symbol": "CSCO",
        "side": "BUY",
        "order_qty": 15,
        "ord_type": "LIMIT",
        "price": 150,
    }
    lines = [
        good,
        {**good, "session_name": "none"},
        {"nonsense": 1},
        {**good, "cl_ord_id": "BATCH-1"},
        {**good, "cl_ord_id": "BATCH-1"},
    ]
    results = stack.post("/api/send_orders", {"orders": lines}, 200)["results"]
    assert [result["ok"] for result in results] == [True, False, False, True, False]
    assert "no session named 'none'" in results[1]["reason"]
    assert results[2]["errors"][0]["field"] == "session_name"
    assert "BATCH-1" in results[4]["reason"]
    assert stack.post("/api/send_orders", {}, 422)["errors"][0]["message"] == "give either orders or csv"
    assert stack.post("/api/send_orders", {"orders": []}, 422)["errors"][0]["field"] == "orders"
    for result in results:
        if result["ok"]:
            stack.wait_order(result["cl_ord_id"], status="NEW")
    asked = stack.post(f"/api/orders/{results[0]['cl_ord_id']}/request_status", {}, 202)
    assert asked == {"cl_ord_id": results[0]["cl_ord_id"], "session_name": FIX42}
    stack.post("/api/orders/nothing/request_status", {}, 404)
    stack.post("/api/cancel_orders", {"symbol": "CSCO"}, 202)


@pytest.mark.browser
def test_a_person_imports_a_list(browser_context: BrowserContext, stack: Stack) -> None:
    stack.behave(default="manual")
    desk = DeskPage(browser_context.new_page(), stack).open()
    desk.choose(FIX42)
    desk.get("import-orders").click()
    desk.get("import-text").fill("nothing")
    expect(desk.get("import-problem")).to_contain_text("needs a line of field names")
    lines = LINES.replace("CSCO,SELL,10,LIMIT", '\nCSCO,S,"1,000",LMT') + "NOSUCH,BUY,1,MARKET,\n"
    desk.get("import-file").set_input_files(
        {"name": "orders.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    )
    expect(desk.get("import-text")).to_have_value(lines)
    expect(desk.get("import-summary")).to_have_text("3 can be sent, 2 can't.")
    line = desk.get("import-line")
    expect(line.nth(1)).to_contain_text("order_qty")
    expect(line.nth(3).locator("td").first).to_have_text("6")
    expect(line.nth(3).get_by_test_id("import-note")).to_contain_text("1,000 is taken as 1000")
    desk.get("import-send").click()
    expect(line.nth(3)).to_contain_text("New")
    expect(line.nth(4)).to_contain_text("Symbol(55) NOSUCH is unknown")
    expect(desk.get("import-summary")).to_have_text("2 new, 1 rejected, 2 not sent.")
    expect(desk.get("import-send")).to_be_disabled()
    with desk.page.expect_download() as example:
        desk.get("import-example").click()
    assert example.value.suggested_filename == "orders-example.csv"
    stack.post("/api/cancel_orders", {"session_name": FIX42, "symbol": "CSCO"}, 202)


@pytest.fixture
def mass_cancel(stack: Stack) -> Iterator[None]:
    """Both sessions have OrderMassCancelRequest for the time of a test."""
    for wanted in (True, False):
        for name in (FIX42, FIX44):
            path = f"/api/sessions/{name}/config"
            session = {**stack.get(path)["session"], "mass_cancel": wanted}
            answer = requests.put(
                f"{stack.desk_url}{path}", json={"session": session, "reason": "a test"}, timeout=15
            )
            assert answer.status_code == 200, answer.text
        if wanted:
            yield


@pytest.mark.parametrize(("session_name", "requests_sent"), [(FIX42, 0), (FIX44, 1)])
def test_several_orders_are_canceled_by_one_request_where_the_version_has_it(
    stack: Stack, mass_cancel: None, session_name: str, requests_sent: int
) -> None:
    stack.behave(default="manual")
    order = {"symbol": "NFLX", "side": "BUY", "order_qty": 7, "ord_type": "LIMIT", "price": 600}
    ids = [stack.send(session_name, **order) for _ in range(3)]
    for cl_ord_id in ids:
        stack.wait_order(cl_ord_id, status="NEW")
    asked = stack.post("/api/mass_status", {"session_name": session_name, "symbol": "NFLX"}, 202)
    assert asked["asked"] >= 3
    assert (asked["mass_status_req_id"] is not None) == bool(requests_sent)
    answer = stack.post("/api/cancel_orders", {"session_name": session_name, "symbol": "NFLX"}, 202)
    assert len(answer["mass_cancels"]) == requests_sent
    assert set(ids) <= {one["cl_ord_id"] for one in answer["canceled"]}
    for cl_ord_id in ids:
        order = stack.wait_order(cl_ord_id, status="CANCELED")
        assert not order["warnings"]
    if requests_sent:
        report = stack.get("/api/messages", session_name=session_name, msg_type="r")["messages"][0]
        assert f"|11={answer['mass_cancels'][0]}|" in report["raw"]


def test_mass_status_with_nonsense(stack: Stack) -> None:
    assert stack.post("/api/mass_status", {}, 422)["errors"][0]["field"] == "session_name"
    stack.post("/api/mass_status", {"session_name": "none"}, 404)
    stack.post("/api/mass_status", {"session_name": FIX44, "side": "UP"}, 422)
