"""Whatever a client sends, well-framed or not, the session answers or ends, and never fails."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from broker.application import Application
from broker.fix.session import Session
from broker.fix.states import ApplicationMessage, SessionKey, State
from broker.fix.wire import Framer, Garbled, Pair, encode, parse
from broker.settings import Settings
from tests.conformance.conversation import START, MemoryStore

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

    def disconnect(self, _: SessionKey, text: str) -> None:
        self.session.disconnect(text, START)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([b"FIX.4.2", b"FIX.4.4"]), st.lists(messages | st.binary(max_size=60), max_size=12))
def test_nothing_a_client_sends_makes_the_broker_fail(version: bytes, sent: list[object]) -> None:
    key = SessionKey(version, b"CLIENT", b"BROKER")
    session = Session(key, MemoryStore())
    application = Application(
        {"AAPL": Decimal(230)}, OneClient(session), lambda _: None, lambda *_: None, Settings()
    )
    framer = Framer()
    session.connected(START)

    def take(data: bytes) -> None:
        for frame in framer.feed(data):
            try:
                message = parse(frame)
            except Garbled:
                continue
            for event in session.receive(message, START):
                if isinstance(event, ApplicationMessage):
                    application.handle(key, event.message, START)

    def build(msg_type: str, offset: int, more: dict[str, str]) -> bytes:
        header = {"49": "CLIENT", "56": "BROKER", "34": str(session.next_in + offset), "52": TIME}
        pairs = [(tag.encode(), value.encode("latin-1")) for tag, value in {**header, **more}.items()]
        return encode(version, msg_type.encode(), pairs, [])

    take(build("A", 0, {"98": "0", "108": "30"}))
    assert session.state is State.LOGGED_ON
    for one in sent:
        before = session.next_in
        take(one if isinstance(one, bytes) else build(*one))  # type: ignore[misc]
        application.run_due(START)
        if session.state is not State.LOGGED_ON:
            break
        assert session.next_in >= before or session.next_in == 2
    for raw in session.out:
        assert parse(raw).raw == raw
    for order in application.orders.open_orders():
        assert order.filled_quantity + order.leaves_quantity == order.quantity
