"""A line between two ends that does what lines do: it is slow, breaks, goes silent, garbles. It never reorders."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

_READ_BYTES = 1 << 16
_WAITING = 1000
"""Pieces that wait on one way before no more is read."""
_LINGER_NOT = struct.pack("ii", 1, 0)
"""A socket closed with this sends RST instead of FIN."""


class Way(Enum):
    """`OUT` goes from the one who connects to the server, `BACK` from the server."""

    OUT = "out"
    BACK = "back"


@dataclass(slots=True, eq=False)
class _Pipe:
    """One way of one connection. What has been read waits here until it is due and the other end takes it."""

    way: Way
    source: socket.socket
    sink: socket.socket
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    ended: bool = False


@dataclass(slots=True)
class _Trouble:
    """What happens to the bytes of one way; counts from when it was asked for."""

    garble_every: int = 0
    until_garbled: int = 0
    cut_after: int | None = None
    cut_by_reset: bool = False


class Proxy:
    """Listens on 127.0.0.1 at `port` and hands everything on to `target_port`. Its thread ends with `close`.

    `delay` is in seconds, for both ways, from now on; `bytes_per_second` is what passes, all
    connections together. All methods may be called from any thread; when they return, it is so."""

    def __init__(self, target_port: int, port: int = 0) -> None:
        self.target_port = target_port
        self.delay = 0.0
        self.bytes_per_second: int | None = None
        self._budget = 0.0
        self._paid_at = 0.0
        self.garbled = 0
        self.cuts = 0
        self._held: frozenset[Way] = frozenset()
        self._closed = False
        self._troubles = {way: _Trouble() for way in Way}
        self._pairs: list[tuple[_Pipe, _Pipe]] = []
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._listener.setblocking(False)
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._thread = threading.Thread(target=self._run, name=f"proxy {self.port}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def connections(self) -> int:
        with self._changed:
            return len(self._pairs)

    def cut(self, reset: bool = False) -> int:
        """End all connections, with FIN or with RST; what is on its way is lost. How many there were."""
        with self._changed:
            pairs = list(self._pairs)
            for pair in pairs:
                self._end(pair, reset)
            self._changed.notify_all()
        return len(pairs)

    def cut_after(self, count: int, way: Way, reset: bool = False) -> None:
        """End the connection when exactly so many further bytes have passed that way."""
        with self._changed:
            self._troubles[way].cut_after, self._troubles[way].cut_by_reset = count, reset

    def wait_for_cuts(self, count: int, timeout: float = 20.0) -> None:
        """Until so many connections have been ended by `cut` and `cut_after`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.cuts >= count, timeout):
                raise AssertionError(f"the proxy has cut {self.cuts} connections, not {count}")

    def hold(self, *ways: Way) -> None:
        """Half open, on both ways unless some are given: the sockets stay, new ones are taken, and each byte is
        swallowed, the end of a connection too."""
        with self._changed:
            self._held = frozenset(ways or Way)

    def let_go(self, reset: bool = False) -> None:
        """After `hold`. What was swallowed is lost, so the connections of that time are ended."""
        with self._changed:
            self._held = frozenset()
        self.cut(reset)

    def garble(self, every: int, way: Way) -> None:
        """Flip the lowest bit of each so-manieth byte that goes this way; 0 ends it."""
        with self._changed:
            trouble = self._troubles[way]
            trouble.garble_every = trouble.until_garbled = every

    def behave(self) -> None:
        """No trouble any more."""
        with self._changed:
            self.delay = 0.0
            self.bytes_per_second = None
            self._troubles = {way: _Trouble() for way in Way}
            held = bool(self._held)
        if held:
            self.let_go()

    def close(self) -> None:
        """Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._wake.send(b"x")
        self._thread.join(10)
        self.cut()
        for one in (self._listener, self._wake, self._woken):
            one.close()

    def _run(self) -> None:
        while not self._closed:
            with selectors.DefaultSelector() as selector, self._changed:
                selector.register(self._listener, selectors.EVENT_READ)
                selector.register(self._woken, selectors.EVENT_READ)
                timeout = self._watch(selector)
                # Let go of the lock while waiting: a cut closes sockets under the selector, which then sees nothing
                # of them, so it waits a short time only.
                self._changed.release()
                try:
                    ready = selector.select(timeout)
                finally:
                    self._changed.acquire()
                files = {key.fileobj for key, _ in ready}
                if self._listener in files:
                    self._accept()
                for pair in list(self._pairs):
                    self._pump(pair, files)
                self._changed.notify_all()

    def _watch(self, selector: selectors.BaseSelector) -> float:
        """Register what can be read or written; the seconds after which something is due."""
        now, soonest = time.monotonic(), 0.05
        events: dict[socket.socket, int] = {}
        for pair in self._pairs:
            for pipe in pair:
                if not pipe.ended and len(pipe.waiting) < _WAITING:
                    events[pipe.source] = events.get(pipe.source, 0) | selectors.EVENT_READ
                if pipe.waiting:
                    due = pipe.waiting[0][0] - now
                    if due <= 0:
                        events[pipe.sink] = events.get(pipe.sink, 0) | selectors.EVENT_WRITE
                    else:
                        soonest = min(soonest, due)
        for one, mask in events.items():
            selector.register(one, mask)
        return soonest

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            client, _ = self._listener.accept()
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port), timeout=2)
            except OSError:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                client.close()
                return
            for one in (client, server):
                one.setblocking(False)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs.append((_Pipe(Way.OUT, client, server), _Pipe(Way.BACK, server, client)))

    def _pump(self, pair: tuple[_Pipe, _Pipe], ready: set[object]) -> None:
        for pipe in pair:
            try:
                if pipe.source in ready and not pipe.ended:
                    self._read(pipe)
                self._write(pipe)
            except OSError:
                if pipe.way in self._held:
                    pipe.ended = True
                    continue
                self._end(pair, reset=True)
                return
            trouble = self._troubles[pipe.way]
            if trouble.cut_after == 0 and not pipe.waiting:
                trouble.cut_after = None
                self._end(pair, trouble.cut_by_reset)
                return
        if all(pipe.ended and not pipe.waiting for pipe in pair):
            self._end(pair, reset=False, by_us=False)

    def _read(self, pipe: _Pipe) -> None:
        try:
            data = pipe.source.recv(_READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            pipe.ended = True
            if not pipe.waiting and pipe.way not in self._held:
                pipe.sink.shutdown(socket.SHUT_WR)
            return
        if pipe.way not in self._held:
            data = self._spoil(data, self._troubles[pipe.way])
            if data:
                pipe.waiting.append((time.monotonic() + self.delay, data))

    def _spoil(self, data: bytes, trouble: _Trouble) -> bytes:
        if trouble.cut_after is not None:
            data = data[: trouble.cut_after]
            trouble.cut_after -= len(data)
        if not trouble.garble_every:
            return data
        spoiled = bytearray(data)
        at = trouble.until_garbled - 1
        while at < len(spoiled):
            spoiled[at] ^= 1
            self.garbled += 1
            at += trouble.garble_every
        trouble.until_garbled = at + 1 - len(spoiled)
        return bytes(spoiled)

    def _write(self, pipe: _Pipe) -> None:
        while pipe.waiting and pipe.waiting[0][0] <= time.monotonic():
            due, data = pipe.waiting[0]
            allowed = self._allowed(len(data))
            if not allowed:
                return
            try:
                sent = pipe.sink.send(data[:allowed])
            except BlockingIOError:
                return
            if sent < len(data):
                pipe.waiting[0] = (due, data[sent:])
                return
            pipe.waiting.popleft()
            if pipe.ended and not pipe.waiting:
                pipe.sink.shutdown(socket.SHUT_WR)

    def _allowed(self, wanted: int) -> int:
        """How many bytes may pass just now."""
        rate, now = self.bytes_per_second, time.monotonic()
        if rate is None:
            return wanted
        self._budget = min(self._budget + (now - self._paid_at) * rate, rate / 10)
        self._paid_at = now
        allowed = min(wanted, int(self._budget))
        self._budget -= allowed
        return allowed

    def _end(self, pair: tuple[_Pipe, _Pipe], reset: bool, by_us: bool = True) -> None:
        if pair not in self._pairs:
            return
        self._pairs.remove(pair)
        self.cuts += by_us
        for pipe in pair:
            with contextlib.suppress(OSError):
                if reset:
                    pipe.source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
                else:
                    pipe.source.shutdown(socket.SHUT_RDWR)
            pipe.source.close()
