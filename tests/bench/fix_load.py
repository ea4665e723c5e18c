"""Orders for a FIX acceptor, as fast as it takes them: encoded beforehand, so that the client costs little.

Run as a process: `fix_load.py PORT CLIENTS IN_FLIGHT ORDERS`, in flight and orders of each client; prints one line of
JSON. An order counts as acknowledged when its ExecutionReport(8) with ExecType(150) New has come.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from typing import Any


def encode(msg_type: str, sender: str, number: int, body: str) -> bytes:
    at = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
    content = f"35={msg_type}\x0134={number}\x0149={sender}\x0152={at}\x0156=BROKER\x01{body}"
    message = f"8=FIX.4.4\x019={len(content)}\x01{content}".encode()
    return message + b"10=%03d\x01" % (sum(message) & 255)


class Client:
    def __init__(self, port: int, name: str, orders: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(encode("A", name, 1, "98=0\x01108=0\x01"))
        if b"35=A\x01" not in self.socket.recv(4096):
            raise SystemExit(f"{name} was not let in")
        at = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
        self.messages = [
            encode("D", name, number, f"11={number:06}\x0155=AAPL\x0154=1\x0138=100\x0140=1\x0160={at}\x01")
            for number in range(2, orders + 2)
        ]
        self.sent_at = [0.0] * orders
        self.latencies: list[float] = []
        self.sent = 0
        self.finished_at = 0.0
        self._rest = b""

    def send(self, count: int) -> None:
        batch = self.messages[self.sent : self.sent + count]
        if batch:
            now = time.perf_counter()
            for number in range(self.sent, self.sent + len(batch)):
                self.sent_at[number] = now
            self.sent += len(batch)
            self.socket.sendall(b"".join(batch))

    def receive(self) -> bool:
        """Take what has come, and keep as many in flight as there were. False when all is acknowledged."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise SystemExit("the acceptor closed the connection")
        now = time.perf_counter()
        *reports, self._rest = (self._rest + data).split(b"8=FIX.4.4\x01")
        acknowledged = 0
        for report in reports:
            if b"\x01150=0\x01" in report:
                at = report.index(b"\x0111=") + 4
                self.latencies.append(now - self.sent_at[int(report[at : at + 6]) - 2])
                acknowledged += 1
        if self._rest.endswith(b"\x01") and b"\x01150=0\x01" in self._rest and b"\x0110=" in self._rest:
            at = self._rest.index(b"\x0111=") + 4
            self.latencies.append(now - self.sent_at[int(self._rest[at : at + 6]) - 2])
            acknowledged += 1
            self._rest = b""
        self.send(acknowledged)
        if len(self.latencies) == len(self.messages):
            self.finished_at = now
        return not self.finished_at


def main(port: int, clients: int, in_flight: int, orders: int) -> dict[str, Any]:
    run = f"{time.time_ns() % 10**12}"
    all_clients = [Client(port, f"L{run}-{number}", orders) for number in range(clients)]
    selector = selectors.DefaultSelector()
    for client in all_clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
    started, cpu = time.perf_counter(), time.process_time()
    for client in all_clients:
        client.send(in_flight)
    working = clients
    while working:
        ready = selector.select(30)
        if not ready:
            raise SystemExit("nothing came for 30 s")
        for key, _ in ready:
            if not key.data.finished_at and not key.data.receive():
                working -= 1
    seconds = time.perf_counter() - started
    rates = [orders / (client.finished_at - started) for client in all_clients]
    return {
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "latencies": [latency for client in all_clients for latency in client.latencies],
        "slowest": min(rates),
        "fastest": max(rates),
    }


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:]))), flush=True)
