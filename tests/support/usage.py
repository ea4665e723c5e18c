"""What the three processes take of the machine, and whether that grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import psutil

from tests.support.stack import Stack

GROWTH_BYTES = 25_000_000
"""Of one process over all samples: what still counts as flat."""
INDEX_BYTES = 150
"""For each message that the engine sent: QuickFIX keeps an index of all that it could send again, which takes 64 bytes
of each (measured with 1.16), and for a moment twice that when it is read again at the next connection."""
NAMES = ("desk", "engine", "broker")


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one process, with its children: bytes, threads, open files with sockets."""

    rss: int
    threads: int
    files: int

    def __str__(self) -> str:
        return f"{self.rss / 1e6:6.1f} MB {self.threads:3} {self.files:4}"


@dataclass(frozen=True, slots=True)
class Usage:
    """Of desk, engine and broker."""

    HEAD: ClassVar[str] = "  ".join(f"{name + ': RSS, threads, files':>18}" for name in NAMES)

    taken: tuple[Taken, ...]
    sent: int
    """Messages since the sessions' numbers began at 1."""

    def __str__(self) -> str:
        return "  ".join(f"{one!s:>{len(NAMES[at]) + 21}}" for at, one in enumerate(self.taken))


def usage(stack: Stack) -> Usage:
    taken = tuple(_taken(process.pid) for process in (stack.desk, stack.engine, stack.broker) if process)
    sessions = stack.get("/api/sessions")["sessions"]
    return Usage(taken, sum(one["next_sender_seq_num"] - 1 for one in sessions))


def problems(before: Usage, after: Usage, samples: Sequence[tuple[float, Usage]]) -> list[str]:
    """What was gained between two moments of rest, and memory that grew with the time of the samples (in seconds)."""
    found = []
    for at, name in enumerate(NAMES):
        then, now = before.taken[at], after.taken[at]
        if now.threads > then.threads:
            found.append(f"the {name} has {now.threads} threads, it had {then.threads}")
        if now.files > then.files:
            found.append(f"the {name} has {now.files} open files, it had {then.files}")
        seconds = samples[-1][0] - samples[0][0]
        growth = seconds * slope([(time, one.taken[at].rss) for time, one in samples])
        allowed = GROWTH_BYTES
        if name == "engine":
            allowed += INDEX_BYTES * (samples[-1][1].sent - samples[0][1].sent)
        said = f"the {name}'s memory has grown by {growth / 1e6:.1f} MB in {seconds:.0f} s"
        print(said)
        if growth > allowed:
            found.append(f"{said}, which is more than {allowed / 1e6:.0f} MB")
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the straight line through the points, by least squares; 0 for fewer than two."""
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    square = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / square


def _taken(pid: int) -> Taken:
    first = psutil.Process(pid)
    processes = [first, *first.children(recursive=True)]
    return Taken(
        sum(one.memory_info().rss for one in processes),
        sum(one.num_threads() for one in processes),
        sum(one.num_fds() for one in processes),
    )
