"""Books stay those of the broker, or say that they do not, whatever of the line between is broken and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.test_market import same_as_broker
from tests.support.stack import FIX42, FIX44, Stack, eventually

SYMBOLS = ["AAPL", "MSFT"]


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Stack]:
    """A stack whose prices move, and whose sessions want market data by their configuration."""
    stack = Stack(tmp_path, {"BROKER_WALK": "on"})
    try:
        stack.start_broker()
        wanted = {"market_data": {"symbols": SYMBOLS, "depth": 0}}
        stack.write_config([{**session, **wanted} for session in stack.default_sessions()])
        stack.start_engine()
        stack.start_desk()
        stack.wait_logged_on(FIX42, FIX44)
        yield stack
    finally:
        stack.stop()


def books(stack: Stack) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.get("/api/market")["books"]
    return found


def wait_equal(stack: Stack) -> None:
    wanted = [(name, symbol) for name in (FIX42, FIX44) for symbol in SYMBOLS]
    eventually(lambda: all(same_as_broker(stack, *one) for one in wanted), "the broker's books")


def subscriptions(stack: Stack, kind: str) -> set[str]:
    """MDReqIDs(262) of our requests of that SubscriptionRequestType(263)."""
    messages = stack.get("/api/messages", msg_type="V", direction="OUT", limit=1000)["messages"]
    return {
        one["raw"].partition("|262=")[2].partition("|")[0]
        for one in messages
        if f"|263={kind}|" in one["raw"]
    }


def test_a_reconnection_a_desk_that_is_killed_and_an_engine_that_is_killed(moving: Stack) -> None:
    wait_equal(moving)
    first = subscriptions(moving, "1")
    assert len(first) == 2

    clients = requests.get(f"{moving.broker_url}/api/clients", timeout=15).json()["clients"]
    for client in clients:
        requests.post(f"{moving.broker_url}/api/clients/{client['id']}/disconnect", timeout=15)
    eventually(lambda: len(subscriptions(moving, "1")) == 4, "subscriptions after the next Logon")
    wait_equal(moving)
    assert subscriptions(moving, "2") == set()

    # The engine keeps the sessions up, and the subscriptions of the desk that is gone with them: they are ended.
    assert moving.desk is not None
    left_behind = subscriptions(moving, "1") - first
    moving.desk.kill()
    moving.start_desk()
    moving.wait_logged_on(FIX42, FIX44)
    wait_equal(moving)
    eventually(lambda: subscriptions(moving, "2") == left_behind, "the end of what was left behind")
    wait_equal(moving)

    assert moving.engine is not None
    moving.engine.kill()
    eventually(lambda: all(book["stale"] for book in books(moving)), "stale without the engine")
    assert all("is not logged on" in book["stale_reason"] for book in books(moving))
    assert all(book["bids"] for book in books(moving))
    moving.start_engine()
    wait_equal(moving)
    assert subscriptions(moving, "2") == left_behind
