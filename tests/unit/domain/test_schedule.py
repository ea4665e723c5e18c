"""When a session is open, over nights, holidays and changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendfix.domain.schedule import WEEKDAYS, Schedule


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


LONDON = Schedule("Europe/London", time(8), time(16, 30), holidays=(date(2026, 12, 25),))


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-20 07:59:59.999", False),
        ("2026-11-20 08:00", True),
        ("2026-11-20 16:29:59.999", True),
        ("2026-11-20 16:30", False),
        ("2026-11-21 12:00", False),  # a Saturday
        ("2026-12-25 12:00", False),
        ("2026-07-01 07:00", True),  # summer time
        ("2026-07-01 06:59", False),
    ],
)
def test_a_working_day(now: str, is_open: bool) -> None:
    assert (LONDON.session_at(utc(now)) is not None) is is_open


def test_the_next_session_skips_the_weekend_and_the_holiday() -> None:
    session = LONDON.next_session(utc("2026-12-24 16:30"))
    assert session is not None
    assert session.open_at == utc("2026-12-28 08:00")
    assert session.close_at == utc("2026-12-28 16:30")


def test_over_midnight_the_day_is_that_of_the_opening() -> None:
    futures = Schedule(
        "America/Chicago", time(17), time(16), ("sunday", "monday", "tuesday", "wednesday", "thursday")
    )
    assert futures.session_at(utc("2026-11-20 18:00")) is not None  # Friday noon: Thursday's
    assert futures.session_at(utc("2026-11-20 23:30")) is None
    session = futures.next_session(utc("2026-11-20 22:00"))
    assert session is not None
    assert session.open_at == utc("2026-11-22 23:00")


def test_the_same_time_twice_is_the_day_round() -> None:
    always = Schedule("UTC", time(0), time(0), WEEKDAYS)
    session = always.session_at(utc("2026-11-21 00:00"))
    assert session is not None
    assert session.close_at == utc("2026-11-22 00:00")


def test_a_time_that_the_clock_leaves_out_is_an_hour_later_and_one_that_comes_twice_is_the_first() -> None:
    night = Schedule("Europe/Zurich", time(2, 30), time(12), WEEKDAYS)
    spring = night.next_session(utc("2026-03-28 12:00"))
    autumn = night.next_session(utc("2026-10-24 12:00"))
    assert spring is not None
    assert autumn is not None
    assert spring.open_at == utc("2026-03-29 01:30")  # 03:30 by the new time
    assert autumn.open_at == utc("2026-10-25 00:30")  # 02:30 by the old time


def test_a_schedule_without_a_day_never_opens() -> None:
    assert Schedule("UTC", time(8), time(16), ()).next_session(utc("2026-11-21 00:00")) is None


TIMES = st.times(timezones=st.none()).map(lambda at: at.replace(microsecond=0))
ZONES = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])


@given(
    ZONES, TIMES, TIMES, st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
)  # fmt: skip
def test_what_is_next_opens_later_and_is_open_when_it_says(
    zone: str, opens: time, closes: time, days: set[str], moment: datetime
) -> None:
    schedule = Schedule(zone, opens, closes, tuple(days))
    now = moment.replace(tzinfo=UTC)
    following = schedule.next_session(now)
    assert following is not None
    assert following.open_at > now
    if following.open_at < following.close_at:
        assert schedule.session_at(following.open_at) is not None
        assert WEEKDAYS[following.open_at.astimezone(ZoneInfo(zone)).weekday()] in days or opens < time(4)
    assert following.close_at - following.open_at <= timedelta(hours=26)
