"""Market data through QuickFIX, from a scripted counterparty that does what the simulated broker never does."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from quickfix_client import QuickFixClient
from sendfix.config import Reconnection, SessionConfig
from sendfix.fix.dictionary import load
from sendfix.fix.parse import header, text_of
from sendfix.link.journal_entries import Entry
from sendfix.services.intake import DIRECTIONS
from sendfix.services.market import Market
from sendfix.services.market_feed import MarketFeed
from sendfix.services.market_state import MarketState
from sendfix.services.ports import MessageRow
from sendfix.services.sessions import Sessions
from tests.support.scripted_acceptor import Message, ScriptedAcceptor, tag
from tests.unit.services.market_kit import HeardPrices

Fields = list[tuple[int, object]]


class Session:
    """A session of QuickFIX with the desk's market data service on it; `pump` does what the desk's loop does."""

    def __init__(self, config: SessionConfig, store: Path) -> None:
        self.news: queue.Queue[Callable[[], None]] = queue.Queue()
        self.prices = HeardPrices()
        self.client = QuickFixClient(
            config, store, on_status=lambda: self.news.put(self._status), on_market_data=self._market_data
        )
        self.client.journal.on_append = self._entry
        numbers = count(1)
        self.sessions = Sessions([config])
        self.state = MarketState(
            self.sessions, lambda session: load(session.config.fix_version), lambda: datetime.now(UTC)
        )
        self.feed = MarketFeed(self.state, "LMD-", self.prices)
        self.market = Market(self.state, lambda: f"LMD-{next(numbers)}")
        self.name = config.name

    def until(self, check: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + 15
        while True:
            for sending in self.market.run():
                self.client.send(sending.body)
            if check():
                return
            pause = (self.market.next_due - datetime.now(UTC)).total_seconds()
            with contextlib.suppress(queue.Empty):
                self.news.get(timeout=max(0.0, pause))()
            if time.monotonic() > deadline:
                raise AssertionError(f"never: {what}; {self.stale()}; {self.journaled('A', 'V', 'Y', '2')}")

    def stale(self, symbol: str = "AAPL") -> str | None:
        return self.market.view(self.name, symbol).stale_reason

    def bids(self, symbol: str = "AAPL") -> list[tuple[str, str]]:
        levels = self.market.view(self.name, symbol).book.bids.levels()
        return [(str(level.px), str(level.size)) for level in levels]

    def journaled(self, *msg_types: str) -> list[str]:
        found = []
        for entry in self.client.journal.read(0, 1000):
            msg_type = header(entry.payload)[0] or "" if entry.direction != 2 else ""
            if msg_type in msg_types:
                found.append(msg_type)
        return found

    def _market_data(self, at_ns: int, raw: bytes) -> None:
        self.news.put(lambda: self.feed.message(self.name, at_ns, raw))

    def _entry(self, entry: Entry) -> None:
        if entry.direction < 2:
            msg_type, number = header(entry.payload)
            direction, text = DIRECTIONS[entry.direction], text_of(entry.payload)
            row = MessageRow(entry.number, self.name, direction, entry.at_ns, number, msg_type, text)
            self.news.put(lambda: self.feed.message_logged(row))

    def _status(self) -> None:
        session = self.sessions.update(self.name, self.client.status())
        assert session is not None
        self.feed.session_changed(session)
        self.market.session_changed(session)
        self.market.ready(self.name)


class Exchange(ScriptedAcceptor):
    def asked(self, number: int) -> Message:
        """The MarketDataRequest(V) of that number that asks for something."""
        asking = [one for one in self.received if tag(one, 35) == "V" and tag(one, 263) == "1"]
        if len(asking) >= number:
            return asking[number - 1]
        self.wait_for("V", sum(tag(one, 35) == "V" for one in self.received) + 1)
        return self.asked(number)

    def ended(self) -> list[str | None]:
        return [tag(one, 262) for one in self.received if tag(one, 35) == "V" and tag(one, 263) == "2"]

    def snapshot(self, md_req_id: str | None) -> None:
        """One bid of 5 at 10, one offer of 6 at 11."""
        bid = [(269, "0"), (270, "10"), (271, "5")]
        self.send("W", [(262, md_req_id), (55, "AAPL"), (268, 2), *bid, (269, "1"), (270, "11"), (271, "6")])

    def update(self, md_req_id: str | None, action: str, px: str, **keys: object) -> None:
        entry = [(279, action), (269, "0"), (55, "AAPL"), (270, px), (271, "3")]
        header_of = {43: "Y", 122: "20260302-14:03:00"} if keys.get("poss_dup") else {}
        seq_num = keys.get("seq_num")
        assert seq_num is None or isinstance(seq_num, int)
        self.send("X", [(262, md_req_id), (268, 1), *entry], seq_num, header_of)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with Exchange() as made:
        yield made


@pytest.fixture
def config(exchange: Exchange) -> SessionConfig:
    soon = Reconnection(initial_delay=1, jitter=0)
    return SessionConfig("S", "127.0.0.1", exchange.port, "FIX.4.4", "ME", "BROKER", 30, reconnection=soon)


def live(config: SessionConfig, store: Path, exchange: Exchange) -> tuple[Session, str | None]:
    """A session with a live book, and its MDReqID(262)."""
    session = Session(config, store)
    session.client.connect()
    session.market.subscribe("S", ["AAPL"], 5)
    session.until(lambda: session.stale() == "It is asked for just now", "it is asked for")
    first = tag(exchange.asked(1), 262)
    exchange.snapshot(first)
    session.until(lambda: session.stale() is None, "a live book")
    return session, first


@pytest.mark.parametrize("fix_version", ["FIX.4.2", "FIX.4.4"])
def test_a_gap_and_what_is_sent_again(
    config: SessionConfig, tmp_path: Path, exchange: Exchange, fix_version: str
) -> None:
    session, first = live(replace(config, fix_version=fix_version), tmp_path, exchange)
    with session.client:
        exchange.update(first, "0", "9")
        session.until(lambda: session.bids() == [("10", "5"), ("9", "3")], "an update")

        # Number 4 is lost on the way: number 5 shows that it is.
        exchange.next_out += 1
        exchange.update(first, "0", "8")
        session.until(lambda: "are missing" in (session.stale() or ""), "stale")
        exchange.wait_for("2")
        exchange.update(first, "0", "7.5", seq_num=4, poss_dup=True)
        second = tag(exchange.asked(2), 262)
        exchange.update(first, "0", "7")  # of the chain that is no more
        exchange.snapshot(second)
        session.until(lambda: session.stale() is None, "live again")
        assert session.bids() == [("10", "5")]
        assert exchange.ended() == [first]

        # Of the chain that is in use, and sent again: never applied.
        exchange.update(second, "0", "6", poss_dup=True)
        session.until(lambda: "PossDupFlag" in (session.stale() or ""), "stale")
        session.until(lambda: len(session.journaled("V")) == 5, "it is asked for, after a pause")
        third = tag(exchange.asked(3), 262)
        exchange.snapshot(third)
        session.until(lambda: session.stale() is None, "live again")
        assert session.bids() == [("10", "5")]
        assert session.journaled("W", "X") == []
        assert set(session.journaled("V", "2", "A")) == {"V", "2", "A"}


def test_nonsense_and_unknown_entries_and_a_reconnection(
    config: SessionConfig, tmp_path: Path, exchange: Exchange
) -> None:
    session, first = live(config, tmp_path, exchange)
    with session.client:
        exchange.update(first, "2", "9.99")
        session.until(lambda: "There is no bid at" in (session.stale() or ""), "stale")
        second = tag(exchange.asked(2), 262)
        exchange.snapshot(second)
        session.until(lambda: session.stale() is None, "live again")

        # The next time it is asked for after a second: the session is quicker.
        exchange.update(second, "0", "nonsense")
        session.until(lambda: "must be a number" in (session.stale() or ""), "stale")
        exchange.drop()
        session.until(lambda: "is not logged on" in (session.stale() or ""), "stale")
        session.until(
            lambda: session.stale() == "It is asked for just now", "it is asked for after the Logon"
        )
        third = tag(exchange.asked(3), 262)
        exchange.snapshot(third)
        session.until(lambda: session.stale() is None, "live again")
        assert session.prices.noted[-1][2:] == (Decimal("10.5"), "mid")


def test_refused_by_the_counterparty_and_by_quickfix(
    config: SessionConfig, tmp_path: Path, exchange: Exchange
) -> None:
    session, first = live(config, tmp_path, exchange)
    with session.client:
        session.market.subscribe("S", ["NOPE"], 5)
        session.until(lambda: session.stale("NOPE") == "It is asked for just now", "it is asked for")
        exchange.send("Y", [(262, tag(exchange.asked(2), 262)), (281, "0"), (58, "no such symbol")])
        session.until(lambda: "no such symbol" in (session.stale("NOPE") or ""), "refused")
        # QuickFIX answers it with a Reject: it is written down, and in no book.
        exchange.send("W", [(262, first), (55, "AAPL"), (55, "AAPL"), (268, 0)])
        exchange.wait_for("3")
        exchange.update(first, "0", "9")
        session.until(lambda: len(session.bids()) == 2, "an update")
        refused = [entry for entry in session.client.journal.read(0, 1000) if entry.direction == 3]
        assert [b"35=W" in entry.payload for entry in refused] == [True]
