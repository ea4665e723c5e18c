"""Chrome's own trace of a run: how much of a frame the page's thread has computed, and how much of it it has waited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.support.stack import eventually

MARK = "probe-mark"
# The tasks of every thread with their time on the clock and on a CPU, and the marks that tell the page's thread.
CATEGORIES = ["toplevel", "blink.user_timing"]


@dataclass(frozen=True)
class LongFrames:
    count: int
    wall_ms: float
    computed_ms: float
    own: int
    """Those in which the page's thread has computed for longer than is allowed."""


class Trace:
    """Between `start` and `stop`."""

    def __init__(self, browser: Browser) -> None:
        self._cdp = browser.new_browser_cdp_session()
        self._events: list[dict[str, Any]] = []
        self._complete = False
        self._cdp.on("Tracing.dataCollected", lambda part: self._events.extend(part["value"]))
        self._cdp.on("Tracing.tracingComplete", self._end)

    def _end(self, _event: Any) -> None:
        self._complete = True

    def start(self, page: Page) -> None:
        """`page` is the one whose frames will be asked for."""
        config = {
            "includedCategories": CATEGORIES,
            "excludedCategories": ["*"],
            "recordMode": "recordAsMuchAsPossible",
        }
        self._cdp.send("Tracing.start", {"traceConfig": config, "transferMode": "ReportEvents"})
        self._marked_ms = float(
            page.evaluate(
                "(name) => new Promise((done) => { setTimeout(() => done(performance.mark(name).startTime), 100) })",
                MARK,
            )
        )

    def stop(self, page: Page) -> None:
        self._cdp.send("Tracing.end")

        def complete() -> bool:
            page.wait_for_timeout(50)  # the driver hands events out while it waits
            return self._complete

        eventually(complete, "the trace is complete", timeout=120)
        self._cdp.detach()

    def long_frames(self, frames: list[tuple[float, float]], most_ms: float) -> LongFrames:
        """`frames`: when each ended, by performance.now(), and how many milliseconds it took."""
        mark = next(event for event in self._events if event["name"] == MARK)
        offset = mark["ts"] - self._marked_ms * 1000
        thread = (mark["pid"], mark["tid"])
        tasks = [
            event
            for event in self._events
            if event.get("ph") == "X" and (event["pid"], event["tid"]) == thread and event.get("dur")
        ]
        tasks.sort(key=lambda event: (event["ts"], -event["dur"]))
        outer: list[dict[str, Any]] = []
        for task in tasks:
            if not outer or task["ts"] >= outer[-1]["ts"] + outer[-1]["dur"]:
                outer.append(task)
        long = [(end, took) for end, took in frames if took > most_ms]
        computed = [
            sum(computed_within(task, offset + (end - took) * 1000, offset + end * 1000) for task in outer)
            for end, took in long
        ]
        return LongFrames(
            len(long), sum(took for _, took in long), sum(computed), sum(one > most_ms for one in computed)
        )


def computed_within(task: dict[str, Any], begins: float, ends: float) -> float:
    """Milliseconds of CPU that the task had between two moments, if it had them evenly."""
    within = min(task["ts"] + task["dur"], ends) - max(task["ts"], begins)
    return max(0.0, within) / task["dur"] * task.get("tdur", 0) / 1000
