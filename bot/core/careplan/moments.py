"""When an offset from treatment falls, in UTC.

Hours are elapsed time: twelve hours are twelve hours across a change of clocks. Days, months and years are steps on the
patient's own calendar: "day 3 at ten" is ten o'clock where they live. A local time that a change of clocks skips stands for the
first moment after the gap; one that happens twice stands for the first of the two. So every slot runs exactly once.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.schedule import Offset
from bot.core.errors import InvalidValue


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC moment of a naive local time; the first moment after a gap, the first of two in a fold."""
    before = local.replace(tzinfo=zone, fold=0)
    moment = before.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # In a gap PEP 495 reads fold=0 with the offset from before the change and fold=1 with the one after it.
    return _change_between(before.replace(fold=1).astimezone(UTC), moment, zone)


def falls_at(offset: Offset, treated_at: datetime, zone: ZoneInfo) -> datetime:
    """The UTC moment that lies ``offset`` after ``treated_at``; never before it.

    A day that a month lacks becomes its last day (31 January and one month: 28 or 29 February). A time of day that is
    already past on the day of treatment is taken on the next day. Raises InvalidValue for a naive ``treated_at``.
    """
    if treated_at.tzinfo is None:
        raise InvalidValue("treated_at must carry a time zone")
    treated = treated_at.astimezone(UTC)
    if not (offset.days or offset.months or offset.years) and offset.at is None:
        return treated + timedelta(hours=offset.hours)
    start = treated.astimezone(zone)
    day = _add_months(start.date(), offset.months + 12 * offset.years) + timedelta(days=offset.days)
    moment = to_utc(datetime.combine(day, offset.at or start.time()), zone) + timedelta(hours=offset.hours)
    if moment < treated and offset.at is not None:
        return to_utc(datetime.combine(day + timedelta(days=1), offset.at), zone)
    return max(moment, treated)


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second after ``low`` at which the zone's offset is that of ``high``."""
    after = high.astimezone(zone).utcoffset()
    first, last = 0, int((high - low).total_seconds()) + 1
    while first < last:
        middle = (first + last) // 2
        if (low + timedelta(seconds=middle)).astimezone(zone).utcoffset() == after:
            last = middle
        else:
            first = middle + 1
    return (low + timedelta(seconds=first)).replace(microsecond=0)
