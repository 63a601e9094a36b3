"""A course's beginning, pause, and end: planning its check-ins on consent, STOP, and coming back."""

from __future__ import annotations

from dataclasses import replace

from bot.core.careplan.enrolment import CheckInState, PatientState
from bot.core.careplan.invitation import IDENTITY_TRIES
from bot.core.careplan.occurrences import plan
from bot.services.talk import Talk


def start_course(talk: Talk) -> None:
    """They consented: every active course of theirs is planned from now on; planning twice adds nothing."""
    talk.save_patient(replace(talk.patient, state=PatientState.ACTIVE))
    for enrolment in talk.uow.enrolments.of_patient(talk.patient.id):
        schedule = talk.schedule_of(enrolment)
        if not enrolment.active or schedule is None:
            continue
        started = enrolment if enrolment.enrolled_at else replace(enrolment, enrolled_at=talk.now)
        talk.uow.enrolments.save(started)
        talk.uow.check_ins.plan(plan(schedule, started, talk.patient.zone(), talk.now))


def stop_course(talk: Talk) -> None:
    """No more check-ins, and no routine prompt leaves the outbox; safety advice and alerts do."""
    if talk.patient.state is not PatientState.INVITED:
        talk.save_patient(replace(talk.patient, state=PatientState.STOPPED))
    talk.uow.check_ins.cancel_planned(talk.patient.id)
    talk.uow.outbox.cancel_of_patient(talk.patient.id)


def resume_course(talk: Talk) -> None:
    """What STOP cancelled and is still ahead is planned again; what has passed meanwhile is not made up for."""
    talk.save_patient(replace(talk.patient, state=PatientState.ACTIVE))
    for enrolment in talk.uow.enrolments.of_patient(talk.patient.id):
        for row in talk.uow.check_ins.of_enrolment(enrolment.id):
            if row.state is CheckInState.CANCELLED and row.due_at > talk.now and row.sent_at is None:
                talk.uow.check_ins.save(replace(row, state=CheckInState.PLANNED))


def lock_invitations(talk: Talk) -> None:
    """The invitation that led here is spent; only the clinic can give a new one."""
    for invitation in talk.uow.invitations.of_subject(talk.subject):
        if invitation.used_by == talk.patient.address:
            talk.uow.invitations.save(replace(invitation, tries=IDENTITY_TRIES))
