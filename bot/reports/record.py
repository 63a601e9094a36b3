"""All that is held about one patient, as the exports take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.core.careplan.enrolment import Enrolment, Patient, PlannedCheckIn
from bot.core.escalation.alert import Alert
from bot.ports import StoredAssessment, UnitOfWork

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """Everything in its own order: courses newest first, check-ins by due time, messages oldest first, alerts newest first."""

    patient: Patient
    courses: Sequence[Enrolment]
    check_ins: Sequence[PlannedCheckIn]
    messages: Sequence[StoredAssessment]
    alerts: Sequence[Alert]

    def day(self, at: datetime) -> int | None:
        """Whole days since the newest treatment that lies before ``at``; None before any."""
        before = [course.treated_at for course in self.courses if course.treated_at <= at]
        return (at - max(before)).days if before else None


def record_of(uow: UnitOfWork, patient: Patient) -> Record:
    """Reads it in one transaction."""
    courses = uow.enrolments.of_patient(patient.id)
    return Record(
        patient=patient,
        courses=courses,
        check_ins=[row for course in courses for row in uow.check_ins.of_enrolment(course.id)],
        messages=uow.assessments.recent(patient.id, EVER),
        alerts=uow.alerts.of_patient(patient.id),
    )
