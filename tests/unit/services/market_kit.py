"""The market data of a desk without processes: two sessions, what is sent to them, and what they say."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sendfix.config import SessionConfig
from sendfix.config.types import MarketDataConfig
from sendfix.fix.parse import parse
from sendfix.services.market import Market, Sending
from sendfix.services.market_feed import MarketFeed
from sendfix.services.market_state import Instrument, MarketState
from sendfix.services.market_view import View
from sendfix.services.ports import MessageRow
from sendfix.services.sessions import Sessions
from tests.unit.services.desk_kit import DOWN, LOGGED_ON, NOW, NOW_NS, SESSIONS, dictionary_of, fix

MINE = "MD1-"


class HeardPrices:
    def __init__(self) -> None:
        self.noted: list[tuple[str, str, Decimal, str]] = []

    def note(self, session_name: str, symbol: str, px: Decimal, at: datetime, source: str) -> None:
        self.noted.append((session_name, symbol, px, source))


class MarketKit:
    """`sent` are the requests so far, the newest last, as their fields; a group's are lists."""

    def __init__(self, market_data: MarketDataConfig | None = None, logged_on: bool = True) -> None:
        self.now = NOW
        self.lag = 0.0
        """Seconds from the engine to the desk."""
        self.sent: list[dict[int, Any]] = []
        self.sendings: list[Sending] = []
        self.changes: list[Instrument] = []
        self.prices = HeardPrices()
        self.sessions = Sessions(
            [
                SessionConfig(name, "127.0.0.1", 1, version, name, "BROKER", market_data=market_data)
                for name, version in SESSIONS.items()
            ]
        )
        numbers = count(1)
        self.state = MarketState(self.sessions, dictionary_of, lambda: self.now)
        self.state.on_change = self.changes.append
        self.feed = MarketFeed(self.state, MINE, self.prices)
        self.market = Market(self.state, lambda: f"{MINE}{next(numbers)}")
        if logged_on:
            for name in SESSIONS:
                self.log_on(name)

    def log_on(self, name: str = "S44", connected_at: int = NOW_NS) -> None:
        self._status(name, {**LOGGED_ON, "connected_at": connected_at, "last_received_at": connected_at})
        self.market.ready(name)
        self.run()

    def log_off(self, name: str = "S44") -> None:
        self._status(name, {**DOWN, "connected_at": None})

    def heartbeat(self, name: str = "S44") -> None:
        at_ns = NOW_NS + int((self.now - NOW).total_seconds() * 1e9)
        self._status(name, {**LOGGED_ON, "last_received_at": at_ns})

    def _status(self, name: str, status: dict[str, Any]) -> None:
        session = self.sessions.update(name, status)
        assert session is not None
        self.feed.session_changed(session)
        self.market.session_changed(session)

    def run(self, seconds: float = 0.0) -> list[dict[int, Any]]:
        """Let so much time pass; what is sent then."""
        self.now += timedelta(seconds=seconds)
        sendings = self.market.run()
        self.sendings += sendings
        found = [_fields(sending.body) for sending in sendings]
        self.sent += found
        return found

    def subscribe(self, *symbols: str, depth: int = 10, name: str = "S44") -> str:
        """The MDReqID(262) of the request."""
        self.market.subscribe(name, symbols, depth)
        self.run()
        return str(self.sent[-1][262])

    def says(self, text: str, name: str = "S44") -> None:
        """A W or X."""
        self.feed.message(name, self._at_ns() - int(self.lag * 1e9), fix(f"8=FIX.4.4|9=1|{text}|10=000|"))
        self.run()

    def snapshot(self, md_req_id: str, symbol: str = "AAPL", name: str = "S44") -> None:
        """One bid of 5 at 10, one offer of 6 at 11."""
        entries = "268=2|269=0|270=10|271=5|269=1|270=11|271=6"
        self.says(f"35=W|34=2|262={md_req_id}|55={symbol}|{entries}", name)

    def update(self, md_req_id: str, entries: str, symbol: str = "AAPL") -> None:
        head, _, rest = entries.partition("|")
        self.says(f"35=X|34=3|262={md_req_id}|268=1|{head}|55={symbol}|{rest}")

    def logged(self, text: str, direction: str = "IN", name: str = "S44", seq_num: int = 9) -> None:
        """A message that is in the journal."""
        raw = f"8=FIX.4.4|9=1|{text}|10=000|".replace("|", "\x01")
        msg_type = dict(parse(raw.encode()))[35]
        self.feed.message_logged(MessageRow(1, name, direction, self._at_ns(), seq_num, msg_type, raw))

    def refuse(self, md_req_id: str, reason: str, text: str = "no") -> list[dict[int, Any]]:
        """MarketDataRequestReject(Y); what is sent then."""
        self.logged(f"35=Y|262={md_req_id}|281={reason}|58={text}")
        return self.run()

    def view(self, symbol: str = "AAPL", name: str = "S44") -> View:
        return self.market.view(name, symbol)

    def stale(self, symbol: str = "AAPL", name: str = "S44") -> str | None:
        return self.view(symbol, name).stale_reason

    def bids(self, symbol: str = "AAPL") -> list[tuple[str, str]]:
        return [(str(level.px), str(level.size)) for level in self.view(symbol).book.bids.levels()]

    def _at_ns(self) -> int:
        return NOW_NS + int((self.now - NOW).total_seconds() * 1e9)


def _fields(body: bytes) -> dict[int, Any]:
    found: dict[int, Any] = {55: [], 269: []}
    for tag, value in parse(body):
        if tag in (55, 269):
            found[tag].append(value)
        else:
            found[tag] = value
    return found
