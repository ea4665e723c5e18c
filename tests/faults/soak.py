"""Half an hour of trading through lines that break, with processes that are killed; nothing may be lost, leak or grow.

    python tests/faults/soak.py [--seconds 1800] [--rate 100] [--seed 1]

In the first half lines fail, the counterparty does wrong, and processes are killed; in the second half nothing is
killed, so that what each process takes can be followed. At the end both ends' books must be equal, and in the second
half no process may have gained a thread, an open file or memory that a longer run would show as a leak. The exit code
is 0 if all that holds, 1 if not.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.books import equal_books  # noqa: E402
from tests.support.lined_stack import LinedStack  # noqa: E402
from tests.support.load import BEHAVIOURS, Load  # noqa: E402
from tests.support.proxy import Way  # noqa: E402
from tests.support.stack import FIX42, FIX44  # noqa: E402
from tests.support.usage import Usage, problems, usage  # noqa: E402

EVERY_SECONDS = 10.0
COMP_IDS = {FIX42: "SENDFIX42", FIX44: "SENDFIX44"}
SESSIONS = tuple(COMP_IDS)
THREADS_EACH = 3
"""Of the load, for one session: while one waits for an engine that is being killed, another goes on."""


class Soak:
    """One run. `faults` counts those that were caused, by name."""

    def __init__(self, stack: LinedStack, seconds: float, rate: float, seed: int) -> None:
        self.stack = stack
        self.seconds = seconds
        self.rate = rate
        self.seed = seed
        self.faults: Counter[str] = Counter()
        self._chance = random.Random(seed)
        self._began = time.monotonic()
        self._fills_before = self._fills = 0
        self._stop = threading.Event()

    def run(self) -> list[str]:
        """What is wrong at the end, in words."""
        self._began = time.monotonic()
        half = self.seconds / 2
        print(f"{'s':>5} {'orders':>7} {'fills':>7} {'refused':>7}  {Usage.HEAD}  faults", flush=True)
        first = self._load(1)
        self._half(first, half, kills=True)
        # All is stopped, and every process is there: what it holds now, it may hold at the end.
        before = usage(self.stack)
        second = self._load(2)
        samples = self._half(second, self.seconds, kills=False)
        after = usage(self.stack)
        found = problems(before, after, samples)
        books = equal_books(self.stack, 300)
        for load in (first, second):
            load.all_known(books)
        fills = sum(len(order.fills) for order in books.values())
        requests_made = first.requests + second.requests
        print(
            f"the books are equal: {len(books)} orders, {fills} fills; {requests_made} requests,"
            f" {sum(self.faults.values())} faults: {dict(self.faults)}"
        )
        return found

    def _load(self, number: int) -> Load:
        return Load(self.stack, SESSIONS * THREADS_EACH, rate=self.rate, seed=self.seed * 10 + number)

    def _half(self, load: Load, until: float, kills: bool) -> list[tuple[float, Usage]]:
        """Trade and cause faults until so many seconds after the beginning; samples with their time, in seconds."""
        self.stack.behave(default="fill", symbols=BEHAVIOURS)
        samples: list[tuple[float, Usage]] = []
        next_fault = self._now() + 5
        with load:
            while (now := self._now()) < until:
                time.sleep(
                    max(0.0, min(next_fault, now // EVERY_SECONDS * EVERY_SECONDS + EVERY_SECONDS) - now)
                )
                if self._now() >= next_fault:
                    self._fault(kills)
                    next_fault = self._now() + self._chance.uniform(3, 12)
                if not samples or self._now() - samples[-1][0] >= EVERY_SECONDS:
                    samples.append((self._now(), usage(self.stack)))
                    self._print(load, samples[-1][1])
        for line in self.stack.lines.values():
            line.behave()
        self.stack.wait_logged_on(*SESSIONS)
        equal_books(self.stack, 300)
        return samples

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _fault(self, kills: bool) -> None:
        kinds: dict[str, Callable[[], None]] = {
            "cut": self._cut,
            "half open": self._half_open,
            "delay": self._delay,
            "garble": self._garble,
            "gap": lambda: self._wrong(skip_sequence_numbers={"count": 5, "times": 1, "msg_types": ["8"]}),
            "duplicates": lambda: self._wrong(duplicate={"poss_dup": True, "times": 20, "msg_types": ["8"]}),
            "wrong checksums": lambda: self._wrong(
                wrong_checksum={"every": 7, "times": 10, "msg_types": ["8"]}
            ),
            "in pieces": lambda: self._wrong(fragment={"times": 50, "size": 20}),
        }
        if kills:
            kinds |= {
                "kill the desk": self._kill_desk,
                "kill the engine": self._kill_engine,
                "kill the broker": self._kill_broker,
                "kill desk and engine": self._kill_both,
            }
        name = self._chance.choice(sorted(kinds))
        self.faults[name] += 1
        kinds[name]()

    def _wrong(self, **kinds: object) -> None:
        sender = COMP_IDS[self._chance.choice(SESSIONS)]
        url = f"{self.stack.broker_url}/api/faults/{sender}"
        requests.put(url, json=kinds, timeout=10).raise_for_status()

    def _cut(self) -> None:
        line = self.stack.lines[self._chance.choice(SESSIONS)]
        line.cut_after(
            self._chance.randint(0, 5000), self._chance.choice(list(Way)), self._chance.random() < 0.5
        )

    def _half_open(self) -> None:
        line = self.stack.lines[self._chance.choice(SESSIONS)]
        line.hold()
        self._stop.wait(self._chance.uniform(0.5, 5))
        line.let_go()

    def _delay(self) -> None:
        line = self.stack.lines[self._chance.choice(SESSIONS)]
        line.delay = self._chance.uniform(0.01, 0.5)
        self._stop.wait(3)
        line.delay = 0.0

    def _garble(self) -> None:
        line = self.stack.lines[self._chance.choice(SESSIONS)]
        way = self._chance.choice(list(Way))
        line.garble(self._chance.randint(3000, 30_000), way)
        self._stop.wait(3)
        line.garble(0, way)

    def _kill_desk(self) -> None:
        self.stack.kill_desk()
        self.stack.start_desk()

    def _kill_engine(self) -> None:
        assert self.stack.engine is not None
        self.stack.engine.kill()
        self.stack.start_engine()

    def _kill_both(self) -> None:
        self.stack.kill_desk()
        self._kill_engine()
        self.stack.start_desk()

    def _kill_broker(self) -> None:
        assert self.stack.broker is not None
        self._count_fills()
        self.stack.broker.kill()
        self.stack.start_broker()
        self.stack.behave(default="fill", symbols=BEHAVIOURS)

    def _count_fills(self) -> int:
        """By the broker's own count, which begins again with each of its starts."""
        fills = requests.get(f"{self.stack.broker_url}/api/stats", timeout=10).json()["executions"]
        if fills < self._fills:
            self._fills_before += self._fills
        self._fills = fills
        return self._fills_before + self._fills

    def _print(self, load: Load, used: Usage) -> None:
        print(
            f"{self._now():5.0f} {len(load.acknowledged):7} {self._count_fills():7} {load.refused:7}"
            f"  {used}  {sum(self.faults.values())}",
            flush=True,
        )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--rate", type=float, default=100, help="orders per second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        stack = LinedStack(Path(folder))
        try:
            found = Soak(stack.start(), given.seconds, given.rate, given.seed).run()
        finally:
            stack.stop()
    left = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    children = psutil.Process().children(recursive=True)
    if left or children:
        found.append(f"left over: threads {left}, processes {children}")
    print("\n".join(found) or "memory is flat, and no thread, file or process is left over")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
