"""Sends what the market data service wants sent, and tells the clients of Socket.IO of the books that they watch.

A client emits `watch` with all the books that it wants from now on. It is told of each at once when little happens, and
of several changes together when much does; one that does not read is told nothing until it does, and then how the books
are by then. So no client has a queue that grows.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import gevent
import orjson
from flask_socketio import SocketIO
from gevent.event import Event

from sendfix.domain.errors import InvalidRequest, SendFixError
from sendfix.services.market import Market, Sending
from sendfix.services.market_state import Instrument, MarketState
from sendfix.services.ports import Engine
from sendfix.web import schemas
from sendfix.web.api import validate
from sendfix.web.live import sid_of_request
from sendfix.web.market_json import book_to_json
from sendfix.web.to_json import errors_to_json

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.025
"""Between two frames to one client, and so between two states of a book."""
ROUND_SECONDS = 0.005
"""Between two looks at what has changed."""
PACKETS_BEHIND = 8
"""A client for which so many packets wait does not read just now."""
TRADES = 20
"""Of a book, in an event."""


class MarketSender:
    """Sends subscriptions, in a greenlet for each session, since the engine may let a request wait. Those of a session
    keep their order: an end that overtakes its beginning ends nothing."""

    def __init__(self, market: Market, state: MarketState, engine: Engine) -> None:
        self._market = market
        self._state = state
        self._engine = engine
        self._work = Event()
        self._waiting: dict[str, deque[Sending]] = {}
        state.on_work = self._work.set
        self._greenlet = gevent.spawn(self._run)

    def close(self) -> None:
        self._greenlet.kill()

    def _run(self) -> None:
        while True:
            pause = (self._market.next_due - self._state.clock()).total_seconds()
            self._work.wait(max(0.0, pause))
            self._work.clear()
            try:
                for sending in self._market.run():
                    self._put(sending)
            except Exception:
                log.exception("market data could not be asked for")
                gevent.sleep(1.0)

    def _put(self, sending: Sending) -> None:
        waiting = self._waiting.get(sending.session_name)
        if waiting is not None:
            waiting.append(sending)
        else:
            self._waiting[sending.session_name] = deque([sending])
            gevent.spawn(self._send, sending.session_name)

    def _send(self, session_name: str) -> None:
        waiting = self._waiting[session_name]
        while waiting:
            sending = waiting.popleft()
            if not self._market.is_wanted(sending):
                continue
            try:
                refusal = self._engine.refusal(session_name)
                if refusal is None:
                    self._engine.send(session_name, "", sending.body)
            except SendFixError as error:
                refusal = str(error)
            except Exception as error:
                log.exception("session %s: market data could not be asked for", session_name)
                refusal = repr(error)
            if refusal is not None:
                self._market.not_sent(sending, refusal)
        del self._waiting[session_name]


class _Client:
    """`changed` are the books of which it may not know the latest, `due` when it may be told again."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.changed: dict[Instrument, None] = {}
        self.due = 0.0


class Audience(Protocol):
    """The clients of Socket.IO; `live.Broadcaster` is one."""

    on_leave: Callable[[str], None]

    def packets_waiting_for(self, sid: str) -> int: ...

    def tell_one(self, sid: str, events: list[tuple[str, orjson.Fragment]]) -> None: ...


class MarketWatch:
    def __init__(
        self,
        audience: Audience,
        market: Market,
        state: MarketState,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audience = audience
        self._market = market
        self._clock = clock
        self._clients: dict[str, _Client] = {}
        self._watchers: dict[Instrument, set[str]] = {}
        self._changed: set[Instrument] = set()
        self._ready = Event()
        state.on_change = self._book_changed
        audience.on_leave = self._leave
        self._greenlet: gevent.Greenlet[[], None] | None = None

    def start(self, socketio: SocketIO) -> None:
        socketio.on_event("watch", lambda wanted=None, *_more: self.watch(sid_of_request(), wanted))
        self._greenlet = gevent.spawn(self._run)

    def close(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill()

    def watch(self, sid: str, wanted: Any) -> dict[str, Any]:
        """What a client emits; the acknowledgement."""
        try:
            body = validate(schemas.market.Watch, wanted)
            books = [(one.session_name, one.symbol) for one in body.books]
            self._market.watch(sid, books, body.depth)
        except InvalidRequest as error:
            return {"ok": False, "errors": errors_to_json(error.errors)}
        self._forget(sid)
        if books:
            client = self._clients[sid] = _Client(body.depth)
            for instrument in books:
                self._watchers.setdefault(instrument, set()).add(sid)
                client.changed[instrument] = None
            self._ready.set()
        return {"ok": True}

    def _book_changed(self, instrument: Instrument) -> None:
        if instrument in self._watchers:
            self._changed.add(instrument)
            self._ready.set()

    def _leave(self, sid: str) -> None:
        if sid in self._clients:
            self._market.watch(sid, [], 0)
            self._forget(sid)

    def _forget(self, sid: str) -> None:
        client = self._clients.pop(sid, None)
        if client is not None:
            for instrument in [key for key, sids in self._watchers.items() if sid in sids]:
                self._watchers[instrument].discard(sid)
                if not self._watchers[instrument]:
                    del self._watchers[instrument]

    def _run(self) -> None:
        pause: float | None = None
        while True:
            self._ready.wait(pause)
            self._ready.clear()
            try:
                pause = self.tell_due()
            except Exception:
                log.exception("the browsers could not be told of the market")
            gevent.sleep(ROUND_SECONDS)

    def tell_due(self) -> float | None:
        """Tell what is due; after how many seconds more is, None when nothing waits."""
        changed, self._changed = self._changed, set()
        for instrument in changed:
            for sid in self._watchers.get(instrument, ()):
                self._clients[sid].changed[instrument] = None
        now = self._clock()
        made: dict[tuple[Instrument, int], orjson.Fragment] = {}
        waits = []
        for sid, client in list(self._clients.items()):
            if client.changed and client.due <= now:
                client.due = now + PAUSE_SECONDS
                if self._audience.packets_waiting_for(sid) < PACKETS_BEHIND:
                    self._tell(sid, client, made)
            if client.changed:
                waits.append(client.due - now)
        return max(0.0, min(waits)) if waits else None

    def _tell(self, sid: str, client: _Client, made: dict[tuple[Instrument, int], orjson.Fragment]) -> None:
        changed, client.changed = client.changed, {}
        payloads = [self._payload(instrument, client.depth, made) for instrument in changed]
        events = [("book_updated", payload) for payload in payloads if payload is not None]
        if events:
            self._audience.tell_one(sid, events)

    def _payload(
        self, instrument: Instrument, depth: int, made: dict[tuple[Instrument, int], orjson.Fragment]
    ) -> orjson.Fragment | None:
        """Made once for all clients that want it as deep."""
        payload = made.get((instrument, depth))
        if payload is None:
            view = self._market.find(*instrument)
            if view is None:
                return None
            payload = orjson.Fragment(orjson.dumps(book_to_json(view, depth, TRADES)))
            made[instrument, depth] = payload
        return payload
