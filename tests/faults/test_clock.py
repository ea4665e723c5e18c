"""The engine's clock is set while it trades: sessions come back by themselves, and nothing is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from tests.support.lined_stack import SHORT, LinedStack
from tests.support.shifted_clock import ShiftedClock
from tests.support.stack import FIX44, eventually


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> ShiftedClock:
    return ShiftedClock(tmp_path_factory.mktemp("clock"))


@pytest.fixture(scope="module")
def module_stack(clock: ShiftedClock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinedStack]:
    running = LinedStack(tmp_path_factory.mktemp("lined"))
    running.engine_environ = clock.environ
    try:
        running.start()
        yield running
    finally:
        running.stop()


def rests(stack: LinedStack) -> tuple[str, int]:
    """An order that waits for a fill: its ClOrdID, and its number at the broker."""
    stack.behave(default="manual")
    sent = stack.send(FIX44, ord_type="LIMIT", price="200")
    return sent, int(stack.wait_order(sent, status="NEW")["order_id"][1:])


def fill(stack: LinedStack, number: int) -> None:
    body = {"order_id": number, "exec_quantity": 40, "exec_price": "200"}
    requests.post(f"{stack.broker_url}/api/executions", json=body, timeout=10).raise_for_status()


def sent_at_all(stack: LinedStack) -> bool:
    body = {"session_name": FIX44, "symbol": "AAPL", "side": "BUY", "order_qty": 1, "ord_type": "MARKET"}
    answer = requests.post(f"{stack.desk_url}/api/send_order", json=body, timeout=20)
    return answer.status_code == 201


def heard_ahead(stack: LinedStack, name: str) -> float:
    """By how many seconds the engine's clock was ahead when it received something last."""
    at = datetime.fromisoformat(stack.session(name)["last_received_at"])
    return (at - datetime.now(UTC)).total_seconds()


@pytest.mark.parametrize("seconds", [90, -90])
def test_a_jump_that_counterparties_tolerate(stack: LinedStack, clock: ShiftedClock, seconds: int) -> None:
    sent, number = rests(stack)
    clock.set(seconds)
    fill(stack, number)
    stack.wait_order(sent, status="PARTIALLY_FILLED", cum_qty="40")
    eventually(lambda: abs(heard_ahead(stack, SHORT) - seconds) < 30, "heartbeats go on, or come again")
    stack.behave(default="fill")
    eventually(lambda: sent_at_all(stack), "orders go")
    clock.set(0)
    eventually(lambda: abs(heard_ahead(stack, SHORT)) < 30, "heartbeats go on, or come again")
    eventually(lambda: sent_at_all(stack), "orders go after it is set back")


@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_jump_by_an_hour_is_named_and_nothing_is_lost(
    stack: LinedStack, clock: ShiftedClock, seconds: int
) -> None:
    sent, number = rests(stack)
    clock.set(seconds)
    fill(stack, number)
    eventually(lambda: "SendingTime(52)" in stack.session(FIX44)["reason"], "it is the reason of the end")
    clock.set(0)
    stack.wait_logged_on(FIX44)
    # A report that came while the clocks differed has been refused by QuickFIX, and is for a person to book.
    for alarm in stack.get("/api/alarms?state=open")["alarms"]:
        assert "compare the clocks" in alarm["why"]
        stack.post(f"/api/alarms/{alarm['id']}/book", {"reason": "our clock was wrong"}, 200)
    stack.wait_order(sent, status="PARTIALLY_FILLED", cum_qty="40")
