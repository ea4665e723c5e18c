"""What was executed on the trading day that is on, by session: each fill once, busts and corrections undone exactly,
in whatever order they come."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sendfix.domain.exposure import Whose

Tell = Callable[[Whose, Decimal, int], None]
"""So much more was executed, and so many more fills have no price; below zero when it is taken back."""


@dataclass(frozen=True, slots=True)
class Executed:
    """`amount` is price times quantity; None where there is no price."""

    whose: Whose
    amount: Decimal | None


@dataclass(slots=True)
class _Day:
    """`fills` are those of this day, each with what counts for it now; `values` are of every execution, corrections of
    fills that have not come yet among them; `superseded` says which took the place of which, None where nothing did."""

    day: date
    fills: dict[Hashable, Executed | None] = field(default_factory=dict)
    values: dict[Hashable, Executed] = field(default_factory=dict)
    superseded: dict[Hashable, Hashable | None] = field(default_factory=dict)
    before: dict[Hashable, Hashable] = field(default_factory=dict)


class Turnover:
    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._days: dict[str, _Day] = {}

    def begin(self, session_name: str, day: date) -> None:
        """Nothing, if it is this day already; else what was executed before does not count any more."""
        before = self._days.get(session_name)
        if before is not None:
            if before.day == day:
                return
            for one in before.fills.values():
                self._count(one, -1)
        self._days[session_name] = _Day(day)

    def fill(self, session_name: str, key: Hashable, executed: Executed) -> None:
        """One of this day. What is known already changes nothing."""
        now = self._days[session_name]
        if key not in now.fills:
            now.fills[key], now.values[key] = None, executed
            self._recount(now, key)

    def supersede(
        self, session_name: str, ref: Hashable, by: Hashable | None = None, executed: Executed | None = None
    ) -> None:
        """That execution was busted, or corrected `by` another that is worth `executed`. A correction belongs to the
        day of the fill that it corrects, in however many steps. Some name the first execution in each correction, where
        the standard has the latest."""
        now = self._days[session_name]
        seen = {by}
        while ref not in seen and (later := now.superseded.get(ref)) is not None:
            seen.add(ref)
            ref = later
        if ref in seen or ref in now.superseded:
            return
        now.superseded[ref] = by
        if by is not None and executed is not None:
            now.before[by], now.values[by] = ref, executed
        first = ref
        while (earlier := now.before.get(first)) is not None:
            first = earlier
        self._recount(now, first)

    def _recount(self, now: _Day, fill: Hashable) -> None:
        """What counts for this fill, as it was corrected last."""
        if fill not in now.fills:
            return
        latest: Hashable | None = fill
        while latest is not None and latest in now.superseded:
            latest = now.superseded[latest]
        self._count(now.fills[fill], -1)
        now.fills[fill] = None if latest is None else now.values.get(latest)
        self._count(now.fills[fill], 1)

    def _count(self, one: Executed | None, times: int) -> None:
        if one is None:
            return
        if one.amount is None:
            self._tell(one.whose, Decimal(0), times)
        else:
            self._tell(one.whose, times * one.amount, 0)
