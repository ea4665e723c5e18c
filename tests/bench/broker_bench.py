"""`make bench-broker`: what the broker does on one core with its database on, as ratios to a bare simplefix acceptor.

Each order is acknowledged and filled by the broker (two reports, stored before they are sent); the bare acceptor sends
one report and stores nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.run import child, percentile  # noqa: E402
from tests.support.process import Process  # noqa: E402

IN_FLIGHT = (1, 8, 64)
MEMORY_CLIENTS = 4


def line(name: str, orders: int, result: dict[str, Any], rest: str = "") -> float:
    rate: float = orders / result["seconds"]
    latencies = result["latencies"]
    print(
        f"  {name:<32}{rate:>8.0f} orders/s   p50 {percentile(latencies, 50):>7.2f} ms"
        f"   p99 {percentile(latencies, 99):>7.2f} ms   {rest}",
        flush=True,
    )
    return rate


class Broker:
    def __init__(self, folder: Path) -> None:
        self._environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith("BROKER_")},
            "BROKER_DATABASE_URL": f"sqlite:///{folder}/broker.db",
            "BROKER_FIX_PORT": "0",
            "BROKER_HTTP_PORT": "0",
            "BROKER_WALK": "off",
        }
        self.start()

    def start(self) -> None:
        self.process = Process("broker", [sys.executable, "-m", "broker"], self._environ)
        self.port = int(self.process.wait_for(r"^broker: FIX on .*:(\d+)$")[1])
        url = self.process.wait_for(r"^broker: HTTP on (http://\S+)$")[1]
        requests.put(f"{url}/api/behaviours", json={"default": "fill"}, timeout=10).raise_for_status()
        self._process = psutil.Process(self.process.pid)

    @property
    def cpu(self) -> float:
        return sum(self._process.cpu_times()[:2])

    @property
    def megabytes(self) -> float:
        return float(self._process.memory_info().rss / 1e6)

    def load(self, clients: int, in_flight: int, orders: int) -> tuple[dict[str, Any], str]:
        """The result, and what an order cost."""
        before = self.cpu
        result = child("fix_load.py", self.port, clients, in_flight, orders)
        micros = 1e6 * (self.cpu - before) / (clients * orders)
        return result, f"CPU per order {micros:.0f} µs"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000, help="of each run (default 10000)")
    parser.add_argument(
        "--memory-orders", type=int, default=200_000, help="over which memory is watched (default 200000)"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sendfix-bench-") as name:
        echo = Process("echo", [sys.executable, "tests/bench/echo.py"], dict(os.environ))
        broker = Broker(Path(name))
        try:
            echo_port = int(echo.wait_for(r"^echo: (\d+)$")[1])
            print("Order to acknowledgement; the broker also fills each order, and stores all of it first.")
            for in_flight in IN_FLIGHT:
                orders = options.orders if in_flight > 1 else options.orders // 4
                bare = line(
                    f"bare simplefix, {in_flight} in flight",
                    orders,
                    child("fix_load.py", echo_port, 1, in_flight, orders),
                )
                result, cost = broker.load(1, in_flight, orders)
                rate = orders / result["seconds"]
                line(f"broker, {in_flight} in flight", orders, result, f"{rate / bare:.2f} of bare   {cost}")
            each = max(options.orders // 100, 10)
            result, cost = broker.load(100, 2, each)
            fairness = f"slowest client {result['slowest'] / result['fastest']:.2f} of the fastest"
            line("broker, 100 clients", 100 * each, result, f"{fairness}   {cost}")
            sizes = [broker.megabytes]
            quarter = options.memory_orders // 4
            for part in range(4):
                result, cost = broker.load(MEMORY_CLIENTS, 16, quarter // MEMORY_CLIENTS)
                line(f"broker, {quarter} orders, {part + 1}/4", quarter, result, cost)
                sizes.append(broker.megabytes)
            print(
                f"  memory of the broker, before and after each: {' → '.join(f'{size:.0f}' for size in sizes)} MB"
            )
            broker.process.stop()
            started = time.perf_counter()
            broker.start()
            print(f"  started again on these orders in {time.perf_counter() - started:.1f} s")
        finally:
            broker.process.stop()
            echo.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
