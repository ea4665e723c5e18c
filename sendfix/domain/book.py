"""The fills of one instrument on one session, by their time, and the ledgers of the accounts that they are in.

A bust takes its fill out as if it had never been; a correction stands in the place of what it corrects. So the ledgers
are always those of the fills that count, in the order in which they were traded, however they came. Only the newest
fills are kept one by one; those before them are folded into `Standing`, and when one of them is to change, the book is
no longer `whole`: it has to be made anew from all its executions.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, localcontext

from sendfix.domain.ledger import EXACT, ZERO, Ledger
from sendfix.domain.price import FILL, Price

KEPT_FILLS = 1_000
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Fill:
    """`key` tells it from all others of the book, `qty` is below zero for a sale. Fills of one time stand in the order
    of `number`; `day` is the trading day of `at`, and `known_at` when it was heard of: before `at`, where the
    counterparty's clock is ahead. An `opening` is no trade, but what the account had when that day began: what was
    traded before does not count."""

    key: Hashable
    account: str | None
    qty: Decimal
    px: Decimal | None
    at: datetime
    number: int
    day: date
    commission: Decimal = ZERO
    opening: bool = False
    known_at: datetime | None = None

    @property
    def priced_at(self) -> datetime:
        """Since when its price is the last one."""
        return self.at if self.known_at is None else min(self.at, self.known_at)

    @property
    def place(self) -> Place:
        return (self.at, self.number)


class Standing:
    """What fills add up to, each later than the one before: a ledger for each account, and the last price.

    `close_px` is the last price of the days before `day`.
    """

    __slots__ = ("close_px", "day", "last_at", "last_px", "ledgers")

    def __init__(self) -> None:
        self.ledgers: dict[str | None, Ledger] = {}
        self.day: date | None = None
        self.last_px: Decimal | None = None
        self.last_at: datetime | None = None
        self.close_px: Decimal | None = None

    def copy(self) -> Standing:
        made = Standing()
        made.ledgers = {account: ledger.copy() for account, ledger in self.ledgers.items()}
        made.day, made.last_px, made.last_at = self.day, self.last_px, self.last_at
        made.close_px = self.close_px
        return made

    def begin_day(self, day: date) -> None:
        """Nothing, unless it is later than the day that it is."""
        if self.day is not None and day <= self.day:
            return
        self.day = day
        self.close_px = self.last_px
        for ledger in self.ledgers.values():
            ledger.begin_day()

    def add(self, fill: Fill) -> None:
        self.begin_day(fill.day)
        ledger = self.ledgers.get(fill.account)
        if ledger is None or fill.opening:
            ledger = self.ledgers[fill.account] = Ledger()
        ledger.trade(fill.qty, fill.px, fill.commission)
        if fill.opening:
            ledger.begin_day()
            if self.last_px is None:
                self.close_px = self.last_px = fill.px
        elif fill.px is not None:
            self.last_px, self.last_at = fill.px, fill.priced_at


class Book:
    """`kept` None keeps every fill."""

    def __init__(self, kept: int | None = KEPT_FILLS) -> None:
        self.whole = True
        self._kept = kept
        self._base = Standing()
        self._base_end: Place | None = None
        self._fills: list[Fill] = []
        self._by_key: dict[Hashable, Fill] = {}
        # Which execution took the place of which; None where nothing did.
        self._superseded: dict[Hashable, Hashable | None] = {}
        self._places: dict[Hashable, Fill] = {}
        self._standing: Standing | None = None
        self._last_fill: Price | None = None
        self._last_fill_known = True
        # What each account holds: kept with each fill, where `standing` may have to be made anew.
        self._net_qtys: dict[str | None, Decimal] = {}
        self._openings: dict[str | None, Place] = {}

    @property
    def net_qtys(self) -> Mapping[str | None, Decimal]:
        """As the ledgers of `standing` have them, at no cost."""
        return self._net_qtys

    @property
    def last_fill(self) -> Price | None:
        """Of the last fill that has a price, at no cost; an opening position is no fill."""
        if not self._last_fill_known:
            self._last_fill = self._find_last_fill()
            self._last_fill_known = True
        return self._last_fill

    def _find_last_fill(self) -> Price | None:
        for fill in reversed(self._fills):
            if fill.px is not None and not fill.opening:
                return Price(fill.px, fill.priced_at, FILL)
        px, at = self._base.last_px, self._base.last_at
        return None if px is None or at is None else Price(px, at, FILL)

    @property
    def standing(self) -> Standing:
        """As it is now; not to be changed."""
        if self._standing is None:
            self._standing = self._base.copy()
            for fill in self._fills:
                self._standing.add(fill)
        return self._standing

    def fill(self, fill: Fill) -> None:
        """One that is known already, or was busted or corrected before it came, changes nothing."""
        if fill.key in self._superseded:
            self._take_place(self._superseded[fill.key], fill)
        elif fill.key not in self._by_key:
            self._insert(_in_place_of(self._places.pop(fill.key, fill), fill))

    def supersede(self, key: Hashable, by: Hashable | None = None) -> None:
        """The execution was busted, or corrected `by` another. Some name the first execution in each correction, where
        the standard has the latest: both lead to the one that counts now."""
        seen = {by}
        while key not in seen and (later := self._superseded.get(key)) is not None:
            seen.add(key)
            key = later
        if key in seen or key in self._superseded:
            return
        self._superseded[key] = by
        fill = self._by_key.pop(key, None)
        if fill is not None:
            self._remove(fill)
            self._take_place(by, fill)
        elif self._base_end is not None:
            self.whole = False  # it may be one of those that were folded already, or still to come

    def limit(self, kept: int) -> None:
        """Keep no more fills than so many from now on."""
        self._kept = kept
        self._let_go()

    def _take_place(self, by: Hashable | None, fill: Fill) -> None:
        """The execution `by` stands where this one did, as soon as it is there."""
        if by is None:
            return
        if by in self._superseded:
            self._take_place(self._superseded[by], fill)
        elif (later := self._by_key.get(by)) is not None:
            self._remove(later)
            del self._by_key[by]
            self._insert(_in_place_of(fill, later))
        else:
            self._places[by] = fill

    def _insert(self, fill: Fill) -> None:
        if self._base_end is not None and fill.place < self._base_end:
            self.whole = False
            return
        self._by_key[fill.key] = fill
        self._last_fill_known = False
        self._count(fill, 1)
        if not self._fills or self._fills[-1].place < fill.place:
            self._fills.append(fill)
            if self._standing is not None:
                self._standing.add(fill)
        else:
            insort(self._fills, fill, key=_place)
            self._standing = None
        if self._kept is not None and len(self._fills) > 2 * self._kept:
            self._let_go()

    def _remove(self, fill: Fill) -> None:
        del self._fills[bisect_left(self._fills, fill.place, key=_place)]
        self._standing = None
        self._last_fill_known = False
        self._count(fill, -1)

    def _count(self, fill: Fill, sign: int) -> None:
        account, opening = fill.account, self._openings.get(fill.account)
        if fill.opening:
            self._openings[account] = fill.place
            later = (one.qty for one in self._fills if one.account == account and one.place > fill.place)
            with localcontext(EXACT):
                self._net_qtys[account] = fill.qty + sum(later, ZERO)
        elif opening is None or fill.place > opening:
            before = self._net_qtys.get(account, ZERO)
            self._net_qtys[account] = (EXACT.add if sign > 0 else EXACT.subtract)(before, fill.qty)
        else:
            self._net_qtys.setdefault(account, ZERO)

    def _let_go(self) -> None:
        if self._kept is None or len(self._fills) <= self._kept or not self.whole:
            return
        count = len(self._fills) - self._kept
        for fill in self._fills[:count]:
            self._base.add(fill)
            del self._by_key[fill.key]
            self._base_end = fill.place
        del self._fills[:count]


def _place(fill: Fill) -> Place:
    return fill.place


def _in_place_of(old: Fill, new: Fill) -> Fill:
    return (
        new if old is new else replace(new, at=old.at, number=old.number, day=old.day, known_at=old.known_at)
    )
