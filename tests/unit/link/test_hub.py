"""The hub with sessions that only write to their journals, and desks on a real Unix socket."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sendfix.link import hub, protocol
from sendfix.link.hub import Hub
from sendfix.link.journal import Journal
from sendfix.link.journal_entries import Entry
from sendfix.link.protocol import Direction, NotSent, ReplyCode
from tests.support.link_client import LinkClient

ORDER = b"35=D\x0111=1\x01"


class FakeSession:
    """Sends by writing to its journal; refuses bodies that begin with 35=9."""

    def __init__(self, name: str, folder: Path, hub: Hub) -> None:
        self.name = name
        self.journal = Journal(folder / name)
        self.journal.on_append = lambda entry: hub.entry_appended(name, entry)
        self.state = "not_connected"
        self.busy = False
        self.may_send = threading.Event()
        self.may_send.set()
        self._hub = hub

    def connect(self) -> None:
        self.change("connecting")

    def disconnect(self) -> None:
        self.change("not_connected")

    def change(self, state: str) -> None:
        self.state = state
        self._hub.status_changed(self.name)

    def send(self, body: bytes) -> int:
        if body.startswith(b"35=9"):
            raise NotSent(ReplyCode.REFUSED, "not like this")
        assert self.may_send.wait(10)
        return self.journal.append(Direction.OUT, body)

    def status(self) -> dict[str, Any]:
        return {"state": self.state, "reason": None, "next_sender_seq_num": self.journal.last_index}


class Engine:
    def __init__(self, folder: Path, max_backlog_bytes: int = 1 << 20, journal_days: int = 0) -> None:
        self.path = folder / "engine.sock"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.path))
        listener.listen()
        self.hub = Hub(listener, max_backlog_bytes, journal_days=journal_days)
        self.a, self.b = (FakeSession(name, folder, self.hub) for name in "AB")
        self.hub.sessions.update({"A": self.a, "B": self.b})
        self._thread = threading.Thread(target=self.hub.run)
        self._thread.start()

    def close(self) -> None:
        self.hub.stop()
        self._thread.join(10)
        self.hub.close_pipe()
        self.a.journal.close()
        self.b.journal.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path)
    yield made
    made.close()


def numbers(desk: LinkClient, name: str) -> list[int]:
    return [entry.index for entry in desk.entries.get(name, [])]


def test_hello_has_every_session_with_journal_and_status(engine: Engine) -> None:
    engine.a.journal.append(Direction.IN, b"x")
    with LinkClient(engine.path) as desk:
        assert desk.hello.protocol_version == protocol.PROTOCOL_VERSION
        assert desk.hello.sessions["A"] == {
            "journal_id": engine.a.journal.journal_id,
            "first_index": 1,
            "last_index": 1,
            "status": {"state": "not_connected", "reason": None, "next_sender_seq_num": 1},
        }
        assert set(desk.hello.sessions) == {"A", "B"}


def test_a_new_desk_gets_everything_then_caught_up_then_live_entries(engine: Engine) -> None:
    for number in range(1000):
        engine.a.journal.append(Direction.IN, b"%d" % number)
    with LinkClient(engine.path, {}) as desk:
        desk.wait(
            lambda: protocol.CaughtUp("A", 1000) in desk.heard and protocol.CaughtUp("B", 0) in desk.heard
        )
        engine.a.journal.append(Direction.IN, b"live")
        desk.wait_entry("A", b"live")
        assert numbers(desk, "A") == list(range(1, 1002))
        at = desk.heard.index(protocol.CaughtUp("A", 1000))
        assert [m.index for m in desk.heard[:at] if isinstance(m, protocol.Entry)] == list(range(1, 1001))


def test_a_desk_gets_exactly_the_rest_after_its_cursor(engine: Engine) -> None:
    for number in range(10):
        engine.a.journal.append(Direction.IN, b"%d" % number)
    with LinkClient(engine.path, {"A": (engine.a.journal.journal_id, 7)}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 10) in desk.heard)
        assert numbers(desk, "A") == [8, 9, 10]


def test_a_cursor_of_another_journal_counts_for_nothing(engine: Engine) -> None:
    engine.a.journal.append(Direction.IN, b"x")
    with LinkClient(engine.path, {"A": ("0" * 16, 1)}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 1) in desk.heard)
        assert numbers(desk, "A") == [1]


def test_entries_a_desk_has_seen_and_the_journal_has_lost_are_made_up_for(engine: Engine) -> None:
    engine.a.journal.append(Direction.IN, b"x")
    with LinkClient(engine.path, {"A": (engine.a.journal.journal_id, 3)}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 4) in desk.heard)
        engine.a.journal.append(Direction.IN, b"new")
        assert desk.wait_entry("A", b"new").index == 5
        assert numbers(desk, "A") == [4, 5]
        assert b"indexes 2 to 3 of the journal are left out" in desk.entries["A"][0].raw


def test_a_desk_that_is_there_already_gets_what_comes_behind_the_indexes_left_out(engine: Engine) -> None:
    engine.a.journal.append(Direction.IN, b"x")
    with LinkClient(engine.path, {}) as first:
        first.wait(lambda: protocol.CaughtUp("A", 1) in first.heard)
        with LinkClient(engine.path, {"A": (engine.a.journal.journal_id, 1_000_000)}) as ahead:
            ahead.wait(lambda: protocol.CaughtUp("A", 1_000_001) in ahead.heard)
            engine.a.journal.append(Direction.IN, b"new")
            assert first.wait_entry("A", b"new").index == 1_000_002
            assert numbers(first, "A") == [1, 1_000_001, 1_000_002]


def test_a_cursor_that_no_journal_can_have_stops_no_session(engine: Engine) -> None:
    engine.a.journal.append(Direction.IN, b"x")
    with LinkClient(engine.path, {"A": (engine.a.journal.journal_id, 2**63)}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 1) in desk.heard)
        engine.b.journal.append(Direction.IN, b"of b")
        assert desk.wait_entry("B", b"of b").index == 1


def test_old_entries_go_when_every_desk_has_stored_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PRUNE_SECONDS", 0.0)
    engine = Engine(tmp_path, journal_days=1)
    try:
        journal = engine.a.journal
        for number in range(3):
            journal.append(Direction.IN, b"%d" % number)
        journal.skip_to(100)  # begins a segment
        os.utime(tmp_path / "A" / "0000000000000001.journal", (0, 0))
        stored = protocol.Stored({"A": (journal.journal_id, 100)})
        with LinkClient(engine.path, {}) as first, LinkClient(engine.path, {}) as second:
            first.say(stored)
            second.say(protocol.Stored({"A": ("another", 100)}))
            second.ask(protocol.Ping)
            first.ask(protocol.Ping)
            assert journal.first_index == 1
            second.say(stored)
            second.ask(protocol.Ping)
            assert journal.first_index == 101
        with LinkClient(engine.path, {}) as late:
            late.wait(lambda: protocol.CaughtUp("A", 101) in late.heard)
            assert numbers(late, "A") == [100, 101]
            assert b"entries 1 to 100 of the journal have been deleted" in late.entries["A"][0].raw
    finally:
        engine.close()


def test_appending_while_a_desk_catches_up_leaves_no_hole_and_no_double(engine: Engine) -> None:
    for number in range(2000):
        engine.a.journal.append(Direction.IN, b"%d" % number)
    writer = threading.Thread(
        target=lambda: [engine.a.journal.append(Direction.IN, b"more %d" % number) for number in range(2000)]
    )
    with LinkClient(engine.path, {}) as desk:
        writer.start()
        desk.wait_entry("A", b"more 1999")
        writer.join()
        assert numbers(desk, "A") == list(range(1, 4001))


def test_the_entry_comes_before_the_reply(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 0) in desk.heard)
        reply = desk.send("A", ORDER)
        assert reply == protocol.Reply(1, ReplyCode.OK, "MsgSeqNum(34) 1")
        kinds = [type(message) for message in desk.heard[desk.heard.index(protocol.CaughtUp("A", 0)) :]]
        assert kinds.index(protocol.Entry) < kinds.index(protocol.Reply)


def test_a_refusal_and_an_unknown_session_are_replies(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as desk:
        assert desk.send("A", b"35=9\x01").code == ReplyCode.REFUSED
        unknown = desk.send("X", ORDER)
        assert (unknown.code, unknown.detail) == (ReplyCode.UNKNOWN_SESSION, "The engine has no session 'X'")
        assert desk.connect("X").code == ReplyCode.UNKNOWN_SESSION
        assert desk.disconnect("X").code == ReplyCode.UNKNOWN_SESSION


def test_connect_and_disconnect_are_answered_and_seen_by_all_desks(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as one, LinkClient(engine.path, {}) as two:
        assert one.connect("A").code == ReplyCode.OK
        two.wait_state("A", "connecting")
        assert two.disconnect("A").code == ReplyCode.OK
        one.wait_state("A", "not_connected")


def test_two_desks_see_the_same_entries_and_only_their_own_replies(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as one, LinkClient(engine.path, {}) as two:
        assert one.send("A", ORDER).code == ReplyCode.OK
        assert two.send("B", ORDER).code == ReplyCode.OK
        for desk in (one, two):
            desk.wait_entry("A", ORDER)
            desk.wait_entry("B", ORDER)
            assert len([m for m in desk.heard if isinstance(m, protocol.Reply)]) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x92\xa1S\x01",
        protocol.encode(protocol.CaughtUp("A", 1)),
        protocol.encode(protocol.Send(1, "A", "text")),  # type: ignore[arg-type]
        protocol.encode(protocol.Attach((1,))),  # type: ignore[arg-type]
        b"\xdd\xff\xff\xff\xff",
    ],
)
def test_a_desk_that_speaks_garbage_is_dropped_and_others_go_on(engine: Engine, garbage: bytes) -> None:
    with LinkClient(engine.path, {}) as good, LinkClient(engine.path) as bad:
        bad.socket.sendall(garbage)
        bad.wait_closed()
        assert good.send("A", ORDER).code == ReplyCode.OK


def test_a_desk_that_does_not_read_is_dropped_and_others_go_on(tmp_path: Path) -> None:
    engine = Engine(tmp_path, max_backlog_bytes=256 * 1024)
    deaf = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    deaf.connect(str(engine.path))
    deaf.sendall(protocol.encode(protocol.Attach({})))
    try:
        with LinkClient(engine.path, {}) as good:
            # Entries reach the deaf one live only when it has caught up, so that has to be seen first.
            decoder = protocol.Decoder()
            heard: list[protocol.Message] = []
            while protocol.CaughtUp("A", 0) not in heard:
                heard.extend(decoder.feed(deaf.recv(4096)))
            for number in range(2000):
                engine.a.journal.append(Direction.IN, b"%d" % number + bytes(1000))
                if number % 50 == 49:
                    good.wait_entry("A", b"%d\0" % number)
            assert good.wait_entry("A", b"1999").index == 2000
            good.wait(lambda: numbers(good, "A") == list(range(1, 2001)))
            received = 0
            while data := deaf.recv(65536):  # what was on its way, and then the end
                received += len(data)
            assert received < 2000 * 1000
    finally:
        deaf.close()
        engine.close()


def test_a_status_is_sent_for_sequence_numbers_that_change_without_a_change_of_state(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as desk:
        desk.send("A", ORDER)
        desk.wait(lambda: desk.status["A"]["next_sender_seq_num"] == 1)
        assert desk.status["A"]["state"] == "not_connected"


def test_a_damaged_entry_is_told_as_an_event_and_what_is_behind_it_comes(engine: Engine) -> None:
    engine.a.journal.append(Direction.IN, b"x" * 50)
    segment = next((engine.path.parent / "A").glob("*.journal"))
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)
    engine.a.journal.append(Direction.IN, b"behind")
    with LinkClient(engine.path, {}) as desk:
        desk.wait_entry("A", b"behind")
        damaged, behind = desk.entries["A"]
        assert (damaged.index, damaged.direction, behind.index) == (1, Direction.EVENT, 2)
        assert b"is damaged on disk" in damaged.raw


def test_an_entry_is_an_entry(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as desk:
        engine.b.journal.append(Direction.EVENT, b"{}")
        heard = desk.wait_entry("B", b"{}")
        (kept,) = engine.b.journal.read(0, 10)
        assert kept == Entry(heard.index, heard.at_ns, heard.direction, heard.raw)


class Unreadable(Journal):
    """Until `readable`."""

    readable = False

    def read(self, after_index: int, limit: int) -> list[Entry]:
        if not self.readable:
            raise OSError(errno.EIO, "Input/output error")
        return super().read(after_index, limit)


def test_a_journal_that_can_not_be_read_costs_its_own_session_only(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "UNREADABLE_SECONDS", 0.05)
    engine.a.journal.close()
    engine.a.journal = broken = Unreadable(tmp_path / "broken")
    broken.append(Direction.IN, b"kept")
    engine.b.journal.append(Direction.IN, b"x")
    with LinkClient(engine.path, {}) as desk:
        desk.wait(lambda: protocol.CaughtUp("B", 1) in desk.heard)
        desk.wait(lambda: protocol.Unreadable("A", "Input/output error") in desk.heard)
        assert desk.send("B", ORDER).code == ReplyCode.OK
        assert protocol.CaughtUp("A", 1) not in desk.heard
        broken.readable = True
        desk.wait(lambda: protocol.CaughtUp("A", 1) in desk.heard)
        assert desk.wait_entry("A", b"kept").index == 1


def test_a_session_that_is_busy_keeps_its_own_orders_waiting_and_no_others(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as desk:
        desk.wait(lambda: protocol.CaughtUp("B", 0) in desk.heard)
        engine.a.busy = True
        engine.a.may_send.clear()
        for number in (101, 102, 103):
            desk.say(protocol.Send(number, "A", ORDER + b"%d\x01" % number))
        assert desk.send("B", ORDER).code == ReplyCode.OK
        assert desk.reply(101) is None
        # What comes once it is not busy any more waits behind the others.
        engine.a.busy = False
        desk.say(protocol.Send(104, "A", b"35=9\x01"))
        engine.a.may_send.set()
        desk.wait(lambda: desk.reply(104))
        replies = [m for m in desk.heard if isinstance(m, protocol.Reply) and m.request_id > 100]
        assert [(reply.request_id, reply.code) for reply in replies] == [
            (101, ReplyCode.OK),
            (102, ReplyCode.OK),
            (103, ReplyCode.OK),
            (104, ReplyCode.REFUSED),
        ]
        at = desk.heard.index(replies[0])
        assert any(isinstance(m, protocol.Entry) and b"101" in m.raw for m in desk.heard[:at])
