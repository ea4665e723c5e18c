"""`make bench`: what the desk costs, as ratios to bare QuickFIX-Python against the same broker in the same run."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.stack import Stack  # noqa: E402

IN_FLIGHT = (1, 8, 64)
CLIENTS = 10


def percentile(values: Sequence[float], percent: float) -> float:
    """In milliseconds."""
    ordered = sorted(values)
    return (
        1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")
    )


class Cpu:
    """CPU seconds and memory of each process of the stack, gunicorn's worker for the desk."""

    def __init__(self, stack: Stack) -> None:
        assert stack.broker
        assert stack.engine
        assert stack.desk
        (worker,) = psutil.Process(stack.desk.pid).children()
        self._processes = {
            "broker": psutil.Process(stack.broker.pid),
            "engine": psutil.Process(stack.engine.pid),
            "desk": worker,
        }
        self._before = self._seconds()

    def _seconds(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._processes.items()}

    def per_order(self, orders: int) -> dict[str, float]:
        """Microseconds for each order since this was made."""
        now = self._seconds()
        return {name: 1e6 * (now[name] - self._before[name]) / orders for name in now}

    def memory(self) -> dict[str, float]:
        """Resident megabytes."""
        return {name: process.memory_info().rss / 1e6 for name, process in self._processes.items()}


def child(script: str, *args: object) -> Any:
    command = [sys.executable, str(ROOT / "tests" / "bench" / script), *map(str, args)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=300, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def line(name: str, rate: float, latencies: Sequence[float], rest: str = "") -> None:
    print(
        f"  {name:<34}{rate:>8.0f} orders/s   p50 {percentile(latencies, 50):>7.1f} ms"
        f"   p99 {percentile(latencies, 99):>7.1f} ms   {rest}",
        flush=True,
    )


def costs(per_order: dict[str, float]) -> str:
    return "CPU per order: " + ", ".join(f"{name} {micros:.0f} µs" for name, micros in per_order.items())


def bare(stack: Stack, folder: Path, in_flight: int, orders: int) -> float:
    assert stack.broker
    result = child("bare.py", stack.fix_port, folder, in_flight, orders)
    rate: float = result["orders"] / result["seconds"]
    line(f"bare QuickFIX, {in_flight} in flight", rate, result["latencies"])
    return rate


def desk(stack: Stack, mode: str, in_flight: int, orders: int, rate: float = 0) -> dict[str, Any]:
    cpu = Cpu(stack)
    result = child("load.py", stack.desk_url, mode, in_flight, orders, rate, CLIENTS)
    result["cpu"] = cpu.per_order(orders)
    result["rate"] = orders / result["seconds"]
    lost = orders - result["filled"]
    if result["error_count"] or lost or result["alive"] != CLIENTS:
        print(
            f"  FAILED: {result['error_count']} errors {result['errors']}, {lost} orders without their fill,"
            f" {CLIENTS - result['alive']} clients lost"
        )
        result["failed"] = True
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--orders", type=int, default=6000, help="orders of each closed-loop run (default 6000)"
    )
    parser.add_argument("--seconds", type=int, default=60, help="length of the sustained run (default 60)")
    parser.add_argument("--rate", type=int, default=1000, help="orders/s of the sustained run (default 1000)")
    parser.add_argument(
        "--mode", choices=("frames", "single"), default="frames", help="what the clients ask for"
    )
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="sendfix-bench-") as name:
        folder = Path(name)
        stack = Stack(folder)
        try:
            stack.start()
            stack.behave(default="fill")
            print(
                f"Order to acknowledgement; {CLIENTS} Socket.IO clients on the desk, subscribed to {options.mode}."
            )
            for in_flight in IN_FLIGHT:
                orders = options.orders if in_flight > 1 else max(options.orders // 4, 500)
                baseline = bare(stack, folder, in_flight, orders)
                result = desk(stack, options.mode, in_flight, orders)
                line(
                    f"desk, {in_flight} in flight",
                    result["rate"],
                    result["latencies"],
                    f"{result['rate'] / baseline:.2f} of bare   {costs(result['cpu'])}",
                )
                failed |= "failed" in result
            result = desk(stack, options.mode, 64, 300 * 20, 300)
            line("desk, 300 orders/s offered", result["rate"], result["latencies"], costs(result["cpu"]))
            failed |= "failed" in result
            memory = [Cpu(stack).memory()]
            for part in range(3):
                result = desk(stack, options.mode, 64, options.rate * options.seconds // 3, options.rate)
                line(
                    f"desk, {options.rate} orders/s offered, {part + 1}/3",
                    result["rate"],
                    result["latencies"],
                    costs(result["cpu"]),
                )
                failed |= "failed" in result
                memory.append(Cpu(stack).memory())
            for part in memory[0]:
                sizes = " → ".join(f"{taken[part]:.0f}" for taken in memory)
                print(f"  memory of the {part}, before and after each third: {sizes} MB")
        finally:
            stack.stop()
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
