"""The engine by itself: link Send to Reply, against an acceptor that only swallows.

    python tests/bench/engine_bench.py [--orders 20000] [--in-flight 1,16,64] [--broker]

Prints orders per second, latency from Send to Reply, and the engine's CPU for each order. With --broker the
counterparty is `python -m broker`, which answers each order with reports that come back over the link; without it,
a thread of this process answers the Logon and reads the rest away.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sendfix.link import protocol  # noqa: E402
from tests.support.process import Process  # noqa: E402

BODY = "35=D|11={}|21=1|38=100|40=2|44=230.10|54=1|55=AAPL|59=0|60=20260102-14:30:00.000|".replace(
    "|", "\x01"
)


class Swallower:
    """Answers a Logon and reads everything else away."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            data = connection.recv(65536)
            if not data:
                continue
            sent = re.search(rb"52=([^\x01]*)", data)
            assert sent is not None
            body = b"35=A\x0134=1\x0149=BROKER\x0156=BENCH\x0152=%s\x0198=0\x01108=30\x01" % sent[1]
            message = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
            connection.sendall(message + b"10=%03d\x01" % (sum(message) % 256))
            while connection.recv(1 << 20):
                pass


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def measure(path: Path, pid: int, orders: int, in_flight: int, first: int) -> str:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    link.connect(str(path))
    decoder = protocol.Decoder()
    state = ""
    while state != "connected":
        for message in decoder.feed(link.recv(65536)):
            if isinstance(message, protocol.Hello):
                status = message.sessions["BENCH"]
                state = str(status["status"]["state"])
                cursor = (str(status["journal_id"]), int(status["last_index"]))
                link.sendall(protocol.encode(protocol.Attach({"BENCH": cursor})))
            elif isinstance(message, protocol.Status):
                state = str(message.status["state"])
    sent_at: dict[int, float] = {}
    latencies = []
    number = first
    began, cpu = time.perf_counter(), cpu_seconds(pid)
    while len(latencies) < orders:
        out = b""
        while len(sent_at) < in_flight and number < first + orders:
            body = BODY.format(f"{os.getpid()}-{number}").encode()
            out += protocol.encode(protocol.Send(number, "BENCH", body))
            sent_at[number] = time.perf_counter()
            number += 1
        if out:
            link.sendall(out)
        for message in decoder.feed(link.recv(1 << 18)):
            if isinstance(message, protocol.Reply):
                assert message.code == "ok", message
                latencies.append(time.perf_counter() - sent_at.pop(message.request_id))
    took, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu
    link.close()
    latencies.sort()
    p50, p99 = (latencies[int(len(latencies) * part)] * 1000 for part in (0.5, 0.99))
    return (
        f"{in_flight:4d} in flight: {orders / took:7.0f} orders/s, Send to Reply p50 {p50:.2f} ms, "
        f"p99 {p99:.2f} ms, engine CPU {cpu / orders * 1e6:.0f} µs per order"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--in-flight", default="1,16,64")
    parser.add_argument("--broker", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environ = {
            key: value for key, value in os.environ.items() if not key.startswith(("SENDFIX_", "BROKER_"))
        }
        broker = None
        if given.broker:
            environ |= {
                "BROKER_FIX_PORT": "0",
                "BROKER_HTTP_PORT": "0",
                "BROKER_DATABASE_URL": f"sqlite:///{home / 'broker.db'}",
            }
            broker = Process("broker", [sys.executable, "-m", "broker"], environ)
            port = int(broker.wait_for(r"^broker: FIX on .*:(\d+)$")[1])
        else:
            port = Swallower().port
        session = {
            "name": "BENCH",
            "server_ip": "127.0.0.1",
            "port": port,
            "fix_version": "FIX.4.4",
            "sender_comp_id": "BENCH",
            "target_comp_id": "BROKER",
            "auto_connect": True,
        }
        (home / "sessions.json").write_text(json.dumps({"sessions": [session]}))
        command = [sys.executable, "multi_fix_client.py", "--config", str(home / "sessions.json")]
        command += ["--store", str(home / "store"), "--log-dir", str(home / "log"), "--log-level", "WARNING"]
        engine = Process("engine", command, environ)
        engine.wait_for("^engine: ready")
        try:
            for turn, in_flight in enumerate(map(int, given.in_flight.split(","))):
                print(
                    measure(home / "store" / "engine.sock", engine.pid, given.orders, in_flight, 10**6 * turn)
                )
        finally:
            engine.stop()
            if broker is not None:
                broker.stop()


if __name__ == "__main__":
    main()
