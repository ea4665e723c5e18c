"""What one run of the page's bench has measured, as a row of its table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.bench.ui_trace import LongFrames, Trace

LONG_MS = 100

HEADING = (
    f"{'':25} frames  median     p99     max >{LONG_MS}ms   own*  >50ms typed keys: p50   p99   max ms\n"
    f"{'':25} * frames in which the page's own thread computed for more than {LONG_MS} ms"
)


def at(values: list[float], share: float) -> float:
    return values[int((len(values) - 1) * share)] if values else 0.0


@dataclass
class Measured:
    name: str
    frames: list[tuple[float, float]] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    typed: int = 0
    long_tasks: int = 0
    long_frames: LongFrames = field(default_factory=lambda: LongFrames(0, 0.0, 0.0, 0))

    def add(self, taken: dict[str, Any]) -> None:
        self.frames += [(end, took) for end, took in taken["frames"]]
        self.keys += taken["keys"]
        self.typed += taken["typed"]
        self.long_tasks += taken["longTasks"]

    def drop_longest(self) -> None:
        """The frame in which garbage was collected on our order is not the page's."""
        self.frames.remove(max(self.frames, key=lambda frame: frame[1]))

    def take(self, trace: Trace) -> None:
        self.long_frames = trace.long_frames(self.frames, LONG_MS)

    @property
    def took(self) -> list[float]:
        return sorted(took for _, took in self.frames)

    def row(self) -> str:
        frames, keys, long = self.took, sorted(self.keys), self.long_frames
        return (
            f"{self.name:25} {len(frames):6} {at(frames, 0.5):7.1f} {at(frames, 0.99):7.1f}"
            f" {max(frames, default=0):7.1f} {sum(took > LONG_MS for took in frames):6} {long.own:6}"
            f" {self.long_tasks:6} {self.typed:5} {at(keys, 0.5):9.0f} {at(keys, 0.99):5.0f}"
            f" {max(keys, default=0):5.0f}"
        )

    def waiting(self) -> str:
        long = self.long_frames
        if not long.count:
            return f"{self.name.strip()}: no frame above {LONG_MS} ms"
        computed = long.computed_ms / long.wall_ms
        return (
            f"{self.name.strip()}: in {long.count} frames above {LONG_MS} ms the page's thread computed {computed:.0%}"
            f" of the time and waited for the rest; in {long.own} it computed for more than {LONG_MS} ms"
        )
