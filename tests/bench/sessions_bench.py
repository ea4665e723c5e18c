"""Many sessions in one engine: how soon they are up, what they cost idle, what one that dies in a loop does to another.

    python tests/bench/sessions_bench.py [--sessions 50] [--orders 2000]

The counterparty is `python -m broker`. The last line is the ratio of the latency (Send to Reply, one order at a time)
of one session while another is cut off and comes back, to the same without that, in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.link_client import LinkClient  # noqa: E402
from tests.support.process import Process  # noqa: E402

IDLE_SECONDS = 10.0
BODY = "35=D|11={}|21=1|38=100|40=2|44=230.10|54=1|55=AAPL|59=0|60=20260102-14:30:00.000|".replace(
    "|", "\x01"
)


def latencies(desk: LinkClient, name: str, prefix: str, orders: int) -> list[float]:
    """Sorted, in milliseconds."""
    found = []
    for number in range(orders):
        began = time.perf_counter()
        reply = desk.send(name, BODY.format(f"{prefix}{number}").encode())
        assert reply.code == "ok", reply
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)


def percentiles(sorted_ms: list[float]) -> tuple[float, float]:
    return sorted_ms[len(sorted_ms) // 2], sorted_ms[int(len(sorted_ms) * 0.99)]


class Cutter:
    """Has the broker cut one client off as soon as it is back, until `stop`."""

    def __init__(self, broker_url: str, sender_comp_id: str) -> None:
        self.cuts = 0
        self._url, self._sender = broker_url, sender_comp_id
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(0.1):
            clients = requests.get(f"{self._url}/api/clients", timeout=10).json()["clients"]
            client = next(one for one in clients if one["sender_comp_id"] == self._sender)
            if client["state"] == "logged_on":
                requests.post(f"{self._url}/api/clients/{client['id']}/disconnect", json={}, timeout=10)
                self.cuts += 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--orders", type=int, default=2_000)
    given = parser.parse_args()
    names = [f"S{number:03d}" for number in range(given.sessions)]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = {
            key: value for key, value in os.environ.items() if not key.startswith(("SENDFIX_", "BROKER_"))
        }
        environ |= {
            "BROKER_FIX_PORT": "0",
            "BROKER_HTTP_PORT": "0",
            "BROKER_WALK": "off",
            "BROKER_DATABASE_URL": f"sqlite:///{home / 'broker.db'}",
        }
        broker = Process("broker", [sys.executable, "-m", "broker"], environ)
        port = int(broker.wait_for(r"^broker: FIX on .*:(\d+)$")[1])
        url = broker.wait_for(r"^broker: HTTP on (http://\S+)$")[1]
        requests.put(f"{url}/api/behaviours", json={"default": "manual"}, timeout=10).raise_for_status()
        sessions = [
            {
                "name": name,
                "server_ip": "127.0.0.1",
                "port": port,
                "fix_version": "FIX.4.4",
                "sender_comp_id": name,
                "target_comp_id": "BROKER",
                "auto_connect": True,
                "reconnection": {"initial_delay": 1, "backoff_factor": 1, "jitter": 0},
            }
            for name in names
        ]
        (home / "sessions.json").write_text(json.dumps({"sessions": sessions}))
        command = [sys.executable, "multi_fix_client.py", "--config", str(home / "sessions.json")]
        command += ["--store", str(home / "store"), "--log-dir", str(home / "log"), "--log-level", "WARNING"]
        began = time.perf_counter()
        engine = Process("engine", command, environ)
        try:
            engine.wait_for("^engine: ready")
            with LinkClient(home / "store" / "engine.sock", {}) as desk:
                for name in names:
                    desk.wait_state(name, "connected")
                print(
                    f"{given.sessions} sessions logged on {time.perf_counter() - began:.1f} s after the start"
                )
                process = psutil.Process(engine.pid)
                before = sum(process.cpu_times()[:2])
                time.sleep(IDLE_SECONDS)
                used = (sum(process.cpu_times()[:2]) - before) / IDLE_SECONDS
                memory = process.memory_info().rss / 1e6
                print(f"idle: {100 * used:.1f} % of a core, {memory:.0f} MB")
                calm = percentiles(latencies(desk, names[1], "calm", given.orders))
                cutter = Cutter(url, names[0])
                stormy = percentiles(latencies(desk, names[1], "storm", given.orders))
                while cutter.cuts < 5:
                    stormy = percentiles(latencies(desk, names[1], f"s{time.time_ns()}-", given.orders))
                cutter.stop()
                print(f"one order at a time on another session: p50 {calm[0]:.2f} ms, p99 {calm[1]:.2f} ms")
                print(
                    f"while one was cut off {cutter.cuts} times: p50 {stormy[0]:.2f} ms, p99 {stormy[1]:.2f} ms:"
                    f" ratio {stormy[0] / calm[0]:.2f} and {stormy[1] / calm[1]:.2f}"
                )
        finally:
            engine.stop()
            broker.stop()


if __name__ == "__main__":
    main()
