"""Keeps what orders, positions and the day's executions add up to, as they change; see `domain.exposure`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sendfix.domain.enums import ExecType
from sendfix.domain.exposure import Exposure
from sendfix.domain.ledger import EXACT
from sendfix.domain.order import Order
from sendfix.domain.part import Part, Whose, moved_part_of, part_of
from sendfix.domain.reports import WHOLE
from sendfix.domain.schedule import Schedule
from sendfix.domain.trading_day import day_start, trading_day
from sendfix.domain.turnover import Executed, Turnover
from sendfix.services.ports import BookedExecution, Inattentive
from sendfix.services.positions import Positions, exec_id_of, traded_at
from sendfix.services.prices import Prices
from sendfix.services.sessions import Sessions

WAY, MOVED = "on its way", "to another account"
LONGEST_DAY = timedelta(days=3)
"""Nothing that came before this belongs to the day that is on; a day with a change of the clocks is longer than others,
and a TransactTime(60) may be ahead."""
_TAKES_BACK = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})


class _OnItsWay(NamedTuple):
    sent_as: str
    user: str | None


class Exposures(Inattentive):
    """`sums` is what it all adds up to. An order counts from the moment in which it is let through: until it comes back
    out of the journal it is `on_its_way`."""

    def __init__(
        self, sessions: Sessions, positions: Positions, prices: Prices, now: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._positions = positions
        self._prices = prices
        self._now = now
        self.sums = Exposure(self._last_px)
        self._turnover = Turnover(self.sums.execute)
        self._days: dict[str, tuple[datetime, datetime]] = {}
        self._next_day = datetime.min.replace(tzinfo=UTC)
        self._known: dict[Whose, Whose] = {}
        self._on_their_way: dict[str, _OnItsWay] = {}
        self._moving: set[int] = set()
        positions.on_moved = self._moved

    def load(self, orders: Iterable[Order]) -> None:
        """Take in how things stand, before anything changes; the positions have been loaded, with `hear_stored`."""
        for order in orders:
            self.order_changed(order)
        for instrument in self._positions.instruments():
            self._moved(*instrument)
        self.begin_days()

    def hear_stored(self, booked: BookedExecution) -> None:
        """One that is stored, of whatever day."""
        if booked.execution.received_at >= self._now() - LONGEST_DAY:
            self.execution_booked(booked)

    def order_changed(self, order: Order) -> None:
        part = part_of(order)
        if self._on_their_way:
            for cl_ord_id in self._on_their_way.keys() & set(order.cl_ord_ids):
                del self._on_their_way[cl_ord_id]
                if part is not None and len(order.cl_ord_ids) == 1:
                    self.sums.rename(order.order_no, part, (WAY, cl_ord_id))
                else:
                    self.sums.put((WAY, cl_ord_id), None)
        self.sums.put(order.order_no, part)
        moved = moved_part_of(order, part) if order.requests else None
        if moved is not None or order.order_no in self._moving:
            self.sums.put((MOVED, order.order_no), moved)
            (self._moving.discard if moved is None else self._moving.add)(order.order_no)

    def execution_booked(self, booked: BookedExecution) -> None:
        execution = booked.execution
        name = execution.session_name
        key = (booked.order_no, exec_id_of(execution))
        qty, px = execution.last_qty, execution.last_px
        executed = None
        counts = (
            execution.exec_type is not ExecType.TRADE_CANCEL and execution.multi_leg_reporting_type != WHOLE
        )
        if qty and counts:
            whose = self._whose(name, execution.account or "", execution.user or "")
            amount = None if px is None else EXACT.multiply(abs(qty), abs(px))
            executed = Executed(whose, amount)
        takes_back = execution.exec_type in _TAKES_BACK and execution.exec_ref_id
        if executed is None and not takes_back:
            return
        begins = self._begin_day(name)
        if takes_back:
            ref = (booked.order_no, execution.exec_ref_id)
            self._turnover.supersede(name, ref, None if executed is None else key, executed)
        elif executed is not None and traded_at(execution) >= begins:
            self._turnover.fill(name, key, executed)

    def begin_days(self) -> None:
        """Each session's new day, if it has come; cheap until then."""
        now = self._now()
        if now < self._next_day:
            return
        for session in self._sessions:
            self._begin_day(session.config.name)
        # A session that is configured meanwhile has its day looked at within the hour.
        self._next_day = min([*(end for _begin, end in self._days.values()), now + timedelta(hours=1)])

    def reserve(self, cl_ord_id: str, sent_as: str, part: Part | None, user: str | None) -> None:
        """A message that is let through counts from now on, until its order does; `sent_as` is the ClOrdID by which the
        link knows it. For a caller who computes with `EXACT`; the part is one of `more_of`."""
        self._on_their_way[cl_ord_id] = _OnItsWay(sent_as, user)
        self.sums.replace((WAY, cl_ord_id), part)

    def release(self, cl_ord_ids: Iterable[str]) -> None:
        """They are not sent after all."""
        for cl_ord_id in cl_ord_ids:
            if cl_ord_id in self._on_their_way:
                self._forget(cl_ord_id)

    def settle(self, is_on_its_way: Callable[[str], bool]) -> None:
        """Let go of messages that the engine refused, or has lost."""
        if self._on_their_way:
            self.release([key for key, one in self._on_their_way.items() if not is_on_its_way(one.sent_as)])

    def user_of(self, cl_ord_id: str) -> str | None:
        """Who asked for the order that is being sent."""
        found = self._on_their_way.get(cl_ord_id)
        return None if found is None else found.user

    def _whose(self, *names: str) -> Whose:
        """One object for all fills of the same."""
        return self._known.setdefault(Whose(*names), Whose(*names))

    def _forget(self, cl_ord_id: str) -> None:
        del self._on_their_way[cl_ord_id]
        self.sums.put((WAY, cl_ord_id), None)

    def _moved(self, session_name: str, symbol: str) -> None:
        self.sums.hold(session_name, symbol, self._positions.net_qtys(session_name, symbol))

    def _last_px(self, session_name: str, symbol: str) -> Decimal | None:
        found = self._prices.last(session_name, symbol)
        return None if found is None else found.px

    def _begin_day(self, session_name: str) -> datetime:
        """The day that is on in the session counts from here on; when it began."""
        now, known = self._now(), self._days.get(session_name)
        if known is not None and known[0] <= now < known[1]:
            return known[0]
        schedule = self._schedule(session_name)
        today = trading_day(schedule, now)
        self._turnover.begin(session_name, today)
        begin, end = (day_start(schedule, day) for day in (today, today + timedelta(days=1)))
        self._days[session_name] = begin, end
        return begin

    def _schedule(self, session_name: str) -> Schedule | None:
        session = self._sessions.find(session_name)
        return None if session is None else session.config.schedule
