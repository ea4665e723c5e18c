"""Whatever a client sends, well-framed or not, the session answers or ends, and never fails. `make fuzz` tries more."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.application import Application
from broker.fix.session import Session
from broker.fix.states import ApplicationMessage, SessionKey, State
from broker.fix.validation import problem_of
from broker.fix.wire import MAX_MESSAGE, Framer, Garbled, Pair, encode, parse
from broker.settings import Settings
from tests.conformance.conversation import START, MemoryStore
from tests.conformance.dictionary_messages import Right, right_messages

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))

Mutation = Callable[[st.DataObject, bytes], bytes]

NUMBERED = [
    7,
    11,
    16,
    21,
    34,
    36,
    38,
    40,
    41,
    43,
    44,
    45,
    52,
    54,
    55,
    59,
    60,
    95,
    96,
    97,
    98,
    99,
    108,
    112,
    122,
    123,
]
TAGS = [*map(str, NUMBERED), "141", "790", "x", "0", "00"]
TIME = "20270115-08:00:00"
VALUES = [
    *"01234",
    "-1",
    "1.5",
    ".",
    "Y",
    "N",
    "AAPL",
    "nope",
    "200",
    TIME,
    "9" * 18,
    "\xe9",
    "\x02",
    "8=FIX.4.4",
    "",
]
RIGHT = {
    "11": "1",
    "21": "1",
    "38": "200",
    "40": "2",
    "41": "0",
    "44": "200",
    "54": "1",
    "55": "AAPL",
    "60": TIME,
}

fields = st.tuples(st.sampled_from(TAGS), st.sampled_from(VALUES))
messages = st.tuples(
    st.sampled_from([*"0123459ADFGHRj", "AE", "zz", "U1"]),
    st.sampled_from([0, 0, 0, 0, -1, 1, 2]),
    st.lists(fields, max_size=12).map(dict)
    | st.lists(fields, max_size=2).map(lambda some: {**RIGHT, **dict(some)}),
)


class OneClient:
    """The application's line to the only session there is."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def send(self, _: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        self.session.send(msg_type, body, START)

    def send_transient(self, _: SessionKey, msg_type: bytes, body: list[Pair]) -> None:
        self.session.send_transient(msg_type, body, START)

    def backlog(self, _: SessionKey) -> int:
        return 0

    def disconnect(self, _: SessionKey, text: str, is_too_slow: bool = False) -> None:
        self.session.disconnect(text, START)


class NothingStored:
    """A database that was never written."""

    def load_order(self, order_id: int) -> None:
        return None

    def find_list(self, version: str, client: str, broker: str, list_id: str) -> list[int]:
        return []

    def find_cl_ord_id(self, owner: str, cl_ord_id: str) -> None:
        return None

    def load_execution(self, exec_id: str) -> None:
        return None


class Broker:
    """Session and application behind a framer, as the core has them, for one client that is logged on."""

    def __init__(self, version: bytes) -> None:
        self.version = version
        self.key = SessionKey(version, b"CLIENT", b"BROKER")
        self.session = Session(self.key, MemoryStore())
        self.application = Application(
            {"AAPL": Decimal(230)}, OneClient(self.session), NothingStored(), Settings()
        )
        self.framer = Framer()
        self.session.connected(START)
        self.take(self.build("A", 0, {"98": "0", "108": "30"}))
        assert self.session.state is State.LOGGED_ON

    @property
    def live(self) -> bool:
        return self.session.state is State.LOGGED_ON

    def take(self, data: bytes) -> None:
        for frame in self.framer.feed(data):
            try:
                message = parse(frame)
            except Garbled:
                continue
            for event in self.session.receive(message, START):
                if isinstance(event, ApplicationMessage):
                    self.application.handle(self.key, event.message, START)
        self.application.run_due(START)

    def build(self, msg_type: str, offset: int, more: dict[str, str]) -> bytes:
        header = {"49": "CLIENT", "56": "BROKER", "34": str(self.session.next_in + offset), "52": TIME}
        pairs = [(tag.encode(), value.encode("latin-1")) for tag, value in {**header, **more}.items()]
        return encode(self.version, msg_type.encode(), pairs, [])

    def check(self) -> None:
        """What holds whatever came in."""
        for raw in self.session.out:
            assert parse(raw).raw == raw
            assert problem_of(self.version, parse(raw)) is None
            assert b"\x0158=the broker failed" not in raw
        assert self.framer.waiting <= MAX_MESSAGE + 100
        for order in self.application.orders.open_orders():
            assert order.filled_quantity + order.leaves_quantity == order.quantity


