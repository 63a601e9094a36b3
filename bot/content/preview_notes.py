"""Why a check-in comes when it comes: quiet hours, bedtime, clocks that change, a late enrolment, a neighbour too near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import PlannedCheckIn
from bot.core.careplan.moments import falls_at
from bot.core.careplan.occurrences import CATCH_UP
from bot.core.careplan.schedule import CheckIn, Schedule, Silence


def notes_of(
    schedule: Schedule, rows: Sequence[PlannedCheckIn], treated_at: datetime, zone: ZoneInfo
) -> tuple[tuple[str, ...], ...]:
    """For each planned check-in, in order of time, what moved or changed it; most have nothing to say."""
    notes = []
    before = treated_at.astimezone(zone)
    for row in rows:
        local = row.due_at.astimezone(zone)
        check_in = schedule.check_in(row.check_in)
        notes.append((*_clocks(before, local), *_moved(schedule, check_in, row, treated_at, zone), *_joined(check_in, row)))
        before = local
    return tuple(notes)


def _clocks(before: datetime, local: datetime) -> tuple[str, ...]:
    shift = (local.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    if not shift or local - before > timedelta(days=60):
        return ()
    return ("the clocks have gone forward" if shift > timedelta() else "the clocks have gone back",)


def _moved(
    schedule: Schedule, check_in: CheckIn | None, row: PlannedCheckIn, treated_at: datetime, zone: ZoneInfo
) -> tuple[str, ...]:
    if check_in is None:
        return ("joined late: stands for what was missed",) if row.check_in == CATCH_UP else ()
    planned, local = falls_at(check_in.at, treated_at, zone).astimezone(zone), row.due_at.astimezone(zone)
    if local < planned:
        return (f"bedtime: instead of {planned:%H:%M}",)
    if local > planned and schedule.quiet_hours is not None:
        return (f"quiet hours: instead of {planned:%H:%M}",)
    return ()


def _joined(check_in: CheckIn | None, row: PlannedCheckIn) -> tuple[str, ...]:
    return ("takes over what came too shortly before it",) if check_in is not None and row.questions else ()


def silence_notes(silence: Silence, own: Silence) -> tuple[str, ...]:
    """What no reply leads to, where that is an alert or comes sooner than the check-in itself says."""
    if silence.alert_after is None and (silence.remind_after, silence.task_after) == (own.remind_after, own.task_after):
        return ()
    steps = [f"reminder after {_span(silence.remind_after)}", f"task {_span(silence.task_after)} later"]
    if silence.alert_after is not None:
        steps.append(f"ALERT {_span(silence.alert_after)} later")
    return (f"no answer: {', '.join(steps)}",)


def _span(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:g} h"
