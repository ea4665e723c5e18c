"""How long a desk takes to trade again: with all that the engine has to be folded anew, and with nothing.

    python tests/bench/restart_bench.py [--messages 100000]

A journal is written as an engine would have: orders, each acknowledged and filled in two parts, and one in twenty left
open. Then engine and desk are started on it: with an empty database, with a full one after a `kill -9` of the desk,
and with a full one after a `kill -9` of both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sendfix.link.journal import Journal  # noqa: E402
from sendfix.link.protocol import Direction  # noqa: E402
from tests.support.stack import Stack, session_config  # noqa: E402

NAME = "REPLAYED"
STEP_SECONDS = 0.05
EACH = 4
"""Messages for each order."""


def write_journal(folder: Path, messages: int) -> None:
    # An hour ago, as what is fresh could be sent again and is remembered.
    at_ns = time.time_ns() - 3600 * 10**9
    journal = Journal(folder, clock=lambda: at_ns)
    out = in_ = 1
    sent_at = datetime.fromtimestamp(at_ns / 1e9, UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]

    def message(direction: Direction, body: str) -> None:
        nonlocal out, in_
        ours = direction is Direction.OUT
        number, ids = (out, "49=ME|56=BROKER") if ours else (in_, "49=BROKER|56=ME")
        out, in_ = out + ours, in_ + (not ours)
        msg_type, _, rest = body.partition("|")
        text = f"8=FIX.4.4|9=200|35={msg_type}|34={number}|{ids}|52={sent_at}|{rest}|10=000|"
        journal.append(direction, text.replace("|", "\x01").encode())

    for order in range(messages // EACH):
        same = f"11=R{order}|55=AAPL|54=1"
        message(Direction.OUT, f"D|{same}|21=1|38=100|40=2|44=230.10|59=0|60={sent_at}")
        report = f"8|37=B{order}|{same}|38=100|40=2|44=230.10|60={sent_at}|17=E{order}"
        message(Direction.IN, f"{report}-0|150=0|39=0|14=0|151=100|6=0")
        message(Direction.IN, f"{report}-1|150=F|39=1|32=40|31=230.10|14=40|151=60|6=230.10")
        if order % 20:
            message(Direction.IN, f"{report}-2|150=F|39=2|32=60|31=230.10|14=100|151=0|6=230.10")
        else:
            message(Direction.IN, f"{report}-2|150=F|39=1|32=10|31=230.10|14=50|151=50|6=230.10")
    journal.close()


def wait_ready(stack: Stack, messages: int) -> tuple[float, float, float, float]:
    """Seconds until the desk answers, until it can trade, and until all is stored; and what the slowest answer took
    meanwhile."""
    began = time.perf_counter()
    stack.start_desk()
    answers = time.perf_counter() - began
    ready = slowest = 0.0
    while True:
        asked = time.perf_counter()
        answer = requests.get(f"{stack.desk_url}/health/ready", timeout=60)
        now = time.perf_counter()
        slowest = max(slowest, now - asked)
        if answer.status_code == 200:
            ready = ready or now - began
            if not answer.json()["storage"]["backlog"]:
                break
        time.sleep(STEP_SECONDS)
    stored = time.perf_counter() - began
    newest = stack.get("/api/orders", limit=1)["orders"][0]
    assert newest["cl_ord_id"] == f"R{messages // EACH - 1}", newest
    return answers, ready, stored, slowest


def report(what: str, seconds: tuple[float, float, float, float], stack: Stack) -> None:
    assert stack.desk is not None
    process = psutil.Process(stack.desk.pid)
    family = [process, *process.children()]
    memory = sum(one.memory_info().rss for one in family) / 1e6
    cpu = sum(sum(one.cpu_times()[:2]) for one in family)
    answers, ready, stored, slowest = seconds
    print(
        f"{what}: answers after {answers:.1f} s, can trade after {ready:.1f} s, all stored after {stored:.1f} s;"
        f" the slowest answer took {slowest:.1f} s; {cpu:.1f} s of CPU, {memory:.0f} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=100_000)
    messages = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        write_journal(Path(stack.environ["SENDFIX_STORE_DIR"]) / "journal" / NAME, messages)
        stack.write_config([{**session_config(NAME, "FIX.4.4", "ME", 1), "auto_connect": False}])
        try:
            began = time.perf_counter()
            stack.start_engine()
            print(f"engine with {messages} messages in its journal: {time.perf_counter() - began:.1f} s")
            report("desk, empty database", wait_ready(stack, messages), stack)
            assert stack.desk is not None
            assert stack.engine is not None
            stack.desk.kill()
            report("desk after kill -9, full database", wait_ready(stack, messages), stack)
            stack.desk.kill()
            stack.engine.kill()
            began = time.perf_counter()
            stack.start_engine()
            print(f"engine after kill -9: {time.perf_counter() - began:.1f} s")
            report("desk after kill -9 of both", wait_ready(stack, messages), stack)
        finally:
            stack.stop()


if __name__ == "__main__":
    main()
