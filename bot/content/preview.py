"""What `aftercare preview` shows: the calendar that a patient would live through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.content.preview_notes import notes_of, silence_notes
from bot.core.careplan.enrolment import Enrolment
from bot.core.careplan.occurrences import plan, questions_for
from bot.core.careplan.rechecks import describe
from bot.core.careplan.schedule import Phase, Schedule, Silence
from bot.core.careplan.silence import silence_for
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Route
from bot.core.errors import InvalidValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One check-in as the patient would get it. ``time`` is in the patient's zone; ``after`` counts from treatment."""

    time: datetime
    after: timedelta
    check_in: str
    phase: Phase
    questions: tuple[str, ...]
    silence: Silence = field(default_factory=Silence)
    """What no reply means for this patient, as long as they have told nothing worse."""
    notes: tuple[str, ...] = ()
    """Why it comes when it comes, where that is not simply its time."""


def preview(
    schedule: Schedule,
    treated_at: datetime,
    timezone: str,
    *,
    enrolled_at: datetime | None = None,
    days: int | None = None,
    route: Route | None = None,
    risks: frozenset[Risk] = frozenset(),
) -> tuple[Row, ...]:
    """The course of somebody treated then, living there, in order of time; at most ``days`` days of it.

    ``route`` None takes the drip (iv) where the schedule is for it. ``enrolled_at`` None means: in time, so no catch-up.
    Raises InvalidValue for moments without a time zone and for an unknown ``timezone``.
    """
    usual = Route.IV if Route.IV in schedule.routes else None
    enrolment = Enrolment(
        id=0,
        patient_id=0,
        schedule=schedule.id,
        schedule_version=schedule.version,
        role=schedule.role,
        route=route or usual,
        risks=risks,
        treated_at=treated_at,
    )
    zone = _zone(timezone)
    patient = enrolment.context(treated_at)
    rows = []
    course = plan(schedule, enrolment, zone, enrolled_at or treated_at)
    for planned, notes in zip(course, notes_of(schedule, course, treated_at, zone), strict=True):
        after = planned.due_at - treated_at
        if days is not None and after > timedelta(days=days):
            continue
        check_in = describe(schedule, planned)
        since = check_in.at.roughly() if schedule.check_in(planned.check_in) else after
        phase = schedule.phase_at(since)
        silence = silence_for(check_in.silence, schedule.when_silent, phase=phase, patient=patient, last=Disposition.NONE)
        rows.append(
            Row(
                time=planned.due_at.astimezone(zone),
                after=after,
                check_in=planned.check_in,
                phase=phase,
                questions=planned.questions or questions_for(check_in, patient),
                silence=silence,
                notes=(*notes, *silence_notes(silence, check_in.silence)),
            )
        )
    return tuple(rows)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidValue(f"{name!r} is no time zone such as Europe/Istanbul") from None


def as_json(schedule: Schedule, timezone: str, rows: Sequence[Row]) -> str:
    """``{"schedule", "version", "timezone", "occurrences": [{"time", "check_in", "phase", "questions", "silence", "notes"}]}``; minutes of silence."""
    occurrences = [
        {
            "time": row.time.isoformat(),
            "check_in": row.check_in,
            "phase": row.phase.value,
            "questions": list(row.questions),
            "silence": _silence(row.silence),
            "notes": list(row.notes),
        }
        for row in rows
    ]
    whole = {"schedule": schedule.id, "version": schedule.version, "timezone": timezone, "occurrences": occurrences}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _silence(silence: Silence) -> dict[str, object]:
    minutes = {"remind_after": silence.remind_after, "task_after": silence.task_after, "alert_after": silence.alert_after}
    told = {name: None if span is None else span // timedelta(minutes=1) for name, span in minutes.items()}
    return {**told, "disposition": silence.disposition.word}


def as_table(schedule: Schedule, timezone: str, rows: Sequence[Row]) -> str:
    """For people: one line a check-in, a heading where a phase begins."""
    lines = [f"{schedule.title} ({schedule.id} {schedule.version}), times in {timezone}"]
    width = max((len(row.check_in) for row in rows), default=0)
    phase: Phase | None = None
    for row in rows:
        if row.phase is not phase:
            phase = row.phase
            lines += ["", phase.value.replace("_", " ")]
        moment = row.time.strftime("%a %Y-%m-%d %H:%M")
        lines.append(f"  {moment}  {after(row.after):>7}  {row.check_in:<{width}}  {', '.join(row.questions)}")
        lines += [f"  {'':<20}  {'':>7}  {'':<{width}}  ({note})" for note in row.notes]
    lines += ["", f"{len(rows)} check-ins", ""]
    return "\n".join(lines)


def after(since: timedelta) -> str:
    """How long after treatment, in the unit that says most: ``30 h``, ``12 d``, ``2.0 y``."""
    hours = since.total_seconds() / 3600
    if hours < 72:
        return f"{hours:.0f} h"
    days = hours / 24
    return f"{days:.0f} d" if days < 360 else f"{days / 365.25:.1f} y"
