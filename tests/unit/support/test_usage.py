"""A leak is seen, and what QuickFIX keeps of each message is none."""

from __future__ import annotations

import pytest

from tests.support.usage import Taken, Usage, problems


def used(rss: float, sent: int = 0, threads: int = 4, files: int = 30) -> Usage:
    still = Taken(100_000_000, 4, 30)
    return Usage((still, Taken(int(rss), threads, files), still), sent)


def samples(bytes_per_second: float, sent_per_second: int = 0) -> list[tuple[float, Usage]]:
    return [(float(at), used(1e8 + at * bytes_per_second, at * sent_per_second)) for at in range(0, 901, 10)]


def test_flat_is_flat() -> None:
    assert problems(used(1e8), used(1.1e8), samples(20_000)) == []
    assert problems(used(1e8), used(1.1e8), samples(40_000, sent_per_second=150)) == []


@pytest.mark.parametrize(
    ("after", "seen", "said"),
    [
        (
            used(1e8),
            samples(40_000),
            "the engine's memory has grown by 36.0 MB in 900 s, which is more than 25",
        ),
        (used(1e8), samples(150_000, sent_per_second=150), "which is more than"),
        (used(1e8, threads=5), samples(0), "the engine has 5 threads, it had 4"),
        (used(1e8, files=31), samples(0), "the engine has 31 open files, it had 30"),
    ],
)
def test_a_leak_is_named(after: Usage, seen: list[tuple[float, Usage]], said: str) -> None:
    (found,) = problems(used(1e8), after, seen)
    assert said in found
