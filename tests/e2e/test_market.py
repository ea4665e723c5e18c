"""Market data and quotes of the simulated broker, as scripts and pages get them from the desk.

Symbols are this file's own, since their prices count for positions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sendfix.web import answers
from tests.e2e.test_live import Client
from tests.support.stack import FIX42, FIX44, Stack, eventually

BOTH = pytest.mark.parametrize("session_name", [FIX42, FIX44])


@pytest.fixture(scope="module", autouse=True)
def _kept_apart(stack: Stack) -> Iterator[None]:
    stack.behave(default={"mode": "match", "market": False})
    yield
    for name in (FIX42, FIX44):
        symbols = [book["symbol"] for book in stack.get("/api/market", session_name=name)["books"]]
        if symbols:
            stack.post("/api/market/unsubscribe", {"session_name": name, "symbols": symbols}, 202)


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    made = Client(stack.desk_url)
    yield made
    made.close()


def book(stack: Stack, session_name: str, symbol: str) -> Any:
    return stack.get(f"/api/market/books/{session_name}/{symbol}")


def live(stack: Stack, session_name: str, symbol: str) -> Any:
    return eventually(
        lambda: (found := book(stack, session_name, symbol))["stale"] is False and found, "a live book"
    )


def same_as_broker(stack: Stack, session_name: str, symbol: str) -> bool:
    answer = requests.get(
        f"{stack.broker_url}/api/stocks/{symbol}/depth", {"levels": 1000}, timeout=15
    ).json()
    found = book(stack, session_name, symbol)
    return not found["stale"] and all(
        [(one["price"], one["size"], one["orders"]) for one in found[side]]
        == [(one["price"], one["quantity"], one["orders"]) for one in answer[side]]
        for side in ("bids", "offers")
    )


@BOTH
def test_books_are_those_of_the_broker_while_orders_come_and_go(stack: Stack, session_name: str) -> None:
    symbol = "JNJ" if session_name == FIX42 else "MA"
    subscribed = stack.post(
        "/api/market/subscribe", {"session_name": session_name, "symbols": [symbol], "depth": 0}, 202
    )
    assert subscribed == {"subscribed": [symbol]}
    live(stack, session_name, symbol)
    resting = [
        stack.send(session_name, symbol=symbol, side=side, ord_type="LIMIT", price=price, order_qty=qty)
        for side, price, qty in [("BUY", "50", 100), ("BUY", "50", 50), ("BUY", "49", 10), ("SELL", "51", 70)]
    ]

    def bids() -> dict[str, tuple[str, int]]:
        found = book(stack, session_name, symbol)["bids"]
        return {one["price"]: (one["size"], one["orders"]) for one in found}

    eventually(lambda: bids().get("49") == ("10", 1) and bids()["50"] == ("150", 2), "the orders in the book")
    eventually(lambda: same_as_broker(stack, session_name, symbol), "the broker's book")
    stack.post("/api/cancel_order", {"cl_ord_id": resting[2]}, 202)
    taker = stack.send(session_name, symbol=symbol, side="SELL", ord_type="LIMIT", price="50", order_qty=120)
    stack.wait_order(taker, status="FILLED")

    def traded() -> int:
        trades = book(stack, session_name, symbol)["trades"]
        return sum(int(trade["size"]) for trade in trades if trade["price"] == "50")

    eventually(lambda: traded() == 120, "the trades in the book")
    eventually(lambda: same_as_broker(stack, session_name, symbol), "the broker's book")
    answers.market.MarketBook.model_validate(book(stack, session_name, symbol), strict=True)
    tops = stack.get("/api/market", session_name=session_name)
    answers.market.MarketBooks.model_validate(tops, strict=True)
    (top,) = [one for one in tops["books"] if one["symbol"] == symbol]
    assert [len(top[key]) for key in ("bids", "offers", "trades")] == [1, 1, 1]
    (price,) = [
        one
        for one in stack.get("/api/prices", symbol=symbol, session_name=session_name)["prices"]
        if one["source"] == "trade"
    ]
    assert (price["session_name"], price["price"]) == (session_name, "50")
    for one in resting:
        if stack.order(one)["is_open"]:
            stack.post("/api/cancel_order", {"cl_ord_id": one}, 202)


def test_a_client_is_told_of_the_books_that_it_watches(stack: Stack, client: Client) -> None:
    books: list[tuple[float, dict[str, Any]]] = []
    client.sio.on("book_updated", lambda told: books.append((time.monotonic(), told)))
    wanted = {"books": [{"session_name": FIX44, "symbol": "INTC"}], "depth": 1}
    assert client.sio.call("watch", wanted) == {"ok": True}
    eventually(lambda: books and not books[-1][1]["stale"], "a live book")
    answers.market.MarketBook.model_validate(books[-1][1], strict=True)
    first = stack.send(FIX44, symbol="INTC", ord_type="LIMIT", price="40")
    eventually(lambda: [one["price"] for one in books[-1][1]["bids"]] == ["40"], "its bid")
    stack.send(FIX44, symbol="INTC", ord_type="LIMIT", price="41")
    eventually(lambda: [one["price"] for one in books[-1][1]["bids"]] == ["41"], "the best bid alone")

    # In frames, too.
    frames: list[Any] = []
    client.sio.on("frame", frames.extend)
    client.sio.call("subscribe", {"frames": True})
    assert client.sio.call("watch", wanted) == {"ok": True}
    eventually(lambda: any(name == "book_updated" for name, _ in frames), "a book in a frame")

    assert client.sio.call("watch", {"books": []}) == {"ok": True}
    told = len(books), sum(name == "book_updated" for name, _ in frames)
    stack.post("/api/cancel_order", {"cl_ord_id": first}, 202)
    stack.wait_order(first, status="CANCELED")
    assert (len(books), sum(name == "book_updated" for name, _ in frames)) == told


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (None, "body"),
        ("INTC", "body"),
        ({}, "books"),
        ({"books": "INTC"}, "books"),
        ({"books": [{"session_name": FIX44}]}, "books.0.symbol"),
        ({"books": [{"session_name": "NONE", "symbol": "INTC"}]}, "books.0.session_name"),
        ({"books": [{"session_name": FIX44, "symbol": "Ä"}]}, "books.0"),
        ({"books": [], "depth": -1}, "depth"),
        ({"books": [], "deep": 1}, "deep"),
    ],
)
def test_wrong_wishes_are_named(client: Client, wanted: Any, field: str) -> None:
    answer = client.sio.call("watch", wanted)
    assert answer["ok"] is False
    assert [error["field"] for error in answer["errors"]] == [field]


def test_wrong_input_by_rest_is_named(stack: Stack) -> None:
    def fields(path: str, body: Any) -> list[str]:
        return [error["field"] for error in stack.post(path, body, 422)["errors"]]

    assert fields("/api/market/subscribe", {"session_name": FIX44, "symbols": []}) == ["symbols"]
    assert fields("/api/market/subscribe", {"session_name": FIX44, "symbols": ["A", "Ä"]}) == ["symbols.1"]
    assert fields("/api/market/subscribe", {"session_name": FIX44, "symbols": ["A"], "depth": "x"}) == [
        "depth"
    ]
    for symbols in ("INTC", ["A\x01B"], [7], [""], ["X" * 5000], [None], [f"S{n}" for n in range(501)]):
        body = {"session_name": FIX44, "symbols": symbols}
        assert fields("/api/market/subscribe", body)[0].startswith("symbols"), symbols
    quote = {"session_name": FIX44, "symbol": "INTC"}
    for field, values in {
        "order_qty": ("many", "1e400", True, {"a": 1}, [], 10**30, "Infinity"),
        "side": ("HOLD", 7, True, ["BUY"]),
        "symbol": (["A"], "", "Ä", "A\nB", None),
        "depth": (1,),
    }.items():
        for value in values:
            assert fields("/api/market/quote_request", {**quote, field: value}) == [field], value
    for path in ("subscribe", "unsubscribe"):
        stack.post(f"/api/market/{path}", {"session_name": "NONE", "symbols": ["A"]}, 404)
    stack.refused("/api/market?session_name=NONE", 404)
    assert stack.refused(f"/api/market/books/{FIX44}/EUR/USD", 404)["title"] == "Not subscribed"


def test_a_symbol_that_the_broker_does_not_have(stack: Stack) -> None:
    body = {"session_name": FIX44, "symbols": ["DIS", "NOPE/X"]}
    stack.post("/api/market/subscribe", body, 202)
    live(stack, FIX44, "DIS")
    refused = eventually(
        lambda: "unknown" in ((found := book(stack, FIX44, "NOPE/X"))["stale_reason"] or "") and found,
        "refused",
    )
    assert refused["stale"] is True
    answer = stack.post("/api/market/unsubscribe", body, 202)
    assert answer == {"unsubscribed": ["DIS", "NOPE/X"], "kept": []}


@BOTH
def test_quotes_and_refusals(stack: Stack, client: Client, session_name: str) -> None:
    told: list[dict[str, Any]] = []
    client.sio.on("quote_received", told.append)

    def quote(**body: Any) -> dict[str, Any]:
        asked = stack.post("/api/market/quote_request", {"session_name": session_name, **body}, 202)
        answers.market.QuoteRequested.model_validate(asked, strict=True)
        found: list[dict[str, Any]] = eventually(
            lambda: [one for one in told if one["quote_req_id"] == asked["quote_req_id"]], "a quote"
        )
        return found[0]

    given = quote(symbol="WMT", side="BUY", order_qty=10)
    assert (given["symbol"], given["bid_size"], given["refused"], given["text"]) == ("WMT", "10", False, None)
    assert given["valid_until_time"] > given["at"]
    refused = quote(symbol="NOPE")
    assert (refused["symbol"], refused["bid_px"], refused["refused"]) == ("NOPE", None, True)
    assert refused["text"] == "Symbol(55) NOPE is unknown"
    kept = stack.get("/api/market/quotes", session_name=session_name)
    answers.market.QuoteList.model_validate(kept, strict=True)
    assert kept["quotes"][:2] == [refused, given]


def test_market_data_is_in_no_log_and_in_the_metrics(stack: Stack) -> None:
    stack.post("/api/market/subscribe", {"session_name": FIX44, "symbols": ["NFLX"]}, 202)
    live(stack, FIX44, "NFLX")
    assert stack.get("/api/messages", session_name=FIX44, msg_type="W,X")["messages"] == []
    assert stack.get("/api/messages", session_name=FIX44, msg_type="V", text="55=NFLX")["messages"]
    text = requests.get(f"{stack.desk_url}/metrics", timeout=15).text
    counted = [line for line in text.splitlines() if line.startswith("sendfix_market_data_messages_total{")]
    assert any(f'session="{FIX44}"' in line and float(line.split()[-1]) > 0 for line in counted)
    assert f'sendfix_market_data_books{{session="{FIX44}",stale="0"}}' in text
    assert not any('msg_type="W"' in line for line in text.splitlines())
