"""Market data on the link: live, in its place among the entries, and left out for a desk that does not read."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from sendfix.link import protocol
from sendfix.link.protocol import Direction
from tests.support.link_client import LinkClient
from tests.unit.link.test_hub import Engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path, max_backlog_bytes=64 << 20)
    yield made
    made.close()


def test_it_comes_in_its_place_and_is_in_no_journal(engine: Engine) -> None:
    with LinkClient(engine.path, {}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 0) in desk.heard)
        engine.a.journal.append(Direction.IN, b"one")
        engine.hub.market_data("A", 7, b"tick")
        engine.a.journal.append(Direction.IN, b"two")
        desk.wait_entry("A", b"two")
        heard = [
            message.raw for message in desk.heard if isinstance(message, protocol.Entry | protocol.MarketData)
        ]
        assert heard == [b"one", b"tick", b"two"]
        assert protocol.MarketData("A", 7, b"tick") in desk.heard
    assert engine.a.journal.last_index == 2


def test_it_is_not_kept_for_a_desk_that_comes_later(engine: Engine) -> None:
    engine.hub.market_data("A", 7, b"tick")
    with LinkClient(engine.path, {}) as desk:
        desk.wait(lambda: protocol.CaughtUp("A", 0) in desk.heard)
        engine.hub.market_data("A", 8, b"tock")
        desk.wait(lambda: protocol.MarketData("A", 8, b"tock") in desk.heard)
        assert protocol.MarketData("A", 7, b"tick") not in desk.heard


def test_a_desk_that_does_not_read_loses_market_data_and_no_entry(engine: Engine) -> None:
    slow = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    slow.connect(str(engine.path))
    slow.sendall(protocol.encode(protocol.Attach({})))
    decoder, heard = protocol.Decoder(), list[protocol.Message]()

    def read_until(message: protocol.Message) -> None:
        while message not in heard:
            heard.extend(decoder.feed(slow.recv(65536)))

    with slow, LinkClient(engine.path, {}) as good:
        read_until(protocol.CaughtUp("A", 0))
        good.wait(lambda: protocol.CaughtUp("A", 0) in good.heard)
        for number in range(3000):
            engine.hub.market_data("A", number, bytes(10_000))
            if number % 100 == 99:
                engine.a.journal.append(Direction.IN, b"entry %d" % number)
                good.wait_entry("A", b"entry %d" % number)
        ticks = [message for message in good.heard if isinstance(message, protocol.MarketData)]
        assert [tick.at_ns for tick in ticks] == list(range(3000))

        while not any(isinstance(one, protocol.Entry) and b"entry 2999" in one.raw for one in heard):
            heard.extend(decoder.feed(slow.recv(65536)))
        entries = [one.raw for one in heard if isinstance(one, protocol.Entry)]
        assert entries == [b"entry %d" % number for number in range(99, 3000, 100)]
        lost = heard.index(protocol.MarketDataLost("A"))
        before = [one.at_ns for one in heard[:lost] if isinstance(one, protocol.MarketData)]
        assert before == list(range(len(before)))
        assert 1_600 < len(before) < 3_000
        assert heard.count(protocol.MarketDataLost("A")) == 1

        # It reads again, and is served again.
        engine.hub.market_data("A", 9999, b"again")
        read_until(protocol.MarketData("A", 9999, b"again"))
