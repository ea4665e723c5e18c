"""Hours of the day, days of the week and holidays, as the configuration has them."""

from __future__ import annotations

import difflib
import re
from datetime import date, time
from zoneinfo import available_timezones

from sendfix.config.reader import ObjectReader
from sendfix.domain.schedule import WEEKDAYS, Schedule


def schedule_of(reader: ObjectReader | None, of_session: bool = True) -> Schedule | None:
    """`of_session`: with `reset_seq_nums`. Raises `ConfigError`."""
    if reader is None:
        return None
    timezone = reader.text("timezone", reader.required("timezone"))
    if timezone not in available_timezones():
        near = difflib.get_close_matches(timezone, available_timezones(), 1)
        hint = f"; did you mean {near[0]}?" if near else "; give a name like Europe/London"
        raise reader.fail("timezone", f"{timezone!r} is not a time zone{hint}")
    days = tuple(reader.text("days_of_week", day).lower() for day in reader.items("days_of_week"))
    for day in days:
        if day not in WEEKDAYS:
            raise reader.fail("days_of_week", f"has {day!r}; give names from {', '.join(WEEKDAYS)}")
    schedule = Schedule(
        timezone=timezone,
        open_time=_time(reader, "open_time"),
        close_time=_time(reader, "close_time"),
        days_of_week=days or WEEKDAYS[:5],
        holidays=tuple(_date(reader, "holidays", item) for item in reader.items("holidays")),
        reset_seq_nums=of_session and reader.flag("reset_seq_nums", False),
    )
    reader.finish()
    return schedule


def _time(reader: ObjectReader, key: str) -> time:
    text = reader.text(key, reader.required(key))
    if not re.fullmatch(r"\d\d:\d\d(:\d\d)?", text):
        raise reader.fail(key, f"is {text!r}; give a time like 09:30 or 09:30:00")
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise reader.fail(key, f"is {text!r}: {error}") from None


def _date(reader: ObjectReader, key: str, value: object) -> date:
    text = reader.text(key, value)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise reader.fail(key, f"has {text!r}; give dates like 2026-12-25") from None
