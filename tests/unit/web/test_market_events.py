"""Who is told of which book, and how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gevent
import orjson
import pytest
from gevent.event import Event

from sendfix.services.market_line import LINGER
from sendfix.web.market_events import PACKETS_BEHIND, PAUSE_SECONDS, MarketSender, MarketWatch
from tests.unit.services.desk_kit import LoopEngine
from tests.unit.services.market_kit import MarketKit


class Clients:
    def __init__(self) -> None:
        self.on_leave: Callable[[str], None] = lambda _sid: None
        self.waiting: dict[str, int] = {}
        self.told: list[tuple[str, list[dict[str, Any]]]] = []

    def packets_waiting_for(self, sid: str) -> int:
        return self.waiting.get(sid, 0)

    def tell_one(self, sid: str, events: list[tuple[str, orjson.Fragment]]) -> None:
        assert {name for name, _ in events} == {"book_updated"}
        self.told.append((sid, [orjson.loads(orjson.dumps(payload)) for _, payload in events]))


class Kit:
    def __init__(self) -> None:
        self.market = MarketKit()
        self.clients = Clients()
        self.at = 100.0
        self.watch = MarketWatch(self.clients, self.market.market, self.market.state, lambda: self.at)
        self.md_req_id = self.market.subscribe("AAPL", "MSFT")
        for symbol in ("AAPL", "MSFT"):
            self.market.snapshot(self.md_req_id, symbol)

    def wants(self, sid: str, *symbols: str, depth: int = 10) -> None:
        books = [{"session_name": "S44", "symbol": symbol} for symbol in symbols]
        assert self.watch.watch(sid, {"books": books, "depth": depth}) == {"ok": True}

    def bid(self, px: int, symbol: str = "AAPL") -> None:
        self.market.update(self.md_req_id, f"279=0|269=0|270={px}|271=1", symbol)

    def told(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Who is told now: of which symbols, and how many bids they have."""
        self.clients.told.clear()
        self.watch.tell_due()
        return [
            (sid, [(book["symbol"], len(book["bids"])) for book in books]) for sid, books in self.clients.told
        ]


class SlowEngine(LoopEngine):
    """Sends when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = Event()

    def send(self, session_name: str, cl_ord_id: str, body: bytes) -> int | None:
        self.sent.append(body.decode().replace("\x01", "|"))
        self.go.wait()
        return len(self.sent)


@pytest.fixture
def kit() -> Kit:
    return Kit()


def test_a_client_is_told_what_is_and_then_what_changes(kit: Kit) -> None:
    kit.wants("a", "AAPL")
    kit.wants("b", "MSFT", "AAPL", depth=1)
    assert kit.told() == [("a", [("AAPL", 1)]), ("b", [("MSFT", 1), ("AAPL", 1)])]
    assert kit.watch.tell_due() is None
    kit.at += 1
    kit.bid(9)
    assert kit.told() == [("a", [("AAPL", 2)]), ("b", [("AAPL", 1)])]
    kit.at += 1
    kit.market.log_off()
    assert [sid for sid, _ in kit.told()] == ["a", "b"]
    assert all(book["stale"] for _, books in kit.clients.told for book in books)


def test_changes_that_follow_each_other_are_told_together(kit: Kit) -> None:
    kit.wants("a", "AAPL", "MSFT")
    kit.told()
    kit.at += 1
    kit.bid(9)
    assert kit.told() == [("a", [("AAPL", 2)])]
    kit.bid(8)
    kit.bid(7)
    kit.bid(9, "MSFT")
    assert kit.told() == []
    assert kit.watch.tell_due() == pytest.approx(PAUSE_SECONDS)
    kit.at += PAUSE_SECONDS
    (told,) = kit.told()
    assert sorted(told[1]) == [("AAPL", 4), ("MSFT", 2)]


def test_a_client_that_does_not_read_is_told_nothing_until_it_does(kit: Kit) -> None:
    kit.wants("slow", "AAPL")
    kit.wants("quick", "AAPL")
    kit.told()
    kit.clients.waiting["slow"] = PACKETS_BEHIND
    for px in range(1, 9):
        kit.at += 1
        kit.bid(px)
        assert kit.told() == [("quick", [("AAPL", 1 + px)])]
    kit.at += 1
    kit.clients.waiting["slow"] = 0
    assert kit.told() == [("slow", [("AAPL", 9)])]


def test_a_client_that_has_gone_or_wants_nothing_more_is_told_nothing(kit: Kit) -> None:
    kit.wants("a", "AAPL")
    kit.wants("b", "AAPL")
    kit.told()
    kit.at += 1
    kit.clients.on_leave("a")
    kit.wants("b")
    kit.bid(9)
    assert kit.told() == []
    kit.market.market.unsubscribe("S44", ["AAPL"])
    kit.market.run(11)
    assert [view.symbol for view in kit.market.market.views("S44")] == ["MSFT"]


def test_the_book_of_a_session_that_is_removed_is_not_left_as_live(kit: Kit) -> None:
    kit.wants("a", "AAPL")
    kit.told()
    kit.at += 1
    sessions = kit.market.sessions
    configs = [session.config for session in sessions]
    sessions.configure([session.config for session in sessions if session.config.name != "S44"])
    kit.market.market.session_removed("S44")
    assert kit.told() == [("a", [("AAPL", 0)])]
    ((_sid, (book,)),) = kit.clients.told
    assert book["stale_reason"] == "The session is not in the configuration any more"
    sessions.configure(configs)
    kit.market.log_on()
    kit.market.snapshot(kit.market.sent[-1][262])
    kit.at += 1
    assert kit.told() == [("a", [("AAPL", 1)])]


def test_what_is_wrong_is_named_and_leaves_what_was_wanted(kit: Kit) -> None:
    kit.wants("a", "AAPL")
    answer = kit.watch.watch("a", {"books": [{"session_name": "S44", "symbol": 7}]})
    assert [error["field"] for error in answer["errors"]] == ["books.0.symbol"]
    assert kit.told() == [("a", [("AAPL", 1)])]


def test_what_is_sent_on_a_session_keeps_its_order_and_is_still_wanted() -> None:
    kit, engine = MarketKit(), SlowEngine()
    sender = MarketSender(kit.market, kit.state, engine)
    try:
        kit.market.subscribe("S44", [f"S{number}" for number in range(51)], 10)
        gevent.idle()
        kit.market.unsubscribe("S44", ["S50"])
        kit.now += LINGER
        kit.state.on_work()
        gevent.idle()
        assert len(engine.sent) == 1
        engine.go.set()
        gevent.idle()
        # What was given up before its turn is not asked for, and what is asked for is ended later.
        assert [("|263=1|" in body, "|55=S50|" in body) for body in engine.sent] == [
            (True, False),
            (False, True),
        ]
        kit.market.subscribe("S44", ["S51"], 10)
        gevent.idle()
        assert "|55=S51|" in engine.sent[-1]
    finally:
        sender.close()
