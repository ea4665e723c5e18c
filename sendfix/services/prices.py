"""The last price of each symbol on each session, the freshest of all that the desk hears of.

Prices of market data and fills are of one session, since no session knows what another one calls the same thing; those
that are given by REST or the file are of one session or of all. They are not kept: a desk that starts knows its fills.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sendfix.domain.errors import FieldError, InvalidRequest
from sendfix.domain.price import FILE, REST, SOURCES, GivenPrice, Price

MOST_GIVEN = 100_000
"""Symbols, of all sessions together, for which a price can be given by REST; so many lines a price file may have."""

Key = tuple[str | None, str]
"""Session, None for all, and symbol."""


@dataclass(frozen=True, slots=True)
class KnownPrice:
    """One of the prices from which the last one is chosen."""

    session_name: str | None
    symbol: str
    price: Price


class Prices:
    """`last_fill` is the price of our own last fill of a symbol on a session; `filled` are the sessions and symbols
    that have one."""

    def __init__(
        self,
        now: Callable[[], datetime],
        last_fill: Callable[[str, str], Price | None] = lambda _session_name, _symbol: None,
        filled: Callable[[], Iterable[tuple[str, str]]] = tuple,
    ) -> None:
        self.on_change: Callable[[str | None, Collection[str]], None] = lambda _session_name, _symbols: None
        """Hears of which symbols a price has changed, on which session or, with None, on all; not of fills."""
        self.file_problems: Sequence[str] = ()
        self._now = now
        self._last_fill = last_fill
        self._filled = filled
        self._known: dict[Key, dict[str, Price]] = {}
        self._freshest: dict[Key, Price] = {}
        # As they were taken: to make prices of all of them would hold up orders for a second.
        self._file: dict[str, GivenPrice] = {}
        self._file_taken = self._now()
        self._given: set[Key] = set()

    def note(self, session_name: str, symbol: str, px: Decimal, at: datetime, source: str) -> None:
        """What market data says. `source` is "trade" or "mid" of `SOURCES`. A time that is still to come is taken for
        now, and what is no number for nothing at all."""
        if source not in SOURCES:
            raise ValueError(f"source must be one of {', '.join(SOURCES)}, got {source!r}")
        if px.is_finite():
            self._put((session_name, symbol), Price(px, min(at, self._now()), source))
            self.on_change(session_name, (symbol,))

    def give(self, given: Sequence[GivenPrice]) -> None:
        """By REST, all or none. Raises `InvalidRequest`."""
        keys = {(one.session_name, one.symbol) for one in given}
        if len(self._given | keys) > MOST_GIVEN:
            text = f"there would be more than {MOST_GIVEN} prices; leave out symbols that are not traded"
            raise InvalidRequest([FieldError("prices", text)])
        now = self._now()
        self._given |= keys
        for one in given:
            self._put((one.session_name, one.symbol), Price(one.px, min(one.at or now, now), REST))
        for session_name in {one.session_name for one in given}:
            self.on_change(session_name, {one.symbol for one in given if one.session_name == session_name})

    def take_file(self, given: Sequence[GivenPrice], problems: Sequence[str]) -> None:
        """What the price file says now, in place of what it said before; and which of its lines can't be used."""
        before, self._file = self._file, {one.symbol: one for one in given}
        self._file_taken = self._now()
        self.file_problems = tuple(problems)
        self.on_change(None, before.keys() | self._file.keys())

    def last(self, session_name: str, symbol: str) -> Price | None:
        """The freshest, however old it is; of two of the same time, that of the earlier of `SOURCES`."""
        best = self._last_fill(session_name, symbol)
        others = (
            self._freshest.get((session_name, symbol)),
            self._freshest.get((None, symbol)),
            self._of_file(symbol) if self._file else None,
        )
        for price in others:
            if price is not None and price.counts_before(best):
                best = price
        return best

    def known(
        self, session_name: str | None = None, symbol: str | None = None, most: int | None = None
    ) -> tuple[list[KnownPrice], int]:
        """The prices that there are, by symbol and session, those that are for all sessions first, and the freshest of
        each before the others; None is any. Of more than `most` the first, and how many there are."""
        known = [
            (key, len(sources))
            for key, sources in self._known.items()
            if (session_name is None or key[0] in (None, session_name)) and symbol in (None, key[1])
        ]
        filed = self._file.keys() if symbol is None else self._file.keys() & {symbol}
        filled = [
            key
            for key in self._filled()
            if session_name in (None, key[0])
            and symbol in (None, key[1])
            and self._last_fill(*key) is not None
        ]
        count = len(filed) + len(filled) + sum(number for _key, number in known)
        keys = dict.fromkeys((one, "") for one in filed)
        keys.update(dict.fromkeys((one, name or "") for (name, one), _number in known))
        keys.update(dict.fromkeys((one, name) for name, one in filled))
        found: list[KnownPrice] = []
        for one, name in sorted(keys)[:most]:
            prices = self._prices_of(name or None, one)
            prices.sort(key=lambda price: (price.at, -SOURCES.index(price.source)), reverse=True)
            found += [KnownPrice(name or None, one, price) for price in prices]
        return found[:most], count

    def _prices_of(self, session_name: str | None, symbol: str) -> list[Price]:
        """Those of that session, or those of all sessions."""
        found = list(self._known.get((session_name, symbol), _NOTHING).values())
        other = self._of_file(symbol) if session_name is None else self._last_fill(session_name, symbol)
        return found if other is None else [*found, other]

    def _of_file(self, symbol: str) -> Price | None:
        found = self._file.get(symbol)
        if found is None:
            return None
        return Price(found.px, min(found.at or self._file_taken, self._file_taken), FILE)

    def _put(self, key: Key, price: Price) -> None:
        sources = self._known.setdefault(key, {})
        sources[price.source] = price
        best: Price | None = None
        for one in sources.values():
            if one.counts_before(best):
                best = self._freshest[key] = one


_NOTHING: dict[str, Price] = {}
