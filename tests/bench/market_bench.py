"""`make bench-market`: from a counterparty's market data to a client of Socket.IO, and what orders cost meanwhile.

    python tests/bench/market_bench.py [--rate 1000] [--symbols 20] [--seconds 20]

A scripted counterparty sends `rate` updates (X) a second, spread over the symbols, each of two entries, and notes when;
a client of Socket.IO, in a process of its own, watches all symbols ten prices deep and notes when it has what. `told`
is from the newest update that a book holds to its arrival; `every` is from each update to the first book that holds it
or a later one, so it has the pauses of the coalescing in it. Meanwhile orders go to the simulated broker, as they did
before without market data. At last a client stops reading: the desk's memory must stay as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sendfix.web.live import Json  # noqa: E402
from tests.bench.run import Cpu, percentile  # noqa: E402
from tests.support.scripted_acceptor import Message, ScriptedAcceptor, tag  # noqa: E402
from tests.support.stack import Stack, eventually, session_config  # noqa: E402

SESSION = "EXCHANGE"
LEVELS = 10
ORDERS_PER_SECOND = 50


class Exchange(ScriptedAcceptor):
    """Answers each MarketDataRequest(V) with snapshots, and then sends updates: of the bid at 100 the size is the
    number of the update."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = self._answer
        self.md_req_ids: dict[str, str] = {}
        self.sent_at: list[tuple[str, float]] = []
        self._stopping = threading.Event()

    def start(self, rate: int, symbols: list[str]) -> None:
        self._stopping.clear()
        self._sender = threading.Thread(target=self._run, args=(rate, symbols), daemon=True)
        self._sender.start()

    def stop(self) -> float:
        """How many a second there were."""
        self._stopping.set()
        self._sender.join()
        return len(self.sent_at) / (self.sent_at[-1][1] - self.sent_at[0][1])

    def _answer(self, message: Message) -> None:
        if tag(message, 35) != "V" or tag(message, 263) != "1":
            return
        md_req_id = tag(message, 262) or ""
        symbols = [value.decode() for number, value in message.pairs if number == b"55"]
        for symbol in symbols:
            entries: list[tuple[int, object]] = []
            for level in range(LEVELS):
                entries += [(269, "0"), (270, 100 - level), (271, 500), (346, 1)]
                entries += [(269, "1"), (270, 101 + level), (271, 500), (346, 1)]
            self.send("W", [(262, md_req_id), (55, symbol), (268, 2 * LEVELS), *entries])
            self.md_req_ids[symbol] = md_req_id

    def _run(self, rate: int, symbols: list[str]) -> None:
        began = time.monotonic()
        first = len(self.sent_at)
        while not self._stopping.is_set():
            due = first + int((time.monotonic() - began) * rate)
            while len(self.sent_at) < due:
                number = len(self.sent_at) + 1
                symbol = symbols[number % len(symbols)]
                self.sent_at.append((symbol, time.monotonic()))
                self._update(symbol, number)
            self._stopping.wait(0.001)

    def _update(self, symbol: str, number: int) -> None:
        """By hand, since a library would cost as much as what is measured."""
        assert self._connection is not None
        with self._changed:
            msg_seq_num, self.next_out = self.next_out, self.next_out + 1
        at = datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]
        body = (
            f"35=X|34={msg_seq_num}|49=BROKER|52={at}|56=BENCH|262={self.md_req_ids[symbol]}|268=2|"
            f"279=1|269=1|55={symbol}|270={101 + number % LEVELS}|271={number}|"
            f"279=1|269=0|55={symbol}|270=100|271={number}|"
        )
        message = f"8=FIX.4.4|9={len(body)}|{body}".replace("|", "\x01").encode()
        self._connection.sendall(message + b"10=%03d\x01" % (sum(message) & 255))


def watch(url: str, symbols: list[str], seconds: float) -> None:
    """The client; prints one line of JSON, of `[symbol, number of the update, when]`."""
    import socketio

    got: list[tuple[str, int, float]] = []

    def frame(events: list[Any]) -> None:
        now = time.monotonic()
        for name, payload in events:
            if name == "book_updated" and payload["session_name"] == SESSION and payload["bids"]:
                got.append((payload["symbol"], int(payload["bids"][0]["size"]), now))

    client = socketio.Client(reconnection=False, json=Json)
    client.on("frame", frame)
    client.connect(url, transports=["websocket"])
    client.call("subscribe", {"frames": True})
    books = [{"session_name": SESSION, "symbol": symbol} for symbol in symbols]
    assert client.call("watch", {"books": books, "depth": LEVELS})["ok"]
    print("watching", flush=True)
    time.sleep(seconds)
    client.disconnect()
    print(json.dumps(got), flush=True)


