from __future__ import annotations

import dataclasses
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sendfix.config import SessionConfig
from sendfix.domain.enums import SessionPhase, SessionState
from sendfix.link.journal import Journal
from sendfix.link.protocol import Direction
from sendfix.link.session_record import SessionRecord

CONFIG = SessionConfig("A", "127.0.0.1", 1, "FIX.4.4", "ME", "YOU")


class Disk:
    full = False

    def write(self, descriptor: int, data: bytes) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, data)


class Kit:
    def __init__(self, folder: Path) -> None:
        self.disk = Disk()
        self.journal = Journal(folder, write=self.disk.write)
        self.announced: list[str] = []
        self.record = SessionRecord(
            CONFIG, self.journal, lambda: self.announced.append(self.record.state.value)
        )

    def payloads(self, direction: Direction) -> list[bytes]:
        return [entry.payload for entry in self.journal.read(0, 100) if entry.direction == direction]


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = Kit(tmp_path)
    yield made
    made.journal.close()


def test_a_change_of_state_is_written_and_announced_and_the_same_again_is_none(kit: Kit) -> None:
    for _ in range(2):
        kit.record.set_phase(SessionPhase.CONNECTING, "Connecting to x:1")
    kit.record.set_phase(SessionPhase.WAITING_TO_RECONNECT, "refused")
    kit.record.set_phase(SessionPhase.WAITING_TO_RECONNECT, "not answered")
    assert kit.announced == ["connecting", "disconnected", "disconnected"]
    assert [json.loads(text) for text in kit.payloads(Direction.EVENT)] == [
        {"event": "state", "state": state, "phase": phase, "text": text}
        for state, phase, text in [
            ("connecting", "connecting", "Connecting to x:1"),
            ("disconnected", "waiting_to_reconnect", "refused"),
            ("disconnected", "waiting_to_reconnect", "not answered"),
        ]
    ]


def test_logged_on_is_connected_and_has_a_time(kit: Kit) -> None:
    kit.record.set_phase(SessionPhase.CONNECTING, "")
    assert kit.record.status()["connected_at"] is None
    kit.record.set_phase(SessionPhase.CONNECTED, "Logged on")
    status = kit.record.status()
    assert (status["state"], status["logged_on"], status["reason"]) == ("connected", True, "Logged on")
    assert status["connected_at"] is not None


