"""Whatever is thrown at a route: a problem+json that names the field, nothing sent, the desk up."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import requests
import websocket

from tests.support.stack import FIX42, FIX44, Stack

GOOD: dict[str, Any] = {
    "session_name": FIX44,
    "symbol": "AAPL",
    "side": "BUY",
    "order_qty": 100,
    "ord_type": "LIMIT",
    "price": "200",
}


@pytest.fixture(autouse=True)
def nothing_is_sent(stack: Stack) -> Any:
    def sent() -> int:
        return len(stack.get("/api/messages", direction="OUT", msg_type="D,F,G", limit=5000)["messages"])

    before = sent()
    yield
    assert sent() == before
    assert stack.get("/health")["status"] == "ok"


def post(
    stack: Stack, path: str, data: bytes | str, content_type: str = "application/json"
) -> requests.Response:
    return requests.post(
        f"{stack.desk_url}{path}", data=data, headers={"Content-Type": content_type}, timeout=15
    )


def problem(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= body.keys()
    return body


ROUTES_WITH_BODY = (
    "/api/send_order",
    "/api/replace_order",
    "/api/cancel_order",
    "/api/connect",
    "/api/disconnect",
    "/api/decode",
)


@pytest.mark.parametrize("path", ROUTES_WITH_BODY)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "empty"),
        ("{", "line 1"),
        ('{"a": 1,}', "column"),
        ("[1]", "an array"),
        ('"x"', "a string"),
        ("null", "null"),
        ("12", "a number"),
        (b'{"a": "\xff"}', "UTF-8"),
        ('{"price": NaN}', "NaN"),
        ('{"a": 1, "a": 2}', "'a' is given twice"),
        ("[" * 100_000, "nested"),
        ('{"price": ' + "9" * 5000 + "}", "can't be used"),
    ],
)
def test_malformed_json(stack: Stack, path: str, data: str | bytes, words: str) -> None:
    assert words in problem(post(stack, path, data), 400)["detail"]


@pytest.mark.parametrize("path", ROUTES_WITH_BODY)
def test_a_body_that_is_not_json_or_too_large(stack: Stack, path: str) -> None:
    assert (
        "Content-Type"
        in problem(post(stack, path, "a=b", "application/x-www-form-urlencoded"), 415)["detail"]
    )
    too_large = json.dumps({"text": "x" * 10_000_000})
    assert "SENDFIX_MAX_BODY_BYTES" in problem(post(stack, path, too_large), 413)["detail"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"session_name": None}, "session_name"),
        ({"session_name": 7}, "session_name"),
        ({"symbol": None}, "symbol"),
        ({"symbol": 5.5e300}, "symbol"),
        ({"symbol": ["AAPL"]}, "symbol"),
        ({"symbol": "AA\x01PL"}, "symbol"),
        ({"symbol": "AA\nPL"}, "symbol"),
        ({"symbol": "苹果"}, "symbol"),
        ({"symbol": ""}, "symbol"),
        ({"symbol": "X" * 5000}, "symbol"),
        ({"side": "HOLD"}, "side"),
        ({"side": True}, "side"),
        ({"order_qty": None}, "order_qty"),
        ({"order_qty": "many"}, "order_qty"),
        ({"order_qty": 0}, "order_qty"),
        ({"order_qty": -5}, "order_qty"),
        ({"order_qty": "1e400"}, "order_qty"),
        ({"order_qty": "Infinity"}, "order_qty"),
        ({"order_qty": True}, "order_qty"),
        ({"order_qty": 10**30}, "order_qty"),
        ({"order_qty": {"a": 1}}, "order_qty"),
        ({"ord_type": "GUESS"}, "ord_type"),
        ({"ord_type": "LIMIT", "price": None}, "price"),
        ({"ord_type": "STOP", "price": None}, "stop_px"),
        ({"ord_type": "MARKET"}, "price"),
        ({"price": "12,5"}, "price"),
        ({"time_in_force": "TOMORROW"}, "time_in_force"),
        ({"time_in_force": "GTD"}, "expire_"),
        ({"no_such_field": 1}, "no_such_field"),
        ({"msg_seq_num": 1}, "msg_seq_num"),
        ({"transact_time": "20260101-00:00:00"}, "transact_time"),
        ({"cl_ord_id": "A\x01B"}, "cl_ord_id"),
        ({"cl_ord_id": 5}, "cl_ord_id"),
        ({"cl_ord_id": "X" * 65}, "cl_ord_id"),
        ({"quantity": 5}, "quantity"),
        ({"custom_tags": "x"}, "custom_tags"),
        ({"custom_tags": {"x": "1"}}, "custom_tags.x"),
        ({"custom_tags": {"0": "1"}}, "custom_tags.0"),
        ({"custom_tags": {"9001": "a\x01b"}}, "custom_tags.9001"),
        ({"custom_tags": {"34": "1"}}, "custom_tags.34"),
        ({"custom_tags": {"10": "000"}}, "custom_tags.10"),
        ({"custom_tags": {"11": "X"}}, "custom_tags.11"),
        ({"custom_tags": {"44": "1"}}, "custom_tags.44"),
        ({"custom_tags": {"9001": None}}, "custom_tags.9001"),
    ],
)
@pytest.mark.parametrize("session", [FIX42, FIX44])
def test_an_order_with_a_wrong_field(stack: Stack, session: str, changes: dict[str, Any], field: str) -> None:
    body = {
        key: value for key, value in {**GOOD, "session_name": session, **changes}.items() if value is not None
    }
    if "custom_tags" in changes:
        body["custom_tags"] = changes["custom_tags"]
    errors = problem(post(stack, "/api/send_order", json.dumps(body)), 422)["errors"]
    assert any(error["field"].startswith(field) and error["message"] for error in errors), errors


def test_every_wrong_field_is_named_at_once(stack: Stack) -> None:
    body = {"session_name": FIX42, "side": "HOLD", "order_qty": "many", "ord_type": "LIMIT", "nonsense": 1}
    errors = problem(post(stack, "/api/send_order", json.dumps(body)), 422)["errors"]
    assert {"side", "order_qty", "price", "nonsense", "symbol"} <= {error["field"] for error in errors}


def test_what_the_session_version_does_not_have_is_refused(stack: Stack) -> None:
    body = json.dumps({**GOOD, "session_name": FIX42, "order_capacity": "A", "time_in_force": "CLOSE"})
    errors = problem(post(stack, "/api/send_order", body), 422)["errors"]
    assert {error["field"] for error in errors} == {"order_capacity", "time_in_force"}
    assert "FIX.4.2" in next(error["message"] for error in errors if error["field"] == "order_capacity")


@pytest.mark.parametrize("path", ["/api/connect", "/api/disconnect"])
def test_a_session_that_there_is_not(stack: Stack, path: str) -> None:
    assert "NOWHERE" in problem(post(stack, path, '{"session_name": "NOWHERE"}'), 404)["detail"]
    assert problem(post(stack, path, "{}"), 422)["errors"][0]["field"] == "session_name"
    both = '{"session_name": "SIM-FIX44", "force": true}'
    assert problem(post(stack, path, both), 422)["errors"][0]["field"] == "force"


def test_an_order_for_a_session_that_there_is_not(stack: Stack) -> None:
    body = json.dumps({**GOOD, "session_name": "NOWHERE"})
    assert "NOWHERE" in problem(post(stack, "/api/send_order", body), 404)["detail"]


@pytest.mark.parametrize("path", ["/api/replace_order", "/api/cancel_order"])
@pytest.mark.parametrize("value", [None, 5, "", ["x"], "X" * 100])
def test_requests_with_a_bad_cl_ord_id(stack: Stack, path: str, value: object) -> None:
    errors = problem(post(stack, path, json.dumps({"cl_ord_id": value})), 422)["errors"]
    assert errors[0]["field"].startswith("cl_ord_id")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("limit=1000000", "limit"),
        ("before=-1", "before"),
        ("before=99999999999999999999", "before"),
        ("limit=1&limit=2", "limit"),
        ("colour=red", "colour"),
    ],
)
@pytest.mark.parametrize("path", ["/api/orders", "/api/executions", "/api/messages"])
def test_bad_queries(stack: Stack, path: str, query: str, field: str) -> None:
    answer = requests.get(f"{stack.desk_url}{path}?{query}", timeout=15)
    assert field in [error["field"] for error in problem(answer, 422)["errors"]]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/orders?status=HAPPY", "status"),
        ("/api/orders?side=HOLD", "side"),
        ("/api/messages?direction=UP", "direction"),
        ("/api/messages?from=yesterday", "from"),
        ("/api/executions?to=2026-01-01T00:00:00", "to"),
        ("/api/sessions/SIM-FIX44/dictionary?msg_type=ZZ", "msg_type"),
    ],
)
def test_bad_filters(stack: Stack, path: str, field: str) -> None:
    answer = requests.get(f"{stack.desk_url}{path}", timeout=15)
    assert [error["field"] for error in problem(answer, 422)["errors"]] == [field]


@pytest.mark.parametrize(
    "path",
    [
        "/api/orders/NO-SUCH",
        "/api/orders/NO-SUCH/executions",
        "/api/orders/NO-SUCH/ladder",
        "/api/orders/%01%00/messages",
        "/api/messages/999999999",
        "/api/messages/99999999999999999999999",
        "/api/sessions/NOWHERE/dictionary",
        "/api/nothing",
        "/nothing/../../etc/passwd",
    ],
)
def test_what_there_is_not(stack: Stack, path: str) -> None:
    problem(requests.get(f"{stack.desk_url}{path}", timeout=15), 404)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/send_order"), ("DELETE", "/api/orders"), ("PUT", "/health")]
)
def test_methods_that_are_not_allowed(stack: Stack, method: str, path: str) -> None:
    answer = requests.request(method, f"{stack.desk_url}{path}", timeout=15)
    assert "use " in problem(answer, 405)["detail"]
    assert answer.headers["Allow"]


def test_other_origins_are_not_let_in(stack: Stack) -> None:
    answer = requests.get(
        f"{stack.desk_url}/api/orders", headers={"Origin": "https://other.example"}, timeout=15
    )
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer = requests.get(
        f"{stack.desk_url}/socket.io/?EIO=4&transport=polling",
        headers={"Origin": "https://other.example"},
        timeout=15,
    )
    assert answer.status_code == 400


def test_a_web_socket_of_another_origin_is_told_nothing(stack: Stack) -> None:
    url = stack.desk_url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    connection = websocket.create_connection(url, origin="https://other.example", timeout=15)
    told = []
    with contextlib.suppress(websocket.WebSocketConnectionClosedException):
        while text := connection.recv():
            told.append(text)
    connection.shutdown()
    assert told == []


@pytest.mark.parametrize("tags", [{"\ud800": "x"}, {"9001": "\ud800"}])
def test_half_a_surrogate_pair(stack: Stack, tags: dict[str, str]) -> None:
    problem(post(stack, "/api/send_order", json.dumps({**GOOD, "custom_tags": tags})), 422)


@pytest.mark.parametrize("time", ["9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_times_beyond_what_the_database_holds(stack: Stack, time: str) -> None:
    assert stack.get("/api/messages", to=time, limit=1)["messages"] is not None
    assert stack.get("/api/executions", **{"from": time}, limit=1)["executions"] is not None


def test_a_cl_ord_id_with_a_slash_is_looked_up(stack: Stack) -> None:
    assert "A/1" in problem(requests.get(f"{stack.desk_url}/api/orders/A%2F1", timeout=15), 404)["detail"]
    assert (
        "A/1"
        in problem(requests.get(f"{stack.desk_url}/api/orders/A%2F1/messages", timeout=15), 404)["detail"]
    )
