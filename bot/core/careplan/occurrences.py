"""Every check-in of a course, planned once from the end of treatment (H0), and planned again when the patient's clock changes.

A late enrolment never floods anybody: what has passed is merged into one catch-up check-in. No two check-ins of a course come
close together: the earlier one gives way, and its questions join the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import CheckInState, Enrolment, PlannedCheckIn
from bot.core.careplan.moments import falls_at, to_utc
from bot.core.careplan.quiet import after_quiet
from bot.core.careplan.schedule import CheckIn, Late, Schedule
from bot.core.clinical.patient import PatientContext
from bot.core.errors import InvalidValue

CATCH_UP = "catch_up"
"""The id of the check-in that stands for those that a late enrolment missed."""
RECHECK = "recheck"
"""The id of a look back at an answer (rechecks.py)."""

CATCH_UP_AFTER = timedelta(minutes=5)
"""From enrolment: long enough to read the welcome, short enough that the phone is still in the hand."""
APART = timedelta(hours=1)
"""Two check-ins of one course never come closer than this."""
LOOK_BACK_AT_LEAST = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One check-in of a course at its time."""

    check_in: str
    due: datetime
    questions: tuple[str, ...]
    """What it asks of this patient."""
    quiet: bool
    merged: bool = False


def plan(schedule: Schedule, enrolment: Enrolment, patient_zone: ZoneInfo, now: datetime) -> tuple[PlannedCheckIn, ...]:
    """Every check-in still to come, in the order of their UTC ``due_at``, with id 0.

    Check-ins whose moment is not after ``now`` are merged into one with the id ``catch_up``, a few minutes after ``now``, or
    left out, as the schedule's ``late_enrolment`` says. Raises InvalidValue for a naive ``now``.
    """
    if now.tzinfo is None:
        raise InvalidValue("now must carry a time zone")
    slots = slots_of(schedule, enrolment, patient_zone)
    past = [slot for slot in slots if slot.due <= now]
    coming = [slot for slot in slots if slot.due > now]
    if schedule.late_enrolment is Late.CATCH_UP:
        coming = _with_catch_up(past, coming, schedule, enrolment, patient_zone, now)
    return tuple(
        PlannedCheckIn(
            id=0,
            enrolment_id=enrolment.id,
            patient_id=enrolment.patient_id,
            check_in=slot.check_in,
            occurrence=0,
            due_at=slot.due,
            questions=slot.questions if slot.merged else (),
        )
        for slot in apart(coming, schedule)
    )


def replan(
    schedule: Schedule, enrolment: Enrolment, patient_zone: ZoneInfo, now: datetime, existing: Sequence[PlannedCheckIn]
) -> tuple[PlannedCheckIn, ...]:
    """Those of ``existing`` that move, or are merged away, because the patient's time zone (or the zone's rules) changed.

    Only check-ins that are planned and still ahead move; nothing that was sent is planned again, and no row is added. One whose
    new moment has just passed is due now (after quiet hours). One that comes too close to the next is SKIPPED, and its
    questions join that one. Catch-ups and re-checks stay where they are.
    """
    slots = {slot.check_in: slot for slot in slots_of(schedule, enrolment, patient_zone)}
    ahead = {
        row.check_in: row for row in existing if row.state is CheckInState.PLANNED and row.due_at > now and row.check_in in slots
    }
    moved = []
    for check_in, row in ahead.items():
        slot = slots[check_in]
        due = slot.due
        if due <= now:
            due = after_quiet(now, schedule.quiet_hours, patient_zone) if slot.quiet else now.astimezone(UTC)
        moved.append(replace(slot, due=due, questions=row.questions or slot.questions, merged=bool(row.questions)))
    kept = {slot.check_in: slot for slot in apart(sorted(moved, key=lambda slot: slot.due), schedule)}
    return tuple(changed for row in ahead.values() if (changed := _changed(row, kept.get(row.check_in))) != row)


