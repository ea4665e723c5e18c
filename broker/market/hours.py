"""What the market is at, by the clock or by a person's word.

Unless hours are enforced the market trades around the clock, and a day merely ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from broker.fix.wire import Pair, utc_timestamp
from broker.market.calendar import DAY, TradingCalendar
from broker.market.status import CLOSED, HALTED, OPEN, PRE_CLOSE, PRE_OPEN
from broker.settings import Hours
from broker.trading.by_hand import Refused
from broker.trading.matching import Matching

PHASES: Final = {
    "PRE_OPEN": PRE_OPEN,
    "OPEN": OPEN,
    "PRE_CLOSE": PRE_CLOSE,
    "CLOSED": CLOSED,
    "HALTED": HALTED,
}
"""TradSesStatus(340) by name. In PRE_OPEN, CLOSED and HALTED nothing trades."""

_TRADING: Final = frozenset({OPEN, PRE_CLOSE})


@dataclass(frozen=True, slots=True)
class SetPhase:
    """None: by the clock again."""

    phase: str | None


@dataclass(frozen=True, slots=True)
class SetHalted:
    symbol: str
    halted: bool


@dataclass(frozen=True, slots=True)
class ReadHours:
    """How the market is now."""


HoursCommand = SetPhase | SetHalted | ReadHours


class TradingHours:
    """Opens and closes `matching`; the `Phases` of market data."""

    def __init__(self, settings: Hours, calendar: TradingCalendar, matching: Matching) -> None:
        self._settings = settings
        self._calendar = calendar
        self._matching = matching
        self._by_hand: bytes | None = None
        self._phase = OPEN
        self.next_due: float | None = None

    # -- phases --------------------------------------------------------------------------------------------------

    def status(self, symbol: str | None, now: float) -> bytes:
        """TradSesStatus(340), of the whole market for None."""
        return HALTED if symbol in self._matching.halted else self._phase

    def times(self, now: float) -> list[Pair]:
        """TradSesOpenTime(342) and TradSesCloseTime(344) of the trading day."""
        if not self._settings.enforced:
            return []
        day = self._calendar.date_at(now)
        return [
            (b"342", utc_timestamp(self._calendar.begin_of(day))),
            (b"344", utc_timestamp(self._calendar.end_of(day))),
        ]

    def next_change(self, now: float) -> float | None:
        if not self._settings.enforced or self._by_hand is not None:
            return None
        day = self._calendar.date_at(now)
        for _ in range(366):
            if self._calendar.is_trading_day(day):
                moments = self._calendar.begin_of(day), self._calendar.end_of(day), now + 1
                return next(at for at in moments if at > now)
            day += DAY
        return None

    def _by_clock(self, now: float) -> bytes:
        if not self._settings.enforced:
            return OPEN
        day = self._calendar.date_at(now)
        return OPEN if self._calendar.is_trading_day(day) and self._calendar.begin_of(day) <= now else CLOSED

    # -- what changes them ---------------------------------------------------------------------------------------

    def start(self, now: float) -> None:
        """Before the orders of the day before come back: nothing trades when it is not the time for it."""
        self._phase = self._by_clock(now)
        self._matching.is_open = self._phase in _TRADING
        self.next_due = self.next_change(now)

    def run_due(self, now: float) -> None:
        if self.next_due is not None and now >= self.next_due:
            self._become(self._by_clock(now), now)
            self.next_due = self.next_change(now)

    def execute(self, command: HoursCommand, now: float) -> dict[str, object]:
        """How the market is then. Raises Refused."""
        if isinstance(command, SetPhase):
            self._by_hand = None if command.phase is None else PHASES[command.phase]
            self._become(self._by_clock(now) if self._by_hand is None else self._by_hand, now)
            self.next_due = self.next_change(now)
        elif isinstance(command, SetHalted):
            if command.symbol not in self._matching.prices:
                raise Refused(404, f"There is no stock {command.symbol}.")
            if command.halted:
                self._matching.halt(command.symbol)
            elif command.symbol in self._matching.halted:
                self._matching.resume(command.symbol, now)
        return self.to_json(now)

    def to_json(self, now: float) -> dict[str, object]:
        change = self.next_change(now)
        return {
            "phase": next(name for name, code in PHASES.items() if code == self._phase),
            "by_hand": self._by_hand is not None,
            "halted": sorted(self._matching.halted),
            "timezone": self._settings.timezone,
            "enforced": self._settings.enforced,
            "trading_date": self._calendar.date_at(now).isoformat(),
            "ends_at": _iso(self._calendar.end_of_day(now)),
            "next_change_at": None if change is None else _iso(change),
        }

    def _become(self, phase: bytes, now: float) -> None:
        before, self._phase = self._phase, phase
        if phase in _TRADING and before not in _TRADING:
            self._matching.open_market(now)
        elif phase == CLOSED and before != CLOSED:
            self._matching.close_market(now)
        elif phase not in _TRADING:
            self._matching.is_open = False


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
