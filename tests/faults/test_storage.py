"""The desk's database locked, or its disk full: the desk trades on, says what is wrong, and stores it all later."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.support.stack import FIX44, Stack, eventually
from tests.support.storage_faults import database_locked, disk_full


@pytest.mark.parametrize("fault", [database_locked, disk_full])
def test_the_desk_trades_on_and_stores_it_when_it_can(
    own_stack: Stack, fault: Callable[[Stack], AbstractContextManager[None]]
) -> None:
    stack = own_stack
    stack.behave(default="fill")
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
