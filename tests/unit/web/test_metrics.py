"""What the metrics count of a desk without processes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sendfix.bus import Bus
from sendfix.domain.order import Order
from sendfix.services.health import HealthCheck
from sendfix.web.metrics import Metrics
from sendfix.web.standing import Standing
from tests.unit.services.desk_kit import DOWN, LOGGED_ON, NOW, DeskKit, MemoryStore, fix

SESSION = {"session": "S44"}


class Browsers:
    clients = 2
    events_waiting = 3
    packets_waiting = 5
    events_dropped = 7
    clients_dropped = 1


class Kit:
    def __init__(self, resumed: Iterable[Order] = ()) -> None:
        bus = Bus()
        self.desk = DeskKit(MemoryStore(), list(resumed), bus)
        health = HealthCheck(self.desk.sessions, self.desk.engine, lambda: None, lambda: 0, self.desk.alarms)
        now = NOW.timestamp()
        standing = Standing(self.desk.sessions, health, Browsers(), lambda: None, now, lambda: now)
        self.metrics = Metrics(standing, lambda _session, _msg_type: True, self.desk.blotter)
        bus.subscribe(self.metrics)

    def value(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"sendfix_{name}", labels) or 0.0

    def message(self, direction: int, body: str) -> None:
        self.desk.entry("S44", direction, fix(f"8=FIX.4.4|9=1|{body}|10=000|"))


@pytest.fixture
def kit() -> Kit:
    return Kit()


def orders(kit: Kit) -> dict[str, float]:
    """Open orders by status, and those that were closed."""
    names = ("NEW", "PENDING_NEW", "FILLED")
    found = {name: kit.value("open_orders", status=name, **SESSION) for name in names}
    return {
        **{name: count for name, count in found.items() if count},
        "closed": kit.value("orders_closed_total", status="FILLED", **SESSION),
    }


def test_orders_are_counted_by_their_status(kit: Kit) -> None:
    first = kit.desk.send(cl_ord_id="A")
    second = kit.desk.send(cl_ord_id="B")
    kit.desk.acknowledge("A")
    kit.desk.acknowledge("B")
    assert orders(kit) == {"NEW": 2, "closed": 0}
    kit.desk.fill("A")
    assert orders(kit) == {"NEW": 1, "closed": 1}
    # The next desk takes up what is open, and counts nothing a second time.
    assert orders(Kit([first, second])) == {"NEW": 1, "closed": 0}


def test_a_test_request_that_nobody_answers_is_a_missed_heartbeat(kit: Kit) -> None:
    def missed() -> float:
        return kit.value("test_requests_unanswered_total", **SESSION)

    kit.message(1, "35=1|34=2|112=TEST")
    kit.message(0, "35=0|34=2")
    kit.message(0, "35=0|34=3|112=TEST")
    kit.message(1, "35=1|34=3|112=again")
    kit.message(0, "35=1|34=4|112=theirs")
    kit.message(0, "35=0|34=5|112=other")
    assert missed() == 0
    kit.message(1, "35=1|34=4|112=third")
    assert missed() == 1
    kit.desk.intake.status("S44", DOWN)
    assert missed() == 2
    kit.desk.intake.status("S44", LOGGED_ON)
    kit.desk.intake.status("S44", DOWN)
    assert missed() == 2


def test_ends_are_those_that_the_engine_has_counted(kit: Kit) -> None:
    kit.desk.intake.status("S44", {**DOWN, "ends": {"heartbeat": 2, "requested": 0}})
    assert kit.value("session_ends_total", kind="heartbeat", **SESSION) == 2
    assert kit.value("session_ends_total", kind="requested", **SESSION) == 0


def test_what_waits_for_browsers_and_what_they_missed_is_told(kit: Kit) -> None:
    assert {
        name: kit.value(f"socketio_{name}")
        for name in (
            "clients",
            "events_waiting",
            "packets_waiting",
            "events_dropped_total",
            "clients_dropped_total",
        )
    } == {
        "clients": 2,
        "events_waiting": 3,
        "packets_waiting": 5,
        "events_dropped_total": 7,
        "clients_dropped_total": 1,
    }
