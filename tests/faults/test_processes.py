"""A desk, an engine or a broker that is killed: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import requests

from tests.support.stack import FIX42, FIX44, Stack, eventually


class Load:
    """Sends orders on both sessions until it is told to stop; a refusal is expected while something is down."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.acknowledged: list[str] = []
        self.first_acknowledged = threading.Semaphore(0)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(name,)) for name in (FIX42, FIX44)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        for _ in range(40):
            assert self.first_acknowledged.acquire(timeout=20)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def more(self, count: int) -> None:
        """Wait for so many further orders."""
        while self.first_acknowledged.acquire(blocking=False):
            pass
        for _ in range(count):
            assert self.first_acknowledged.acquire(timeout=40)

    def _run(self, session_name: str) -> None:
        body = {
            "session_name": session_name,
            "symbol": "MSFT",
            "side": "BUY",
            "order_qty": 10,
            "ord_type": "MARKET",
        }
        with requests.Session() as client:
            while not self._stop.is_set():
                try:
                    answer = client.post(f"{self.stack.desk_url}/api/send_order", json=body, timeout=15)
                except requests.RequestException:
                    self._stop.wait(0.02)
                    continue
                if answer.status_code == 201:
                    self.acknowledged.append(answer.json()["cl_ord_id"])
                    self.first_acknowledged.release()
                else:
                    assert answer.status_code in (409, 503), answer.text
                    self._stop.wait(0.02)


