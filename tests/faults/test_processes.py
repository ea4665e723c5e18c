"""A desk, an engine or a broker that is killed or away: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest
import requests

from tests.support.books import equal_books, pages
from tests.support.lined_stack import LinedStack
from tests.support.load import BEHAVIOURS, Load
from tests.support.stack import FIX42, FIX44, eventually

ROUNDS = int(os.environ.get("KILL_ROUNDS", "4"))
KINDS = ("the desk", "the engine", "the desk and the engine", "the broker")


def kill_and_start(stack: LinedStack, kind: str) -> None:
    assert stack.engine is not None
    assert stack.broker is not None
    connected_at = {name: stack.session(name)["connected_at"] for name in (FIX42, FIX44)}
    if "engine" in kind:
        stack.engine.kill()
    if "desk" in kind:
        stack.kill_desk()
    if "broker" in kind:
        stack.broker.kill()
        eventually(lambda: not stack.session(FIX42)["logged_on"], "the session is seen to be down")
        health = stack.get("/health")
        assert health["status"] == "degraded"
        assert any(FIX42 in text or FIX44 in text for text in health["problems"])
        stack.start_broker()
        stack.behave(symbols=BEHAVIOURS)
    if kind == "the engine":
        eventually(lambda: stack.get("/health")["engine"]["available"] is False, "the desk notices")
        health = stack.get("/health")
        assert health["status"] == "degraded"
        assert not any(session["logged_on"] for session in health["sessions"])
    if "engine" in kind:
        stack.start_engine()
    if "desk" in kind:
        stack.start_desk()
    stack.wait_logged_on(FIX42, FIX44)
    if kind == "the desk":
        now = {name: stack.session(name)["connected_at"] for name in (FIX42, FIX44)}
        assert now == connected_at, "the sessions stayed up"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_kill_9_under_load(stack: LinedStack, number: int) -> None:
    chance = random.Random(number)
    stack.behave(symbols=BEHAVIOURS)
    with Load(stack, (FIX42, FIX44), seed=number) as load:
        load.more(20 + chance.randint(1, 60))
        kill_and_start(stack, KINDS[number % len(KINDS)])
        load.more(30)
    load.all_known(equal_books(stack))
    assert stack.get("/health")["status"] == "ok"


def test_a_desk_without_an_engine_says_so_waits_and_takes_up_what_it_missed(stack: LinedStack) -> None:
    stack.behave(default="manual")
    sent = stack.send(FIX44, ord_type="LIMIT", price="200")
    order = stack.wait_order(sent, status="NEW")
    assert stack.desk is not None
    assert stack.engine is not None
    with requests.Session() as client:
        client.get(f"{stack.desk_url}/health", timeout=10)
        stack.desk.stop()  # while a connection is open that nobody uses
    assert "graceful timeout" not in stack.desk.output
    stack.engine.stop()

    stack.start_desk()
    health = stack.get("/health")
    assert health["status"] == "degraded"
    assert "engine" in health["problems"][0]
    assert stack.order(sent)["status"] == "NEW"
    refused = stack.post(
        "/api/send_order",
        {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"},
        503,
    )
    assert "engine" in refused["detail"].lower()

    requests.post(
        f"{stack.broker_url}/api/executions",
        json={"order_id": int(order["order_id"][1:]), "exec_quantity": 100, "exec_price": "200"},
        timeout=10,
    ).raise_for_status()
    stack.start_engine()
    stack.wait_order(sent, status="FILLED", cum_qty="100")


def limit(stack: LinedStack, rules: list[Any]) -> None:
    version = stack.get("/api/risk/limits")["version"]
    body = {"version": version, "rules": rules, "reason": "a test"}
    requests.put(f"{stack.desk_url}/api/risk/limits", json=body, timeout=15).raise_for_status()


def test_a_restart_shows_the_same_orders_executions_log_and_limits(stack: LinedStack) -> None:
    for session in (FIX42, FIX44):
        stack.wait_order(stack.send(session, ord_type="MARKET"), status="FILLED")
    most = {"max_open_orders": 1000, "max_net_position": 10**9, "max_daily_turnover": 10**12}
    rules = [
        {"scope": {}, "limits": most},
        {"scope": {"session_name": FIX42, "user": "ann"}, "limits": {"max_open_orders": 9}},
    ]
    limit(stack, rules)
    stack.behave(default="manual")
    order = {"session_name": FIX42, "symbol": "AAPL", "side": "BUY", "order_qty": 100, "ord_type": "LIMIT"}
    sent = requests.post(
        f"{stack.desk_url}/api/send_order",
        json={**order, "price": "200", "time_in_force": "DAY"},
        headers={"X-SendFix-User": "ann"},
        timeout=15,
    )
    assert sent.status_code == 201, sent.text
    resting = sent.json()["cl_ord_id"]
    stack.wait_order(resting, status="NEW")

    def everything() -> list[Any]:
        desk = stack.desk_url
        orders = list(pages(f"{desk}/api/orders", "orders", 5000))
        for order in orders:
            del order["updated_at"]  # after the restart the desk asks for the status of the open ones
        return [
            orders,
            list(pages(f"{desk}/api/executions", "executions", 5000)),
            list(pages(f"{desk}/api/messages", "messages", 5000, msg_type="D,8")),
            stack.get("/api/risk")["scopes"],
            [stack.get("/api/risk/limits")],
        ]

    before = everything()
    open_orders = sum(one["is_open"] for one in before[0])
    assert [(one["open_orders"], one["executed_today"] == "0") for one in before[3]] == [
        (open_orders, False),
        (1, True),
    ]
    assert stack.desk is not None
    stack.desk.stop()
    stack.start_desk()
    stack.wait_logged_on(FIX42, FIX44)
    for then, now in zip(before, everything(), strict=True):
        known = {json.dumps(row, sort_keys=True) for row in now}
        missing = [row for row in then if json.dumps(row, sort_keys=True) not in known]
        assert not missing, json.dumps([missing, now[:1]])

    limit(stack, [])
    request = stack.post("/api/cancel_order", {"cl_ord_id": resting}, 202)
    stack.wait_order(request["cl_ord_id"], status="CANCELED")
