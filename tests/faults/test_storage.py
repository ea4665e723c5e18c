"""Disks that are full and a database that is locked: what can go on goes on, says what is wrong, and makes up later."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import requests

from tests.support.lined_stack import LinedStack
from tests.support.stack import FIX44, Stack, eventually
from tests.support.storage_faults import database_locked, disk_full, engine_disk_full


@pytest.mark.parametrize("fault", [database_locked, disk_full])
def test_the_desk_trades_on_and_stores_it_when_it_can(
    stack: LinedStack, fault: Callable[[Stack], AbstractContextManager[None]]
) -> None:
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="FILLED")

    with fault(stack):
        sent = stack.send(FIX44, ord_type="MARKET")
        degraded = eventually(
            lambda: (health := stack.get("/health"))["status"] == "degraded" and health, "/health says so"
        )
        assert "database" in degraded["problems"][0]
        assert degraded["storage"]["available"] is False
        assert degraded["storage"]["backlog"] > 0
        # Orders are answered from memory; what needs the database says that it is not there.
        eventually(
            lambda: (
                (sent, "FILLED")
                in [(order["cl_ord_id"], order["status"]) for order in stack.get("/api/orders")["orders"]]
            ),
            "it is filled",
        )
        assert "database" in stack.refused(f"/api/orders/{sent}/executions", 503)["detail"]

    eventually(lambda: stack.get("/health")["status"] == "ok", "it recovers by itself")
    stack.wait_order(sent, status="FILLED")
    assert stack.desk is not None
    stack.desk.stop()
    stack.start_desk()
    assert stack.wait_order(sent, status="FILLED")["executions"]


def test_the_engines_disk_is_full(stack: LinedStack) -> None:
    stack.behave(default="manual")
    resting = stack.send(FIX44, ord_type="LIMIT", price="200")
    number = int(stack.wait_order(resting, status="NEW")["order_id"][1:])
    with engine_disk_full(stack):
        fill = {"order_id": number, "exec_quantity": 60, "exec_price": "200"}
        requests.post(f"{stack.broker_url}/api/executions", json=fill, timeout=10).raise_for_status()
        down = eventually(
            lambda: (session := stack.session(FIX44))["state"] == "disconnected" and session,
            "the session is ended",
        )
        assert "can't be written" in down["reason"]
        order = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"}
        assert "can't be written" in stack.post("/api/send_order", order, 409)["detail"]
        assert stack.order(resting)["cum_qty"] == "0"
    stack.wait_logged_on(FIX44)
    stack.wait_order(resting, status="PARTIALLY_FILLED", cum_qty="60")


def test_the_engines_disk_is_full_when_an_order_is_sent(stack: LinedStack) -> None:
    body = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 100, "ord_type": "MARKET"}
    with engine_disk_full(stack):
        answer = requests.post(f"{stack.desk_url}/api/send_order", json=body, timeout=20)
        eventually(lambda: not stack.session(FIX44)["logged_on"], "the session is ended")
    assert answer.status_code == 503, answer.text
    assert answer.json()["detail"] == "QuickFIX could not store the message, so it was not sent"
    stack.wait_logged_on(FIX44)
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="FILLED")
