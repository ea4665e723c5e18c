"""Where statistics come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sendfix.domain.statistics import Statistics
from sendfix.services.columns import ORDERS
from sendfix.services.search import Condition

T = TypeVar("T")

FILTERS = ("session_name", "account", "symbol", "side", "from", "to")
"""Those of the orders' filters that statistics take; the times are those of `created_at`."""
SUBJECT = ORDERS


class StatisticsArchive(Protocol):
    """What is stored of the orders that this desk sent."""

    def statistics(self, conditions: Sequence[Condition], by: str, make: Callable[[Statistics], T]) -> T:
        """What `make` makes, in a thread of its own, of the statistics of the orders that pass `conditions`, grouped
        `by` one of `domain.statistics.GROUPINGS`. Raises `StorageUnavailable`, `SearchTooSlow` and
        `TooManySearches`."""