def test_an_impossible_change_is_made_and_reported_as_a_mistake(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    kit.record.set_phase(SessionPhase.CONNECTED, "out of nowhere")
    assert "impossible change not_connected to connected" in caplog.text
    assert kit.record.state is SessionState.CONNECTED


def test_passwords_are_masked_in_both_directions(kit: Kit) -> None:
    kit.record.sent(b"35=A\x01554=secret\x01925=new secret\x0158=554=x\x01")
    kit.record.received(b"35=A\x01554=secret\x0195=5\x0196=a\x01b=c\x0110=000\x01")
    assert kit.payloads(Direction.OUT) == [b"35=A\x01554=***\x01925=***\x0158=554=x\x01"]
    assert kit.payloads(Direction.IN) == [b"35=A\x01554=***\x0195=3\x0196=***\x0110=000\x01"]


def test_a_full_disk_is_a_failure_until_it_recovers_and_what_was_sent_is_made_up_for(kit: Kit) -> None:
    kit.disk.full = True
    kit.record.sent(b"35=D\x0111=1\x01")
    kit.record.received(b"35=8\x01")
    assert kit.record.failure == "The journal can't be written (No space left on device)"
    assert not kit.record.recover()
    kit.disk.full = False
    assert kit.record.recover()
    assert kit.record.failure is None
    assert kit.payloads(Direction.OUT) == [b"35=D\x0111=1\x01"]
    assert kit.payloads(Direction.IN) == [], "what was not counted comes again"


def test_what_the_journal_can_not_take_at_all_is_a_failure_too(kit: Kit) -> None:
    kit.journal.close()
    kit.record.received(b"35=8\x01")
    assert kit.record.failure is not None


def test_not_resent_is_an_event(kit: Kit) -> None:
    kit.record.not_resent("ABC", 7, "too old")
    (event,) = kit.payloads(Direction.EVENT)
    assert json.loads(event) == {
        "event": "not_resent",
        "cl_ord_id": "ABC",
        "msg_seq_num": 7,
        "text": "too old",
    }


def test_of_many_messages_those_that_may_be_sent_again_are_remembered(kit: Kit) -> None:
    now = 1_800_000_000 * 10**9
    record = SessionRecord(CONFIG, kit.journal, lambda: None, lambda: now)
    for number in range(1, 20_001):
        now += 2_000_000 if number < 10_000 else 1_000_000
        record.sent(b"8=FIX.4.4\x019=1\x0135=D\x0134=%d\x0152=T%d\x0110=000\x01" % (number, number))
    remembered = {int(number) for number, _ in record.sent_lately}
    assert set(range(10_001, 20_001)) <= remembered, "the last ten seconds"
    assert 1 not in remembered


def test_what_was_given_up_is_not_remembered_by_the_next_engine_either(tmp_path: Path) -> None:
    kit = Kit(tmp_path)
    order = "8=FIX.4.4|9=1|35=D|34={}|52=20260302-14:03:0{}|11={}|"

    def sent(text: str) -> None:
        kit.record.sent(text.replace("|", "\x01").encode())

    for number in (2, 3, 4):
        sent(order.format(number, number, number))
    kit.record.never_again(2, 4)
    sent("8=FIX.4.4|9=1|35=4|34=2|43=Y|52=20260302-14:03:05|123=Y|36=4|")
    sent(order.format(3, 6, "after a reset"))
    known = {("4", "20260302-14:03:04"), ("3", "20260302-14:03:06")}
    assert set(kit.record.sent_lately) == known
    kit.journal.close()
    again = Kit(tmp_path)
    assert set(again.record.sent_lately) == known
    again.journal.close()


def test_market_data_goes_to_its_listener_and_into_the_journal_where_that_is_wanted(kit: Kit) -> None:
    snapshot, update, report = (b"8=FIX.4.4\x019=1\x0135=%s\x0134=2\x01" % one for one in (b"W", b"X", b"8"))
    heard: list[tuple[int, bytes]] = []

    def record(config: SessionConfig, listens: bool) -> SessionRecord:
        on_market_data = (lambda at_ns, raw: heard.append((at_ns, raw))) if listens else None
        return SessionRecord(config, kit.journal, lambda: None, lambda: 7, on_market_data)

    live = record(CONFIG, True)
    for raw in (snapshot, report, update):
        live.received(raw)
    assert (heard, kit.payloads(Direction.IN)) == ([(7, snapshot), (7, update)], [report])
    assert live.last_received_at == 7
    live.refused(update, "CompID")
    assert len(kit.payloads(Direction.REFUSED)) == 1

    by_hand, own = (b"8=FIX.4.4\x019=1\x0135=W\x0134=2\x01262=%s\x01" % one for one in (b"M1", b"LMD1-2"))
    live.received(by_hand)
    live.received(own)
    assert (heard[2:], kit.payloads(Direction.IN)) == ([(7, own)], [report, by_hand])

    live.reconfigure(dataclasses.replace(CONFIG, market_data_log=True))
    live.received(update)
    assert (heard[3:], kit.payloads(Direction.IN)) == ([(7, update)], [report, by_hand, update])

    record(CONFIG, False).received(snapshot)
    assert kit.payloads(Direction.IN) == [report, by_hand, update, snapshot]


def test_of_what_is_ignored_the_bytes_stand_in_the_event(kit: Kit) -> None:
    kit.record.ignored(
        "A message was ignored: CheckSum(10) is wrong", b"8=FIX\x01554=hidden\x0158=a|\\\xff\x01"
    )
    kit.record.ignored("A message was ignored", b"x" * 2001)
    first, second = (json.loads(text)["text"] for text in kit.payloads(Direction.EVENT))
    assert (
        first == r"A message was ignored: CheckSum(10) is wrong. Its bytes: 8=FIX|554=***|58=a\x7c\x5c\xff|"
    )
    assert second.endswith("xx … of 2001 bytes")
