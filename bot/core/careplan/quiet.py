"""Quiet hours: routine prompts wait for the morning. Red flags, answers, H2 to H12 and re-checks never do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.moments import to_utc
from bot.core.careplan.schedule import QuietHours


def is_quiet(moment: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> bool:
    """Whether the moment lies in the quiet hours: start inclusive, end exclusive, perhaps past midnight."""
    return quiet is not None and _within(moment.astimezone(zone).time(), quiet)


def after_quiet(moment: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """The moment itself, or the first one after it that lies in no quiet hours. In UTC."""
    waiting = moment.astimezone(UTC)
    # Once is enough, but for a zone that skips a whole day: Apia went from 29 to 31 December 2011.
    while quiet is not None and is_quiet(waiting, quiet, zone):
        waiting = _end(waiting, quiet, zone)
    return waiting


def _end(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    end = datetime.combine(day, quiet.end)
    first = to_utc(end, zone)
    # The end comes twice when the clocks go back across it: from between the two, the second one counts.
    return first if first > moment else end.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _within(clock: time, quiet: QuietHours) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end
