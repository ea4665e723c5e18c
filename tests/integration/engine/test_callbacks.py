"""Each callback that QuickFIX makes fails once, in the middle of a conversation: what it was about is neither lost nor
sent behind anybody's back, and the session goes on or comes back."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quickfix_client import NotSent, QuickFixClient
from sendfix.config import Reconnection, SessionConfig
from sendfix.domain.enums import SessionPhase
from sendfix.link.protocol import Direction, ReplyCode
from tests.integration.engine.orders import order
from tests.support.scripted_acceptor import Message, ScriptedAcceptor, tag
from tests.support.stack import eventually


class Failing:
    """Raises the first time that `when` says so; else it does what `does` does."""

    def __init__(
        self, does: Callable[..., Any], when: Callable[..., bool] = lambda *_arguments: True
    ) -> None:
        self.failed = False
        self._does, self._when = does, when

    def __call__(self, *arguments: Any) -> Any:
        if not self.failed and self._when(*arguments):
            self.failed = True
            raise RuntimeError("a mistake in a callback")
        return self._does(*arguments)


class Unreadable:
    def __contains__(self, _key: object) -> bool:
        raise RuntimeError("a mistake in a callback")

    def __setitem__(self, _key: object, _value: object) -> None:
        """What is sent goes nowhere."""

    def __len__(self) -> int:
        return 0


class Counterparty(ScriptedAcceptor):
    """Sends its reports again when it is asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[int, str] = {}
        self.answer = self._answer
        self._sending = threading.Lock()

    def report(self, exec_id: str) -> None:
        with self._sending:
            self.reports[self.next_out] = exec_id
            self.send("8", [(17, exec_id), (37, "O1"), (150, "0"), (39, "0")])

    def _answer(self, message: Message) -> None:
        if tag(message, 35) == "2":
            with self._sending:
                self._resend(message)

    def _resend(self, message: Message) -> None:
        number, end = int(tag(message, 7) or 0), self.next_out
        while number < end:
            if number in self.reports:
                again = [(43, "Y"), (122, "20260102-00:00:00"), (17, self.reports[number])]
                self.send("8", [*again, (37, "O1"), (150, "0"), (39, "0")], seq_num=number)
                number += 1
            else:
                following = min([one for one in self.reports if one > number], default=end)
                self.send("4", [(43, "Y"), (122, "20260102-00:00:00"), (123, "Y"), (36, following)], number)
                number = following


@pytest.fixture(scope="module")
def counterparty() -> Iterator[Counterparty]:
    with Counterparty() as made:
        yield made


