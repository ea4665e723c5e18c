"""A client's conversation with the broker's own session and application, in memory, for docs/fix-messages.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from broker.application import Application
from broker.fix.dictionary import load
from broker.fix.session import Session
from broker.fix.states import ApplicationMessage, SessionKey
from broker.fix.wire import Pair, encode, parse, utc_timestamp
from broker.settings import Settings
from broker.trading.behaviours import Behaviour, Mode

NOW = 1_800_000_000.0
T = "60=20270115-08:00:00"
ORDER = f"21=1|55=AAPL|54=1|38=100|40=2|44=200|{T}"
ENTRY = "67={}|21=1|55=AAPL|54=1|38=100|40=2|44=200"

CONVERSATION = (
    "A|98=0|108=30",
    "1|112=are you there",
    "mode fill",
    f"D|11=ORDER-1|{ORDER}",
    f"D|11=ORDER-2|{ORDER.replace('AAPL', 'NOPE')}",
    "mode manual",
    f"D|11=ORDER-3|{ORDER}",
    f"G|11=ORDER-4|41=ORDER-3|{ORDER.replace('38=100', '38=150')}",
    "H|11=ORDER-4|55=AAPL|54=1",
    f"F|11=ORDER-5|41=ORDER-4|55=AAPL|54=1|38=150|{T}",
    f"F|11=ORDER-6|41=NOPE|55=AAPL|54=1|38=150|{T}",
    "Q|37=O1|17=1-2|127=B|55=AAPL|54=1|58=not mine",
    f"D|11=ORDER-7|{ORDER}",
    "AF|584=S1|585=7",
    f"q|11=ORDER-8|530=7|{T}",
    f"q|11=ORDER-9|530=1|55=NOPE|{T}",
    f"E|66=LIST-1|394=3|433=2|68=2|73=2|11=ORDER-10|{ENTRY.format(1)}|11=ORDER-11|{ENTRY.format(2)}",
    f"L|66=LIST-1|{T}",
    "M|66=LIST-1",
    f"K|66=LIST-1|{T}",
    "V|262=MD-1|263=1|264=1|265=1|267=2|269=0|269=1|146=1|55=BAC",
    "mode match",
    f"D|11=ORDER-12|{ORDER.replace('AAPL', 'BAC').replace('44=200', '44=30')}",
    "V|262=MD-2|263=0|264=0|267=1|269=0|146=1|55=NOPE",
    "R|131=QUOTE-1|146=1|55=AAPL",
    "R|131=QUOTE-2|146=1|55=NOPE",
    "x|320=LIST-2|559=0|55=AAPL",
    "c|320=DEFINITION-1|321=1|55=AAPL",
    "e|324=STATUS-1|263=0|55=AAPL",
    "g|335=SESSION-1|263=0",
    "B|148=news|33=1|58=not for the broker",
    f"D|11=ORDER-13|{ORDER.replace('54=1', '54=x')}",
    "2|7=2|16=4",
    "gap",
    "0",
    "4|123=N|36=",
    "wait 31",
    "wait 10",
    "5",
)
"""`gap` loses one message on the way, `mode` sets the broker's behaviour, `wait` lets seconds pass."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message; `text` has `|` for SOH."""

    msg_type: str
    text: str
    tags: frozenset[int]


@dataclass(slots=True)
class Exchange:
    """What was asked, None when time passed, and all that came back."""

    asked: Shown | None
    answers: list[Shown] = field(default_factory=list)


class Nothing:
    """A broker's archive and message store: the messages, and no older orders."""

    def __init__(self) -> None:
        self._messages: dict[int, bytes] = {}

    def append(self, number: int, raw: bytes) -> None:
        self._messages[number] = raw

    def read(self, begin: int, end: int, limit: int) -> Sequence[tuple[int, bytes]]:
        return [(number, raw) for number, raw in self._messages.items() if begin <= number <= end][:limit]

    def clear(self) -> None:
        self._messages.clear()

    def load_order(self, _id: int) -> dict[str, Any] | None:
        return None

    def find_list(self, _version: str, _client: str, _broker: str, _list_id: str) -> list[int]:
        return []

    def find_cl_ord_id(self, _owner: str, _cl_ord_id: str) -> int | None:
        return None

    def load_execution(self, _exec_id: str) -> dict[str, Any] | None:
        return None


class Client:
    """It is the broker's line, too."""

    def __init__(self, version: str) -> None:
        self.key = SessionKey(version.encode(), b"CLIENT", b"BROKER")
        store = Nothing()
        self.now = NOW
        self.session = Session(self.key, store)
        prices = {"AAPL": Decimal("230.10"), "BAC": Decimal("39.25")}
        self.application = Application(prices, self, store, Settings())
        self.session.connected(self.now)
        self.number = 0

    def send(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        self.session.send(msg_type, body, self.now)

    def send_transient(self, session: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        self.session.send_transient(msg_type, body, self.now)

    def backlog(self, session: SessionKey) -> int:
        return 0

    def disconnect(self, session: SessionKey, text: str, is_too_slow: bool = False) -> None:
        self.session.logout(text, self.now)

    def ask(self, step: str) -> Exchange:
        self.number += 1
        msg_type, *fields = step.split("|")
        body: list[Pair] = []
        for one in fields:
            tag, _, text = one.partition("=")
            body.append((tag.encode(), text.encode() or b"%d" % (self.number + 1)))
        header = [(b"49", b"CLIENT"), (b"56", b"BROKER"), (b"34", b"%d" % self.number)]
        header.append((b"52", utc_timestamp(self.now)))
        raw = encode(self.key.begin_string, msg_type.encode(), header, body)
        for event in self.session.receive(parse(raw), self.now):
            if isinstance(event, ApplicationMessage):
                self.application.handle(self.key, event.message, self.now)
        return self.collect(Exchange(_shown(raw)))

    def wait(self, seconds: float) -> Exchange:
        self.now += seconds
        self.session.tick(self.now)
        return self.collect(Exchange(None))

    def collect(self, exchange: Exchange) -> Exchange:
        self.application.run_due(self.now)
        self.application.flush(self.now)
        while self.session.replaying:
            self.session.continue_replay(self.now)
        exchange.answers += [_shown(raw) for raw in self.session.out]
        self.session.out.clear()
        return exchange


def play(version: str) -> Iterator[Exchange]:
    """What the version has of the conversation."""
    client = Client(version)
    for step in CONVERSATION:
        word, _, rest = step.partition(" ")
        if word == "mode":
            client.application.orders.behaviours.default = Behaviour(Mode(rest))
        elif word == "gap":
            client.number += 1
        elif word == "wait":
            yield client.wait(float(rest))
        elif step.split("|")[0] in load(version).messages:
            yield client.ask(step)


def _shown(raw: bytes) -> Shown:
    message = parse(raw)
    text = raw[:-1].replace(b"\x01", b"|").decode("latin-1")
    return Shown(message.msg_type.decode(), text, frozenset(int(tag) for tag, _ in message.pairs))
