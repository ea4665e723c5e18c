"""Why is a session not logged on? An ordered list of checks, each with evidence, verdict and the next safe action.

It looks at what the engine knows and has written down, and asks the network, from the machine that the engine is on.
Nothing is changed by it, and the session goes on meanwhile.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sendfix.config import Endpoint, SessionConfig, Tls
from sendfix.domain.enums import SessionPhase
from sendfix.link.checks import Check, CheckName, Verdict
from sendfix.link.journal_entries import Entry
from sendfix.link.network_checks import own_certificate
from sendfix.link.protocol import Direction

_NETWORK = (CheckName.NAME_LOOKUP, CheckName.TCP, CheckName.TLS)
LOOKED_BACK = 500
"""Entries of the journal that are looked through, from its end."""

_EXPECTING = re.compile(r"too low, expecting (?:sequence number )?(\d+)[^\d]+received (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine knows of the session. `entries` are the end of its journal, `now` is UTC."""

    config: SessionConfig
    phase: SessionPhase
    reason: str | None
    failure: str | None
    next_sender_seq_num: int
    next_target_seq_num: int
    last_received_at: int | None
    entries: Sequence[Entry]
    now: datetime


@dataclass(frozen=True, slots=True)
class Diagnosis:
    checks: list[Check]
    taken_ms: int
    summary: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def diagnose(seen: Seen, network: Callable[[Endpoint, Tls | None], list[Check]]) -> Diagnosis:
    """All checks, in the order in which a connection comes about. Takes as long as the network lets it."""
    started = time.monotonic()
    checks = [_configuration(seen), _enabled(seen), _schedule(seen), _wanted(seen), _journal(seen)]
    if seen.phase is SessionPhase.CONNECTED:
        # Some counterparties take a second connection for a second logon, and end the first.
        skipped = "not asked while the session is logged on: some counterparties end the first connection for a second"
        checks += [Check(name, Verdict.SKIPPED, skipped) for name in _NETWORK]
    else:
        for endpoint in seen.config.endpoints:
            checks += network(endpoint, seen.config.tls)
    if seen.config.tls is not None and (own := own_certificate(seen.config.tls, seen.now)) is not None:
        checks.append(own)
    checks += [*_logon(seen), _comp_ids(seen), _sequence(seen), _heartbeats(seen)]
    return Diagnosis(checks, round((time.monotonic() - started) * 1000), _summary(seen, checks))


def _summary(seen: Seen, checks: Sequence[Check]) -> str:
    if seen.phase is SessionPhase.CONNECTED:
        return "The session is logged on."
    worst = next((check for check in checks if check.verdict is Verdict.FAIL), None)
    if worst is None:
        return seen.reason or "Nothing is found that would be in the way of a logon."
    return f"{worst.evidence}. {worst.action}".strip()


def _configuration(seen: Seen) -> Check:
    config = seen.config
    where = ", ".join(f"{one.server_ip}:{one.port}" for one in config.endpoints)
    text = (
        f"{config.fix_version}, {config.sender_comp_id} → {config.target_comp_id} at {where}, "
        f"{'with' if config.tls else 'without'} TLS, heartbeat {config.heartbeat_interval} s"
    )
    return Check(CheckName.CONFIGURATION, Verdict.OK, text)


def _enabled(seen: Seen) -> Check:
    if seen.config.enabled:
        return Check(CheckName.ENABLED, Verdict.OK, "the session is switched on")
    return Check(
        CheckName.ENABLED,
        Verdict.FAIL,
        "the session is switched off (enabled is false)",
        "Switch it on: Edit on the session's card, or enabled in the configuration.",
    )


