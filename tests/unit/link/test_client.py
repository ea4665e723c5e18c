"""The desk's end of the link, against an engine that a test scripts on a real Unix socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import gevent
import pytest
from gevent import socket
from gevent.event import Event

from sendfix.domain.errors import EngineUnavailable, NotLoggedOn, StateForbids, StorageUnavailable
from sendfix.link import client, protocol
from sendfix.link.client import EngineLink
from sendfix.link.protocol import (
    PROTOCOL_VERSION,
    Attach,
    CaughtUp,
    Connect,
    Decoder,
    Entry,
    Hello,
    Message,
    Ping,
    Reply,
    ReplyCode,
    Send,
    Status,
    Stored,
    Unreadable,
)

UP = {"state": "connected", "logged_on": True}
DOWN = {"state": "disconnected", "logged_on": False}


class ScriptedEngine:
    """Listens on the socket; the test says what it hears and what it says."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._heard: list[Message] = []
        self._decoder = Decoder()

    def accept(self, journal_id: str = "J", version: int = PROTOCOL_VERSION, status: Any = None) -> Any:
        """Take the desk's connection, say hello, and give back the message with which it attaches."""
        self._connection.close()
        with gevent.Timeout(10):
            self._connection, _ = self._listener.accept()
        self._decoder, self._heard = Decoder(), []
        session = {"journal_id": journal_id, "first_index": 1, "last_index": 9, "status": status or UP}
        self.say(Hello(version, "E", {"S": session}))
        return self.hear() if version == PROTOCOL_VERSION else None

    def say(self, *messages: Message) -> None:
        self.say_bytes(b"".join(map(protocol.encode, messages)))

    def say_bytes(self, data: bytes) -> None:
        self._connection.sendall(data)

    def hear(self) -> Any:
        """The next message that is no ping."""
        with gevent.Timeout(10):
            while True:
                self._heard = [message for message in self._heard if not isinstance(message, Ping)]
                if self._heard:
                    return self._heard.pop(0)
                self._heard += self._decoder.feed(self._connection.recv(65536))

    def hang_up(self) -> None:
        self._connection.close()

    def close(self) -> None:
        self._connection.close()
        self._listener.close()


