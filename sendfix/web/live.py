"""Passes every change on to the browsers over Socket.IO.

A client that asks for nothing gets each event by its name. One that emits `subscribe` with `{"frames": true}` gets
the same events in frames, `[[name, payload], ...]`, the last of them its number as `told`: at once when little
happens, a few times a second's worth together when much does, because each WebSocket frame to each client costs far
more than the event in it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import gevent
import orjson
from flask import request
from flask_socketio import SocketIO, join_room, leave_room
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from sendfix import __version__
from sendfix.domain.alarm import Alarm
from sendfix.domain.order import Order
from sendfix.domain.position import Position
from sendfix.fix.dictionary import Dictionary
from sendfix.services.health import HealthCheck
from sendfix.services.ports import BookedExecution, MassCancelFailed, MessageRow
from sendfix.services.quotes import Quote
from sendfix.services.sessions import Session, Sessions
from sendfix.web.market_json import quote_to_json
from sendfix.web.to_json import (
    alarm_to_json,
    execution_to_json,
    health_to_json,
    log_message_to_json,
    order_to_json,
    position_to_json,
    session_to_json,
    time_to_json,
)

log = logging.getLogger(__name__)

# On average so long between frames that all of them to all clients take about a twentieth of a core; a few may follow
# each other at once, so that an order and its first reports are seen as they come.
PAUSE_SECONDS_PER_CLIENT = 0.0005
LONGEST_PAUSE_SECONDS = 0.05
FRAMES_AT_ONCE = 4
EVENTS_IN_A_FRAME = 500
# A client with so many packets waiting for it is let go: it comes back by itself and loads what it missed. So are all
# clients when more is to be told at once than is worth telling, as when the desk catches up with a long journal.
PACKETS_BEHIND = {"single": 20_000, "frames": 100}
EVENTS_AT_ONCE = 50_000

SINGLE = "single"
FRAMES = "frames"


class Json:
    """orjson, in the form in which Socket.IO wants a JSON module."""

    @staticmethod
    def dumps(value: Any, **_options: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: Any) -> Any:
        return orjson.loads(text)


class Broadcaster:
    """A `Listener` that queues every event, in order, for the greenlet that emits them."""

    def __init__(
        self,
        socketio: SocketIO,
        sessions: Sessions,
        health: HealthCheck,
        mask: Callable[[str], str],
        dictionary: Callable[[str], Dictionary],
        identity: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        """`mask` hides in messages what is not to be shown; `dictionary` is that of a session, by its name; `identity`
        goes into `connected`: what run of the desk this is."""
        self._socketio = socketio
        self._sessions = sessions
        self._health = health
        self._mask = mask
        self._dictionary = dictionary
        self._identity = identity
        self._members: dict[str, set[str]] = {SINGLE: set(), FRAMES: set()}
        self._queue: list[tuple[str, orjson.Fragment]] = []
        self._ready = Event()
        self._telling = BoundedSemaphore()
        # Frames to all, and those to one client alone: by these numbers a client knows that none is missing.
        self._told = 0
        self._told_alone: dict[str, int] = {}
        self._last_health: dict[str, Any] | None = None
        self.events_dropped = 0
        self.clients_dropped = 0
        self.on_leave: Callable[[str], None] = lambda _sid: None
        socketio.on_event("connect", self._connected)
        socketio.on_event("subscribe", self._subscribe)
        socketio.on_event("disconnect", self._disconnected)
        socketio.default_exception_handler = _failed
        self._greenlet = gevent.spawn(self._run)

    @property
    def clients(self) -> int:
        return sum(map(len, self._members.values()))

    @property
    def events_waiting(self) -> int:
        return len(self._queue)

    @property
    def packets_waiting(self) -> int:
        return sum(self.packets_waiting_for(sid) for members in self._members.values() for sid in members)

    def tell_one(self, sid: str, events: list[tuple[str, orjson.Fragment]]) -> None:
        """These events to one client, in the form that it wants."""
        if sid in self._members[FRAMES]:
            self._told_alone[sid] = self._told_alone.get(sid, 0) + 1
            self._socketio.emit("frame", events, to=sid)
        else:
            for name, payload in events:
                self._socketio.emit(name, payload, to=sid)

    def packets_waiting_for(self, sid: str) -> int:
        """Frames that the client's socket has not taken yet."""
        eio_socket = self._transport(sid)
        return 0 if eio_socket is None else int(eio_socket.queue.qsize())

    def quote_received(self, quote: Quote) -> None:
        if self.clients:
            self._queue_event("quote_received", quote_to_json(quote))

    def order_changed(self, order: Order) -> None:
        if self.clients:
            self._queue_event("order_updated", order_to_json(order))

    def execution_booked(self, booked: BookedExecution) -> None:
        if self.clients:
            self._queue_event("execution_booked", execution_to_json(booked))

    def position_changed(self, position: Position) -> None:
        if self.clients:
            self._queue_event("position_updated", position_to_json(position))

    def session_changed(self, session: Session) -> None:
        if self.clients:
            self._queue_event("session_updated", session_to_json(session))

    def session_removed(self, session_name: str) -> None:
        self._queue_event("session_removed", {"session_name": session_name})

    def connection_result(self, session_name: str, state: str, message: str) -> None:
        self._queue_event(
            "connection_result", {"session_name": session_name, "state": state, "message": message}
        )

    def mass_cancel_failed(self, failed: MassCancelFailed) -> None:
        self._queue_event(
            "mass_cancel_failed",
            {
                "session_name": failed.session_name,
                "mass_cancel": failed.mass_cancel,
                "cl_ord_ids": list(failed.cl_ord_ids),
                "reason": failed.reason,
            },
        )

    def message_logged(self, message: MessageRow) -> None:
        if self.clients:
            self._queue_event("log_message", log_message_to_json(message, self._mask))

    def alarm_changed(self, alarm: Alarm) -> None:
        if self.clients:
            dictionary = self._dictionary(alarm.session_name)
            self._queue_event("alarm_updated", alarm_to_json(alarm, dictionary, self._mask))

    def health_changed(self) -> None:
        """Only a difference is told; how many messages wait to be stored is none."""
        health = health_to_json(self._health.health())
        health["storage"]["backlog"] = 0
        if health != self._last_health:
            self._last_health = health
            self._queue_event("health_updated", health)

    def close(self) -> None:
        """Nothing more is told; the server closes the connections."""
        self._greenlet.kill()

    def _queue_event(self, name: str, payload: Mapping[str, Any]) -> None:
        if len(self._queue) >= EVENTS_AT_ONCE:
            log.warning("%d events wait to be told; the browsers load them instead", len(self._queue))
            self.events_dropped += len(self._queue)
            self._queue.clear()
            self._let_go(sid for members in self._members.values() for sid in members)
        self._queue.append((name, orjson.Fragment(orjson.dumps(payload))))
        self._ready.set()

    def _run(self) -> None:
        due = time.monotonic()
        while True:
            self._ready.wait()
            self._ready.clear()
            events, self._queue = self._queue, []
            try:
                with self._telling:
                    self._emit(events)
            except Exception:
                log.exception("%d events could not be sent to the browsers", len(events))
            pause = min(PAUSE_SECONDS_PER_CLIENT * self.clients, LONGEST_PAUSE_SECONDS)
            due = max(due, time.monotonic() - FRAMES_AT_ONCE * pause) + pause
            gevent.sleep(max(0.0, due - time.monotonic()))

    def _emit(self, events: list[tuple[str, orjson.Fragment]]) -> None:
        if self._members[FRAMES]:
            for start in range(0, len(events), EVENTS_IN_A_FRAME):
                self._told += 1
                last = ("told", orjson.Fragment(b"%d" % self._told))
                self._socketio.emit("frame", [*events[start : start + EVENTS_IN_A_FRAME], last], to=FRAMES)
        if self._members[SINGLE]:
            for number, (name, payload) in enumerate(events):
                self._socketio.emit(name, payload, to=SINGLE)
                if number % 50 == 49:
                    gevent.sleep(0)
        self._drop_the_slow()

    def _drop_the_slow(self) -> None:
        for kind, members in self._members.items():
            slow = [sid for sid in members if self.packets_waiting_for(sid) > PACKETS_BEHIND[kind]]
            if slow:
                log.warning("%d clients do not keep up; they are disconnected", len(slow))
                self._let_go(slow)

    def _let_go(self, sids: Iterable[str]) -> None:
        """The transport is closed, not the Socket.IO session: that would tell the client to stay away. It is
        told nothing any more from now on: what came behind a gap would look as if all before it were there."""
        for sid in list(sids):
            eio_socket = self._transport(sid)
            for kind, members in self._members.items():
                members.discard(sid)
                self._socketio.server.leave_room(sid, kind)
            if eio_socket is not None:
                self.clients_dropped += 1
                gevent.spawn(eio_socket.close, wait=False, abort=True)

    def _transport(self, sid: str) -> Any:
        server = self._socketio.server
        return server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))

    def _connected(self, auth: Any = None) -> None:
        sid = sid_of_request()
        kind = FRAMES if isinstance(auth, dict) and auth.get("frames") is True else SINGLE
        health = health_to_json(self._health.health())
        self._socketio.emit(
            "connected",
            {
                "sessions": [session_to_json(session) for session in self._sessions],
                "server_time": time_to_json(datetime.now(UTC)),
                "version": __version__,
                "engine": health["engine"],
                "health": health,
                "told": self._told,
                **self._identity(),
            },
            to=sid,
        )
        join_room(kind)
        self._members[kind].add(sid)

    def _subscribe(self, options: Any = None) -> dict[str, Any]:
        wants_frames = isinstance(options, dict) and options.get("frames") is True
        wanted, other = (FRAMES, SINGLE) if wants_frames else (SINGLE, FRAMES)
        sid = sid_of_request()
        # In the middle of a lot of events it would get the beginning in neither form, or the end.
        with self._telling:
            if sid in self._members[other]:
                leave_room(other)
                self._members[other].discard(sid)
                join_room(wanted)
                self._members[wanted].add(sid)
            return {
                "frames": wants_frames,
                "server_time": time_to_json(datetime.now(UTC)),
                "told": self._told,
                "told_alone": self._told_alone.get(sid, 0),
            }

    def _disconnected(self, _reason: Any = None) -> None:
        sid = sid_of_request()
        for members in self._members.values():
            members.discard(sid)
        self._told_alone.pop(sid, None)
        self.on_leave(sid)


def _failed(_error: Exception) -> None:
    log.exception("a Socket.IO handler failed")


def sid_of_request() -> str:
    """Who has sent the event that is being handled."""
    return str(request.sid)  # type: ignore[attr-defined]