def _schedule(seen: Seen) -> Check:
    schedule = seen.config.schedule
    if schedule is None:
        return Check(CheckName.SCHEDULE, Verdict.OK, "none: the session is open around the clock")
    here = seen.now.astimezone(ZoneInfo(schedule.timezone))
    moment = f"it is {here:%A %H:%M:%S} {schedule.timezone}, {seen.now:%A %H:%M:%S} UTC"
    session = schedule.session_at(seen.now)
    if session is not None:
        return Check(
            CheckName.SCHEDULE, Verdict.OK, f"open until {session.close_at:%A %Y-%m-%d %H:%M} UTC; {moment}"
        )
    following = schedule.next_session(seen.now)
    if following is None:
        text = f"closed, and no day within a year on which it opens; {moment}"
        return Check(
            CheckName.SCHEDULE, Verdict.FAIL, text, "Correct days_of_week and holidays of the schedule."
        )
    return Check(
        CheckName.SCHEDULE,
        Verdict.FAIL,
        f"closed; {moment}",
        f"Wait: it opens {schedule.opening(following)} and connects by itself, if it is to be connected.",
    )


def _wanted(seen: Seen) -> Check:
    if seen.phase is SessionPhase.NOT_CONNECTED:
        text = (
            f"nobody asks for a connection: {seen.reason}"
            if seen.reason
            else "nobody has asked for a connection"
        )
        return Check(CheckName.CONNECTION_WANTED, Verdict.FAIL, text, "Press Connect.")
    if seen.phase is SessionPhase.GIVEN_UP:
        return Check(
            CheckName.CONNECTION_WANTED,
            Verdict.FAIL,
            seen.reason or "given up",
            "Mend the cause and press Connect.",
        )
    return Check(
        CheckName.CONNECTION_WANTED, Verdict.OK, f"{seen.phase.value.replace('_', ' ')}: {seen.reason}"
    )


def _journal(seen: Seen) -> Check:
    if seen.failure is None:
        return Check(CheckName.JOURNAL, Verdict.OK, "can be written")
    return Check(
        CheckName.JOURNAL,
        Verdict.FAIL,
        seen.failure,
        "Free the disk of the store; the session comes back by itself.",
    )


def _logon(seen: Seen) -> list[Check]:
    entries = list(seen.entries)
    at = next((n for n in reversed(range(len(entries))) if _is(entries[n], Direction.OUT, b"A")), None)
    if at is None:
        return [
            Check(CheckName.LOGON_SENT, Verdict.SKIPPED, "no Logon(A) among the latest messages"),
            Check(CheckName.ANSWER, Verdict.SKIPPED, "nothing was asked"),
        ]
    sent = entries[at]
    text = f"Logon(A) {_tag(sent.payload, 34)} at {_time(sent.at_ns)}"
    if _tag(sent.payload, 141) == "Y":
        text += ", with ResetSeqNumFlag(141)=Y"
    checks = [Check(CheckName.LOGON_SENT, Verdict.OK, text)]
    for entry in entries[at + 1 :]:
        if entry.direction != Direction.IN:
            continue
        kind = _tag(entry.payload, 35)
        words = _tag(entry.payload, 58)
        when = _time(entry.at_ns)
        if kind == "A":
            return [
                *checks,
                Check(CheckName.ANSWER, Verdict.OK, f"Logon(A) at {when}"),
                *_logout_after(entries, at),
            ]
        if kind == "5":
            return [*checks, Check(CheckName.ANSWER, Verdict.FAIL, _said(entry), _what_to_do(words))]
        if kind == "3":
            said = f'Reject(3) at {when} of tag {_tag(entry.payload, 371) or "?"}: "{words}"'
            return [
                *checks,
                Check(CheckName.ANSWER, Verdict.FAIL, said, "Show them the Logon, and agree on its fields."),
            ]
    silence = "nothing came back" if seen.phase is not SessionPhase.LOGGING_ON else "no answer yet"
    return [
        *checks,
        Check(
            CheckName.ANSWER,
            Verdict.FAIL,
            f"{silence} to the Logon of {_time(sent.at_ns)}",
            "Ask the counterparty whether it knows these CompIDs, and from which addresses it takes connections: many "
            "close the connection without a word.",
        ),
    ]


