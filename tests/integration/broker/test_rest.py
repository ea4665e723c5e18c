"""The REST interface and the page, over HTTP, beside a FIX client that sees what a person does."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
import requests

from tests.integration.broker.client import FixClient
from tests.integration.broker.conftest import Broker


def first_order(broker: Broker, client: FixClient, **more: object) -> int:
    """A resting order of this client; its id."""
    broker.behave(clients={client.sender: "manual"})
    client.logon()
    client.order("a", t40=2, t44="200.00", **more)
    client.expect("8", t39=0)
    (order,) = broker.orders(sender_comp_id=client.sender)
    return int(order["id"])


def test_a_person_fills_an_order(broker: Broker, name: str) -> None:
    with broker.client(sender=name) as client:
        order = first_order(broker, client)
        body = {"order_id": order, "exec_quantity": 40, "exec_price": "199.50"}
        execution = broker.rest("POST", "/api/executions", body, expect=201)
        report = client.expect("8", t150="F", t39=1, t32=40, t31="199.5")
        assert execution["exec_id"] == report[17]
        assert {
            key: execution[key] for key in ("cl_ord_id", "exec_quantity", "exec_price", "leaves_quantity")
        } == {
            "cl_ord_id": "a",
            "exec_quantity": "40",
            "exec_price": "199.5",
            "leaves_quantity": "60",
        }
        broker.rest("POST", "/api/executions", {"order_id": str(order), "exec_quantity": "60"}, expect=201)
        client.expect("8", t39=2, t31=200)
    shown = broker.rest("GET", f"/api/orders/{order}")
    assert (shown["status"], shown["filled_quantity"], shown["average_price"]) == ("FILLED", "100", "199.8")
    assert [one["cum_quantity"] for one in shown["executions"]] == ["100", "40"]
    listed = requests.get(f"{broker.url}/api/executions", params={"sender_comp_id": name}, timeout=10).json()
    assert listed["executions"] == shown["executions"]


def test_a_person_amends_cancels_and_rejects(broker: Broker, name: str) -> None:
    with broker.client("FIX.4.2", name) as client:
        order = first_order(broker, client)
        amended = broker.rest("PUT", f"/api/orders/{order}", {"quantity": 150, "price": "201"})
        assert (amended["quantity"], amended["limit_price"]) == ("150", "201")
        client.expect("8", t150="D", t378=4, t38=150, t44=201)
        assert broker.rest("DELETE", f"/api/orders/{order}", {"text": "end of day"})["status"] == "CANCELED"
        client.expect("8", t150=4, t39=4, t58="end of day")
        client.order("b", t40=2, t44="200.00")
        client.expect("8", t39=0)
        (second, _) = broker.orders(sender_comp_id=name)
        assert broker.rest("POST", f"/api/orders/{second['id']}/reject")["status"] == "REJECTED"
        client.expect("8", t150=8, t39=8, t11="b")
        broker.rest("DELETE", f"/api/orders/{second['id']}", expect=409)


def test_a_house_order(broker: Broker) -> None:
    broker.behave(clients={"HOUSE": "fill"})
    body = {"symbol": "MSFT", "side": "SELL", "order_type": "LIMIT", "quantity": "10", "limit_price": 416.5}
    order = broker.rest("POST", "/api/orders", body, expect=201)
    assert (order["sender_comp_id"], order["side"], order["status"]) == ("HOUSE", "SELL", "FILLED")
    assert [one["exec_price"] for one in order["executions"]] == ["416.5"]


def test_stocks_are_listed_and_their_price_is_set(broker: Broker) -> None:
    stocks = broker.rest("GET", "/api/stocks")["stocks"]
    assert len(stocks) == 20
    assert {"AAPL", "V", "INTC"} <= {stock["symbol"] for stock in stocks}
    assert broker.rest("PUT", "/api/stocks/DIS", {"last_price": "99.50"})["last_price"] == "99.5"
    assert broker.rest("GET", "/api/stocks/DIS")["last_price"] == "99.5"


def test_behaviours_are_shown_as_they_were_set(broker: Broker) -> None:
    set_to = broker.rest("PUT", "/api/behaviours", {"symbols": {"V": {"mode": "partial", "steps": 5}}})
    assert set_to["symbols"]["V"] == {
        "mode": "partial",
        "steps": 5,
        "interval": 0.5,
        "size": None,
        "spread": "0",
        "market": True,
        "pending": False,
        "delay": 0.0,
        "hold": False,
        "one_request": False,
    }
    assert broker.rest("GET", "/api/behaviours") == set_to
    broker.behave(symbols={})


def test_lists_are_cut_into_pages(broker: Broker, name: str) -> None:
    broker.behave(clients={name: "fill"})
    with broker.client(sender=name) as client:
        client.logon()
        for number in range(5):
            client.order(f"a{number}")
            client.expect("8")
            client.expect("8")
    for path, key in (("/api/orders", "orders"), ("/api/executions", "executions")):
        found: list[str] = []
        before: dict[str, Any] = {}
        while True:
            query = {"sender_comp_id": name, "limit": 2, **before}
            page = requests.get(f"{broker.url}{path}", params=query, timeout=10).json()
            found += [one["cl_ord_id"] for one in page[key]]
            if page["next_before"] is None:
                break
            before = {"before": page["next_before"]}
        assert found == ["a4", "a3", "a2", "a1", "a0"]


ORDER = {"symbol": "AAPL", "side": "BUY", "order_type": "MARKET", "quantity": 1}
BAD = [
    ("POST", "/api/orders", {**ORDER, "symbol": "NOSUCH"}, 422, "symbol"),
    ("POST", "/api/orders", {**ORDER, "symbol": 3}, 422, "symbol"),
    ("POST", "/api/orders", {**ORDER, "symbol": "A\x01B"}, 422, "symbol"),
    ("POST", "/api/orders", {**ORDER, "side": "UP"}, 422, "side"),
    ("POST", "/api/orders", {**ORDER, "side": ["BUY"]}, 422, "side"),
    ("POST", "/api/orders", {**ORDER, "quantity": 0}, 422, "quantity"),
    ("POST", "/api/orders", {**ORDER, "quantity": True}, 422, "quantity"),
    ("POST", "/api/orders", {**ORDER, "quantity": "NaN"}, 422, "quantity"),
    ("POST", "/api/orders", {**ORDER, "quantity": {}}, 422, "quantity"),
    ("POST", "/api/orders", {**ORDER, "qty": 2}, 422, "qty"),
    ("POST", "/api/orders", {**ORDER, "order_type": "LIMIT"}, 422, "limit_price"),
    ("POST", "/api/orders", {**ORDER, "time_in_force": "SOON"}, 422, "time_in_force"),
    ("POST", "/api/orders", {**ORDER, "colour": "red"}, 422, "colour"),
    ("POST", "/api/orders", {}, 422, "symbol"),
    ("POST", "/api/orders", [], 400, None),
    ("POST", "/api/orders", None, 400, None),
    ("PUT", "/api/orders/999999", {"quantity": 1}, 404, None),
    ("PUT", "/api/orders/999999", {}, 422, "quantity"),
    ("DELETE", "/api/orders/999999", None, 404, None),
    ("DELETE", "/api/orders/999999", {"text": 5}, 422, "text"),
    ("POST", "/api/orders/999999/reject", None, 404, None),
    ("GET", "/api/orders/999999", None, 404, None),
    ("GET", f"/api/orders/{10**30}", None, 404, None),
    ("GET", "/api/orders/abc", None, 404, None),
    ("GET", "/api/orders?limit=x", None, 422, "limit"),
    ("GET", "/api/orders?limit=0", None, 422, "limit"),
    ("GET", "/api/orders?before=-1", None, 422, "before"),
    ("GET", "/api/orders?colour=red", None, 422, "colour"),
    ("GET", "/api/orders?from=noon", None, 422, "from"),
    ("GET", "/api/orders?to=1e999", None, 422, "to"),
    ("GET", "/api/orders?to=9999-99-99", None, 422, "to"),
    ("GET", "/api/orders?open=maybe", None, 422, "open"),
    ("GET", f"/api/orders?text={'x' * 1001}", None, 422, "text"),
    ("GET", "/api/orders.csv?limit=3", None, 422, "limit"),
    ("GET", "/api/orders/999999/messages", None, 404, None),
    ("GET", f"/api/orders/{10**30}/messages", None, 404, None),
    ("GET", "/api/executions?order_id=x", None, 422, "order_id"),
    ("GET", f"/api/executions?order_id={10**20}", None, 422, "order_id"),
    ("GET", "/api/executions?order_id=٣", None, 422, "order_id"),
    ("GET", "/api/executions.csv?colour=red", None, 422, "colour"),
    ("POST", "/api/clients/999999/disconnect", None, 404, None),
    ("POST", f"/api/clients/{10**30}/disconnect", None, 404, None),
    ("POST", "/api/clients/1/disconnect", {"text": 5}, 422, "text"),
    ("POST", "/api/clients/1/disconnect", {"texts": "x"}, 422, "texts"),
    ("POST", "/api/clients/1/disconnect", [], 400, None),
    ("POST", "/api/clients/999999/reset", None, 404, None),
    ("POST", "/api/clients/1/reset", {"text": "x"}, 422, "text"),
    ("GET", "/api/clients/999999", None, 404, None),
    ("GET", "/api/clients/1/reset", None, 405, None),
    ("POST", "/api/executions", {"order_id": 1}, 422, "exec_quantity"),
    ("POST", "/api/executions", {"order_id": "x", "exec_quantity": 1}, 422, "order_id"),
    ("POST", "/api/executions", {"order_id": 999999, "exec_quantity": 1}, 404, None),
    ("POST", "/api/executions", {"order_id": 999999, "exec_quantity": "1e999"}, 422, "exec_quantity"),
    ("PUT", "/api/stocks/NOSUCH", {"last_price": 1}, 404, None),
    ("GET", "/api/stocks/NOSUCH", None, 404, None),
    ("PUT", "/api/stocks/AAPL", {"last_price": "cheap"}, 422, "last_price"),
    ("PUT", "/api/stocks/AAPL", {"last_price": "1.001"}, 422, "last_price"),
    ("PUT", "/api/behaviours", {"default": "fast"}, 422, "default"),
    ("GET", "/api/nothing", None, 404, None),
    ("DELETE", "/api/stocks", None, 405, None),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "field"), BAD)
def test_bad_input_is_a_problem_that_names_the_field(
    broker: Broker, method: str, path: str, body: Any, status: int, field: str | None
) -> None:
    answer = requests.request(method, f"{broker.url}{path}", json=body, timeout=10)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], bool(problem["title"]), bool(problem["detail"])) == (status, True, True)
    named = [error["field"] for error in problem.get("errors", [])]
    assert named[:1] == ([field] if field else [])


NO_OBJECT = [
    b"{",
    b"\xff\xfe",
    b"",
    b"null",
    b'"x"',
    b"[" * 100_000,
    b'{"a": NaN}',
    b'{"a": "\\ud800"}',
    b"9" * 5000,
]


@pytest.mark.parametrize("path", ["/api/orders", "/api/executions"])
@pytest.mark.parametrize("data", NO_OBJECT, ids=lambda data: str(data[:12]))
def test_what_is_no_json_object(broker: Broker, path: str, data: bytes) -> None:
    answer = requests.post(f"{broker.url}{path}", data=data, timeout=10)
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_page_of_another_site_can_not_trade(broker: Broker) -> None:
    for origin, status in (("http://evil.example", 403), ("null", 403), (broker.url, 422)):
        answer = requests.post(f"{broker.url}/api/orders", json={}, headers={"Origin": origin}, timeout=10)
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_body_of_ten_megabytes_is_refused(broker: Broker) -> None:
    try:
        answer = requests.post(f"{broker.url}/api/orders", data=b"x" * 10_000_000, timeout=10)
    except requests.ConnectionError:
        pass  # the answer came before the body was sent, and the connection was closed on it
    else:
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert broker.rest("GET", "/health")["status"] == "ok"


def test_the_page_needs_nothing_from_elsewhere_and_no_inline_script(broker: Broker) -> None:
    answer = requests.get(broker.url, timeout=10)
    assert answer.ok
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
    assert "//" not in answer.text.replace("<!doctype", "")
    for path in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert requests.get(f"{broker.url}{path}", timeout=10).ok, path


def get(broker: Broker, path: str, **query: Any) -> Any:
    answer = requests.get(f"{broker.url}{path}", params=query, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


def test_lists_are_searched(broker: Broker, name: str) -> None:
    with broker.client(sender=name) as client:
        first_order(broker, client)
        for cl_ord_id, symbol in (("50%_off", "MSFT"), ("plain", "DIS")):
            client.order(cl_ord_id, t55=symbol)
            client.expect("8", t39=0)
        (newest, *_) = broker.orders(sender_comp_id=name)
        broker.rest("DELETE", f"/api/orders/{newest['id']}", {"text": "end of <b>day</b>"})

    def found(**query: Any) -> list[str]:
        return [one["symbol"] for one in get(broker, "/api/orders", sender_comp_id=name, **query)["orders"]]

    assert found() == ["DIS", "MSFT", "AAPL"]
    assert found(status="new,canceled") == ["DIS", "MSFT", "AAPL"]
    assert found(status="CANCELED") == found(open="false") == found(text="<B>day") == ["DIS"]
    assert found(open="true", symbol="MSFT,DIS") == found(text="0%_o") == ["MSFT"]
    assert found(text="%") == ["MSFT"]
    assert (
        found(text="ürich") == []
    )  # bytes of UTF-8 in a FIX.4.4 message are shown as what they are on the wire
    begin = newest["created_at"]
    assert "DIS" in found(**{"from": begin})
    assert "DIS" not in found(to=begin)
    assert found(**{"from": "2001-01-01", "to": "2001-01-02T00:00:00+02:00"}) == []


def test_executions_are_exported_whole(broker: Broker, name: str) -> None:
    broker.behave(clients={name: {"mode": "partial", "steps": 3, "interval": 0}})
    with broker.client(sender=name) as client:
        client.logon()
        for cl_ord_id in ("a", "=1+1", 'quo"te, comma'):
            client.order(cl_ord_id, t38=300)
            for _ in range(4):
                client.expect("8")
    answer = requests.get(f"{broker.url}/api/executions.csv", params={"sender_comp_id": name}, timeout=10)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert re.search(r'filename="broker-executions-[\dT-]+\.csv"', answer.headers["Content-Disposition"])
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["cl_ord_id"] for row in rows] == [
        one for one in ('quo"te, comma', "'=1+1", "a") for _ in "123"
    ]
    listed = get(broker, "/api/executions", sender_comp_id=name)["executions"]
    assert [row["exec_id"] for row in rows] == [one["exec_id"] for one in listed]
    assert {(row["exec_quantity"], row["symbol"], row["side"]) for row in rows} == {("100", "AAPL", "BUY")}
    orders = requests.get(f"{broker.url}/api/orders.csv", params={"sender_comp_id": name}, timeout=10).text
    assert [row["status"] for row in csv.DictReader(io.StringIO(orders))] == ["FILLED"] * 3
    nothing = requests.get(f"{broker.url}/api/orders.csv", params={"text": "no such order"}, timeout=10).text
    assert nothing.count("\n") == 1


def test_the_messages_of_an_order(broker: Broker, name: str) -> None:
    with broker.client("FIX.4.2", name) as client:
        order = first_order(broker, client)
        client.order("other", t40=2, t44="200.00")
        client.expect("8", t39=0)
        broker.rest("DELETE", f"/api/orders/{order}")
        client.expect("8", t39=4)
    messages = get(broker, f"/api/orders/{order}/messages")["messages"]
    assert [(one["msg_type"], one["msg_seq_num"]) for one in messages] == [("8", 2), ("8", 4)]
    fields = {one["name"]: (one["tag"], one["value"], one["meaning"]) for one in messages[0]["fields"]}
    assert (fields["ClOrdID"], fields["Side"]) == (("11", "a", None), ("54", "1", "BUY"))
    assert messages[1]["raw"].startswith("8=FIX.4.2\x019=")
    house = broker.rest("POST", "/api/orders", ORDER, expect=201)
    assert get(broker, f"/api/orders/{house['id']}/messages") == {"messages": []}


def the_client(broker: Broker, name: str) -> dict[str, Any]:
    (found,) = [one for one in get(broker, "/api/clients")["clients"] if one["sender_comp_id"] == name]
    return dict(found)


def test_what_a_client_said_is_counted(broker: Broker, name: str) -> None:
    before = get(broker, "/api/stats")
    with broker.client(sender=name) as client:
        first_order(broker, client)
        client.send("0")
        client.send("1", t112="there?")
        client.expect("0", t112="there?")
        shown = the_client(broker, name)
        assert shown["messages_in_by_type"] == {"0": 1, "1": 1, "A": 1, "D": 1}
        assert shown["messages_out_by_type"] == {"0": 1, "8": 1, "A": 1}
        assert (shown["messages_in"], shown["messages_out"]) == (4, 3)
        assert shown["bytes_in"] > 4 * 60 < shown["bytes_out"]
        assert shown["last_in_at"] <= shown["last_out_at"]
        after = get(broker, "/api/stats")
        for key in ("messages_in_by_type", "messages_out_by_type"):
            assert after[key]["A"] - before[key].get("A", 0) == 1


def test_a_client_is_disconnected_by_hand(broker: Broker, name: str) -> None:
    with broker.client(sender=name) as client:
        client.logon()
        shown = the_client(broker, name)
        path = f"/api/clients/{shown['id']}/disconnect"
        assert broker.rest("POST", path, {"text": "lunch"})["id"] == shown["id"]
        client.expect("5", t58="lunch")
        client.expect_end()
        assert "not connected" in broker.rest("POST", path, expect=409)["detail"]
    with broker.client(sender=name, next_out=client.next_out) as client:
        client.logon()


def test_a_clients_numbers_are_reset(broker: Broker, name: str) -> None:
    with broker.client(sender=name) as client:
        first_order(broker, client)
        shown = the_client(broker, name)
        path = f"/api/clients/{shown['id']}/reset"
        after = broker.rest("POST", path)
        assert (after["next_incoming_seq_num"], after["next_outgoing_seq_num"]) == (1, 1)
        assert "MsgSeqNum(34)" in client.expect("5")[58]
        client.expect_end()
    with broker.client(sender=name) as client:
        client.logon()
        client.send("H", t11="a", t55="AAPL", t54=1)
        client.expect("8", t34=2, t39=0)


def test_a_price_is_taken_digit_by_digit_and_a_key_once(broker: Broker) -> None:
    def put(data: bytes) -> requests.Response:
        return requests.put(f"{broker.url}/api/stocks/CSCO", data=data, timeout=10)

    assert put(b'{"last_price": 54.90}').json()["last_price"] == "54.9"
    problem = put(b'{"last_price": 54.900000000000000001}').json()
    assert "decimals" in problem["errors"][0]["message"]
    problem = put(b'{"last_price": 1, "last_price": 2}').json()
    assert problem["errors"] == [{"field": "last_price", "message": "is given twice"}]
    assert broker.rest("GET", "/api/stocks/CSCO")["last_price"] == "54.9"
