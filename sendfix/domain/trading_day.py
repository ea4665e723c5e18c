"""Which day a moment belongs to, for what was earned in a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sendfix.domain.schedule import Schedule


def trading_day(schedule: Schedule | None, at: datetime) -> date:
    """The date in the schedule's time zone, without a schedule in UTC. Where its sessions go over midnight, a day
    begins when they open and has the date of that; `Schedule` names its days so too."""
    if schedule is None:
        return at.astimezone(UTC).date()
    local = at.astimezone(ZoneInfo(schedule.timezone))
    return local.date() - timedelta(days=int(local.time() < _begins(schedule)))


def day_start(schedule: Schedule | None, day: date) -> datetime:
    """When that trading day begins, in UTC."""
    if schedule is None:
        return datetime.combine(day, time(), UTC)
    return datetime.combine(day, _begins(schedule), ZoneInfo(schedule.timezone)).astimezone(UTC)


def _begins(schedule: Schedule) -> time:
    over_midnight = schedule.close_time <= schedule.open_time
    return schedule.open_time if over_midnight else time()
