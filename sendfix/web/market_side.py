"""The parts of the market data, put together for a desk."""

from __future__ import annotations

import itertools
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

from flask_socketio import SocketIO

from sendfix.bus import Bus
from sendfix.fix.dictionary import Dictionary
from sendfix.fix.market_requests import LIVE
from sendfix.services.ids import base36
from sendfix.services.market import Market
from sendfix.services.market_feed import MarketFeed
from sendfix.services.market_state import MarketState
from sendfix.services.ports import Engine
from sendfix.services.price_feed import PriceSink
from sendfix.services.quotes import Quotes
from sendfix.services.sessions import Session, Sessions
from sendfix.web.live import Broadcaster
from sendfix.web.market_events import MarketSender, MarketWatch
from sendfix.web.market_metrics import MarketStanding


class MarketSide:
    """`feed` hears the link, `market` and `quotes` answer the routes."""

    def __init__(
        self,
        sessions: Sessions,
        engine: Engine,
        dictionary_of: Callable[[Session], Dictionary],
        prices: PriceSink,
        desk_mark: str,
    ) -> None:
        """`desk_mark` is the same in each run of this desk, and another for each desk of an engine."""
        mark = f"{LIVE}{base36(zlib.crc32(desk_mark.encode()) % 36**4, 4)}-"
        run, numbers = base36(int(time.time() * 10), 7), itertools.count(1)
        self._engine = engine
        self._state = MarketState(sessions, dictionary_of, lambda: datetime.now(UTC))
        self.feed = MarketFeed(self._state, mark, prices)
        self.market = Market(self._state, lambda: f"{mark}{run}{base36(next(numbers), 4)}")
        self.quotes = Quotes(sessions, engine, dictionary_of, lambda: f"Q{run}-{base36(next(numbers), 4)}")
        self.standing = MarketStanding(self.market, self._state)
        self._sender: MarketSender | None = None
        self._watch: MarketWatch | None = None

    def start(self, bus: Bus, socketio: SocketIO, broadcaster: Broadcaster) -> None:
        for listener in (self.feed, self.market, self.quotes):
            bus.subscribe(listener)
        self.quotes.on_quote = broadcaster.quote_received
        self._sender = MarketSender(self.market, self._state, self._engine)
        self._watch = MarketWatch(broadcaster, self.market, self._state)
        self._watch.start(socketio)

    def close(self) -> None:
        """Nothing more is told, and nothing more asked for."""
        if self._sender is not None and self._watch is not None:
            self._watch.close()
            self._sender.close()
