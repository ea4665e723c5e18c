"""What all parts of the market data know together: the lines of the sessions, and who hears of changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sendfix.fix.dictionary import Dictionary
from sendfix.services.market_line import Line, Watched
from sendfix.services.market_view import View, stale_reason, view_of
from sendfix.services.sessions import Session, Sessions

Instrument = tuple[str, str]
"""Session and symbol."""


@dataclass(slots=True)
class Counts:
    """Of one session, since the desk started: messages W and X, books that had to be asked for anew, how often the
    engine left something out, and requests that the counterparty refused."""

    messages: int = 0
    renewals: int = 0
    lost: int = 0
    refusals: int = 0


class MarketState:
    """`on_change` hears that a book is another, or stale, or live again; `on_work` that there is something for
    `Market.run`. Both must return quickly."""

    def __init__(
        self,
        sessions: Sessions,
        dictionary_of: Callable[[Session], Dictionary],
        now: Callable[[], datetime],
    ) -> None:
        self.on_change: Callable[[Instrument], None] = lambda _instrument: None
        self.on_work: Callable[[], None] = lambda: None
        self.sessions = sessions
        self.dictionary_of = dictionary_of
        self.clock = now
        self.lines: dict[str, Line] = {}
        self._counts: dict[str, Counts] = {}
        self._told: dict[Instrument, str | None] = {}

    def counts(self, session_name: str) -> Counts:
        return self._counts.setdefault(session_name, Counts())

    def view(self, line: Line, one: Watched) -> View:
        return view_of(self.sessions.find(line.session_name), line, one, self.clock())

    def changed(self, line: Line, one: Watched) -> None:
        """The book is another."""
        instrument = line.session_name, one.symbol
        self._told[instrument] = self._reason(line, one)
        self.on_change(instrument)

    def tell(self, line: Line) -> None:
        """Of books that are stale by now, or not any more, or for another reason."""
        for one in line:
            instrument = line.session_name, one.symbol
            reason = self._reason(line, one)
            if self._told.get(instrument, "") != reason:
                self._told[instrument] = reason
                self.on_change(instrument)

    def forget(self, session_name: str, symbol: str) -> None:
        self._told.pop((session_name, symbol), None)

    def _reason(self, line: Line, one: Watched) -> str | None:
        return stale_reason(self.sessions.find(line.session_name), line, one, self.clock())
