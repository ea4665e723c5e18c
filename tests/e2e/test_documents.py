"""The OpenAPI document and the guides say what the desk really does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import BaseModel

from sendfix.web import answers
from tests.support.stack import FIX44, Stack

ROOT = Path(__file__).resolve().parents[2]
SOCKET_IO_EVENTS = (
    "connected",
    "connection_result",
    "session_updated",
    "order_updated",
    "execution_booked",
    "position_updated",
    "log_message",
    "health_updated",
    "subscribe",
    "frame",
)


@pytest.fixture(scope="module")
def document(stack: Stack) -> Any:
    return stack.get("/api/openapi.json")


def test_real_answers_are_as_documented(stack: Stack) -> None:
    stack.behave(default="fill")
    sent = stack.post(
        "/api/send_order",
        {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"},
        201,
    )
    cl_ord_id = sent["cl_ord_id"]
    stack.wait_order(cl_ord_id, status="FILLED")
    messages = stack.get("/api/messages", text=cl_ord_id)
    given: list[tuple[type[BaseModel], Any]] = [
        (answers.orders.SentOrder, sent),
        (answers.sessions.SessionList, stack.get("/api/sessions")),
        (answers.sessions.CanSendAnswer, stack.get("/api/can_send_orders")),
        (answers.orders.OrderList, stack.get("/api/orders")),
        (answers.orders.OrderDetail, stack.get(f"/api/orders/{cl_ord_id}")),
        (answers.orders.ExecutionList, stack.get(f"/api/orders/{cl_ord_id}/executions")),
        (answers.messages.MessageList, stack.get(f"/api/orders/{cl_ord_id}/messages")),
        (answers.ladder.Ladder, stack.get(f"/api/orders/{cl_ord_id}/ladder")),
        (answers.orders.ExecutionList, stack.get("/api/executions")),
        (answers.positions.PositionList, stack.get("/api/positions", open=True)),
        (answers.prices.PriceList, stack.get("/api/prices")),
        (answers.messages.MessageList, messages),
        (answers.messages.MessageDetail, stack.get(f"/api/messages/{messages['messages'][0]['id']}")),
        (answers.messages.Decoded, stack.post("/api/decode", {"raw": messages["messages"][0]["raw"]}, 200)),
        (answers.messages.MessageDictionary, stack.get(f"/api/sessions/{FIX44}/dictionary")),
        (answers.composer.MessageNames, stack.get(f"/api/sessions/{FIX44}/dictionary/messages")),
        (answers.health.Health, stack.get("/health")),
    ]
    for model, answer in given:
        model.model_validate(answer, strict=True)
    stack.behave(default="manual")
    resting = stack.send(FIX44, ord_type="LIMIT", price="200")
    replaced = stack.post("/api/replace_order", {"cl_ord_id": resting, "price": "201"}, 202)
    answers.orders.SentRequest.model_validate(replaced, strict=True)
    for one, outcome in ((replaced["cl_ord_id"], "sent"), ("NOBODY-HAS-THIS", "absent")):
        found = stack.get(f"/api/requests/{one}", session_name=FIX44)
        answers.orders.RequestOutcome.model_validate(found, strict=True)
        assert found["outcome"] == outcome


def test_the_document_is_whole(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    text = str(document)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert {"500"} < operation["responses"].keys(), (method, path)


def test_every_route_is_documented(document: Any) -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    for path, operations in document["paths"].items():
        for method in operations:
            shown = re.sub(r"{(\w+)}", r"<\1>", path)
            assert f"{method.upper()} {shown}" in guide, f"docs/api.md does not show {method.upper()} {shown}"


def test_every_event_is_documented() -> None:
    guide = (ROOT / "docs" / "api.md").read_text()
    assert [event for event in SOCKET_IO_EVENTS if f"`{event}`" not in guide] == []


def test_the_page_of_the_document_is_served_without_other_hosts(stack: Stack) -> None:
    answer = requests.get(f"{stack.desk_url}/api/docs", timeout=10)
    assert answer.ok
    assert "https://" not in answer.text
