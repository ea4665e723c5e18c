"""How long to wait before a session is tried again, by what went wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from enum import Enum, auto

from sendfix.config import Reconnection


class Failure(Enum):
    """How an attempt ended."""

    UNREACHABLE = auto()
    """No connection, or no answer on it."""
    REFUSED = auto()
    """The counterparty said no to the Logon(5), in words or by hanging up. Asking again soon helps nobody, and some
    counterparties lock out who does."""
    LOST = auto()
    """It had been logged on."""


class Backoff:
    """`attempts` are the failures in a row."""

    def __init__(self, policy: Callable[[], Reconnection], chance: random.Random | None = None) -> None:
        """`policy` is asked each time, since it may change."""
        self._policy = policy
        self.attempts = 0
        self._refusals = 0
        self._chance = chance or random.Random()

    def delay_after(self, failure: Failure) -> float | None:
        """Seconds until the next attempt; None to give up."""
        policy = self._policy()
        if failure is Failure.LOST:
            self.attempts = self._refusals = 0
        self.attempts += 1
        if failure is Failure.REFUSED:
            self._refusals += 1
        if policy.max_attempts is not None and self.attempts >= policy.max_attempts:
            return None
        if failure is Failure.REFUSED:
            delay = _grown(policy.initial_delay, max(policy.backoff_factor, 2.0), self._refusals)
            delay = min(delay, policy.max_refused_delay)
        else:
            delay = _grown(policy.initial_delay, policy.backoff_factor, self.attempts - 1)
            delay = min(delay, policy.max_delay)
        return delay * self._chance.uniform(1 - policy.jitter, 1 + policy.jitter)


def _grown(first: float, factor: float, times: int) -> float:
    # Beyond a hundred times any factor above 1 is past every ceiling, and a float could not hold it.
    return float(first * factor ** min(times, 100))
