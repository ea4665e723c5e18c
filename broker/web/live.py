"""Live updates by Socket.IO: a page asks to `follow`, gets `frame` after `frame`, and says which it `got`.

The core's thread only puts what it has committed into a bounded list. A thread of its own makes frames of it, a few
in a second, while somebody watches. A page that does not say what it got is left out until it does, so that nothing
piles up for it; it sees by the frames' numbers that it missed some, and reads the rows again by REST.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, Final

import orjson
from flask import Flask, request
from flask_socketio import SocketIO, join_room

from broker.acceptor import Core
from broker.market.market import ReadTops
from broker.trading.by_hand import Refused
from broker.web.frames import Changes, Frames
from broker.web.views import Top

GAP: Final = 0.15
"""Seconds from one frame to the next at least."""

BUSY_GAP: Final = 0.3
"""The same while frames leave changes out: nobody reads them faster, and the core needs the time."""

IDLE: Final = 1.0
"""Seconds after which a frame is sent though nothing has changed: a page knows by it that it is not cut off."""

PATIENCE: Final = 0.5
"""Seconds that a frame waits for the core to say the best bids and offers."""

MOST_BEHIND: Final = 20
"""Frames that a page may leave unconfirmed."""

MOST_WATCHERS: Final = 100
_ROOM: Final = "live"

log: Final = logging.getLogger("broker.http")


class Json:
    """Socket.IO's idea of a json module, on orjson."""

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_options: object) -> Any:
        return orjson.loads(text)


class Live:
    def __init__(self, app: Flask, core: Core) -> None:
        self._socketio = SocketIO(
            app,
            async_mode="threading",
            async_handlers=False,
            json=Json,
            manage_session=False,
            max_http_buffer_size=10_000,
            http_compression=False,
            ping_interval=10,
            ping_timeout=8,
        )
        self._stirred = threading.Event()
        self._lock = threading.Lock()
        self._got: dict[str, int] = {}
        """By page, the last frame that it confirmed."""
        self._left_out: set[str] = set()
        self._thread: threading.Thread | None = None
        self._changes = Changes(self._stirred.set)
        self._frames = Frames(core, self._changes, lambda: _read_tops(core))
        core.subscribers.append(self._changes)
        self._socketio.on_event("connect", self._on_connect)
        self._socketio.on_event("follow", self._on_follow)
        self._socketio.on_event("got", self._on_got)
        self._socketio.on_event("disconnect", self._on_disconnect)

    def _on_connect(self, _auth: Any = None) -> bool:
        return len(self._got) < MOST_WATCHERS

    def _on_follow(self, *_: Any) -> dict[str, int]:
        """From the next frame on."""
        with self._lock:
            if not self._changes.watched:
                self._frames.begin()
                self._changes.watched = True
            self._got[_sid()] = self._frames.number
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        join_room(_ROOM)
        return {"number": self._frames.number}

    def _on_got(self, number: Any = None, *_: Any) -> None:
        sid = _sid()
        if isinstance(number, int) and sid in self._got:
            self._got[sid] = number
            if sid in self._left_out:
                self._left_out.discard(sid)
                join_room(_ROOM)

    def _on_disconnect(self, *_: Any) -> None:
        with self._lock:
            self._got.pop(_sid(), None)
            self._left_out.discard(_sid())
            if not self._got:
                self._changes.watched = False

    def _run(self) -> None:
        """Until nobody watches."""
        while True:
            self._stirred.wait(IDLE)
            self._stirred.clear()
            with self._lock:
                if not self._got:
                    self._thread = None
                    self._changes.clear()
                    return
            gap = GAP
            try:
                frame = self._frames.next(time.time())
                self._leave_out_the_slow(frame["number"])
                self._socketio.emit("frame", frame, to=_ROOM)
                gap = BUSY_GAP if frame["skipped"] else GAP
            except Exception:
                log.exception("a frame for the page could not be made")
            time.sleep(gap)

    def _leave_out_the_slow(self, number: int) -> None:
        for sid, got in list(self._got.items()):
            if number - got > MOST_BEHIND and sid not in self._left_out:
                self._left_out.add(sid)
                self._socketio.server.leave_room(sid, _ROOM, namespace="/")


def _read_tops(core: Core) -> Mapping[str, Top]:
    if core.storage_problem is not None:
        return {}
    try:
        found: Mapping[str, Top] = core.submit(ReadTops()).result(PATIENCE)
    except (FutureTimeout, Refused):
        return {}
    return found


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]
    return sid
