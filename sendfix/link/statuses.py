"""Which sessions' status the desks are to be told: at once when a state has changed, else once a second when messages
have moved its numbers and times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

PAUSE_SECONDS = 1.0


class Statuses:
    """`changed` may be called from any thread, all else from one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changed: deque[str] = deque()
        self._stirred: set[str] = set()
        self._last: dict[str, dict[str, Any]] = {}
        self._next = 0.0

    def changed(self, name: str) -> None:
        """A state or its reason is another."""
        self._changed.append(name)

    def stirred(self, name: str) -> None:
        """A message has come or gone."""
        self._stirred.add(name)

    def forget(self, name: str) -> None:
        """The session is no longer there."""
        self._last.pop(name, None)
        self._stirred.discard(name)

    @property
    def next_due(self) -> float | None:
        """When those that were stirred are due; None when there are none."""
        return self._next if self._stirred else None

    def due(self) -> Iterator[str]:
        """Those whose status is to be looked at now."""
        while self._changed:
            yield self._changed.popleft()
        if self._stirred and self._clock() >= self._next:
            self._next = self._clock() + PAUSE_SECONDS
            stirred, self._stirred = self._stirred, set()
            yield from stirred

    def is_news(self, name: str, status: dict[str, Any]) -> bool:
        """Whether the desks have not been told this yet."""
        if status == self._last.get(name):
            return False
        self._last[name] = status
        return True
