"""When a session is open: hours in the counterparty's time zone, on days of the week, but not on holidays.

A session begins at `open_time` of a day and ends at the next `close_time`, which is on the day after when it is not
later than `open_time`; the same time for both is the whole day round. The day is the one on which it opens: with
17:00 to 16:00 and `sunday` among the days, the session of Monday's trading opens on Sunday. Where clocks are set
forward, a time that is left out is taken an hour later; where they are set back, the first of two is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_LOOK_AHEAD_DAYS = 400
"""Beyond this nothing opens any more: every day of a year is a holiday, or none is a day of the week."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`days_of_week` are names in lower case. `reset_seq_nums`: both numbers begin at 1 in each session."""

    timezone: str
    open_time: time
    close_time: time
    days_of_week: tuple[str, ...] = WEEKDAYS[:5]
    holidays: tuple[date, ...] = ()
    reset_seq_nums: bool = False

    def session_at(self, now: datetime) -> Hours | None:
        """The session that is open at this moment (aware), None when there is none."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        for day in (today - timedelta(days=1), today):
            hours = self._session_of(day)
            if hours is not None and hours.open_at <= now < hours.close_at:
                return hours
        return None

    def next_session(self, now: datetime) -> Hours | None:
        """The first session that opens after this moment; None when none does within a year."""
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        for days in count(-1):
            hours = self._session_of(today + timedelta(days=days))
            if hours is not None and hours.open_at > now:
                return hours
            if days > _LOOK_AHEAD_DAYS:
                return None
        return None

    def opening(self, session: Hours) -> str:
        """When it opens, for a person: in the schedule's time zone and in UTC."""
        local = session.open_at.astimezone(ZoneInfo(self.timezone))
        return f"{local:%A %Y-%m-%d %H:%M} {self.timezone} ({session.open_at:%Y-%m-%d %H:%M} UTC)"

    def _session_of(self, day: date) -> Hours | None:
        if WEEKDAYS[day.weekday()] not in self.days_of_week or day in self.holidays:
            return None
        last = day if self.close_time > self.open_time else day + timedelta(days=1)
        return Hours(self._moment(day, self.open_time), self._moment(last, self.close_time))

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, ZoneInfo(self.timezone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """One session, from `open_at` to just before `close_at`, both UTC."""

    open_at: datetime
    close_at: datetime
