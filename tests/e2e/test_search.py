"""Searching and exporting over REST, with a broker's orders behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sendfix.web import answers
from tests.support.stack import FIX42, FIX44, Stack

SYMBOL = "JPM"
OURS = {"account": "SEARCHER"}


@pytest.fixture(scope="module")
def sent(stack: Stack) -> list[str]:
    """Three orders of one symbol: two filled on different sessions, one that rests."""
    stack.behave(default="fill")
    common = {"symbol": SYMBOL, **OURS}
    filled = [
        stack.send(FIX44, ord_type="MARKET", order_qty=7, **common),
        stack.send(FIX42, ord_type="MARKET", order_qty=70, side="SELL", **common),
    ]
    for cl_ord_id in filled:
        stack.wait_order(cl_ord_id, status="FILLED")
    stack.behave(default="manual")
    resting = stack.send(FIX44, ord_type="LIMIT", price="12.5", order_qty=700, text="=cmd()", **common)
    return [*filled, resting]


def listed(stack: Stack, subject: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.get(f"/api/{subject}", **query)[subject]
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [2, 1, 0]),
        ({"symbol": "NOPE,JPM"}, [2, 1, 0]),
        ({"side": "2"}, [1]),
        ({"session_name": f"{FIX42},{FIX44}", "status": "FILLED"}, [1, 0]),
        ({"order_qty_min": "70", "order_qty_max": "700.0"}, [2, 1]),
        ({"price": "12.50"}, [2]),
        ({"price_min": "-1000"}, [2]),
        ({"is_open": "true"}, [2]),
        ({"sort": "order_qty"}, [0, 1, 2]),
        ({"sort": "-order_qty", "limit": 2}, [2, 1]),
        ({"account_prefix": "SEAR", "sort": "created_at"}, [0, 1, 2]),
        ({"text": "searCHER"}, [2, 1, 0]),
        ({"from": "2000-01-01T00:00:00Z", "to": "2000-01-02T00:00:00Z"}, []),
        ({"adopted": "true"}, []),
    ],
)
def test_orders(stack: Stack, sent: list[str], query: dict[str, Any], expected: list[int]) -> None:
    found = listed(stack, "orders", **{**OURS, **query})
    assert [order["cl_ord_id"] for order in found] == [sent[number] for number in expected]


def test_pages_by_cursor(stack: Stack, sent: list[str]) -> None:
    seen, cursor = [], None
    while True:
        page = stack.get("/api/orders", **OURS, sort="order_qty", limit=1, cursor=cursor or "")
        seen += [order["cl_ord_id"] for order in page["orders"]]
        assert page["next_before"] is None
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert seen == sent


def test_executions(stack: Stack, sent: list[str]) -> None:
    fills = listed(stack, "executions", **OURS, last_qty_min="0.000000000001", sort="last_qty")
    assert [fill["cl_ord_id"] for fill in fills] == sent[:2]
    assert (
        listed(stack, "executions", exec_id=fills[0]["exec_id"], session_name=FIX44)[0]["id"]
        == fills[0]["id"]
    )
    assert listed(stack, "executions", **OURS, exec_type="NEW", cl_ord_id=sent[2])
    assert listed(stack, "executions", **OURS, last_px_max="0") == []


@pytest.mark.parametrize(
    ("tags", "number"),
    [
        (["1:SEARCHER", "35:D"], 3),
        (["Symbol:JPM", "MsgType:D", "account:SEARCHER"], 3),
        (["1:SEARCHER", "Side:SELL", "35:D"], 1),
        (["1:SEARCHER", "35:D", "58~CMD"], 1),
        (["1:SEARCHER", "35:D", "44"], 1),
        (["1:SEARCHE"], 0),
    ],
    ids=str,
)
def test_messages_by_tag_and_value(stack: Stack, sent: list[str], tags: list[str], number: int) -> None:
    assert len(listed(stack, "messages", tag=tags)) == number


def test_messages_of_some_symbols(stack: Stack, sent: list[str]) -> None:
    query = {"tag": "1:SEARCHER", "msg_type": "D", "direction": "OUT"}
    assert len(listed(stack, "messages", symbol=f"NOPE,{SYMBOL}", **query)) == 3
    assert listed(stack, "messages", symbol="NOPE,JP", **query) == []
    assert listed(stack, "messages", symbol=SYMBOL, refused="true") == []


BAD = [
    ("orders", {"symbl": "X"}, "symbl"),
    ("messages", {"text": "a\0b"}, "text"),
    ("orders", {"order_qty_min": "many"}, "order_qty_min"),
    ("orders", {"sort": "warnings"}, "sort"),
    ("orders", {"cursor": "x"}, "cursor"),
    ("orders", {"cursor": "x", "before": 5}, "before"),
    ("orders", {"sort": "price", "before": 5}, "before"),
    ("orders", {"limit": 5001}, "limit"),
    ("orders", {"limit": "x"}, "limit"),
    ("orders", {"before": 2**63}, "before"),
    ("orders", {"symbol": ["A", "B"]}, "symbol"),
    ("orders", {"text": "x" * 201}, "text"),
    ("orders", {"account": "x" * 8001}, "account"),
    ("orders", {"is_open": "2"}, "is_open"),
    ("executions", {"from": "2026-03-02 14:30"}, "from"),
    ("executions", {"exec_type": "FULL"}, "exec_type"),
    ("executions", {"tag": "55:X"}, "tag"),
    ("messages", {"direction": "BOTH"}, "direction"),
    ("messages", {"tag": "Simbol:X"}, "tag"),
    ("messages", {"tag": ["55:X"] * 21}, "tag"),
    ("messages", {"tag": "55="}, "tag"),
    ("messages", {"msg_seq_num_min": "1e3"}, "msg_seq_num_min"),
    ("messages", {"sort": "raw"}, "sort"),
    ("orders.csv", {"limit": 5}, "limit"),
    ("orders.csv", {"sort": "price"}, "sort"),
    ("executions.csv", {"last_px": "x"}, "last_px"),
    ("messages.csv", {"tag": ":"}, "tag"),
    ("messages.csv", {"nothing": "1"}, "nothing"),
    ("statistics", {"by": "moon"}, "by"),
    ("statistics", {"from": "x"}, "from"),
    ("statistics", {"side": "HOLD"}, "side"),
    ("statistics", {"price_min": "1"}, "price_min"),
]


@pytest.mark.parametrize(("path", "query", "field"), BAD, ids=str)
def test_what_can_not_be_asked(stack: Stack, path: str, query: dict[str, Any], field: str) -> None:
    answer = requests.get(f"{stack.desk_url}/api/{path}", params=query, timeout=15)
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert any(error["field"].split(".")[0] == field for error in answer.json()["errors"]), answer.text


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "苹果", "\x01", "🦜" * 50, "--", "/*"])
def test_any_text_is_looked_for(stack: Stack, text: str) -> None:
    for subject in ("orders", "executions", "messages"):
        assert isinstance(listed(stack, subject, text=text, session_name="NOBODY"), list)


def rows_of(stack: Stack, path: str, **query: Any) -> Iterator[dict[str, str]]:
    answer = requests.get(f"{stack.desk_url}/api/{path}", params=query, timeout=30)
    assert answer.ok, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="sendfix-{path[:-4]}-20')
    yield from csv.DictReader(io.StringIO(answer.content.decode(), newline=""))


def test_an_export_has_what_the_list_has(stack: Stack, sent: list[str]) -> None:
    orders = list(rows_of(stack, "orders.csv", **OURS))
    assert [row["cl_ord_id"] for row in orders] == sent
    assert list(orders[0]) == list(listed(stack, "orders", **OURS)[0])
    assert "'=cmd()" in {row["text"] for row in orders} or "=cmd()" in orders[2]["fields"]
    executions = list(rows_of(stack, "executions.csv", **OURS))
    assert [row["id"] for row in executions] == [
        str(one["id"]) for one in reversed(listed(stack, "executions", **OURS))
    ]
    messages = list(rows_of(stack, "messages.csv", tag=["1:SEARCHER", "35:D"]))
    assert [row["raw"] for row in messages] == [
        one["raw"] for one in reversed(listed(stack, "messages", tag=["1:SEARCHER", "35:D"]))
    ]


def test_a_client_that_goes_away_during_an_export_harms_nobody(stack: Stack, sent: list[str]) -> None:
    with requests.get(f"{stack.desk_url}/api/messages.csv", stream=True, timeout=15) as answer:
        assert next(answer.iter_lines()).startswith(b"id,session_name,")
    assert stack.get("/health")["status"] == "ok"
    assert listed(stack, "orders", **OURS)


def test_statistics_of_these_orders(stack: Stack, sent: list[str]) -> None:
    found = stack.get("/api/statistics", by="side", **OURS)
    answers.statistics.Statistics.model_validate(found, strict=True)
    groups = {group["key"]: group for group in found["groups"]}
    assert {key: (group["orders"], group["filled"]) for key, group in groups.items()} == {
        "BUY": (2, 1),
        "SELL": (1, 1),
    }
    assert (found["total"]["fill_ratio"], found["total"]["executed_qty"]) == ("0.6667", "77")
    assert groups["BUY"]["engine_ms"]["to_ack"]["count"] == 2
    assert stack.get("/api/statistics", by="hour", symbol="NOPE")["groups"] == []


def test_an_order_keeps_the_price_that_was_known_when_it_was_sent(stack: Stack, sent: list[str]) -> None:
    symbol = {"session_name": FIX44, "symbol": "GS"}
    answer = requests.put(
        f"{stack.desk_url}/api/prices", json={"prices": [{**symbol, "price": "400.5"}]}, timeout=15
    )
    assert answer.ok, answer.text
    stack.behave(default="manual")
    priced = stack.send(**symbol, ord_type="LIMIT", price="400", order_qty=1)
    assert stack.order(priced)["arrival_px"] == "400.5"
    assert [one["cl_ord_id"] for one in listed(stack, "orders", symbol="GS", arrival_px="400.50")] == [priced]
