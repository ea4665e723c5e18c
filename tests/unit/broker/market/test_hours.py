"""When a trading day begins and ends, in its own time zone; and what the market is at."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from broker.market.calendar import TradingCalendar
from broker.settings import Hours

NEW_YORK = Hours(
    timezone="America/New_York",
    open_time="09:30",
    close_time="16:00",
    days_of_week=(1, 2, 3, 4, 5),
    holidays=("2026-07-03",),
    enforced=True,
)
OVERNIGHT = Hours(timezone="America/Chicago", open_time="17:00", close_time="16:00")


def moment(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("now", "date", "end"),
    [
        ("2026-03-06T20:59", "2026-03-06", "2026-03-06T21:00"),
        ("2026-03-06T21:00", "2026-03-07", "2026-03-07T21:00"),
        # Daylight saving begins on 8 March: the close is an hour earlier in UTC.
        ("2026-03-08T12:00", "2026-03-08", "2026-03-08T20:00"),
        ("2026-11-01T20:30", "2026-11-01", "2026-11-01T21:00"),
    ],
)
def test_days_end_at_the_local_close(now: str, date: str, end: str) -> None:
    calendar = TradingCalendar(NEW_YORK)
    assert calendar.day_of(moment(now)) == (date, moment(end))
    assert calendar.end_of_day(moment(now)) == moment(end)


def test_a_day_over_midnight_has_the_date_of_its_open() -> None:
    calendar = TradingCalendar(OVERNIGHT)
    chicago = "America/Chicago"
    end = moment("2026-06-02T16:00", chicago)
    assert calendar.day_of(moment("2026-06-01T17:00", chicago)) == ("2026-06-01", end)
    assert calendar.day_of(moment("2026-06-02T15:59", chicago)) == ("2026-06-01", end)
    assert calendar.day_of(end)[0] == "2026-06-02"
    assert calendar.end_of_date("20260601") == end


def test_weekends_and_holidays_are_no_trading_days() -> None:
    calendar = TradingCalendar(NEW_YORK)
    traded = [
        day
        for day in range(1, 8)
        if calendar.is_trading_day(datetime(2026, 7, day, tzinfo=ZoneInfo("UTC")).date())
    ]
    assert traded == [1, 2, 6, 7]
