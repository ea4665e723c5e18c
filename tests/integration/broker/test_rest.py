"""The REST interface and the page, over HTTP, beside a FIX client that sees what a person does."""

from __future__ import annotations

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


@pytest.mark.parametrize("path", ["/api/orders", "/api/executions"])
@pytest.mark.parametrize("data", [b"{", b"\xff\xfe", b"", b"null", b'"x"'])
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
