"""`make certify`: an hour of trading between a real broker and clients on QuickFIX and asyncfix, in simulated time.

Says what was traded; ends with code 1 when a message was refused that the rules let through, or the books differ.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.certify.mix import BEHAVIOURS  # noqa: E402
from tests.support.process import Process  # noqa: E402

BEGIN = datetime(2026, 1, 5, 15, tzinfo=UTC)
"""A Monday in trading hours: where simulated time starts."""
SENDERS = {"quickfix_trader.py": "QUICKFIX", "asyncfix_trader.py": "ASYNCFIX"}
STATUSES = {"2": "FILLED", "4": "CANCELED", "8": "REJECTED", "C": "EXPIRED", "3": "DONE_FOR_DAY"}


class Clock:
    """What a process started now needs in its environment so that all live by the same simulated time."""

    def __init__(self, library: Path | None, speed: float) -> None:
        self._library = library
        self.speed = speed if library else 1.0
        self._started = time.time()

    def environ(self) -> dict[str, str]:
        if self._library is None:
            return {}
        passed = (time.time() - self._started) * self.speed
        begin = datetime.fromtimestamp(BEGIN.timestamp() + passed, UTC).strftime("%Y-%m-%d %H:%M:%S")
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME": f"@{begin} x{self.speed:g}",
            # It would read FAKETIME again and again otherwise.
            "FAKETIME_CACHE_DURATION": "1000000000",
            "TZ": "UTC",
        }


def faketime() -> Path | None:
    """Debian's libfaketime, the variant for programs with threads."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


def certify(folder: Path, seed: str, seconds: float, clock: Clock, pace: float = 1) -> list[str]:
    """What went wrong, in sentences. `seconds` are simulated, `pace` a client's actions in each of them."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BROKER_")}
    own = {
        "BROKER_DATABASE_URL": f"sqlite:///{folder / 'broker.db'}",
        "BROKER_FIX_PORT": "0",
        "BROKER_HTTP_PORT": "0",
        "BROKER_WALK": "on",
    }
    broker = Process("broker", [sys.executable, "-m", "broker"], {**environ, **own, **clock.environ()})
    clients: dict[str, subprocess.Popen[str]] = {}
    try:
        port = broker.wait_for(r"^broker: FIX on 127\.0\.0\.1:(\d+)$")[1]
        url = broker.wait_for(r"^broker: HTTP on (http://127\.0\.0\.1:\d+)$")[1]
        behaviours = {"symbols": BEHAVIOURS}
        requests.put(f"{url}/api/behaviours", json=behaviours, timeout=30).raise_for_status()
        for script in SENDERS:
            command = [sys.executable, str(ROOT / "tests" / "certify" / script)]
            command += [port, str(folder), seed, str(seconds), str(pace)]
            with (folder / f"{script}.log").open("w") as log:
                clients[script] = subprocess.Popen(
                    command, env={**environ, **clock.environ()}, stdout=subprocess.PIPE, stderr=log, text=True
                )
        wrong: list[str] = []
        for script, client in clients.items():
            said, _ = client.communicate(timeout=240 + 3 * seconds / clock.speed)
            if client.returncode:
                said = (folder / f"{script}.log").read_text()[-1000:]
                wrong.append(f"{script} ended with code {client.returncode}: {said}")
                continue
            for version, book in json.loads(said.splitlines()[-1]).items():
                wrong += _compare(url, SENDERS[script], version, book)
        if not broker.running:
            wrong.append("the broker ended")
        wrong += [
            f"the broker's log: {line}" for line in broker.lines if " ERROR " in line or "Traceback" in line
        ]
        return wrong
    finally:
        for client in clients.values():
            if client.poll() is None:
                client.kill()
                client.communicate()
        broker.stop()


def _compare(url: str, sender: str, version: str, book: Mapping[str, Any]) -> list[str]:
    """The client's book against the broker's."""
    name = f"{sender} {version}"
    wrong = [f"{name}: {problem}" for problem in book["problems"]]
    ours = {f"O{row['id']}": row for row in _all(url, "orders", sender) if row["fix_version"] == version}
    for order_id in ours.keys() ^ book["orders"].keys():
        wrong.append(f"{name}: only one side knows order {order_id}: {ours.get(order_id)}")
    for order_id, (cl_ord_id, status, cum, is_open) in book["orders"].items():
        row = ours.get(order_id)
        if row is None:
            continue
        if Decimal(row["filled_quantity"]) != Decimal(cum):
            wrong.append(f"{name}: {cl_ord_id}: CumQty {cum} here, {row['filled_quantity']} at the broker")
        if is_open or row["status"] != STATUSES.get(status):
            wrong.append(f"{name}: {cl_ord_id}: OrdStatus {status} here, {row['status']} at the broker")
    fills = {
        row["exec_id"]: [f"O{row['order_id']}", row["exec_quantity"], row["exec_price"]]
        for row in _all(url, "executions", sender)
        if f"O{row['order_id']}" in ours
    }
    for exec_id in fills.keys() | book["executions"].keys():
        here, there = book["executions"].get(exec_id), fills.get(exec_id)
        if here is None or there is None or here[0] != there[0] or not _equal(here[1:], there[1:]):
            wrong.append(f"{name}: execution {exec_id}: {here} here, {there} at the broker")
    print(f"{name}: {len(ours)} orders, {len(fills)} fills, messages {_counts(book['counts'])}", flush=True)
    if not fills:
        wrong.append(f"{name}: nothing was traded")
    return wrong


def _equal(here: Sequence[str], there: Sequence[str]) -> bool:
    return [Decimal(one) for one in here] == [Decimal(one) for one in there]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _all(url: str, what: str, sender: str) -> list[dict[str, Any]]:
    query = {"sender_comp_id": sender, "limit": 100_000}
    answer = requests.get(f"{url}/api/{what}", params=query, timeout=120)
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()[what]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="of simulated time (default: 3600)")
    parser.add_argument("--speed", type=float, default=30, help="how much faster than real (default: 30)")
    parser.add_argument("--seed", default=f"{time.time_ns() % 10**6}", help="of the mix that is drawn")
    options = parser.parse_args()
    library = faketime()
    if library is None:
        print(
            "certify: libfaketime is missing. On Debian or Ubuntu: apt install libfaketime", file=sys.stderr
        )
        return 2
    print(
        f"certify: {options.seconds:g} s at {options.speed:g} times the speed, seed {options.seed}",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="sendfix-certify-") as folder:
        clock = Clock(library, options.speed)
        wrong = certify(Path(folder), options.seed, options.seconds, clock)
    for text in wrong[:50]:
        print(f"certify: {text}")
    print(f"certify: {len(wrong)} things are wrong" if wrong else "certify: all is right")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
