"""How long a closed question waits, and by when the clinic answers."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CLARIFICATION_WAIT = timedelta(minutes=30)
"""How long a closed question may stay open before a person takes over."""

CLOSES_AT = time(18)
SAME_DAY_UNTIL = time(15)
"""Before this local time on a working day the clinic answers the same day; later, on the next working day by noon."""


def clinic_answers_by(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment at which the clinic has answered a same-day finding: 18:00 today, or noon of the next working day."""
    local = now.astimezone(zone)
    if local.weekday() < 5 and local.time() < SAME_DAY_UNTIL:
        return datetime.combine(local.date(), CLOSES_AT, zone).astimezone(now.tzinfo)
    day = local.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return datetime.combine(day, time(12), zone).astimezone(now.tzinfo)
