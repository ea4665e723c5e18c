"""What stands in the way of a logon, by what the engine has written down."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time
from typing import Any

import pytest

from sendfix.config import Endpoint, SessionConfig, Tls
from sendfix.domain.enums import SessionPhase
from sendfix.domain.schedule import Schedule
from sendfix.link.checks import Check, CheckName, Verdict
from sendfix.link.diagnosis import Seen, diagnose
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction
from tests.support.process import ROOT

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)  # a Saturday
NOW_NS = int(NOW.timestamp()) * 10**9
CONFIG = SessionConfig("S", "fix.example.com", 4000, "FIX.4.4", "ME", "YOU", 30)
OUT, IN, EVENT = Direction.OUT, Direction.IN, Direction.EVENT
LOGON, ACCEPTED = (OUT, "35=A|34=7|"), (IN, "35=A|34=9|")
WAITING = {"phase": SessionPhase.WAITING_TO_RECONNECT, "reason": "lost"}


def seen(*entries: tuple[Direction, str], **what: Any) -> Seen:
    """A session that is logged on, but for `what`; `entries` with | for SOH."""
    return dataclasses.replace(
        Seen(
            config=CONFIG,
            phase=SessionPhase.CONNECTED,
            reason=None,
            failure=None,
            next_sender_seq_num=8,
            next_target_seq_num=10,
            last_received_at=NOW_NS,
            entries=[
                Entry(number, NOW_NS, direction, f"8=FIX.4.4|9=1|{body}".replace("|", "\x01").encode())
                for number, (direction, body) in enumerate(entries, 1)
            ],
            now=NOW,
        ),
        **what,
    )


def network(_endpoint: Endpoint, _tls: Tls | None) -> list[Check]:
    return [Check(CheckName.TCP, Verdict.OK, "answered")]


def find(session: Seen, name: CheckName) -> Check:
    return next(check for check in diagnose(session, network).checks if check.name is name)


def test_nothing_is_in_the_way_of_what_is_logged_on() -> None:
    found = diagnose(seen(LOGON, ACCEPTED), network)
    assert found.summary == "The session is logged on."
    assert {check.verdict for check in found.checks} == {Verdict.OK, Verdict.SKIPPED}
    asked = [check.name for check in found.checks if check.verdict is Verdict.SKIPPED]
    assert asked == [CheckName.NAME_LOOKUP, CheckName.TCP, CheckName.TLS], "no second connection is made"


def config(**keys: Any) -> dict[str, Any]:
    return {"config": dataclasses.replace(CONFIG, **keys)}


@pytest.mark.parametrize(
    ("name", "session", "verdict", "words"),
    [
        (CheckName.ENABLED, seen(**config(enabled=False)), Verdict.FAIL, "switched off"),
        (
            CheckName.SCHEDULE,
            seen(**config(schedule=Schedule("Europe/Zurich", time(9), time(17)))),
            Verdict.FAIL,
            "closed; it is Saturday 13:00:00 Europe/Zurich",
        ),
        (
            CheckName.SCHEDULE,
            seen(**config(schedule=Schedule("UTC", time(9), time(17), days_of_week=()))),
            Verdict.FAIL,
            "no day within a year",
        ),
        (
            CheckName.CONNECTION_WANTED,
            seen(phase=SessionPhase.NOT_CONNECTED),
            Verdict.FAIL,
            "nobody has asked",
        ),
        (
            CheckName.CONNECTION_WANTED,
            seen(phase=SessionPhase.GIVEN_UP, reason="lost; given up after 5 attempts"),
            Verdict.FAIL,
            "given up after 5 attempts",
        ),
        (CheckName.JOURNAL, seen(failure="The journal can't be written (full)"), Verdict.FAIL, "full"),
        (CheckName.LOGON_SENT, seen(**WAITING), Verdict.SKIPPED, "no Logon(A)"),
        (CheckName.ANSWER, seen(**WAITING), Verdict.SKIPPED, "nothing was asked"),
        (CheckName.ANSWER, seen(LOGON, **WAITING), Verdict.FAIL, "nothing came back"),
        (
            CheckName.ANSWER,
            seen(LOGON, (IN, "35=3|34=9|371=553|58=Required tag missing|"), **WAITING),
            Verdict.FAIL,
            'of tag 553: "Required tag missing"',
        ),
        (
            CheckName.LOGOUT,
            seen(LOGON, ACCEPTED, (IN, "35=5|34=10|58=end of day|"), **WAITING),
            Verdict.WARN,
            '"end of day"',
        ),
        (
            CheckName.LOGOUT,
            seen(LOGON, ACCEPTED, (OUT, "35=5|34=8|"), (IN, "35=5|34=10|"), **WAITING),
            Verdict.OK,
            "in answer to ours",
        ),
        (
            CheckName.COMP_IDS,
            seen((EVENT, "A message was ignored: SenderCompID(49) is OTHER")),
            Verdict.FAIL,
            "ignored for their CompIDs: 1",
        ),
        (
            CheckName.SEQUENCE_NUMBERS,
            seen(phase=SessionPhase.WAITING_TO_RECONNECT, reason="its numbers have been set back"),
            Verdict.FAIL,
            "next out 8, next in 10",
        ),
        (
            CheckName.HEARTBEATS,
            seen(last_received_at=NOW_NS - 46 * 10**9),
            Verdict.WARN,
            "something came 46 s ago",
        ),
        (CheckName.HEARTBEATS, seen(**WAITING), Verdict.SKIPPED, "not logged on"),
    ],
)
def test_what_is_in_the_way_is_found(name: CheckName, session: Seen, verdict: Verdict, words: str) -> None:
    check = find(session, name)
    assert (check.verdict, words in check.evidence) == (verdict, True), check
    assert bool(check.action) == (verdict in (Verdict.FAIL, Verdict.WARN))


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("MsgSeqNum too low, expecting 12 but received 7", "set ours to 12"),
        ("Sequence number mismatch", "Compare both sides' sequence numbers"),
        ("Invalid password", "Check username and password"),
        ("Unknown CompID", "Check both CompIDs"),
        ("SendingTime accuracy problem", "Compare the clocks"),
        ("Nein", "Ask them what it means"),
    ],
)
def test_the_advice_goes_by_their_words(words: str, action: str) -> None:
    check = find(seen(LOGON, (IN, f"35=5|34=9|58={words}|"), **WAITING), CheckName.ANSWER)
    assert words in check.evidence
    assert action in check.action


def test_the_summary_is_the_first_that_fails() -> None:
    found = diagnose(seen(LOGON, phase=SessionPhase.NOT_CONNECTED), network)
    assert found.summary == "nobody has asked for a connection. Press Connect."
    assert diagnose(seen(LOGON, ACCEPTED, **WAITING), network).summary == "lost"


def test_each_check_has_its_section_in_the_guide() -> None:
    guide = (ROOT / "docs" / "troubleshooting.md").read_text()
    sections = [line.removeprefix("### ") for line in guide.splitlines() if line.startswith("### ")]
    assert sections == [name.value for name in CheckName]
