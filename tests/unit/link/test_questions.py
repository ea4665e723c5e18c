from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from sendfix.link import protocol
from sendfix.link.desk_connection import DeskConnection
from sendfix.link.protocol import NotSent, ReplyCode
from sendfix.link.questions import MAX_ASKING, Questions
from sendfix.link.request_log import RequestLog


class Desk(DeskConnection):
    """Keeps what it is to be sent."""

    def __init__(self) -> None:
        self.queued: list[protocol.Message] = []

    def queue(self, message: protocol.Message) -> None:
        self.queued.append(message)


class Session:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.may.set()

    def ask(self, question: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        assert self.may.wait(10)
        if question == "refused":
            raise NotSent(ReplyCode.REFUSED, "not now")
        return {"got": dict(arguments)[question]}


class Kit:
    def __init__(self) -> None:
        self.answered = threading.Semaphore(0)
        self.requests = RequestLog()
        self.questions = Questions(self.requests, self.answered.release)
        self.desk, self.session = Desk(), Session()

    def ask(self, *questions: str, origin: str = "") -> None:
        for number, question in enumerate(questions):
            message = protocol.Ask(number, "S", question, {"known": 1}, origin)
            self.questions.ask(self.desk, self.session, message)

    def pass_on(self, count: int, desks: list[DeskConnection] | None = None) -> list[protocol.Message]:
        for _ in range(count):
            assert self.answered.acquire(timeout=10)
        self.questions.pass_on([self.desk] if desks is None else desks)
        return self.desk.queued


@pytest.fixture
def kit() -> Kit:
    return Kit()


def test_what_is_asked_is_answered_or_the_reason_is_told(kit: Kit, caplog: pytest.LogCaptureFixture) -> None:
    kit.ask("known")
    assert kit.pass_on(1) == [protocol.Answer(0, ReplyCode.OK, "", {"got": 1})]
    kit.ask("refused")
    assert kit.pass_on(1)[-1] == protocol.Answer(0, ReplyCode.REFUSED, "not now", {})
    kit.ask("unknown")
    failed = kit.pass_on(1)[-1]
    assert isinstance(failed, protocol.Answer)
    assert (failed.code, "KeyError('unknown')" in failed.detail) == (ReplyCode.FAILED, True)
    assert "session S: unknown failed" in caplog.text
    kit.questions.ask(kit.desk, None, protocol.Ask(7, "X", "known", {}))
    no_session = protocol.Answer(7, ReplyCode.UNKNOWN_SESSION, "The engine has no session 'X'", {})
    assert kit.desk.queued[-1] == no_session


def test_only_so_many_are_answered_at_once(kit: Kit) -> None:
    kit.session.may.clear()
    kit.ask(*["known"] * (MAX_ASKING + 1))
    (refused,) = kit.desk.queued
    assert isinstance(refused, protocol.Answer)
    assert refused.code == ReplyCode.REFUSED
    kit.session.may.set()
    assert len(kit.pass_on(MAX_ASKING)) == MAX_ASKING + 1
    kit.ask("known")
    assert len(kit.pass_on(1)) == MAX_ASKING + 2


def test_a_desk_that_has_gone_is_told_nothing(kit: Kit) -> None:
    kit.ask("known")
    assert kit.pass_on(1, desks=[]) == []


def test_a_request_is_logged_with_the_id_that_came_with_it(
    kit: Kit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    kit.ask("known", "refused", origin="algo-7:1")
    kit.pass_on(2)
    assert caplog.messages == [], "it waits until the answers are on their way"
    kit.requests.write()
    assert sorted(caplog.messages) == [
        "session S: request algo-7:1: known: ok",
        "session S: request algo-7:1: refused: not now",
    ]
    assert {vars(record)["request_id"] for record in caplog.records} == {"algo-7:1"}
    caplog.clear()
    kit.ask("known")
    kit.pass_on(1)
    kit.requests.write()
    assert caplog.messages == []
    with pytest.raises(protocol.ProtocolError, match=r"Connect\.origin is not text"):
        kit.requests.note(protocol.Connect(1, "S", 7), "")  # type: ignore[arg-type]