@pytest.fixture(scope="module")
def one_client(
    counterparty: Counterparty, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[QuickFixClient]:
    config = SessionConfig(
        "LIB",
        "127.0.0.1",
        counterparty.port,
        "FIX.4.4",
        "ME",
        "BROKER",
        30,
        reconnection=Reconnection(initial_delay=1, jitter=0),
    )
    with QuickFixClient(config, tmp_path_factory.mktemp("store")) as made:
        made.connect()
        yield made


@pytest.fixture
def client(one_client: QuickFixClient) -> QuickFixClient:
    """Logged on, whatever the test before has done to it."""
    one_client.wait_until_connected(15)
    return one_client


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """For ids of this test alone."""
    return re.sub(r"\W+", "-", request.node.name)


def payloads(client: QuickFixClient, direction: Direction, part: bytes) -> list[bytes]:
    entries = client.journal.read(0, 10_000)
    return [entry.payload for entry in entries if entry.direction == direction and part in entry.payload]


def fail(owner: object, name: str, when: Callable[..., bool] = lambda *_arguments: True) -> Failing:
    made = Failing(getattr(owner, name), when)
    setattr(owner, name, made)
    return made


def connection(client: QuickFixClient) -> Any:
    assert client._connection is not None
    return client._connection


def in_step(client: QuickFixClient, counterparty: Counterparty, name: str) -> None:
    """Both ends trade on, and agree on the numbers."""
    client.wait_until_connected(15)
    counterparty.report(f"{name}-last")
    eventually(lambda: reports(client, f"{name}-last"), "the last report is there")
    seen = count(counterparty, "D")
    assert client.send(order(f"{name}-last")) > 0
    counterparty.wait_for("D", seen + 1)
    eventually(
        lambda: client.status()["next_target_seq_num"] == counterparty.next_out, "the numbers are the same"
    )


def reports(client: QuickFixClient, exec_id: str) -> int:
    """How often that report is in the journal."""
    return len(payloads(client, Direction.IN, b"\x0117=%s\x01" % exec_id.encode()))


def count(counterparty: Counterparty, msg_type: str) -> int:
    return len([one for one in counterparty.received if tag(one, 35) == msg_type])


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        (lambda client: connection(client)._acceptance, "judge"),
        (lambda client: connection(client).breaker, "heard"),
        (lambda client: connection(client).why, "incoming"),
        (lambda client: connection(client).record, "note"),
    ],
    ids=["judge", "breaker", "why", "note"],
)
def test_what_comes_in_is_journaled_whatever_else_fails(
    client: QuickFixClient,
    counterparty: Counterparty,
    name: str,
    owner: Callable[[QuickFixClient], object],
    method: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = fail(owner(client), method)
    counterparty.report(name)
    heartbeats = count(counterparty, "0")
    counterparty.send("1", [(112, "?")])
    counterparty.wait_for("0", heartbeats + 1)
    assert reports(client, name) == 1
    in_step(client, counterparty, name)
    if method != "note":  # QuickFIX may have nothing to say
        assert failing.failed
        assert "a mistake in a callback" in caplog.text


def test_what_can_not_be_written_down_is_asked_for_again(
    client: QuickFixClient, counterparty: Counterparty, name: str
) -> None:
    fail(client._record, "received", lambda raw: b"\x0135=8\x01" in raw)
    counterparty.report(name)
    assert client._record.wait_for(SessionPhase.WAITING_TO_RECONNECT, 10)
    assert "a mistake in a callback" in client.status()["reason"]
    in_step(client, counterparty, name)
    assert reports(client, name) == 1


def test_an_order_that_went_out_unwritten_is_made_up_for(
    client: QuickFixClient, counterparty: Counterparty, name: str
) -> None:
    fail(client._record, "sent", lambda raw: b"\x0135=D\x01" in raw)
    seen = count(counterparty, "D")
    with pytest.raises(NotSent, match="was sent, but not written down yet") as refused:
        client.send(order(name))
    assert refused.value.code == ReplyCode.FAILED
    counterparty.wait_for("D", seen + 1)
    assert client._record.wait_for(SessionPhase.WAITING_TO_RECONNECT, 10)
    in_step(client, counterparty, name)
    assert len(payloads(client, Direction.OUT, b"\x0111=%s\x01" % name.encode())) == 1


def test_a_logon_whose_callback_fails_is_ended_and_tried_again(
    client: QuickFixClient, counterparty: Counterparty, name: str
) -> None:
    failing = fail(client._record, "set_phase", lambda phase, *_more: phase is SessionPhase.CONNECTED)
    seen = count(counterparty, "A")
    counterparty.drop()
    counterparty.wait_for("A", seen + 2)
    assert failing.failed
    in_step(client, counterparty, name)


def test_a_logout_whose_callback_fails_is_noticed(
    client: QuickFixClient, counterparty: Counterparty, name: str
) -> None:
    failing = fail(connection(client).why, "end")
    seen = count(counterparty, "A")
    counterparty.drop()
    counterparty.wait_for("A", seen + 1)
    assert failing.failed
    in_step(client, counterparty, name)


def test_what_may_be_stale_is_not_sent_again(
    client: QuickFixClient, counterparty: Counterparty, name: str
) -> None:
    seen = count(counterparty, "D")
    number = client.send(order(name))
    counterparty.wait_for("D", seen + 1)
    known, client._record.sent_lately = client._record.sent_lately, Unreadable()  # type: ignore[assignment]
    filled = count(counterparty, "4")
    counterparty.send("2", [(7, number), (16, number)])
    assert tag(counterparty.wait_for("4", filled + 1), 123) == "Y"
    assert count(counterparty, "D") == seen + 1
    client._record.sent_lately = known
    in_step(client, counterparty, name)
