"""What a page that watches is told: the changes since the last frame, the latest state of each row, and the counters.

`Changes` is filled in the core's thread and must cost it next to nothing; `Frames` turns it into JSON in another.
Reads no clock and does no I/O.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from broker.acceptor import Core
from broker.models import Batch
from broker.web.clients import clients_body, health_body, statistics_body
from broker.web.views import (
    Top,
    day_to_json,
    execution_to_json,
    order_to_json,
    price_to_json,
    time_to_json,
    top_to_json,
)

MOST_ROWS: Final = 150
"""Of a kind in a frame. Nobody reads more, and each costs time that the core could have."""

MOST_CLIENTS: Final = 500
MOST_BATCHES: Final = 2000
SLOW_EVERY: Final = 1.0
"""Seconds between two looks at what changes slowly, or costs more to show."""

TOPS_EVERY: Final = 0.3
"""The same for best prices while last prices change: a last price is not to stand beside quotes of before it."""

ReadTops = Callable[[], Mapping[str, Top]]
"""By symbol, as they are now; nothing when the core does not answer in time."""


class Changes:
    """A subscriber of the core. Its oldest transactions are forgotten when nobody takes them in time."""

    def __init__(self, stir: Callable[[], None], most: int = MOST_BATCHES) -> None:
        self.watched = False
        self._stir = stir
        self._batches: deque[Batch] = deque(maxlen=most)
        self._put = 0
        self._taken = 0

    def __call__(self, batch: Batch) -> None:
        if self.watched:
            self._batches.append(batch)
            self._put += 1
            self._stir()

    def clear(self) -> None:
        self._batches.clear()
        self._taken = self._put

    def take(self) -> tuple[list[Batch], int]:
        """What came since the last call, and how many transactions were forgotten meanwhile."""
        taken = []
        # Not more than are there now: the core goes on putting.
        for _ in range(len(self._batches)):
            try:
                taken.append(self._batches.popleft())
            except IndexError:
                break
        put = self._put
        lost = put - self._taken - len(taken) - len(self._batches)
        self._taken += len(taken) + max(lost, 0)
        return taken, max(lost, 0)


class Frames:
    """Numbers and builds the frames. `skipped` in a frame says how many changes it does not show: a page that wants
    all rows reads them again by REST."""

    def __init__(self, core: Core, changes: Changes, read_tops: ReadTops) -> None:
        self._core = core
        self._read_tops = read_tops
        self._tops: dict[str, Top] = {}
        self._changes = changes
        self._slow_at = 0.0
        self._tops_at = 0.0
        self._behaviours: Any = None
        self._faults: Any = None
        self.number = 0

    def begin(self) -> None:
        """Somebody begins to watch: what was before is read by REST."""
        self._changes.clear()
        self._tops.clear()
        self._slow_at = 0.0
        self._behaviours = self._core.application.orders.behaviours.to_json()
        self._faults = self._core.application.faults.to_json()

    def next(self, now: float) -> dict[str, Any]:
        orders: dict[int, dict[str, Any]] = {}
        executions: list[dict[str, Any]] = []
        stocks: dict[str, dict[str, Any]] = {}
        batches, skipped = self._changes.take()
        for batch in batches:
            for row in batch.new_orders:
                orders[row["id"]] = row
            for row in batch.changed_orders:
                # Out and in again, so that the last to change stands last.
                orders.pop(row["id"], None)
                orders[row["id"]] = row
            executions += batch.executions
            executions += batch.changed_executions
            for row in batch.prices:
                stocks.setdefault(row["b_symbol"], {}).update(price_to_json(row))
            for row in batch.days:
                stocks.setdefault(row["b_symbol"], {}).update(day_to_json(row))
        skipped += max(0, len(orders) - MOST_ROWS) + max(0, len(executions) - MOST_ROWS)
        self.number += 1
        slow = not 0 <= now - self._slow_at < SLOW_EVERY
        if slow:
            self._slow_at = now
        if slow or (stocks and not 0 <= now - self._tops_at < TOPS_EVERY):
            self._tops_at = now
            self._add_tops(stocks)
        frame: dict[str, Any] = {
            "number": self.number,
            "at": time_to_json(now),
            "skipped": skipped,
            "orders": [order_to_json(row) for row in list(orders.values())[-MOST_ROWS:]],
            "executions": [execution_to_json(row) for row in executions[-MOST_ROWS:]],
            "stocks": [{**stock, "symbol": symbol} for symbol, stock in stocks.items()],
            "statistics": statistics_body(self._core),
            "health": health_body(self._core),
        }
        if slow:
            self._add_slow(frame, now)
        return frame

    def _add_tops(self, stocks: dict[str, dict[str, Any]]) -> None:
        tops = self._read_tops()
        for symbol, top in tops.items():
            if self._tops.get(symbol) != top:
                self._tops[symbol] = top
                stocks.setdefault(symbol, {}).update(top_to_json(top))

    def _add_slow(self, frame: dict[str, Any], now: float) -> None:
        frame["clients"] = clients_body(self._core)[:MOST_CLIENTS]
        frame["market"] = self._core.application.hours.to_json(now)
        behaviours = self._core.application.orders.behaviours.to_json()
        if behaviours != self._behaviours:
            self._behaviours = frame["behaviours"] = behaviours
        faults = self._core.application.faults.to_json()
        if faults != self._faults:
            self._faults = frame["faults"] = faults
