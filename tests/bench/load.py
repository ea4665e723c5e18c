"""Loads the desk: orders by REST on keep-alive connections, Socket.IO clients that listen, in one process of greenlets.

Run as a process: `load.py DESK_URL MODE IN_FLIGHT ORDERS RATE CLIENTS`. MODE is `frames` or `single`, what the clients
subscribe to. RATE 0 sends each order when one in flight is answered; above 0 it is orders per second, whatever the
answers. Prints one line of JSON: latencies from the POST to the `order_updated` that acknowledges it, as the first
client sees it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import gevent
import orjson
from gevent import socket
from gevent.event import Event

SESSIONS = ("SIM-FIX42", "SIM-FIX44")


class Poster:
    """One keep-alive connection."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port))
        self._host = host
        self._buffer = b""

    def post(self, body: bytes) -> tuple[int, bytes]:
        head = (
            f"POST /api/send_order HTTP/1.1\r\nHost: {self._host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._buffer += self._receive()
        header, self._buffer = self._buffer[:end], self._buffer[end + 4 :]
        length = int(header.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(self._buffer) < length:
            self._buffer += self._receive()
        answer, self._buffer = self._buffer[:length], self._buffer[length:]
        return int(header[9:12]), answer

    def _receive(self) -> bytes:
        data: bytes = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the desk closed the connection")
        return data


class Listener:
    """A Socket.IO client on a bare WebSocket, so that ten of them cost the machine little."""

    def __init__(self, host: str, port: int, frames: bool, on_text: Any) -> None:
        self._socket = socket.create_connection((host, port))
        self._on_text = on_text
        self._socket.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._buffer = b""
        self.ready = Event()
        self.received = 0
        self._frames = frames
        self.greenlet = gevent.spawn(self._run)

    def _send(self, text: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(text))
        self._socket.sendall(bytes((0x81, 0x80 | len(text))) + mask + masked)

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            data = self._socket.recv(262144)
            if not data:
                raise ConnectionError("the desk closed the WebSocket")
            self._buffer += data
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _run(self) -> None:
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(65536)
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert b" 101 " in head, head
        while True:
            first, length = self._take(2)
            if length == 126:
                length = int.from_bytes(self._take(2))
            elif length == 127:
                length = int.from_bytes(self._take(8))
            text = self._take(length)
            self.received += length
            if first & 0x0F == 8:
                raise ConnectionError("the desk closed the WebSocket")
            if text.startswith(b"0{"):
                self._send(b"40")
            elif text == b"2":
                self._send(b"3")
            elif text.startswith(b"42"):
                if text.startswith(b'42["connected"'):
                    if self._frames:
                        self._send(b'42["subscribe",{"frames":true}]')
                    self.ready.set()
                elif self._on_text is not None:
                    self._on_text(text)


class Run:
    def __init__(self, url: str, mode: str, in_flight: int, orders: int, rate: float, clients: int) -> None:
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.orders, self.in_flight, self.rate = orders, in_flight, rate
        self.half: dict[str, float] = {}
        self.acknowledged: set[str] = set()
        self.latencies: list[float] = []
        self.answered: list[float] = []
        self.filled: set[str] = set()
        self.errors: list[str] = []
        self.done = Event()
        first = Listener(self.host, self.port, mode == "frames", self.on_text)
        self.listeners = [first] + [
            Listener(self.host, self.port, mode == "frames", None) for _ in range(clients - 1)
        ]
        for listener in self.listeners:
            assert listener.ready.wait(10), "a Socket.IO client did not connect"

    def on_text(self, text: bytes) -> None:
        now = time.perf_counter()
        name, payload = orjson.loads(text[2:])
        for event, order in payload if name == "frame" else ((name, payload),):
            if event != "order_updated":
                continue
            cl_ord_id, status = order["cl_ord_id"], order["status"]
            if status in ("NEW", "FILLED") and cl_ord_id not in self.acknowledged:
                self.acknowledged.add(cl_ord_id)
                self._match(cl_ord_id, now)
            if status == "FILLED" and cl_ord_id not in self.filled:
                self.filled.add(cl_ord_id)
                if len(self.filled) == self.orders:
                    self.done.set()

    def _match(self, cl_ord_id: str, at: float) -> None:
        """The answer and the event come in either order; the second of them gives the latency."""
        other = self.half.pop(cl_ord_id, None)
        if other is None:
            self.half[cl_ord_id] = at
        else:
            self.latencies.append(abs(at - other))

    def go(self) -> dict[str, Any]:
        started = time.perf_counter()
        numbers = iter(range(self.orders))
        posters = [
            gevent.spawn(self._post_all, Poster(self.host, self.port), numbers, started)
            for _ in range(self.in_flight)
        ]
        gevent.joinall(posters, raise_error=True)
        all_answered = time.perf_counter() - started
        self.done.wait(30)
        return {
            "orders": self.orders,
            "seconds": time.perf_counter() - started,
            "answered_seconds": all_answered,
            "filled": len(self.filled),
            "errors": self.errors[:5],
            "error_count": len(self.errors),
            "latencies": self.latencies,
            "answer_latencies": self.answered,
            "bytes_received": [listener.received for listener in self.listeners],
            "alive": sum(not listener.greenlet.dead for listener in self.listeners),
        }

    def _post_all(self, poster: Poster, numbers: Any, started: float) -> None:
        for number in numbers:
            if self.rate:
                due = started + number / self.rate
                wait = due - time.perf_counter()
                if wait > 0:
                    gevent.sleep(wait)
            body = orjson.dumps(
                {
                    "session_name": SESSIONS[number % 2],
                    "symbol": "AAPL",
                    "side": "BUY",
                    "order_qty": 100,
                    "ord_type": "MARKET",
                }
            )
            sent = time.perf_counter()
            status, answer = poster.post(body)
            self.answered.append(time.perf_counter() - sent)
            if status != 201:
                self.errors.append(f"{status} {answer[:200]!r}")
            else:
                self._match(orjson.loads(answer)["cl_ord_id"], sent)


if __name__ == "__main__":
    url, mode, in_flight, orders, rate, clients = sys.argv[1:]
    print(json.dumps(Run(url, mode, int(in_flight), int(orders), float(rate), int(clients)).go()), flush=True)
