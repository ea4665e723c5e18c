"""Market data: who wants what of which session, the books as they are shown, and what is to be asked for.

It sends nothing itself: `run` says what is to be sent, at `next_due` or when `MarketState.on_work` has said so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sendfix.config.types import MarketDataConfig
from sendfix.domain.errors import FieldError, InvalidRequest, UnknownBook
from sendfix.domain.market import Book
from sendfix.fix.market_requests import (
    UNSUBSCRIBE,
    check_symbol,
    encode_market_data_request,
    has_market_data,
)
from sendfix.services.market_line import Line, Outgoing
from sendfix.services.market_state import Instrument, MarketState
from sendfix.services.market_view import REMOVED, View
from sendfix.services.ports import Inattentive
from sendfix.services.sessions import Session

log = logging.getLogger(__name__)

MOST_SYMBOLS = 1_000
"""Of one session."""
CONFIGURATION, REST = "configuration", "rest"
"""Who wants a symbol; others are clients of Socket.IO."""
LOOK_AGAIN = timedelta(seconds=5)


@dataclass(slots=True)
class Sending:
    """A message that is to be sent; `outgoing` is for `not_sent`."""

    session_name: str
    body: bytes
    outgoing: Outgoing


class Market(Inattentive):
    def __init__(self, state: MarketState, new_id: Callable[[], str]) -> None:
        """`new_id` makes MDReqIDs(262)."""
        self._state = state
        self._new_id = new_id
        self._watching: dict[str, dict[Instrument, int]] = {}
        self._configured: dict[str, MarketDataConfig | None] = {}
        for session in state.sessions:
            self.session_changed(session)

    def subscribe(self, session_name: str, symbols: Sequence[str], depth: int, who: str = REST) -> list[str]:
        """Want these symbols, at least `depth` deep (0 is all), until `unsubscribe`. Raises `UnknownSession`,
        `InvalidRequest`."""
        self._state.sessions.get(session_name)
        self._check([(session_name, symbol) for symbol in symbols], lambda number: f"symbols.{number}")
        line, now = self._line(session_name), self._state.clock()
        for symbol in symbols:
            one = line.want(symbol, who, depth, now)
            if who == REST:
                line.ask_again(one, now)
        self._state.tell(line)
        self._state.on_work()
        return list(dict.fromkeys(symbols))

    def unsubscribe(self, session_name: str, symbols: Iterable[str], who: str = REST) -> list[str]:
        """The symbols that somebody else wants still. Raises `UnknownSession`."""
        self._state.sessions.get(session_name)
        line, now = self._line(session_name), self._state.clock()
        kept = []
        for symbol in dict.fromkeys(symbols):
            line.unwant(symbol, who, now)
            one = line.watched.get(symbol)
            if one is not None and one.wants:
                kept.append(symbol)
        self._state.on_work()
        return kept

    def watch(self, who: str, books: Sequence[Instrument], depth: int) -> None:
        """Want these from now on, and none of those before. Raises `InvalidRequest`, its fields being `books.<n>`, and
        then nothing has changed."""
        self._check(books, lambda number: f"books.{number}")
        wanted = dict.fromkeys(books, depth)
        now = self._state.clock()
        for session_name, symbol in self._watching.get(who, {}).keys() - wanted.keys():
            line = self._state.lines.get(session_name)
            if line is not None:
                line.unwant(symbol, who, now)
        for session_name, symbol in wanted:
            line = self._line(session_name)
            line.want(symbol, who, depth, now)
            self._state.tell(line)
        if wanted:
            self._watching[who] = wanted
        else:
            self._watching.pop(who, None)
        self._state.on_work()

    def view(self, session_name: str, symbol: str) -> View:
        """Raises `UnknownSession`, `UnknownBook`."""
        self._state.sessions.get(session_name)
        found = self.find(session_name, symbol)
        if found is None:
            raise UnknownBook(session_name, symbol)
        return found

    def find(self, session_name: str, symbol: str) -> View | None:
        """None where nobody wants it. Who has watched a session that is removed gets an empty book that is stale."""
        if self._state.sessions.find(session_name) is None:
            return View(session_name, symbol, Book(), REMOVED, None)
        line = self._state.lines.get(session_name)
        one = line.watched.get(symbol) if line is not None else None
        return None if line is None or one is None else self._state.view(line, one)

    def views(self, session_name: str | None = None) -> Iterator[View]:
        for name, line in self._state.lines.items():
            if session_name in (None, name):
                for one in line:
                    yield self._state.view(line, one)

    def ready(self, session_name: str) -> None:
        """The session is logged on, and its journal is folded to the end."""
        session = self._state.sessions.find(session_name)
        line = self._state.lines.get(session_name)
        if session is None or not session.logged_on or line is None:
            return
        if not line.ready or line.connected_at != session.connected_at:
            line.begin(session.connected_at, self._state.clock())
            self._state.tell(line)
            self._state.on_work()

    def session_changed(self, session: Session) -> None:
        """Want what the configuration says, and no more what it said before."""
        name, wanted = session.config.name, session.config.market_data
        is_new = name not in self._state.lines
        line = self._line(name)
        if is_new:
            self._take_up(line)
        if self._configured.get(name) == wanted:
            return
        self._configured[name] = wanted
        before = {one.symbol for one in line if CONFIGURATION in one.wants}
        symbols: Mapping[str, int] = {} if wanted is None else dict.fromkeys(wanted.symbols, wanted.depth)
        try:
            self.unsubscribe(name, before - symbols.keys(), CONFIGURATION)
            if wanted is not None:
                self.subscribe(name, wanted.symbols, wanted.depth, CONFIGURATION)
        except InvalidRequest as error:
            log.error("session %s: market_data of the configuration: %s", name, error)

    def _take_up(self, line: Line) -> None:
        """What clients have watched since before the session was removed."""
        for who, books in self._watching.items():
            for (session_name, symbol), depth in books.items():
                if session_name == line.session_name:
                    line.want(symbol, who, depth, self._state.clock())
        self._state.tell(line)

    def session_removed(self, session_name: str) -> None:
        line = self._state.lines.pop(session_name, None)
        self._configured.pop(session_name, None)
        for symbol in line.watched if line is not None else ():
            self._state.forget(session_name, symbol)
            self._state.on_change((session_name, symbol))

    @property
    def next_due(self) -> datetime:
        due = (at for line in self._state.lines.values() for at in line.due())
        return min([self._state.clock() + LOOK_AGAIN, *due])

    def run(self) -> list[Sending]:
        """What is to be sent now."""
        now = self._state.clock()
        sendings = []
        for line in list(self._state.lines.values()):
            for symbol in line.run(now):
                self._state.forget(line.session_name, symbol)
            out, line.out = line.out, []
            sendings += [sending for one in out if (sending := self._encoded(line, one)) is not None]
            self._state.tell(line)
        return sendings

    def is_wanted(self, sending: Sending) -> bool:
        """Whether it still makes sense: while it waited the connection may have ended, and all subscriptions with it,
        or the symbols may have been given up."""
        line = self._state.lines.get(sending.session_name)
        if line is None or not line.ready:
            return False
        request = sending.outgoing.request
        return sending.outgoing.ends or line.find(request.md_req_id) is request

    def not_sent(self, sending: Sending, why: str) -> None:
        line = self._state.lines.get(sending.session_name)
        request = sending.outgoing.request
        if line is None:
            return
        if sending.outgoing.ends:
            line.forget_end(request)
        elif line.find(request.md_req_id) is not None:
            line.not_sent(request, why, self._state.clock())
            self._state.tell(line)
            self._state.on_work()

    def _line(self, session_name: str) -> Line:
        line = self._state.lines.get(session_name)
        if line is None:
            line = self._state.lines[session_name] = Line(session_name, self._new_id)
        return line

    def _check(self, books: Sequence[Instrument], field: Callable[[int], str]) -> None:
        """Raises `InvalidRequest`."""
        errors: list[FieldError] = []
        new: dict[str, set[str]] = {}
        for number, (session_name, symbol) in enumerate(books):
            session = self._state.sessions.find(session_name)
            if session is None:
                errors.append(FieldError(f"{field(number)}.session_name", "is not a session of this desk"))
                continue
            if session_name not in new:
                new[session_name] = set(self._line(session_name).watched)
                dictionary = self._state.dictionary_of(session)
                if not has_market_data(dictionary):
                    text = f"{dictionary.version} has no market data: it has no MarketDataRequest(V)"
                    errors.append(FieldError(f"{field(number)}.session_name", text))
            checked = check_symbol(symbol, field(number))
            if isinstance(checked, FieldError):
                errors.append(checked)
            new[session_name].add(symbol)
        for session_name, symbols in new.items():
            if len(symbols) > MOST_SYMBOLS:
                text = f"would be more than {MOST_SYMBOLS} symbols of session {session_name}; take some back"
                errors.append(FieldError(field(0).partition(".")[0], text))
        if errors:
            raise InvalidRequest(errors)

    def _encoded(self, line: Line, one: Outgoing) -> Sending | None:
        session = self._state.sessions.find(line.session_name)
        if session is None or not line.ready:
            return None
        request = one.request
        try:
            body = encode_market_data_request(
                self._state.dictionary_of(session),
                request.md_req_id,
                one.symbols,
                request.depth,
                request.terms,
                *((UNSUBSCRIBE,) if one.ends else ()),
            )
        except InvalidRequest as error:
            line.rejected(request, None, str(error), self._state.clock())
            return None
        return Sending(line.session_name, body, one)
