"""Orders from REST to the broker and back, in both FIX versions."""

from __future__ import annotations

import http.client
import json
import signal
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.support.stack import FIX42, FIX44, Stack, eventually

BOTH = pytest.mark.parametrize("session", [FIX42, FIX44])


@pytest.fixture(autouse=True)
def resting(stack: Stack) -> None:
    """Unless a test says otherwise, orders rest in the broker's book until a person fills them."""
    stack.behave(default="manual")


def broker_order(stack: Stack, cl_ord_id: str) -> dict[str, Any]:
    orders = requests.get(f"{stack.broker_url}/api/orders", timeout=10).json()["orders"]
    found: dict[str, Any] = next(order for order in orders if order["cl_ord_id"] == cl_ord_id)
    return found


def fill(stack: Stack, cl_ord_id: str, quantity: int, price: str) -> None:
    order = broker_order(stack, cl_ord_id)
    answer = requests.post(
        f"{stack.broker_url}/api/executions",
        json={"order_id": order["id"], "exec_quantity": quantity, "exec_price": price},
        timeout=10,
    )
    assert answer.ok, answer.text


def positions(stack: Stack, account: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.get("/api/positions", account=account)["positions"]
    return found


@BOTH
def test_positions_follow_fills_busts_and_corrections(stack: Stack, session: str) -> None:
    account = f"POS-{session}"
    bought = stack.send(session, account=account, ord_type="LIMIT", price="230.10")
    sold = stack.send(session, account=account, side="SELL", ord_type="LIMIT", price="230.10")
    stack.wait_order(bought, status="NEW")
    stack.wait_order(sold, status="NEW")
    assert positions(stack, account) == []
    fill(stack, bought, 60, "230.00")
    fill(stack, sold, 40, "232.50")
    stack.wait_order(bought, cum_qty="60")
    executions = stack.wait_order(sold, cum_qty="40")["executions"]

    (position,) = positions(stack, account)
    assert (position["session_name"], position["symbol"], position["net_qty"]) == (session, "AAPL", "20")
    assert (position["fifo_px"], position["fifo_realised"]) == ("230", "100")
    assert (position["profit"], position["day_profit"]) == ("150", "150")
    assert (position["day_buy_qty"], position["day_sell_qty"], position["whole"]) == ("60", "40", True)

    exec_id = executions[-1]["exec_id"]
    url = f"{stack.broker_url}/api/executions/{exec_id}"
    requests.post(f"{url}/correct", json={"exec_quantity": 10}, timeout=10).raise_for_status()
    corrected = stack.wait_order(sold, cum_qty="10")["executions"][-1]["exec_id"]
    (position,) = positions(stack, account)
    assert (position["net_qty"], position["fifo_realised"], position["profit"]) == ("50", "25", "150")

    url = f"{stack.broker_url}/api/executions/{corrected}"
    requests.post(f"{url}/bust", json={}, timeout=10).raise_for_status()
    stack.wait_order(sold, cum_qty="0")
    (position,) = positions(stack, account)
    assert (position["net_qty"], position["profit"], position["last_px"]) == ("60", "0", "230")
    assert stack.get("/api/positions", account=account, open=True)["positions"] == [position]
    assert stack.get("/api/positions", account=account, symbol="MSFT")["positions"] == []


def test_a_position_goes_on_from_its_opening(stack: Stack) -> None:
    sold = stack.send(FIX44, account="OPENING", symbol="TSLA", side="SELL", ord_type="LIMIT", price="210.00")
    stack.wait_order(sold, status="NEW")
    fill(stack, sold, 100, "210.00")
    stack.wait_order(sold, cum_qty="100")

    (position,) = positions(stack, "OPENING")
    assert (position["open_qty"], position["net_qty"]) == ("500", "400")
    assert (position["average_realised"], position["average_unrealised"]) == ("1000", "4000")


@BOTH
def test_an_order_is_acknowledged_filled_in_parts_and_done(stack: Stack, session: str) -> None:
    sent = stack.send(session, ord_type="LIMIT", price="230.10")
    stack.wait_order(sent, status="NEW", cum_qty="0", leaves_qty="100")

    fill(stack, sent, 40, "230.00")
    stack.wait_order(sent, status="PARTIALLY_FILLED", cum_qty="40", leaves_qty="60", last_px="230")
    fill(stack, sent, 60, "230.10")
    order = stack.wait_order(sent, status="FILLED", cum_qty="100", leaves_qty="0")

    assert order["is_open"] is False
    assert Decimal(order["avg_px"]) == Decimal("230.06")
    fills = [e for e in order["executions"] if e["last_qty"] and Decimal(e["last_qty"]) > 0]
    assert [(e["last_qty"], e["cum_qty"], e["ord_status"]) for e in fills] == [
        ("40", "40", "PARTIALLY_FILLED"),
        ("60", "100", "FILLED"),
    ]


@BOTH
def test_an_order_is_canceled(stack: Stack, session: str) -> None:
    sent = stack.send(session, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")

    request = stack.post("/api/cancel_order", {"cl_ord_id": sent}, 202)
    assert request["orig_cl_ord_id"] == sent
    order = stack.wait_order(sent, status="CANCELED", pending=None, leaves_qty="0")

    assert order["cl_ord_ids"] == [sent, request["cl_ord_id"]]


@BOTH
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"order_qty": "250"}, {"order_qty": "250", "price": "200"}),
        ({"price": "201.5"}, {"order_qty": "100", "price": "201.5"}),
        ({"order_qty": 300, "price": 202.25}, {"order_qty": "300", "price": "202.25"}),
    ],
)
def test_an_order_is_replaced_and_then_filled(
    stack: Stack, session: str, changes: dict[str, Any], expected: dict[str, str]
) -> None:
    sent = stack.send(session, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")

    request = stack.post("/api/replace_order", {"cl_ord_id": sent, **changes}, 202)
    order = stack.wait_order(sent, pending=None, cl_ord_id=request["cl_ord_id"], **expected)
    assert order["leaves_qty"] == expected["order_qty"]

    fill(stack, request["cl_ord_id"], int(expected["order_qty"]), expected["price"])
    stack.wait_order(sent, status="FILLED", cum_qty=expected["order_qty"])


@BOTH
def test_an_order_the_broker_refuses_is_rejected_with_its_text(stack: Stack, session: str) -> None:
    sent = stack.send(session, symbol="NOSUCH", ord_type="MARKET")
    order = stack.wait_order(sent, status="REJECTED", is_open=False)
    assert "NOSUCH" in order["text"]


@BOTH
def test_a_replace_the_broker_refuses_leaves_the_order_as_it_was(stack: Stack, session: str) -> None:
    sent = stack.send(session, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")
    fill(stack, sent, 50, "200")
    stack.wait_order(sent, status="PARTIALLY_FILLED", cum_qty="50")

    stack.post("/api/replace_order", {"cl_ord_id": sent, "price": "200.001"}, 202)
    order = stack.wait_order(sent, pending=None, status="PARTIALLY_FILLED")

    assert (order["order_qty"], order["price"], order["cl_ord_id"]) == ("100", "200", sent)
    assert order["text"]


@BOTH
def test_a_replace_below_what_is_filled_leaves_what_is_filled(stack: Stack, session: str) -> None:
    sent = stack.send(session, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")
    fill(stack, sent, 50, "200")
    stack.wait_order(sent, status="PARTIALLY_FILLED", cum_qty="50")

    replaced = stack.post("/api/replace_order", {"cl_ord_id": sent, "order_qty": "20"}, 202)
    stack.wait_order(sent, pending=None, status="FILLED", order_qty="50", cl_ord_id=replaced["cl_ord_id"])


@BOTH
@pytest.mark.parametrize("path", ["/api/cancel_order", "/api/replace_order"])
def test_requests_for_an_unknown_and_for_a_filled_order(stack: Stack, session: str, path: str) -> None:
    answer = stack.post(path, {"cl_ord_id": "NO-SUCH-ORDER"}, 404)
    assert "NO-SUCH-ORDER" in answer["detail"]

    stack.behave(default="fill")
    sent = stack.send(session, ord_type="LIMIT", price="230.10")
    stack.wait_order(sent, status="FILLED")
    answer = stack.post(path, {"cl_ord_id": sent, **({"price": 1} if "replace" in path else {})}, 409)
    assert "FILLED" in answer["detail"]


@BOTH
@pytest.mark.parametrize("path", ["/api/cancel_order", "/api/replace_order"])
def test_a_request_for_an_order_that_the_broker_does_not_know(stack: Stack, session: str, path: str) -> None:
    stack.behave(default="ignore")
    sent = stack.send(session, ord_type="LIMIT", price="200")
    stack.behave(default="manual")

    stack.post(path, {"cl_ord_id": sent, **({"price": 1} if "replace" in path else {})}, 202)
    order = stack.wait_order(sent, pending=None)

    assert order["cl_ord_id"] == sent
    assert "nknown" in order["text"]


@BOTH
@pytest.mark.parametrize("path", ["/api/cancel_order", "/api/replace_order"])
def test_a_request_that_crosses_the_fill_on_the_wire(stack: Stack, session: str, path: str) -> None:
    sent = stack.send(session, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")
    assert stack.engine is not None

    stack.engine.send_signal(signal.SIGSTOP)
    try:
        fill(stack, sent, 100, "200")
        desk = http.client.HTTPConnection(stack.desk_url.removeprefix("http://"), timeout=15)
        body = json.dumps({"cl_ord_id": sent, **({"price": 1} if "replace" in path else {})})
        desk.request("POST", path, body, {"Content-Type": "application/json"})
        # Requests are taken in their order: when this one is answered, the other waits for the engine.
        stack.get("/health")
    finally:
        stack.engine.send_signal(signal.SIGCONT)
    answer = desk.getresponse()
    assert answer.status == 202
    new_id = json.loads(answer.read())["cl_ord_id"]
    desk.close()
    order = stack.wait_order(sent, pending=None, status="FILLED", cum_qty="100")

    messages = stack.get(f"/api/orders/{sent}/messages")["messages"]
    refusal = next(message for message in messages if message["msg_type"] == "9")
    assert f"|11={new_id}|" in refusal["raw"]
    assert "|39=2|" in refusal["raw"]
    assert order["cl_ord_id"] == sent


@BOTH
def test_all_order_types_and_times_in_force_reach_the_broker(stack: Stack, session: str) -> None:
    for ord_type, prices in {
        "MARKET": {},
        "LIMIT": {"price": "200"},
        "STOP": {"stop_px": "300"},
        "STOP_LIMIT": {"stop_px": "300", "price": "301"},
    }.items():
        sent = stack.send(session, ord_type=ord_type, **prices)
        order = stack.wait_order(sent, status="NEW")
        assert order["ord_type"] == ord_type
        assert {key: order[key] for key in prices} == prices
    # FIX 4.2 has no TimeInForce(59) for the close.
    for time_in_force in (
        "DAY",
        "GTC",
        "OPG",
        "IOC",
        "FOK",
        "GTX",
        "GTD",
        *(["CLOSE"] if session == FIX44 else []),
    ):
        extra = {"expire_time": "20991231-23:59:59"} if time_in_force == "GTD" else {}
        sent = stack.send(session, ord_type="LIMIT", price="200", time_in_force=time_in_force, **extra)
        order = stack.order(sent)
        assert order["time_in_force"] == time_in_force
        raw = stack.get(f"/api/orders/{sent}/messages")["messages"][0]["raw"]
        assert f"|11={sent}|" in raw


@BOTH
def test_any_field_and_custom_tags_go_out_as_given(stack: Stack, session: str) -> None:
    sent = stack.send(
        session,
        ord_type="LIMIT",
        price="200",
        account="ACC-7",
        max_floor=10,
        text="bid",
        custom_tags={"9001": "x y"},
    )
    order = stack.order(sent)
    assert order["account"] == "ACC-7"
    assert order["fields"]["max_floor"] == "10"
    assert order["custom_tags"] == {"9001": "x y"}
    raw = stack.get(f"/api/orders/{sent}/messages")["messages"][0]["raw"]
    for field in ("1=ACC-7", "111=10", "58=bid", "9001=x y", f"11={sent}"):
        assert f"|{field}|" in raw


def test_input_aliases_of_other_clients(stack: Stack) -> None:
    body = {
        "session": FIX44,
        "symbol": "MSFT",
        "side": "2",
        "qty": "5",
        "order_type": "2",
        "price": 400,
        "tif": "1",
    }
    sent = stack.post("/api/send_order", body, 201)
    order = sent["order"]
    assert (order["side"], order["order_qty"], order["ord_type"], order["time_in_force"]) == (
        "SELL",
        "5",
        "LIMIT",
        "GTC",
    )


def test_an_own_cl_ord_id_is_taken_once(stack: Stack) -> None:
    body = {
        "session_name": FIX44,
        "cl_ord_id": "MINE-1",
        "symbol": "AAPL",
        "side": "BUY",
        "order_qty": 1,
        "ord_type": "MARKET",
    }
    assert stack.post("/api/send_order", body, 201)["cl_ord_id"] == "MINE-1"
    assert "MINE-1" in stack.post("/api/send_order", body, 409)["detail"]


def test_two_sessions_trade_at_once_and_lists_are_filtered(stack: Stack) -> None:
    stack.behave(default="fill")
    sent = {
        session: [stack.send(session, symbol="DIS", ord_type="MARKET") for _ in range(5)]
        for session in (FIX42, FIX44)
    }
    for session, ids in sent.items():
        for cl_ord_id in ids:
            assert stack.wait_order(cl_ord_id, status="FILLED")["session_name"] == session
        listed = stack.get("/api/orders", session_name=session, symbol="DIS", status="FILLED", limit=5)[
            "orders"
        ]
        assert [order["cl_ord_id"] for order in listed] == ids[::-1]
        page = stack.get("/api/orders", session_name=session, symbol="DIS", limit=2)
        rest = stack.get(
            "/api/orders", session_name=session, symbol="DIS", limit=3, before=page["next_before"]
        )
        assert [order["cl_ord_id"] for order in page["orders"] + rest["orders"]] == ids[::-1]


def test_executions_and_messages_are_searched(stack: Stack) -> None:
    stack.behave(default="fill")
    sent = stack.send(FIX42, symbol="BAC", ord_type="MARKET")
    order = stack.wait_order(sent, status="FILLED")
    executions = stack.get("/api/executions", symbol="BAC", session_name=FIX42)["executions"]
    assert {e["exec_id"] for e in order["executions"]} <= {e["exec_id"] for e in executions}

    found = stack.get("/api/messages", text=sent, msg_type="D,8")["messages"]
    assert {m["msg_type_name"] for m in found} == {"NewOrderSingle", "ExecutionReport"}
    assert {m["direction"] for m in found} == {"IN", "OUT"}
    decoded = stack.get(f"/api/messages/{found[-1]['id']}")
    fields = {f["name"]: (f["value"], f["value_name"]) for f in decoded["fields"]}
    assert fields["ClOrdID"] == (sent, None)
    assert fields["Side"] == ("1", "BUY")


def test_disconnect_connect_and_can_send_orders(own_stack: Stack) -> None:
    stack = own_stack
    assert stack.get("/api/can_send_orders", session_name=FIX44)["can_send_orders"] is True

    stack.post("/api/disconnect", {"session_name": FIX44}, 202)
    eventually(lambda: not stack.session(FIX44)["logged_on"], "logged out")
    answer = stack.get("/api/can_send_orders")
    assert answer["can_send_orders"] is True
    assert answer["sessions"][FIX44]["can_send"] is False
    assert answer["sessions"][FIX44]["reason"]
    refused = stack.post(
        "/api/send_order",
        {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"},
        409,
    )
    assert FIX44 in refused["detail"]
    assert stack.session(FIX42)["logged_on"] is True

    stack.post("/api/connect", {"session_name": FIX44}, 202)
    stack.wait_logged_on(FIX44)


def test_what_the_broker_reports_adds_up(stack: Stack) -> None:
    """The orders of the tests above, too."""
    for session in (FIX42, FIX44):
        stack.behave(default="partial")
        stack.wait_order(stack.send(session, ord_type="MARKET"), status="FILLED")
    orders = stack.get("/api/orders", limit=5000)["orders"]
    assert [(order["cl_ord_id"], order["warnings"]) for order in orders if order["warnings"]] == []
