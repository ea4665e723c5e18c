"""The desk's database with all that writes, reads and searches it; one desk has it at a time."""

from __future__ import annotations

from collections.abc import Callable

from sendfix.services.blotter import RECENT_ORDERS
from sendfix.storage.database import DeskLock, migrate, open_engine
from sendfix.storage.lanes import Lanes
from sendfix.storage.reader import Reader
from sendfix.storage.searcher import Searcher
from sendfix.storage.statistics import StatisticsReader
from sendfix.storage.writer import Writer

SEARCHES_AT_ONCE = 3


class Records:
    """`resume` is how the last desk left it. `problem_changed` hears what keeps the writer from writing, None when
    nothing does any more. Raises `StorageUnavailable` when the database can't be used, or another desk has it."""

    def __init__(
        self, url: str, search_seconds: float, problem_changed: Callable[[str | None], None]
    ) -> None:
        self._lock = DeskLock(url)
        engine = open_engine(url)
        migrate(engine)
        self.reader = Reader(open_engine(url))
        self._lanes = Lanes([open_engine(url) for _ in range(SEARCHES_AT_ONCE)], search_seconds)
        self.searcher = Searcher(self._lanes)
        self.statistics = StatisticsReader(self._lanes)
        self.resume = self.reader.resume(RECENT_ORDERS)
        self.writer = Writer(engine, problem_changed)

    def close(self) -> None:
        """Store what is left."""
        self.writer.close()
        self.reader.close()
        self._lanes.close()
        self._lock.release()