def _changed(row: PlannedCheckIn, slot: Slot | None) -> PlannedCheckIn:
    if slot is None:
        return replace(row, state=CheckInState.SKIPPED)
    return replace(row, due_at=slot.due, questions=slot.questions if slot.merged else ())


def questions_for(check_in: CheckIn, patient: PatientContext) -> tuple[str, ...]:
    """The ids of the questions that this check-in asks of this patient, in the file's order."""
    return tuple(dict.fromkeys(ask.question for ask in check_in.asks if ask.applies.to(patient)))


def slots_of(schedule: Schedule, enrolment: Enrolment, zone: ZoneInfo) -> list[Slot]:
    """The whole course as if the patient had enrolled at H0, in order of time."""
    patient = enrolment.context(enrolment.treated_at)
    slots: list[Slot] = []
    for check_in in schedule.check_ins:
        questions = questions_for(check_in, patient)
        if not check_in.applies.to(patient) or not questions:
            continue
        due = falls_at(check_in.at, enrolment.treated_at, zone)
        if check_in.bedtime is not None:
            due = _bedtime(check_in, due, slots[-1].due if slots else enrolment.treated_at, zone)
        if check_in.quiet_hours:
            due = after_quiet(due, schedule.quiet_hours, zone)
        slots.append(Slot(check_in=check_in.id, due=due, questions=questions, quiet=check_in.quiet_hours))
    return sorted(slots, key=lambda slot: slot.due)


def _bedtime(check_in: CheckIn, due: datetime, previous: datetime, zone: ZoneInfo) -> datetime:
    """The patient's bedtime, where it comes before ``due`` and well after the previous check-in; else ``due``."""
    local = due.astimezone(zone)
    for days_back in (0, 1):
        day = local.date() - timedelta(days=days_back)
        bedtime = to_utc(datetime.combine(day, check_in.bedtime or local.time()), zone)
        if previous.astimezone(UTC) + APART <= bedtime <= due:
            return bedtime
    return due


def _with_catch_up(  # noqa: PLR0917 - every one of them decides
    past: list[Slot], coming: list[Slot], schedule: Schedule, enrolment: Enrolment, zone: ZoneInfo, now: datetime
) -> list[Slot]:
    """``coming`` with a catch-up in front, where something of the past is still worth asking.

    Worth asking is what was due in the last half of the time since treatment, but at least in the last 72 hours: on day 4 all
    of it, on day 30 what was due since day 15, in year 8 what was due since year 4. What is due within the hour joins it.
    """
    look_back = max(LOOK_BACK_AT_LEAST, (now - enrolment.treated_at) / 2)
    worth = [slot for slot in past if slot.due >= now - look_back]
    if not worth:
        return coming
    due = now.astimezone(UTC) + CATCH_UP_AFTER
    quiet = all(slot.quiet for slot in worth)
    if quiet:
        due = after_quiet(due, schedule.quiet_hours, zone)
    soon = [slot for slot in coming if abs(slot.due - due) < APART]
    catch_up = Slot(check_in=CATCH_UP, due=due, questions=_union([*worth, *soon], schedule), quiet=quiet, merged=True)
    return sorted([catch_up, *(slot for slot in coming if slot not in soon)], key=lambda slot: slot.due)


def apart(slots: Iterable[Slot], schedule: Schedule) -> list[Slot]:
    """The slots with each one that comes too close to the next merged into that next one."""
    kept: list[Slot] = []
    for slot in slots:
        if kept and slot.due - kept[-1].due < APART:
            earlier = kept.pop()
            kept.append(replace(slot, questions=_union([earlier, slot], schedule), merged=True))
        else:
            kept.append(slot)
    return kept


def _union(slots: Sequence[Slot], schedule: Schedule) -> tuple[str, ...]:
    """Every question of these slots once, in the order in which the schedule first asks it."""
    wanted = {question for slot in slots for question in slot.questions}
    order = dict.fromkeys(ask.question for check_in in schedule.check_ins for ask in check_in.asks)
    return tuple(question for question in order if question in wanted)
