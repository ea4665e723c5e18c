"""How many orders in a second, and the same one twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class TokenBucket:
    """So many orders at once, and as many again each second. `at` is in seconds of any clock; one that goes back gives
    nothing."""

    def __init__(self) -> None:
        self._rate = 0
        self._tokens = 0.0
        self._at = 0.0

    def has(self, rate: int, at: float) -> bool:
        """Whether one more may go now. A new `rate` begins with a full bucket."""
        if rate != self._rate:
            self._rate, self._tokens = rate, float(rate)
        elif at > self._at:
            tokens = self._tokens + (at - self._at) * rate
            self._tokens = tokens if tokens < rate else float(rate)
        self._at = at
        return self._tokens >= 1

    def take(self, rate: int, at: float) -> bool:
        """The same, and it goes."""
        if not self.has(rate, at):
            return False
        self.spend()
        return True

    def spend(self) -> None:
        """One goes, after `has` has said that it may."""
        self._tokens -= 1

    def give_back(self) -> None:
        """It did not go after all."""
        self._tokens += 1


class Recent:
    """The orders of the last seconds, to find one that is sent twice by mistake."""

    def __init__(self) -> None:
        self._at: OrderedDict[Hashable, float] = OrderedDict()

    def seconds_since(self, order: Hashable, window: float, at: float) -> float | None:
        """How long ago the same was noted, if within the window. `at` is in seconds of any clock."""
        before = self._at.get(order)
        return None if before is None or not 0 <= at - before < window else at - before

    def note(self, order: Hashable, at: float) -> float | None:
        """When the same was noted before, for `take_back`."""
        before = self._at.get(order)
        self._at[order] = at
        self._at.move_to_end(order)
        return before

    def take_back(self, order: Hashable, before: float | None) -> None:
        """It was not sent after all."""
        if before is None:
            self._at.pop(order, None)
        else:
            self._at[order] = before

    def let_go(self, longest: float, at: float) -> None:
        """Of what was noted longer ago than any window is; of what is still to come too, after the clock went back."""
        while self._at and not 0 <= at - next(iter(self._at.values())) < longest:
            self._at.popitem(last=False)
