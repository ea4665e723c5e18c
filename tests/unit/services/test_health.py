from __future__ import annotations

from sendfix.services.health import HealthCheck
from tests.unit.services.desk_kit import DOWN, LOGGED_ON, DeskKit


def check(kit: DeskKit, storage_problem: str | None = None) -> list[str]:
    return (
        HealthCheck(kit.sessions, kit.engine, lambda: storage_problem, lambda: 0, kit.alarms)
        .health()
        .problems
    )


def test_all_is_well() -> None:
    assert check(DeskKit()) == []


def test_a_session_that_should_be_up_is_a_problem_and_one_that_was_disconnected_is_not() -> None:
    kit = DeskKit()
    kit.intake.status("S42", DOWN)
    kit.intake.status(
        "S44", {**LOGGED_ON, "state": "not_connected", "phase": "not_connected", "reason": "by a person"}
    )
    assert check(kit) == ["Session S42 is not logged on: the counterparty is gone"]


def test_without_an_engine_that_is_the_one_problem() -> None:
    kit = DeskKit()
    kit.engine.unavailable_reason = "No engine."
    kit.intake.engine_lost("No engine.")
    assert check(kit) == ["No engine."]


def test_storage_problems_come_too() -> None:
    assert check(DeskKit(), "The database can't be written: disk full") == [
        "The database can't be written: disk full"
    ]


def test_limits_that_nobody_knows_are_a_problem() -> None:
    kit = DeskKit()
    health = HealthCheck(
        kit.sessions, kit.engine, lambda: None, lambda: 0, kit.alarms, limits_problem=lambda: "unknown limits"
    )
    assert health.health().problems == ["unknown limits"]
    assert health.health().limits_problem == "unknown limits"