def start_client(stack: Stack, symbols: list[str], seconds: float) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        str(ROOT / "tests/bench/market_bench.py"),
        "--watch",
        stack.desk_url,
        ",".join(symbols),
    ]
    client = subprocess.Popen([*command, "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    assert client.stdout.readline() == "watching\n"
    return client


def orders(stack: Stack, seconds: float) -> list[float]:
    """Seconds from the POST of an order to its acknowledgement at a client."""
    count = int(ORDERS_PER_SECOND * seconds)
    command = [sys.executable, str(ROOT / "tests/bench/load.py"), stack.desk_url, "frames", "1", str(count)]
    done = subprocess.run(
        [*command, str(ORDERS_PER_SECOND), "1"], stdout=subprocess.PIPE, text=True, timeout=300, check=True
    )
    latencies: list[float] = json.loads(done.stdout.splitlines()[-1])["latencies"]
    return latencies


def spread(name: str, seconds: list[float]) -> None:
    print(
        f"  {name:<44} p50 {percentile(seconds, 50):6.1f} ms   p99 {percentile(seconds, 99):6.1f} ms",
        flush=True,
    )


def ages(exchange: Exchange, got: list[tuple[str, int, float]]) -> tuple[list[float], list[float]]:
    """`told` and `every`."""
    sent = exchange.sent_at
    told = [at - sent[number - 1][1] for _, number, at in got if number <= len(sent) and number != 500]
    by_symbol: dict[str, list[tuple[int, float]]] = {}
    for symbol, number, at in got:
        by_symbol.setdefault(symbol, []).append((number, at))
    every = []
    for number, (symbol, sent_at) in enumerate(sent, 1):
        seen = by_symbol.get(symbol, [])
        place = bisect_left(seen, (number, 0.0))
        if 0 < place < len(seen):
            every.append(seen[place][1] - sent_at)
    return told, every


def run(stack: Stack, exchange: Exchange, options: argparse.Namespace) -> None:
    symbols = [f"S{number:03}" for number in range(options.symbols)]
    stack.behave(default="fill")
    orders(stack, 2)
    without = orders(stack, options.seconds / 2)
    client = start_client(stack, symbols, options.seconds + 3)
    eventually(lambda: len(exchange.md_req_ids) == len(symbols), "all subscribed")
    cpu = Cpu(stack)
    exchange.start(options.rate, symbols)
    meanwhile = orders(stack, options.seconds / 2)
    time.sleep(options.seconds / 2)
    rate = exchange.stop()
    per_update = cpu.per_order(len(exchange.sent_at))
    got = json.loads(client.communicate(timeout=60)[0].splitlines()[-1])
    told, every = ages(exchange, got)
    print(
        f"{rate:.0f} updates/s of {len(symbols)} symbols; {len(got) / options.seconds:.0f} books/s to the client"
    )
    spread("from the counterparty to the client, told", told)
    spread("from the counterparty to the client, every", every)
    spread("orders without market data", without)
    spread("orders meanwhile", meanwhile)
    ratio = percentile(meanwhile, 50) / percentile(without, 50)
    ratio99 = percentile(meanwhile, 99) / percentile(without, 99)
    print(f"  ratio of orders: p50 {ratio:.2f}, p99 {ratio99:.2f}")
    print(f"  CPU per update: engine {per_update['engine']:.0f} µs, desk {per_update['desk']:.0f} µs")
    deaf(stack, exchange, options, symbols)


def deaf(stack: Stack, exchange: Exchange, options: argparse.Namespace, symbols: list[str]) -> None:
    """A client that is stopped in the middle."""
    client = start_client(stack, symbols, 3600)
    exchange.start(options.rate, symbols)
    time.sleep(3)
    (worker,) = psutil.Process(stack.desk.pid if stack.desk else 0).children()
    os.kill(client.pid, signal.SIGSTOP)
    before = worker.memory_info().rss / 1e6
    time.sleep(12)
    after = worker.memory_info().rss / 1e6
    exchange.stop()
    print(f"  a client that does not read for 12 s: the desk's memory from {before:.1f} to {after:.1f} MB")
    client.kill()
    client.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--symbols", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--watch", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.watch:
        watch(options.watch[0], options.watch[1].split(","), options.seconds)
        return 0
    with tempfile.TemporaryDirectory(prefix="sendfix-bench-") as name, Exchange() as exchange:
        stack = Stack(Path(name))
        try:
            stack.start_broker()
            other = session_config(SESSION, "FIX.4.4", "BENCH", exchange.port)
            stack.write_config([*stack.default_sessions(), other])
            stack.start_engine()
            stack.start_desk()
            stack.wait_logged_on("SIM-FIX42", "SIM-FIX44", SESSION)
            run(stack, exchange, options)
        finally:
            stack.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
