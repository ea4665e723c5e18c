"""Prices from file and REST, and what positions are worth by them, through the real desk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.support.stack import FIX42, FIX44, Stack, eventually


def put(stack: Stack, body: Any, expect: int = 200) -> Any:
    answer = requests.put(f"{stack.desk_url}/api/prices", json=body, timeout=15)
    assert answer.status_code == expect, answer.text
    return answer.json()


def known(stack: Stack, **query: str) -> list[tuple[Any, ...]]:
    found = stack.get("/api/prices", **query)["prices"]
    return [(one["session_name"], one["price"], one["source"]) for one in found]


def test_the_file_is_read_line_by_line_and_again_when_it_changes(stack: Stack) -> None:
    answer = stack.get("/api/prices", symbol="FILED")
    assert answer["file_problems"] == ["line 3: has 1 values; give symbol,price or symbol,price,time"]
    (price,) = answer["prices"]
    assert (price["session_name"], price["price"], price["source"]) == (None, "12.50", "file")
    assert price["at"] == "2026-03-02T14:30:00.000000Z"
    (stack.folder / "prices.csv").write_text("FILED,13\n")
    eventually(lambda: known(stack, symbol="FILED") == [(None, "13", "file")], "the new price")
    assert stack.get("/api/prices", symbol="FILED")["file_problems"] == []


def test_what_is_given_counts_for_limits_and_positions(stack: Stack) -> None:
    stack.behave(default="fill")
    cl_ord_id = stack.send(FIX44, symbol="UNH", ord_type="MARKET", account="PRICES")
    stack.wait_order(cl_ord_id, status="FILLED")
    (before,) = eventually(lambda: positions(stack), "a position")
    assert before["last_source"] == "fill"
    assert put(stack, {"prices": [{"symbol": "UNH", "price": "0.5"}]}) == {"taken": 1}
    mine = {"symbol": "UNH", "price": 1000.25, "session_name": FIX44, "at": "2199-01-01T00:00:00+14:00"}
    put(stack, {"prices": [mine]})
    assert known(stack, symbol="UNH", session_name=FIX44)[0] == (None, "0.5", "rest")
    assert (FIX44, "1000.25", "rest") in known(stack, symbol="UNH")
    assert known(stack, symbol="UNH", session_name=FIX42) == [(None, "0.5", "rest")]
    (after,) = positions(stack)
    assert (after["last_px"], after["last_source"], after["close_px"]) == (
        "1000.25",
        "rest",
        before["close_px"],
    )
    gained = Decimal(after["average_unrealised"]) - Decimal(before["average_unrealised"])
    assert gained == 100 * (Decimal("1000.25") - Decimal(before["last_px"]))


def positions(stack: Stack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.get("/api/positions", symbol="UNH")["positions"]
    return found


@pytest.mark.parametrize(
    ("price", "status", "words"),
    [
        ({}, 422, "prices.0.symbol"),
        ({"symbol": "X", "price": None}, 422, "must be a number"),
        ({"symbol": "X", "price": True}, 422, "must be a number"),
        ({"symbol": "X", "price": "much"}, 422, "must be a number"),
        ({"symbol": "X", "price": 0}, 422, "must be above 0"),
        ({"symbol": "X", "price": "-1"}, 422, "must be above 0"),
        ({"symbol": "X", "price": "1e30"}, 422, "at most 18 digits"),
        ({"symbol": "", "price": 1}, 422, "prices.0.symbol"),
        ({"symbol": "X" * 65, "price": 1}, 422, "prices.0.symbol"),
        ({"symbol": "\ud800", "price": 1}, 422, "prices.0.symbol"),
        ({"symbol": "X", "price": 1, "at": "now"}, 422, "prices.0.at"),
        ({"symbol": "X", "price": 1, "at": "2026-03-02T14:30:00"}, 422, "prices.0.at"),
        ({"symbol": "X", "price": 1, "at": "0001-01-01T00:00:00+14:00"}, 422, "no time that can be used"),
        ({"symbol": "X", "price": 1, "session_name": "S99"}, 404, "S99"),
        ({"symbol": "X", "price": 1, "more": 1}, 422, "is not known here"),
    ],
)
def test_bad_prices_change_nothing(stack: Stack, price: dict[str, Any], status: int, words: str) -> None:
    answer = put(stack, {"prices": [{"symbol": "UNTOUCHED", "price": 1}, price]}, status)
    assert words.replace("prices.0", "prices.1") in f"{answer['detail']} {answer.get('errors')}"
    assert known(stack, symbol="UNTOUCHED") == []


@pytest.mark.parametrize(
    "body", [{}, {"prices": []}, {"prices": {}}, {"prices": [1]}, {"prices": [[]], "x": 1}]
)
def test_bad_lists(stack: Stack, body: Any) -> None:
    assert "prices" in put(stack, body, 422)["detail"]
    assert "symbol" in stack.refused("/api/prices?symbol=" + "X" * 65, 422)["detail"]
