"""Positions and profits of all sessions, from their executions alone: what is stored, then each as it is booked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sendfix.domain.book import KEPT_FILLS, Book, Fill
from sendfix.domain.enums import ExecType, Side
from sendfix.domain.errors import UnknownSession
from sendfix.domain.execution import Execution
from sendfix.domain.ledger import ZERO
from sendfix.domain.position import OpeningPosition, Position, position_of
from sendfix.domain.price import Price
from sendfix.domain.reports import WHOLE
from sendfix.domain.schedule import Schedule
from sendfix.domain.trading_day import day_start, trading_day
from sendfix.services.ports import BookedExecution, ExecutionArchive, ExecutionQuery, Inattentive
from sendfix.services.sessions import Sessions

READ_AT_ONCE = 5_000
# A TransactTime(60) further from when the report came than this is taken for a wrong clock or a filler.
MOST_AHEAD = timedelta(hours=1)
MOST_BEHIND = timedelta(days=7)

_BUYS = frozenset({Side.BUY, Side.BUY_MINUS, Side.SUBSCRIBE})
_SELLS = frozenset({Side.SELL, Side.SELL_PLUS, Side.SELL_SHORT, Side.SELL_SHORT_EXEMPT, Side.REDEEM})
_TAKES_BACK = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})

Instrument = tuple[str, str]
"""Session and symbol: no session knows what another one calls the same thing."""


class Positions(Inattentive):
    """`on_change` is told that there is something for `take_changed`, `on_moved` of which instrument the quantities may
    have changed; both must return quickly. `last_price` is asked what an instrument is worth when a position is shown;
    unless it is set, that is the price of the last fill."""

    def __init__(
        self,
        sessions: Sessions,
        archive: ExecutionArchive,
        openings: Sequence[OpeningPosition],
        now: Callable[[], datetime],
        kept_fills: int = KEPT_FILLS,
    ) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.on_moved: Callable[[str, str], None] = lambda _session_name, _symbol: None
        self.last_price: Callable[[str, str], Price | None] = self.last_fill
        self._sessions = sessions
        self._archive = archive
        self._openings = openings
        self._now = now
        self._kept_fills = kept_fills
        self._books: dict[Instrument, Book] = {}
        self._late: dict[Instrument, list[BookedExecution]] = {}
        self._changed: set[Instrument] = set()
        self._days: dict[str, date] = {}
        for opening in openings:
            self._book((opening.session_name, opening.symbol))

    @property
    def whole(self) -> bool:
        """False: `refresh` has something to do."""
        return all(book.whole for book in self._books.values())

    def load(self, hear: Callable[[BookedExecution], None] = lambda _booked: None) -> None:
        """Take in what is stored, before anything is booked; `hear` gets each of them, too. Raises
        `StorageUnavailable`."""
        for booked in self._stored():
            hear(booked)
            self._apply(self._book(_instrument(booked.execution)), booked)

    def execution_booked(self, booked: BookedExecution) -> None:
        instrument = _instrument(booked.execution)
        self._apply(self._book(instrument), booked)
        if instrument in self._late:
            self._late[instrument].append(booked)
        self._changed.add(instrument)
        self.on_moved(*instrument)
        self.on_change()

    def price_changed(self, session_name: str | None, symbols: Collection[str]) -> None:
        """What is held of these symbols is worth something else now; None is every session."""
        if session_name is not None:
            keys = ((session_name, symbol) for symbol in symbols)
            changed = {key for key in keys if key in self._books}
        else:
            changed = {key for key in self._books if key[1] in symbols}
        if changed:
            self._changed |= changed
            self.on_change()

    def last_fill(self, session_name: str, symbol: str) -> Price | None:
        """The price of our own last fill, at no cost."""
        book = self._books.get((session_name, symbol))
        return None if book is None else book.last_fill

    def net_qtys(self, session_name: str, symbol: str) -> Mapping[str | None, Decimal]:
        """What each account holds, at no cost."""
        book = self._books.get((session_name, symbol))
        return {} if book is None else book.net_qtys

    def instruments(self) -> Iterable[Instrument]:
        """Those of which something is held, or was."""
        return tuple(self._books)

    def refresh(self) -> None:
        """Make books anew in which something older than what is in memory has changed. All that was booked must be
        stored. Raises `StorageUnavailable`."""
        for instrument in [key for key, book in self._books.items() if not book.whole]:
            if instrument in self._late:
                continue  # another request is at it
            late = self._late[instrument] = []
            fresh = self._new_book(instrument, None)
            try:
                for booked in self._stored(*instrument):
                    self._apply(fresh, booked)
            finally:
                del self._late[instrument]
            for booked in late:
                self._apply(fresh, booked)
            fresh.limit(self._kept_fills)
            self._books[instrument] = fresh
            self._changed.add(instrument)
            self.on_moved(*instrument)

    def positions(
        self, session_name: str | None = None, account: str | None = None, symbol: str | None = None
    ) -> list[Position]:
        """By session, symbol and account; None is any. With session and symbol it costs the same however many there
        are."""
        if session_name is not None and symbol is not None:
            wanted = [(session_name, symbol)] if (session_name, symbol) in self._books else []
        else:
            wanted = sorted(
                key for key in self._books if session_name in (None, key[0]) and symbol in (None, key[1])
            )
        found = (position for instrument in wanted for position in self._positions_of(instrument))
        return [position for position in found if account in (None, position.account)]

    def take_changed(self) -> list[Position]:
        """Those that have changed since the last call, also by a new day."""
        for name in {session_name for session_name, _symbol in self._books}:
            today = self._today(name)
            if self._days.setdefault(name, today) != today:
                self._days[name] = today
                self._changed.update(key for key in self._books if key[0] == name)
        changed, self._changed = sorted(self._changed), set()
        return [position for instrument in changed for position in self._positions_of(instrument)]

    def _positions_of(self, instrument: Instrument) -> Iterator[Position]:
        session_name, symbol = instrument
        book, today = self._books[instrument], self._today(session_name)
        standing, last = book.standing, self.last_price(session_name, symbol)
        for account in sorted(standing.ledgers, key=lambda account: account or ""):
            yield position_of(session_name, account, symbol, standing, today, book.whole, last)

    def _book(self, instrument: Instrument) -> Book:
        book = self._books.get(instrument)
        if book is None:
            book = self._books[instrument] = self._new_book(instrument, self._kept_fills)
        return book

    def _new_book(self, instrument: Instrument, kept_fills: int | None) -> Book:
        book = Book(kept_fills)
        schedule = self._schedule(instrument[0])
        for one in self._openings:
            if (one.session_name, one.symbol) == instrument:
                at = day_start(schedule, one.day)
                key = ("opening", one.account)
                book.fill(Fill(key, one.account, one.qty, one.px, at, -1, one.day, opening=True))
        return book

    def _apply(self, book: Book, booked: BookedExecution) -> None:
        execution = booked.execution
        key = (booked.order_no, exec_id_of(execution))
        qty = _signed_qty(execution)
        if execution.exec_type in _TAKES_BACK and execution.exec_ref_id:
            book.supersede((booked.order_no, execution.exec_ref_id), key if qty else None)
        if qty and execution.multi_leg_reporting_type != WHOLE:
            at = traded_at(execution)
            day = trading_day(self._schedule(execution.session_name), at)
            commission = execution.commission or ZERO
            book.fill(
                Fill(
                    key,
                    execution.account,
                    qty,
                    execution.last_px,
                    at,
                    booked.id,
                    day,
                    commission,
                    known_at=execution.received_at,
                )
            )

    def _stored(
        self, session_name: str | None = None, symbol: str | None = None
    ) -> Iterator[BookedExecution]:
        """All, oldest first."""
        after = -1
        while True:
            found = self._archive.executions(
                ExecutionQuery(session_name, symbol, after=after, fills_only=True, limit=READ_AT_ONCE)
            )
            yield from found
            if len(found) < READ_AT_ONCE:
                return
            after = found[-1].id

    def _today(self, session_name: str) -> date:
        return trading_day(self._schedule(session_name), self._now())

    def _schedule(self, session_name: str) -> Schedule | None:
        try:
            return self._sessions.get(session_name).config.schedule
        except UnknownSession:
            return None  # it is not configured any more


def _instrument(execution: Execution) -> Instrument:
    return execution.session_name, execution.symbol or ""


def exec_id_of(execution: Execution) -> str:
    """Fills may have ExecID 0 against the standard; the order tells them by their CumQty."""
    return execution.exec_id if execution.exec_id != "0" else f"0 at CumQty {execution.cum_qty}"


def _signed_qty(execution: Execution) -> Decimal | None:
    """What it adds to the position; None for a bust, for what is no fill, and for a side that has no direction."""
    if execution.exec_type is ExecType.TRADE_CANCEL or not execution.last_qty:
        return None
    if execution.side in _BUYS:
        return execution.last_qty
    return -execution.last_qty if execution.side in _SELLS else None


def traded_at(execution: Execution) -> datetime:
    """TransactTime(60), or when the report came where that can't be right."""
    at, received_at = execution.transact_time, execution.received_at
    if at is None or not received_at - MOST_BEHIND <= at <= received_at + MOST_AHEAD:
        return received_at
    return at