@settings(max_examples=300 * TIMES, deadline=None)
@given(st.sampled_from([b"FIX.4.2", b"FIX.4.4"]), st.lists(messages | st.binary(max_size=60), max_size=12))
def test_nothing_a_client_sends_makes_the_broker_fail(version: bytes, sent: list[object]) -> None:
    broker = Broker(version)
    for one in sent:
        before = broker.session.next_in
        broker.take(one if isinstance(one, bytes) else broker.build(*one))  # type: ignore[misc]
        if not broker.live:
            break
        assert broker.session.next_in >= before or broker.session.next_in == 2
    broker.check()


def flip(data: st.DataObject, raw: bytes) -> bytes:
    at = data.draw(st.integers(0, len(raw) - 1))
    return raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]


def cut(data: st.DataObject, raw: bytes) -> bytes:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
    return raw[:start] + raw[end:]


def repeat(data: st.DataObject, raw: bytes) -> bytes:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
    return raw[:end] + raw[start:end] * data.draw(st.integers(1, 3)) + raw[end:]


def reorder(data: st.DataObject, raw: bytes) -> bytes:
    return b"\x01".join(data.draw(st.permutations(raw[:-1].split(b"\x01")))) + b"\x01"


def splice(data: st.DataObject, raw: bytes) -> bytes:
    other = data.draw(right_messages()).frame()
    return raw[: data.draw(st.integers(0, len(raw)))] + other[data.draw(st.integers(0, len(other))) :]


MUTATIONS = [flip, cut, repeat, reorder, splice]


def framed(version: bytes, content: bytes) -> bytes:
    """With the BodyLength(9) and CheckSum(10) of what is in it."""
    head = b"8=%b\x019=%d\x01%b" % (version, len(content), content)
    return b"%b10=%03d\x01" % (head, sum(head) & 255)


@settings(max_examples=300 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(right_messages(), min_size=1, max_size=4),
    st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=2),
    st.booleans(),
    st.data(),
)
def test_no_mutation_of_a_right_message_makes_the_broker_fail(
    sent: list[Right], mutations: list[Mutation], frame_again: bool, data: st.DataObject
) -> None:
    version = sent[0].version
    broker = Broker(version)
    for right in sent:
        number = b"\x0134=%d\x01" % broker.session.next_in
        raw = right.frame().replace(b"\x0134=2\x01", number, 1)
        content = raw.split(b"\x01", 2)[2][:-7]
        if frame_again:
            for mutation in mutations:
                content = mutation(data, content) or b"35=0\x01"
        changed = framed(version, content)
        if not frame_again:
            for mutation in mutations:
                changed = mutation(data, changed) or b"8"
        broker.take(changed)
        if not broker.live:
            break
    broker.check()


# Values that lead further than any others: into the book, to an order that is there.
LIKELY = {
    b"11": st.sampled_from([b"a", b"b", b"c", b"d"]),
    b"41": st.sampled_from([b"a", b"b", b"c", b"d"]),
    b"37": st.sampled_from([b"O1", b"O2", b"1"]),
    b"55": st.just(b"AAPL"),
    b"38": st.sampled_from([b"100", b"50"]),
    b"44": st.sampled_from([b"230", b"229.99"]),
    b"60": st.just(TIME.encode()),
}
HANDLED = frozenset(b"D E F G H K L M q AF V R x g c e".split())
VERSIONS = st.sampled_from([b"FIX.4.2", b"FIX.4.4"])


def make_likely(data: st.DataObject, pairs: list[Pair]) -> list[Pair]:
    return [
        (tag, data.draw(LIKELY[tag] | st.just(value)) if tag in LIKELY else value) for tag, value in pairs
    ]


@settings(max_examples=100 * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VERSIONS, st.data())
def test_no_right_message_makes_the_application_fail(version: bytes, data: st.DataObject) -> None:
    broker = Broker(version)
    for _ in range(data.draw(st.integers(1, 8))):
        right = data.draw(right_messages((version,), HANDLED))
        number = b"%d" % broker.session.next_in
        header = [(b"49", b"CLIENT"), (b"56", b"BROKER"), (b"34", number), (b"52", TIME.encode())]
        pairs = make_likely(data, right.body.pairs())
        broker.take(encode(version, right.msg_type, header, pairs))
        assert broker.live
    broker.check()
