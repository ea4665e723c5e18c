"""The keeper with connections that do as they are told, and no network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from sendfix.config import Endpoint, Reconnection, SessionConfig, Tls
from sendfix.domain.enums import EndKind, SessionPhase, SessionState
from sendfix.domain.schedule import Schedule
from sendfix.link.journal import Journal
from sendfix.link.keeper import ConnectionRefusedByUs, Keeper
from sendfix.link.reach import NotReached, Reached
from sendfix.link.session_record import SessionRecord

QUICK = {"initial_delay": 0.01, "max_delay": 0.02, "backoff_factor": 1, "jitter": 0}


class FakeConnection:
    """`story` is called in `start` and says what happens."""

    def __init__(
        self, record: SessionRecord, story: Callable[[FakeConnection], None], log: list[str]
    ) -> None:
        self.ended = False
        self.was_logged_on = False
        self.was_refused = False
        self.reason: str | None = None
        self.kind = EndKind.NO_ANSWER
        self._record = record
        self._story = story
        self._log = log

    def start(self) -> None:
        self._log.append("start")
        self._story(self)

    def stop(self) -> None:
        self._log.append("stop")

    def delete(self) -> None:
        self._log.append("delete")

    def logon(self) -> None:
        self.was_logged_on = True
        self._record.set_phase(SessionPhase.CONNECTED, "Logged on")

    def end(self, reason: str, kind: EndKind = EndKind.LOST) -> None:
        self.reason, self.kind = reason, kind
        with self._record.changed:
            self.ended = True
            self._record.changed.notify_all()


class Kit:
    def __init__(self, folder: Path, schedule: Schedule | None = None, **reconnection: float) -> None:
        self.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        self.states: list[tuple[str, str | None]] = []
        self.log: list[str] = []
        self.looked_at: list[Endpoint] = []
        self.found: Reached | NotReached = Reached("10.0.0.1")
        self.story: Callable[[FakeConnection], None] = FakeConnection.logon
        self.refuse = ""
        config = SessionConfig(
            "A", "one", 1, "FIX.4.4", "ME", "YOU",
            alternates=(Endpoint("two", 2),),
            schedule=schedule,
            reconnection=Reconnection(**{**QUICK, **reconnection}),  # type: ignore[arg-type]
        )  # fmt: skip
        self.journal = Journal(folder)
        self.record = SessionRecord(config, self.journal, self._changed)
        self.last: FakeConnection | None = None
        self.keeper = Keeper(self.record, self._open, self._look, lambda: self.now.timestamp())

    def wait(self, reached: Callable[[], bool]) -> None:
        with self.record.changed:
            assert self.record.changed.wait_for(reached, 10), (self.states, self.log)

    def wait_state(self, state: str) -> None:
        self.wait(lambda: bool(self.states) and self.states[-1][0] == state)

    def close(self) -> None:
        self.keeper.begin_close("closed")
        self.keeper.join()
        self.journal.close()

    def _changed(self) -> None:
        with self.record.changed:
            now = (self.record.state.value, self.record.reason)
            if self.states[-1:] != [now]:
                self.states.append(now)
            self.record.changed.notify_all()

    def _look(self, endpoint: Endpoint, tls: Tls | None, timeout: float) -> Reached | NotReached:
        with self.record.changed:
            self.looked_at.append(endpoint)
            self.record.changed.notify_all()
        return self.found

    def _open(self, endpoint: Endpoint, address: str) -> FakeConnection:
        if self.refuse:
            raise ConnectionRefusedByUs(self.refuse)
        assert address == "10.0.0.1"
        self.last = FakeConnection(self.record, self.story, self.log)
        return self.last


def ends(kit: Kit) -> dict[EndKind, int]:
    return {kind: count for kind, count in kit.record.ends.items() if count}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = Kit(tmp_path)
    yield made
    made.close()


def test_connect_and_disconnect(kit: Kit) -> None:
    kit.keeper.connect()
    kit.wait_state("connected")
    kit.keeper.disconnect("Disconnected on request")
    kit.wait_state("not_connected")
    assert kit.states == [
        ("connecting", "Connecting to one:1"),
        ("connecting", "Logging on as ME → YOU"),
        ("connected", "Logged on"),
        ("connected", "Logging out: Disconnected on request"),
        ("not_connected", "Disconnected on request"),
    ]
    assert kit.log == ["start", "stop", "delete"]


def test_nothing_happens_before_connect(kit: Kit) -> None:
    assert kit.record.state is SessionState.NOT_CONNECTED
    kit.close()
    assert kit.log == []
    assert kit.states == []


def test_a_lost_connection_is_made_anew(kit: Kit) -> None:
    kit.keeper.connect()
    kit.wait_state("connected")
    first = kit.last
    assert first is not None
    first.end("gone")
    kit.wait(lambda: kit.states.count(("connected", "Logged on")) == 2)
    assert ("disconnected", "gone; trying again in 0.01 s") in kit.states
    assert kit.log == ["start", "stop", "delete", "start"]
    assert ends(kit) == {EndKind.LOST: 1}
    kit.keeper.disconnect("Disconnected on request")
    kit.wait_state("not_connected")
    assert ends(kit) == {EndKind.LOST: 1, EndKind.REQUESTED: 1}


def test_an_address_that_can_not_be_reached_is_tried_with_its_alternates_and_said_once(kit: Kit) -> None:
    kit.found = NotReached("nobody there")
    kit.keeper.connect()
    kit.wait(lambda: len(kit.looked_at) >= 5)
    assert kit.looked_at[:4] == [Endpoint("one", 1), Endpoint("two", 2)] * 2
    assert kit.states == [
        ("connecting", "Connecting to one:1"),
        ("disconnected", "nobody there; trying again in 0.01 s"),
    ]
    assert kit.log == []
    kit.found = NotReached("no certificate", EndKind.TLS)
    kit.wait(lambda: bool(kit.record.ends[EndKind.TLS]))
    assert kit.record.ends[EndKind.UNREACHABLE] >= 4
    kit.found = Reached("10.0.0.1")
    kit.wait_state("connected")


def test_settings_that_are_not_accepted_are_the_reason(kit: Kit) -> None:
    kit.refuse = "bad dictionary"
    kit.keeper.connect()
    kit.wait_state("disconnected")
    assert kit.record.reason == "bad dictionary; trying again in 0.01 s"
    assert set(ends(kit)) == {EndKind.OURS}


def test_waits_grow_up_to_the_longest_and_end_with_the_last_attempt(tmp_path: Path) -> None:
    kit = Kit(tmp_path, initial_delay=0.01, max_delay=0.03, backoff_factor=2, max_attempts=4)
    kit.found = NotReached("nobody")
    kit.keeper.connect()
    kit.wait(lambda: bool(kit.states) and "given up" in (kit.states[-1][1] or ""))
    assert [reason for state, reason in kit.states if state == "disconnected"] == [
        "nobody; trying again in 0.01 s",
        "nobody; trying again in 0.02 s",
        "nobody; trying again in 0.03 s",
        "nobody; given up after 4 attempts",
    ]
    assert kit.record.state is SessionState.DISCONNECTED
    kit.found = Reached("10.0.0.1")
    kit.keeper.connect()
    kit.wait_state("connected")
    kit.close()


def test_disconnect_after_giving_up_is_a_change_of_state(tmp_path: Path) -> None:
    kit = Kit(tmp_path, max_attempts=1)
    kit.found = NotReached("nobody")
    kit.keeper.connect()
    kit.wait_state("disconnected")
    kit.keeper.disconnect("Disconnected on request")
    kit.wait_state("not_connected")
    kit.close()


def test_connect_while_connected_changes_nothing(tmp_path: Path) -> None:
    kit = Kit(tmp_path, initial_delay=3600, max_delay=3600)
    kit.keeper.connect()
    kit.wait_state("connected")
    kit.keeper.connect()
    assert kit.last is not None
    kit.last.end("gone")
    kit.wait_state("disconnected")
    kit.wait(lambda: kit.log == ["start", "stop", "delete"])
    kit.close()
    assert kit.log == ["start", "stop", "delete"]


def test_connect_while_waiting_tries_at_once(tmp_path: Path) -> None:
    kit = Kit(tmp_path, initial_delay=3600, max_delay=3600)
    kit.found = NotReached("nobody")
    kit.keeper.connect()
    kit.wait_state("disconnected")
    kit.found = Reached("10.0.0.1")
    kit.keeper.connect()
    kit.wait_state("connected")
    kit.close()


def test_disconnect_while_waiting_ends_the_waiting(tmp_path: Path) -> None:
    kit = Kit(tmp_path, initial_delay=3600, max_delay=3600)
    kit.found = NotReached("nobody")
    kit.keeper.connect()
    kit.wait_state("disconnected")
    kit.keeper.disconnect("Disconnected on request")
    kit.wait_state("not_connected")
    kit.close()


def test_a_mistake_of_ours_ends_the_session_and_not_the_thread(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(connection: FakeConnection) -> None:
        raise ValueError("a mistake")

    kit.story = fail
    kit.keeper.connect()
    kit.wait_state("disconnected")
    assert "Internal error: ValueError('a mistake')" in (kit.record.reason or "")
    kit.story = FakeConnection.logon
    kit.keeper.connect()
    kit.wait_state("connected")


def test_close_in_every_moment_ends_the_thread(tmp_path: Path) -> None:
    for number in range(20):
        kit = Kit(tmp_path / str(number))
        kit.keeper.connect()
        threading.Event().wait(number / 5000)
        kit.close()
        assert kit.log.count("start") == kit.log.count("delete")


def test_a_refused_logon_is_tried_again_later_than_a_network_that_is_down(tmp_path: Path) -> None:
    def refuse(connection: FakeConnection) -> None:
        connection.was_refused = True
        connection.end("The counterparty refused the logon: no such client")

    kit = Kit(tmp_path, initial_delay=0.01, max_delay=0.01, max_refused_delay=0.05)
    kit.story = refuse
    kit.keeper.connect()
    kit.wait(lambda: len([1 for state, _ in kit.states if state == "disconnected"]) >= 4)
    texts = [reason for state, reason in kit.states if state == "disconnected"]
    assert texts[:4] == [
        f"The counterparty refused the logon: no such client; trying again in {seconds} s"
        for seconds in (0.02, 0.04, 0.05, 0.05)
    ]
    kit.close()


WORKDAY = Schedule("Europe/Zurich", time(9), time(17))


def test_a_session_waits_for_its_hours_and_logs_out_at_their_end(tmp_path: Path) -> None:
    kit = Kit(tmp_path, WORKDAY)
    kit.now = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday
    kit.keeper.connect()
    kit.wait_state("not_connected")
    assert kit.record.phase is SessionPhase.WAITING_FOR_OPEN
    assert kit.record.reason == (
        "Outside its hours; opens Monday 2026-11-23 09:00 Europe/Zurich (2026-11-23 08:00 UTC)"
    )
    assert kit.log == []
    kit.now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    kit.wait_state("connected")
    kit.now += timedelta(hours=8)
    kit.wait(lambda: kit.record.phase is SessionPhase.WAITING_FOR_OPEN)
    assert ("connected", "Logging out: its hours are over") in kit.states
    assert ends(kit) == {EndKind.HOURS: 1}
    assert kit.log == ["start", "stop", "delete"]
    kit.keeper.disconnect("Disconnected on request")
    kit.wait(lambda: kit.states[-1] == ("not_connected", "Disconnected on request"))
    kit.close()


def test_a_schedule_without_a_day_says_so(tmp_path: Path) -> None:
    kit = Kit(tmp_path, Schedule("UTC", time(9), time(17), days_of_week=()))
    kit.keeper.connect()
    kit.wait(lambda: "no day in the next year" in (kit.record.reason or ""))
    kit.close()
