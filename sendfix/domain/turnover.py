"""What was executed on the trading day that is on, by session: each fill once, busts and corrections undone exactly, in
whatever order they come.

Only the newest fills of a session are kept one by one. Those before them count as they stood: a bust or correction of
one of them that comes later changes nothing in the day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice

from sendfix.domain.ledger import EXACT
from sendfix.domain.part import Whose

KEPT_FILLS = 5_000

Tell = Callable[[Whose, Decimal, int], None]
"""So much more was executed, and so many more fills have no price; below zero when it is taken back."""


@dataclass(frozen=True, slots=True)
class Executed:
    """`amount` is price times quantity; None where there is no price."""

    whose: Whose
    amount: Decimal | None


@dataclass(slots=True)
class _Day:
    """`fills` are those of this day, each with what counts for it now, `settled` what older ones come to; `values` are
    of corrections, also of fills that have not come yet; `superseded` says which execution took the place of which,
    None where nothing did."""

    day: date
    settled: dict[Whose, Executed] = field(default_factory=dict)
    unpriced: dict[Whose, int] = field(default_factory=dict)
    fills: dict[Hashable, Executed | None] = field(default_factory=dict)
    values: dict[Hashable, Executed] = field(default_factory=dict)
    superseded: dict[Hashable, Hashable | None] = field(default_factory=dict)
    before: dict[Hashable, Hashable] = field(default_factory=dict)


class Turnover:
    def __init__(self, tell: Tell, kept: int = KEPT_FILLS) -> None:
        """Of each session `kept` to twice as many fills are kept one by one."""
        self._tell = tell
        self._kept = kept
        self._days: dict[str, _Day] = {}

    def begin(self, session_name: str, day: date) -> None:
        """Nothing, if it is this day already; else what was executed before does not count any more."""
        before = self._days.get(session_name)
        if before is not None:
            if before.day == day:
                return
            for one in (*before.fills.values(), *before.settled.values()):
                self._count(one, -1)
            for whose, count in before.unpriced.items():
                self._tell(whose, Decimal(0), -count)
        self._days[session_name] = _Day(day)

    def fill(self, session_name: str, key: Hashable, executed: Executed) -> None:
        """One of this day. What is known already changes nothing."""
        now = self._days[session_name]
        if key in now.fills:
            return
        now.fills[key] = executed
        self._count(executed, 1)
        if key in now.superseded:
            self._recount(now, key)
        if len(now.fills) > 2 * self._kept:
            self._settle(now)

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
        if latest != fill:
            self._count(now.fills[fill], -1)
            now.fills[fill] = None if latest is None else now.values.get(latest)
            self._count(now.fills[fill], 1)

    def _settle(self, now: _Day) -> None:
        for key in list(islice(now.fills, len(now.fills) - self._kept)):
            one = now.fills.pop(key)
            if one is None:
                continue
            if one.amount is None:
                now.unpriced[one.whose] = now.unpriced.get(one.whose, 0) + 1
                continue
            before = now.settled.get(one.whose)
            amount = (
                one.amount
                if before is None or before.amount is None
                else EXACT.add(before.amount, one.amount)
            )
            now.settled[one.whose] = Executed(one.whose, amount)

    def _count(self, one: Executed | None, times: int) -> None:
        if one is None:
            return
        if one.amount is None:
            self._tell(one.whose, Decimal(0), times)
        else:
            self._tell(one.whose, times * one.amount, 0)