def all_pages(stack: Stack, path: str, key: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    while True:
        page = stack.get(path, limit=5000, **query, **before)
        found += page[key]
        if page["next_before"] is None:
            return found
        before = {"before": page["next_before"]}


def broker_books(stack: Stack) -> dict[str, tuple[Decimal, int]]:
    """Of each order that the broker knows, the quantity filled and the number of fills."""
    orders = requests.get(f"{stack.broker_url}/api/orders", params={"limit": 100_000}, timeout=30).json()[
        "orders"
    ]
    executions = requests.get(
        f"{stack.broker_url}/api/executions", params={"limit": 100_000}, timeout=30
    ).json()
    fills: dict[str, int] = {}
    for execution in executions["executions"]:
        fills[execution["cl_ord_id"]] = fills.get(execution["cl_ord_id"], 0) + 1
    return {
        order["cl_ord_id"]: (Decimal(str(order["filled_quantity"])), fills.get(order["cl_ord_id"], 0))
        for order in orders
    }


def desk_books(stack: Stack) -> dict[str, tuple[Decimal, int]]:
    orders = all_pages(stack, "/api/orders", "orders")
    fills: dict[str, int] = {}
    for execution in all_pages(stack, "/api/executions", "executions"):
        if execution["last_qty"] and Decimal(execution["last_qty"]) > 0:
            fills[execution["cl_ord_id"]] = fills.get(execution["cl_ord_id"], 0) + 1
    return {
        order["cl_ord_id"]: (Decimal(order["cum_qty"] or 0), fills.get(order["cl_ord_id"], 0))
        for order in orders
    }


def check_books(stack: Stack, load: Load) -> None:
    """Every acknowledged order is at both ends, with the same fills."""

    def equal() -> bool:
        return desk_books(stack) == broker_books(stack)

    try:
        eventually(equal, "the books are equal", 30)
    except AssertionError:
        desk, broker = desk_books(stack), broker_books(stack)
        differing = {
            key: (desk.get(key), broker.get(key)) for key in desk | broker if desk.get(key) != broker.get(key)
        }
        raise AssertionError(f"{len(differing)} orders differ, desk and broker: {differing}") from None
    known = desk_books(stack)
    assert set(load.acknowledged) <= set(known)
    assert len(load.acknowledged) == len(set(load.acknowledged))


def under_load(stack: Stack, fault: Callable[[Load], None]) -> None:
    stack.behave(default="fill")
    load = Load(stack)
    with load:
        fault(load)
    check_books(stack, load)


def test_the_desk_is_killed_under_load_while_the_sessions_stay_up(own_stack: Stack) -> None:
    stack = own_stack
    connected_at = {name: stack.session(name)["connected_at"] for name in (FIX42, FIX44)}

    def fault(load: Load) -> None:
        for _ in range(2):
            assert stack.desk is not None
            kill_with_children(stack)
            stack.start_desk()
            stack.wait_logged_on(FIX42, FIX44)
            load.more(30)

    under_load(stack, fault)
    assert {name: stack.session(name)["connected_at"] for name in (FIX42, FIX44)} == connected_at


def kill_with_children(stack: Stack) -> None:
    """gunicorn's master and its worker, both by kill -9."""
    import psutil

    assert stack.desk is not None
    children = psutil.Process(stack.desk.pid).children(recursive=True)
    for child in children:
        child.kill()
    stack.desk.kill()
    psutil.wait_procs(children, 10)


def test_the_engine_is_killed_under_load(own_stack: Stack) -> None:
    stack = own_stack

    def fault(load: Load) -> None:
        for _ in range(2):
            assert stack.engine is not None
            stack.engine.kill()
            eventually(lambda: stack.get("/health")["status"] == "degraded", "the desk notices")
            health = stack.get("/health")
            assert health["engine"]["available"] is False
            assert not any(session["logged_on"] for session in health["sessions"])
            stack.start_engine()
            stack.wait_logged_on(FIX42, FIX44)
            load.more(30)

    under_load(stack, fault)


def test_the_broker_is_killed_under_load_and_comes_back(own_stack: Stack) -> None:
    stack = own_stack

    def fault(load: Load) -> None:
        assert stack.broker is not None
        stack.broker.kill()
        eventually(lambda: not stack.session(FIX42)["logged_on"], "the session is seen to be down")
        health = stack.get("/health")
        assert health["status"] == "degraded"
        assert any(FIX42 in text or FIX44 in text for text in health["problems"])
        stack.start_broker()
        stack.wait_logged_on(FIX42, FIX44)
        stack.behave(default="fill")
        load.more(30)
        assert stack.get("/health")["status"] == "ok"

    under_load(stack, fault)


def test_a_desk_without_an_engine_says_so_waits_and_takes_up_what_it_missed(own_stack: Stack) -> None:
    stack = own_stack
    stack.behave(default="manual")
    sent = stack.send(FIX44, ord_type="LIMIT", price="200")
    stack.wait_order(sent, status="NEW")
    assert stack.desk is not None
    assert stack.engine is not None
    stack.desk.stop()
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

    orders = requests.get(f"{stack.broker_url}/api/orders", timeout=10).json()["orders"]
    requests.post(
        f"{stack.broker_url}/api/executions",
        json={"order_id": orders[0]["id"], "exec_quantity": 100, "exec_price": "200"},
        timeout=10,
    ).raise_for_status()
    stack.start_engine()
    stack.wait_order(sent, status="FILLED", cum_qty="100")


def test_a_restart_shows_the_same_orders_executions_and_log(own_stack: Stack) -> None:
    stack = own_stack
    stack.behave(default="fill")
    for session in (FIX42, FIX44):
        stack.wait_order(stack.send(session, ord_type="MARKET"), status="FILLED")
    stack.behave(default="manual")
    resting = stack.send(FIX42, ord_type="LIMIT", price="200", time_in_force="DAY")
    stack.wait_order(resting, status="NEW")

    def everything() -> list[Any]:
        orders = all_pages(stack, "/api/orders", "orders")
        for order in orders:
            del order["updated_at"]  # after the restart the desk asks for the status of the open one
        return [
            orders,
            all_pages(stack, "/api/executions", "executions"),
            all_pages(stack, "/api/messages", "messages", msg_type="D,8"),
        ]

    before = everything()
    assert stack.desk is not None
    stack.desk.stop()
    stack.start_desk()
    stack.wait_logged_on(FIX42, FIX44)
    for then, now in zip(before, everything(), strict=True):
        missing = [row for row in then if row not in now]
        assert not missing, json.dumps([missing, now[:1]])

    request = stack.post("/api/cancel_order", {"cl_ord_id": resting}, 202)
    stack.wait_order(request["cl_ord_id"], status="CANCELED")
