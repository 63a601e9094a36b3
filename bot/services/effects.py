"""Whom a version would change, and how: counted from the courses that are under way, before anything is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.careplan.enrolment import CheckInState, Enrolment, PatientState, PlannedCheckIn
from bot.core.careplan.moving import asked_again, move
from bot.core.careplan.occurrences import questions_for
from bot.core.careplan.schedule import Schedule
from bot.ports import Content, UnitOfWork

PAGE = 50
"""Courses looked at in one transaction: an alert must not wait for a count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Counts of patients (courses) mid-course on the schedule, if all of them moved to the new version now."""

    courses: int = 0
    change: int = 0
    """Whose coming check-ins, or what these ask, are others."""
    lose: int = 0
    """Who lose a check-in that is still ahead."""
    twice: int = 0
    """Who would be asked again what they were asked already, under another name."""

    def __add__(self, other: Effect) -> Effect:
        """Both together."""
        return Effect(
            courses=self.courses + other.courses,
            change=self.change + other.change,
            lose=self.lose + other.lose,
            twice=self.twice + other.twice,
        )


def effect_page(uow: UnitOfWork, content: Content, new: Schedule, now: datetime, after: int) -> tuple[Effect, int]:
    """The effect on the next courses with an id above ``after``, and the last id looked at; 0: there are no more."""
    courses = uow.enrolments.on_schedule(new.id, after, PAGE)
    total = sum((_effect(uow, content, new, enrolment, now) for enrolment in courses), Effect())
    return total, courses[-1].id if len(courses) == PAGE else 0


def _effect(uow: UnitOfWork, content: Content, new: Schedule, enrolment: Enrolment, now: datetime) -> Effect:
    patient = uow.patients.get(enrolment.patient_id)
    if enrolment.enrolled_at is None or patient.state is PatientState.STOPPED:
        return Effect()
    rows = uow.check_ins.of_enrolment(enrolment.id)
    moved = move(new, enrolment, patient.zone(), now, rows)
    old = content.course(enrolment.schedule, enrolment.schedule_version)
    again = asked_again(old, new, enrolment, rows, moved) if old else 0
    changes = moved.anything or (old is not None and _asks_otherwise(old, new, enrolment, rows))
    return Effect(courses=1, change=int(changes), lose=int(bool(moved.lost)), twice=int(again > 0))


def _asks_otherwise(old: Schedule, new: Schedule, enrolment: Enrolment, rows: Sequence[PlannedCheckIn]) -> bool:
    context = enrolment.context(enrolment.treated_at)
    for row in rows:
        before, after = old.check_in(row.check_in), new.check_in(row.check_in)
        if row.state is not CheckInState.PLANNED or before is None or after is None:
            continue
        if questions_for(before, context) != questions_for(after, context):
            return True
    return False