def _logout_after(entries: Sequence[Entry], at: int) -> list[Check]:
    after = entries[at + 1 :]
    for entry in reversed(after):
        if _is(entry, Direction.IN, b"5"):
            if any(_is(one, Direction.OUT, b"5") and one.number < entry.number for one in after):
                return [
                    Check(
                        CheckName.LOGOUT, Verdict.OK, f"Logout(5) at {_time(entry.at_ns)}, in answer to ours"
                    )
                ]
            action = _what_to_do(_tag(entry.payload, 58))
            return [Check(CheckName.LOGOUT, Verdict.WARN, _said(entry), action)]
    return []


def _said(logout: Entry) -> str:
    words = _tag(logout.payload, 58)
    return f"Logout(5) at {_time(logout.at_ns)}" + (f': "{words}"' if words else " without a Text(58)")


def _what_to_do(words: str) -> str:
    lower = words.lower()
    if found := _EXPECTING.search(words):
        return (
            f"They expect MsgSeqNum(34) {found[1]} and got {found[2]}: look at both numbers, and set ours to {found[1]}"
            " or agree on a reset. The preview shows what that would lose."
        )
    if "sequence" in lower or "msgseqnum" in lower:
        return "Compare both sides' sequence numbers with them before anything is set."
    if any(word in lower for word in ("password", "username", "credential", "authent")):
        return "Check username and password with them."
    if any(word in lower for word in ("compid", "unknown", "not known", "session")):
        return "Check both CompIDs and the FIX version with them."
    if "time" in lower:
        return "Compare the clocks, and the hours of the session."
    return "Ask them what it means. Nothing needs to be reset before that is known."


def _comp_ids(seen: Seen) -> Check:
    wrong = [
        text
        for entry in seen.entries
        if entry.direction == Direction.EVENT
        and "CompID(" in (text := entry.payload.decode("utf-8", "replace"))
    ]
    config = seen.config
    if not wrong:
        return Check(
            CheckName.COMP_IDS,
            Verdict.OK,
            f"nothing came with others than {config.target_comp_id} → {config.sender_comp_id}",
        )
    return Check(
        CheckName.COMP_IDS,
        Verdict.FAIL,
        f"messages ignored for their CompIDs: {len(wrong)}",
        f"Theirs must be SenderCompID(49) {config.target_comp_id} and TargetCompID(56) {config.sender_comp_id}.",
    )


def _sequence(seen: Seen) -> Check:
    text = (
        f"next out {seen.next_sender_seq_num}, next in {seen.next_target_seq_num}; "
        f"reset on logon is {'on' if seen.config.reset_on_logon else 'off'}"
    )
    if seen.reason and "have been set back" in seen.reason:
        return Check(
            CheckName.SEQUENCE_NUMBERS,
            Verdict.FAIL,
            f"{seen.reason}; {text}",
            "Agree on a reset, then preview it here.",
        )
    return Check(CheckName.SEQUENCE_NUMBERS, Verdict.OK, text)


def _heartbeats(seen: Seen) -> Check:
    if seen.phase is not SessionPhase.CONNECTED or seen.last_received_at is None:
        return Check(CheckName.HEARTBEATS, Verdict.SKIPPED, "the session is not logged on")
    silence = seen.now.timestamp() - seen.last_received_at / 1e9
    interval = seen.config.heartbeat_interval
    text = f"something came {max(0.0, silence):.0f} s ago; HeartBtInt(108) is {interval} s"
    if silence > 1.5 * interval:
        return Check(
            CheckName.HEARTBEATS,
            Verdict.WARN,
            text,
            "Send a TestRequest; if nothing comes, the line is dead.",
        )
    return Check(CheckName.HEARTBEATS, Verdict.OK, text)


def _is(entry: Entry, direction: Direction, msg_type: bytes) -> bool:
    return entry.direction == direction and b"\x0135=%s\x01" % msg_type in entry.payload[:40]


def _tag(raw: bytes, tag: int) -> str:
    found = re.search(rb"\x01%d=([^\x01]*)" % tag, raw)
    return found[1].decode("utf-8", "replace") if found else ""


def _time(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
