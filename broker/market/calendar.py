"""When trading days begin and end.

Days end at the closing time of their own time zone, also across a change of daylight saving.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from broker.settings import Hours

DAY: Final = timedelta(days=1)


class TradingCalendar:
    """Moments are seconds since the epoch."""

    def __init__(self, settings: Hours) -> None:
        self._zone = ZoneInfo(settings.timezone)
        self._open = time.fromisoformat(settings.open_time)
        self._close = time.fromisoformat(settings.close_time)
        self._days = frozenset(settings.days_of_week)
        self._holidays = frozenset(settings.holidays)

    def end_of_day(self, now: float) -> float:
        return self.end_of(self.date_at(now))

    def end_of_date(self, text: str) -> float | None:
        try:
            return self.end_of(datetime.strptime(text, "%Y%m%d").date())
        except (ValueError, OverflowError):
            return None

    def day_of(self, now: float) -> tuple[str, float]:
        """The trading date at a time, and until when it is that one."""
        day = self.date_at(now)
        return day.isoformat(), self.end_of(day)

    def date_at(self, now: float) -> date:
        local = datetime.fromtimestamp(now, self._zone)
        day = local.date()
        while self.end_of(day) > now and self.end_of(day - DAY) > now:
            day -= DAY
        while self.end_of(day) <= now:
            day += DAY
        return day

    def end_of(self, day: date) -> float:
        """The close, which is on the next day when it is not later than the open."""
        if self._close <= self._open:
            day += DAY
        return datetime.combine(day, self._close, self._zone).timestamp()

    def begin_of(self, day: date) -> float:
        return datetime.combine(day, self._open, self._zone).timestamp()

    def is_trading_day(self, day: date) -> bool:
        return day.isoweekday() in self._days and day.isoformat() not in self._holidays
