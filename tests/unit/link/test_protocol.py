from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.link.protocol import (
    Attach,
    CaughtUp,
    Connect,
    Decoder,
    Disconnect,
    Entry,
    Hello,
    Message,
    ProtocolError,
    Reply,
    Send,
    Status,
    encode,
)

numbers = st.integers(0, 2**63 - 1)
messages: st.SearchStrategy[Message] = st.one_of(
    st.builds(Hello, st.integers(1, 9), st.text(), st.just({"A": {"journal_id": "x", "last_index": 3}})),
    st.builds(Entry, st.text(), numbers, numbers, st.integers(0, 2), st.binary()),
    st.builds(CaughtUp, st.text(), numbers),
    st.builds(Status, st.text(), st.dictionaries(st.text(), st.none() | st.booleans() | numbers | st.text())),
    st.builds(Reply, numbers, st.text(), st.text()),
    st.builds(Attach, st.dictionaries(st.text(), st.tuples(st.text(), numbers))),
    st.builds(Send, numbers, st.text(), st.binary()),
    st.builds(Connect, numbers, st.text()),
    st.builds(Disconnect, numbers, st.text()),
)


@given(st.lists(messages), st.integers(1, 50))
def test_messages_arrive_whole_however_the_stream_is_cut(said: list[Message], size: int) -> None:
    stream = b"".join(encode(message) for message in said)
    decoder = Decoder()
    heard = [
        message
        for start in range(0, len(stream), size)
        for message in decoder.feed(stream[start : start + size])
    ]
    assert heard == said


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        msgpack.packb(["?", 1]),
        msgpack.packb([]),
        msgpack.packb({"S": 1}),
        msgpack.packb(["S", 1]),
        msgpack.packb(["C", 1, "A", "origin", "more"]),
        msgpack.packb([["S"], 1, "A", b""]),
        b"\xc1",
    ],
)
def test_anything_else_is_a_protocol_error(garbage: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(Decoder().feed(garbage))
