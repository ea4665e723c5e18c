"""A desk in miniature: it attaches, keeps every entry in order, and answers for its requests."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sendfix.link import protocol

T = TypeVar("T")


class LinkClient:
    """`heard` is everything the engine said, in order; `entries` the entries by session."""

    def __init__(self, path: Path, cursors: Mapping[str, tuple[str, int]] | None = None) -> None:
        """Connects, and attaches unless `cursors` is None."""
        self.heard: list[protocol.Message] = []
        self.entries: dict[str, list[protocol.Entry]] = {}
        self.status: dict[str, Mapping[str, Any]] = {}
        self.closed = False
        self._changed = threading.Condition()
        self._ids = itertools.count(1)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(str(path))
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.hello = self.wait(lambda: next((m for m in self.heard if isinstance(m, protocol.Hello)), None))
        if cursors is not None:
            self.say(protocol.Attach(cursors))

    def __enter__(self) -> LinkClient:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def say(self, message: protocol.Message) -> None:
        self.socket.sendall(protocol.encode(message))

    def ask(self, make: Callable[[int], protocol.Message], timeout: float = 10.0) -> protocol.Reply:
        """Send a request and wait for its reply."""
        number = next(self._ids)
        self.say(make(number))
        return self.wait(lambda: self.reply(number), timeout)

    def send(self, name: str, body: bytes) -> protocol.Reply:
        return self.ask(lambda number: protocol.Send(number, name, body))

    def connect(self, name: str) -> protocol.Reply:
        return self.ask(lambda number: protocol.Connect(number, name))

    def disconnect(self, name: str) -> protocol.Reply:
        return self.ask(lambda number: protocol.Disconnect(number, name))

    def reply(self, number: int) -> protocol.Reply | None:
        return next((m for m in self.heard if isinstance(m, protocol.Reply) and m.request_id == number), None)

    def wait(self, look: Callable[[], T | None], timeout: float = 15.0) -> T:
        """The first true answer of `look`, asked again after each message."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = look()
                if found:
                    return found
                if self.closed or not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    what = "the engine hung up" if self.closed else f"nothing for {timeout} s"
                    last = repr(self.heard[-12:])[-3000:]
                    raise AssertionError(f"{what}; statuses {self.status}; heard last {last}")

    def wait_state(self, name: str, state: str, reason: str = "", timeout: float = 15.0) -> Mapping[str, Any]:
        """The status, once it has that state and a reason that contains `reason`."""

        def look() -> Mapping[str, Any] | None:
            status = self.status.get(name, {})
            matches = status.get("state") == state and reason in (status.get("reason") or "")
            return status if matches else None

        return self.wait(look, timeout)

    def wait_entry(self, name: str, *parts: bytes, timeout: float = 15.0) -> protocol.Entry:
        """The first entry of that session that contains all the parts."""
        return self.wait(
            lambda: next((e for e in self.entries.get(name, []) if all(p in e.raw for p in parts)), None),
            timeout,
        )

    def wait_closed(self, timeout: float = 15.0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.closed, timeout), "the engine keeps the connection"

    def cursor(self, name: str) -> tuple[str, int]:
        """The cursor of a desk that has folded and stored all that it has heard."""
        with self._changed:
            entries = self.entries.get(name, [])
            last = entries[-1].index if entries else 0
        return str(self.hello.sessions[name]["journal_id"]), last

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self.socket.close()

    def _read(self) -> None:
        decoder = protocol.Decoder()
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                data = b""
            with self._changed:
                if not data:
                    self.closed = True
                for message in decoder.feed(data):
                    self.heard.append(message)
                    if isinstance(message, protocol.Entry):
                        self.entries.setdefault(message.session_name, []).append(message)
                    elif isinstance(message, protocol.Hello):
                        self.status = {name: item["status"] for name, item in message.sessions.items()}
                    elif isinstance(message, protocol.Status):
                        self.status[message.session_name] = message.status
                self._changed.notify_all()
            if not data:
                return
