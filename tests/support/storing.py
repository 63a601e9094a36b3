"""Rows to store in tests: each with every field set, so that a field lost on the way is seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.core.careplan.enrolment import Enrolment, Patient, PatientState, PlannedCheckIn
from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.delivery import Button, Lane, OutgoingMessage
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.policy import EscalationPolicy, PolicyStep
from bot.ports import StoredAssessment, UnitOfWork

T0 = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NAME = "Wilhelmina Quarterstone"
SAYS = "my calf is swollen, Wilhelmina said"
CHAT = "700155512"


def patient(code: str = "K7-42", address: str | None = CHAT, name: str = NAME) -> Patient:
    return Patient(
        id=0,
        code=code,
        name=name,
        birth_year=1951,
        language="en",
        timezone="Europe/London",
        state=PatientState.ACTIVE,
        channel="telegram",
        address=address,
    )


def enrolment(patient_id: int) -> Enrolment:
    return Enrolment(
        id=0,
        patient_id=patient_id,
        schedule="msc-recipient",
        schedule_version="abc123",
        role=Role.RECIPIENT,
        route=Route.IV,
        risks=frozenset({Risk.DIABETES, Risk.AGE_65_PLUS}),
        treated_at=T0,
        enrolled_at=T0 + MINUTE,
    )


def check_in(of: Enrolment, occurrence: int = 0, due_at: datetime = T0, name: str = "day-2") -> PlannedCheckIn:
    return PlannedCheckIn(
        id=0,
        enrolment_id=of.id,
        patient_id=of.patient_id,
        check_in=name,
        occurrence=occurrence,
        due_at=due_at,
        questions=("temperature", "legs"),
        sent_at=T0 - MINUTE,
    )


def assessment(patient_id: int, at: datetime = T0, disposition: Disposition = Disposition.URGENT) -> StoredAssessment:
    words = Finding(
        symptom="deep_vein_thrombosis", status=Status.PRESENT, text="calf", start=3, end=7, qualities=frozenset({"one_sided"})
    )
    heat = Measure(kind="temperature", value=38.9, unit="Cel", text="38,9", start=9, end=13)
    reason = Reason(
        rule="dvt.calf",
        disposition=disposition,
        where="bot/catalogue/symptoms/dvt.yaml:3",
        text="A swollen calf",
        symptom="deep_vein_thrombosis",
        words=("calf", "swollen"),
    )
    outcome = Assessment(
        disposition=disposition,
        reasons=(reason,),
        findings=(words,),
        measures=(heat,),
        unclear=True,
        question="deep_vein_thrombosis",
        reading_asked_again="temperature",
        content="c0ffee",
    )
    return StoredAssessment(
        id=0, patient_id=patient_id, inbox_id=None, at=at, text=SAYS, assessment=outcome, schedule_version="abc123"
    )


POLICY = EscalationPolicy(
    id="urgent",
    disposition=Disposition.URGENT,
    steps=(PolicyStep(wait=timedelta(minutes=10), rotas=("day",)), PolicyStep(wait=timedelta(minutes=5), clinicians=("ann",))),
    last_resort=("+44 20 7946 0000",),
)


def alert(patient_id: int, assessment_id: int, disposition: Disposition = Disposition.URGENT) -> Alert:
    return Alert(
        id=0,
        patient_id=patient_id,
        assessment_id=assessment_id,
        disposition=disposition,
        state=AlertState.OPEN,
        policy=POLICY,
        opened_at=T0,
        step=1,
        next_step_at=T0 + 10 * MINUTE,
        findings=2,
        acknowledged_by="ann",
        outcome="seen",
    )


def message(text: str = "How is your leg?", lane: Lane = Lane.ROUTINE, due_at: datetime | None = T0) -> OutgoingMessage:
    return OutgoingMessage(
        id=0,
        channel="telegram",
        address=CHAT,
        text=text,
        lane=lane,
        buttons=((Button(id="b1", label="Yes"), Button(id="b2", label="No")), (Button(id="b3", label="Not sure"),)),
        edits="991",
        purpose="check_in:17",
        clinician="ann",
        attempt=2,
        due_at=due_at,
        provider_id="4711",
        as_plain_text=True,
    )


def enrolled(uow: UnitOfWork, code: str = "K7-42", address: str | None = CHAT) -> Enrolment:
    """A patient with a course."""
    return uow.enrolments.add(enrolment(uow.patients.add(patient(code, address)).id))


def alerted(uow: UnitOfWork, code: str = "K7-42", disposition: Disposition = Disposition.URGENT) -> Alert:
    """A patient with an open alert."""
    course = enrolled(uow, code)
    found = uow.assessments.add(assessment(course.patient_id, disposition=disposition))
    return uow.alerts.add(alert(course.patient_id, found, disposition))
