from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from sendfix.domain.schedule import Schedule
from sendfix.domain.trading_day import trading_day

NEW_YORK_DAY = Schedule("America/New_York", time(9, 30), time(16))
NEW_YORK_NIGHT = Schedule("America/New_York", time(17), time(16))


@pytest.mark.parametrize(
    ("schedule", "at", "day"),
    [
        (None, datetime(2026, 3, 2, 23, 59, tzinfo=UTC), date(2026, 3, 2)),
        (None, datetime(2026, 3, 3, 0, 0, tzinfo=UTC), date(2026, 3, 3)),
        (NEW_YORK_DAY, datetime(2026, 3, 3, 4, 59, tzinfo=UTC), date(2026, 3, 2)),
        (NEW_YORK_DAY, datetime(2026, 3, 3, 5, 0, tzinfo=UTC), date(2026, 3, 3)),
        # Over midnight: from 17:00 of one day to just before 17:00 of the next, which is 22:00 UTC in winter.
        (NEW_YORK_NIGHT, datetime(2026, 3, 2, 22, 0, tzinfo=UTC), date(2026, 3, 2)),
        (NEW_YORK_NIGHT, datetime(2026, 3, 3, 21, 59, tzinfo=UTC), date(2026, 3, 2)),
        (NEW_YORK_NIGHT, datetime(2026, 7, 1, 21, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_day_is_that_of_the_schedule(schedule: Schedule | None, at: datetime, day: date) -> None:
    assert trading_day(schedule, at) == day
