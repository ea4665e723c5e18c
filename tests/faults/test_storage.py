"""The desk's database locked, or its disk full: the desk trades on, says what is wrong, and stores it all later."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.support.stack import FIX44, Stack, eventually


@contextmanager
def database_locked(stack: Stack) -> Iterator[None]:
    connection = sqlite3.connect(stack.folder / "desk.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def disk_full(stack: Stack) -> Iterator[None]:
    """No file of the desk's worker may grow beyond what the smallest of the database's files has now."""
    assert stack.desk is not None
    (worker,) = psutil.Process(stack.desk.pid).children()
    soft, hard = worker.rlimit(resource.RLIMIT_FSIZE)
    worker.rlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        worker.rlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("fault", [database_locked, disk_full])
def test_the_desk_trades_on_and_stores_it_when_it_can(own_stack: Stack, fault: object) -> None:
    stack = own_stack
    stack.behave(default="fill")
    stack.wait_order(stack.send(FIX44, ord_type="MARKET"), status="FILLED")

    assert callable(fault)
    with fault(stack):
        sent = stack.send(FIX44, ord_type="MARKET")
        degraded = eventually(
            lambda: (health := stack.get("/health"))["status"] == "degraded" and health, "/health says so"
        )
        assert "database" in degraded["problems"][0]
        assert degraded["storage"]["available"] is False
        assert degraded["storage"]["backlog"] > 0
        # Orders are answered from memory; what needs the database says that it is not there.
        listed = eventually(
            lambda: [o for o in stack.get("/api/orders")["orders"] if o["status"] == "FILLED"], "it is filled"
        )
        assert sent in [order["cl_ord_id"] for order in listed]
        assert "database" in stack.refused(f"/api/orders/{sent}/executions", 503)["detail"]

    eventually(lambda: stack.get("/health")["status"] == "ok", "it recovers by itself")
    stack.wait_order(sent, status="FILLED")
    assert stack.desk is not None
    stack.desk.stop()
    stack.start_desk()
    assert stack.wait_order(sent, status="FILLED")["executions"]
