"""FIX conversations as text, played against a session without sockets, clock or database.

One line, one step; fields are parted by `|`, the first is MsgType(35):

    > A|34=1|98=0|108=30     the client sends (8, 9, 10, 49, 56, 52 are filled in unless given)
    < A|34=1|98=0|108=30     the broker has answered exactly this; `58=*` is any value
    app D|34=2               the application was given this message
    send 8|58=x              the application sends
    wait 31                  seconds pass
    logout text              the broker logs the client out
    closed                   the session has given up the connection
    reconnect                the connection is lost and comes again
    garbled ...              bytes as they are, with ^ for SOH

FIX.4.2 has no SessionRejectReason(373) above 11: there a 373 that is expected with such a value must be absent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from broker.fix.session import Session
from broker.fix.states import ApplicationMessage, SessionKey, State
from broker.fix.validation import problem_of
from broker.fix.wire import Framer, Garbled, encode, parse, utc_timestamp

START = 1_800_000_000.0
BOTH = pytest.mark.parametrize("version", ["FIX.4.2", "FIX.4.4"])
LOGON = """
    > A|34=1|98=0|108=30
    < A|34=1|98=0|108=30
"""
ORDER = "21=1|55=AAPL|54=1|38=1|40=1|60=20270115-08:00:00"
"""What makes a NewOrderSingle(D) of a ClOrdID(11)."""
LATER = utc_timestamp(START + 60).decode()
FAR = utc_timestamp(START + 200).decode()
PAST = utc_timestamp(START - 60).decode()
ADMIN = (b"0", b"1", b"2", b"3", b"4", b"5", b"A")
FILLED_IN = {"8", "9", "10", "49", "56", "52"}


class MemoryStore:
    """A MessageStore that forgets with the process."""

    def __init__(self) -> None:
        self.messages: dict[int, bytes] = {}

    def append(self, number: int, raw: bytes) -> None:
        self.messages[number] = raw

    def read(self, begin: int, end: int, limit: int) -> Sequence[tuple[int, bytes]]:
        return [(number, raw) for number, raw in self.messages.items() if begin <= number <= end][:limit]

    def clear(self) -> None:
        self.messages.clear()


class Conversation:
    def __init__(self, version: str) -> None:
        self.version = version.encode()
        self.now = START
        self.session = Session(SessionKey(self.version, b"CLIENT", b"BROKER"), MemoryStore())
        self.session.connected(self.now)
        self.framer = Framer()
        self.given: list[dict[str, str]] = []
        self.answers: list[dict[str, str]] = []

    def play(self, text: str) -> None:
        for line in filter(None, (line.strip() for line in text.splitlines())):
            word, _, rest = line.partition(" ")
            if word not in ("<", "app", "closed"):
                self.nothing_left(line)
            self._STEPS[word](self, rest)
        self.nothing_left("the end")

    def nothing_left(self, line: str) -> None:
        assert not self.answers, f"before {line!r} the broker also sent {self.answers}"
        assert not self.given, f"before {line!r} the application was also given {self.given}"

    def client_sends(self, text: str) -> None:
        self.receive(self.message(text))

    def message(self, text: str) -> bytes:
        msg_type, *fields = text.split("|")
        pairs = [tuple(field.split("=", 1)) for field in fields]
        given = dict(pairs)
        header = [("49", "CLIENT"), ("56", "BROKER"), ("52", utc_timestamp(self.now).decode())]
        body = [(tag, value) for tag, value in header if tag not in given]
        body += [(tag, value) for tag, value in pairs if tag != "8" and value != "-"]
        begin_string = given.get("8", self.version.decode()).encode()
        encoded = [(tag.encode("latin-1"), value.encode("latin-1")) for tag, value in body]
        return encode(begin_string, msg_type.encode(), encoded, [])

    def receive(self, data: bytes) -> None:
        for frame in self.framer.feed(data):
            try:
                message = parse(frame)
            except Garbled:
                continue
            for event in self.session.receive(message, self.now):
                if isinstance(event, ApplicationMessage):
                    self.given.append(as_fields(event.message.raw))
        self.collect()

    def collect(self) -> None:
        while self.session.replaying:
            self.session.continue_replay(self.now)
        for raw in self.session.out:
            sent = parse(raw)
            assert sent.msg_type not in ADMIN or problem_of(self.version, sent) is None, raw
        self.answers += [as_fields(raw) for raw in self.session.out]
        self.session.out.clear()

    def broker_sent(self, text: str) -> None:
        if self.version == b"FIX.4.2":
            text = re.sub(r"\|373=1[2-9]", "", text)
        assert self.answers, f"the broker sent nothing, {text} was expected"
        compare(text, self.answers.pop(0))

    def application_given(self, text: str) -> None:
        assert self.given, f"the application was given nothing, {text} was expected"
        msg_type, *fields = text.split("|")
        got = self.given.pop(0)
        expected = {"35": msg_type, **dict(field.split("=", 1) for field in fields)}
        assert {tag: got.get(tag) for tag in expected} == expected

    def application_sends(self, text: str) -> None:
        msg_type, *fields = text.split("|")
        pairs = [field.encode("latin-1").split(b"=", 1) for field in fields]
        self.session.send(msg_type.encode(), [(tag, value) for tag, value in pairs], self.now)
        self.collect()

    def wait(self, seconds: str) -> None:
        self.now += float(seconds)
        self.session.tick(self.now)
        self.collect()

    def logout(self, text: str) -> None:
        self.session.logout(text, self.now)
        self.collect()

    def closed(self, _: str) -> None:
        assert self.session.state is State.CLOSING

    def reconnect(self, _: str) -> None:
        self.session.disconnected(self.now)
        self.session.connected(self.now)
        self.framer = Framer()

    def garbled(self, text: str) -> None:
        self.receive(text.replace("^", "\x01").encode("latin-1"))

    _STEPS = {  # noqa: RUF012
        ">": client_sends,
        "<": broker_sent,
        "app": application_given,
        "send": application_sends,
        "wait": wait,
        "logout": logout,
        "closed": closed,
        "reconnect": reconnect,
        "garbled": garbled,
    }


def as_fields(raw: bytes) -> dict[str, str]:
    return {tag.decode(): value.decode("latin-1") for tag, value in parse(raw).pairs}


def compare(text: str, got: dict[str, str]) -> None:
    """Every field but those of the frame, exactly."""
    msg_type, *fields = text.split("|")
    expected = {"35": msg_type, **dict(field.split("=", 1) for field in fields)}
    shown = {tag: value for tag, value in got.items() if tag not in FILLED_IN or tag in expected}
    wrong = [
        f"{tag}: {shown.get(tag)!r} instead of {expected.get(tag)!r}"
        for tag in sorted(expected.keys() | shown.keys(), key=int)
        if expected.get(tag) != shown.get(tag) and not (expected.get(tag) == "*" and tag in shown)
    ]
    assert not wrong, f"expected {text}, got {got}: {'; '.join(wrong)}"