class Desk:
    """Folds by remembering."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, int, bytes]] = []
        self.states: list[str] = []
        self.lost: list[str] = []
        self.storage_failures = 0
        self.mistakes = 0
        self.folded_to_the_end: list[str] = []
        self.behind: list[tuple[str, str]] = []
        self._changed = Event()

    def entry(
        self, session_name: str, journal_id: str, index: int, at_ns: int, direction: int, raw: bytes
    ) -> None:
        if self.mistakes:
            self.mistakes -= 1
            raise KeyError("a mistake")
        if self.storage_failures:
            self.storage_failures -= 1
            raise StorageUnavailable("locked")
        self.entries.append((journal_id, index, raw))
        self._changed.set()

    def status(self, session_name: str, status: Mapping[str, Any]) -> bool:
        self.states.append(status["state"])
        self._changed.set()
        return bool(status["logged_on"])

    def fell_behind(self, session_name: str, why: str) -> None:
        self.behind.append((session_name, why))
        self._changed.set()

    def caught_up(self, session_name: str) -> None:
        self.folded_to_the_end.append(session_name)
        self._changed.set()

    def engine_lost(self, reason: str) -> None:
        self.lost.append(reason)
        self._changed.set()

    def wait(self, check: Callable[[], object]) -> None:
        with gevent.Timeout(10):
            while not check():
                self._changed.clear()
                self._changed.wait()


class Kit:
    def __init__(self, path: Path) -> None:
        self.engine = ScriptedEngine(path)
        self.desk = Desk()
        self.logons: list[str] = []
        self.link = EngineLink(
            path,
            ["S"],
            {"S": ("J", 3)},
            was_sent=lambda cl_ord_id: any(cl_ord_id.encode() in raw for _, _, raw in self.desk.entries),
            may_read=lambda: True,
        )
        self.link.start(self.desk, self.logons.append)

    def close(self) -> None:
        self.link.close()
        self.engine.close()


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    opened = Kit(tmp_path / "engine.sock")
    yield opened
    opened.close()


def entry(index: int, raw: bytes = b"x") -> Entry:
    return Entry("S", index, 1, 1, raw)


def test_the_desk_goes_on_behind_what_it_has(kit: Kit) -> None:
    assert kit.engine.accept() == Attach({"S": ("J", 3)})
    kit.engine.say(entry(3), entry(4), entry(5), CaughtUp("S", 5))
    kit.desk.wait(lambda: len(kit.desk.entries) == 2)
    assert [index for _, index, _ in kit.desk.entries] == [4, 5]
    kit.engine.hang_up()
    assert kit.engine.accept() == Attach({"S": ("J", 5)})


def test_a_new_journal_is_folded_from_its_beginning(kit: Kit) -> None:
    kit.engine.accept("NEW")
    kit.engine.say(entry(1), entry(2))
    kit.desk.wait(lambda: len(kit.desk.entries) == 2)
    assert kit.desk.entries[0][:2] == ("NEW", 1)


def test_a_send_returns_when_its_entry_has_been_folded(kit: Kit) -> None:
    kit.engine.accept()
    kit.engine.say(CaughtUp("S", 3))
    sending = gevent.spawn(kit.link.send, "S", "A1", b"35=D\x01")
    heard = kit.engine.hear()
    assert heard == Send(heard.request_id, "S", b"35=D\x01")
    kit.engine.say(entry(4, b"11=A1"), Reply(heard.request_id, ReplyCode.OK, ""))
    sending.get(timeout=10)
    assert kit.desk.entries == [("J", 4, b"11=A1")]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (ReplyCode.NOT_LOGGED_ON, NotLoggedOn),
        (ReplyCode.REFUSED, StateForbids),
        (ReplyCode.UNKNOWN_SESSION, StateForbids),
        (ReplyCode.FAILED, EngineUnavailable),
    ],
)
def test_a_refusal_is_told_with_its_reason(kit: Kit, code: str, error: type[Exception]) -> None:
    kit.engine.accept()
    sending = gevent.spawn(kit.link.send, "S", "A1", b"35=D\x01")
    kit.engine.say(Reply(kit.engine.hear().request_id, code, "because of this"))
    with pytest.raises(error, match="because of this"):
        sending.get(timeout=10)


def test_nothing_is_sent_before_the_session_is_folded_to_its_end(kit: Kit) -> None:
    assert "not answered" in str(kit.link.refusal("S"))
    kit.engine.accept()
    kit.engine.say(entry(4))
    kit.desk.wait(lambda: len(kit.desk.entries) == 1)
    assert "catching up" in str(kit.link.refusal("S"))
    kit.engine.say(CaughtUp("S", 4))
    kit.desk.wait(lambda: kit.desk.folded_to_the_end == ["S"])
    assert kit.link.refusal("S") is None


def test_a_journal_that_can_not_be_read_is_the_reason(kit: Kit) -> None:
    kit.engine.accept()
    kit.engine.say(Unreadable("S", "Input/output error"))
    kit.engine.say(entry(4))
    kit.desk.wait(lambda: len(kit.desk.entries) == 1)
    assert kit.desk.behind == [("S", "Input/output error")]
    assert "can't read its journal of session S (Input/output error)" in str(kit.link.refusal("S"))
    kit.engine.say(CaughtUp("S", 4))
    kit.desk.wait(lambda: kit.desk.folded_to_the_end == ["S"])
    assert kit.link.refusal("S") is None


def test_an_id_is_not_free_until_its_fate_is_known(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "REPLY_TIMEOUT_SECONDS", 0.05)
    kit.engine.accept()
    sending = gevent.spawn(kit.link.send, "S", "A1", b"35=D\x01")
    heard = kit.engine.hear()
    with pytest.raises(EngineUnavailable, match="has not answered in time"):
        sending.get(timeout=10)
    assert kit.link.is_on_its_way("A1")
    kit.engine.say(Reply(heard.request_id, ReplyCode.REFUSED, "no"), entry(4))
    kit.desk.wait(lambda: len(kit.desk.entries) == 1)
    assert not kit.link.is_on_its_way("A1")


def test_an_engine_that_falls_silent_is_given_up(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PING_SECONDS", 0.02)
    monkeypatch.setattr(client, "SILENCE_SECONDS", 0.1)
    kit.engine.accept()
    kit.desk.wait(lambda: any("does not answer" in reason for reason in kit.desk.lost))


def test_a_mistake_in_folding_is_tried_again_in_view(kit: Kit) -> None:
    kit.desk.mistakes = 1
    kit.engine.accept()
    kit.engine.say(entry(4))
    kit.desk.wait(lambda: any("KeyError" in reason for reason in kit.desk.lost))
    kit.engine.accept()
    kit.engine.say(entry(4))
    kit.desk.wait(lambda: len(kit.desk.entries) == 1)


def test_a_session_that_the_engine_does_not_have_says_so(tmp_path: Path) -> None:
    engine, desk = ScriptedEngine(tmp_path / "e.sock"), Desk()
    link = EngineLink(tmp_path / "e.sock", ["S", "NEW"], {}, lambda _: False, lambda: True)
    link.start(desk, lambda _: None)
    engine.accept()
    desk.wait(lambda: desk.states == ["connected", "not_connected"])
    assert "does not have this session" in str(link.refusal("NEW"))
    link.close()
    engine.close()


@pytest.mark.parametrize("sent", [True, False])
def test_the_journal_tells_what_became_of_an_order_when_the_link_broke(kit: Kit, sent: bool) -> None:
    kit.engine.accept()
    kit.engine.say(CaughtUp("S", 3))
    sending = gevent.spawn(kit.link.send, "S", "A1", b"35=D\x01")
    kit.engine.hear()
    kit.engine.hang_up()
    kit.engine.accept()
    if sent:
        kit.engine.say(entry(4, b"11=A1"))
    kit.engine.say(CaughtUp("S", 4))
    if sent:
        sending.get(timeout=10)
    else:
        with pytest.raises(EngineUnavailable, match="Look for ClOrdID"):
            sending.get(timeout=10)


def test_a_connect_that_the_engine_did_not_answer_fails(kit: Kit) -> None:
    kit.engine.accept()
    asking = gevent.spawn(kit.link.connect, "S")
    assert isinstance(kit.engine.hear(), Connect)
    kit.engine.hang_up()
    with pytest.raises(EngineUnavailable):
        asking.get(timeout=10)


def test_without_an_engine_nothing_is_sent_and_the_reason_is_told(tmp_path: Path) -> None:
    desk = Desk()
    link = EngineLink(tmp_path / "none.sock", ["S"], {}, lambda _: False, lambda: True)
    link.start(desk, lambda _: None)
    desk.wait(lambda: any("not running" in reason for reason in desk.lost))
    with pytest.raises(EngineUnavailable, match=r"none\.sock"):
        link.send("S", "A1", b"35=D\x01")
    link.close()


def test_another_version_or_garbage_is_not_taken(kit: Kit) -> None:
    kit.engine.accept(version=PROTOCOL_VERSION + 1)
    kit.desk.wait(lambda: any("same release" in reason for reason in kit.desk.lost))
    kit.engine.accept()
    kit.engine.say_bytes(b"\xc1\xc1")
    kit.desk.wait(lambda: any("not a link message" in reason for reason in kit.desk.lost))
    kit.engine.accept()
    kit.engine.say(entry(4))
    kit.desk.wait(lambda: len(kit.desk.entries) == 1)


def test_an_entry_is_given_again_until_it_is_folded(kit: Kit) -> None:
    kit.desk.storage_failures = 1
    kit.engine.accept()
    kit.engine.say(entry(4), entry(5))
    kit.desk.wait(lambda: len(kit.desk.entries) == 2)
    assert [index for _, index, _ in kit.desk.entries] == [4, 5]


def test_a_logon_is_announced_once_its_journal_is_folded(kit: Kit) -> None:
    kit.engine.accept(status=DOWN)
    kit.engine.say(Status("S", UP), entry(4))
    kit.desk.wait(lambda: len(kit.desk.entries) == 1)
    assert kit.logons == []
    kit.engine.say(CaughtUp("S", 4), Status("S", DOWN), Status("S", UP), entry(5))
    kit.desk.wait(lambda: len(kit.desk.entries) == 2)
    gevent.sleep(0)
    assert kit.logons == ["S", "S"]


def test_the_engine_is_told_what_the_database_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PING_SECONDS", 0.01)
    engine = ScriptedEngine(tmp_path / "e.sock")
    stored: dict[str, tuple[str, int]] = {}
    link = EngineLink(tmp_path / "e.sock", ["S"], {}, lambda _: False, lambda: True, lambda: stored)
    try:
        link.start(Desk(), lambda _name: None)
        assert isinstance(engine.accept(), Attach)
        stored["S"] = ("J", 7)
        assert engine.hear() == Stored({"S": ("J", 7)})
    finally:
        link.close()
        engine.close()


def test_a_session_that_the_desk_learns_of_late_is_served_from_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    engine, desk = ScriptedEngine(path), Desk()
    link = EngineLink(path, [], {}, was_sent=lambda cl_ord_id: False, may_read=lambda: True)
    link.start(
        desk, lambda name: None, lambda version, problem: link.configure(["S"]) if version == "2" else None
    )
    try:
        engine.accept()
        engine.say(CaughtUp("S", 0), Entry("S", 1, 1, 0, b"missed"), protocol.Configured("2", None))
        assert engine.accept() == Attach({})
        engine.say(
            protocol.Configured("2", None), Entry("S", 1, 1, 0, b"missed"), Entry("S", 2, 2, 0, b"next")
        )
        desk.wait(lambda: len(desk.entries) == 2)
        assert [raw for _, _, raw in desk.entries] == [b"missed", b"next"]
    finally:
        link.close()
        engine.close()
