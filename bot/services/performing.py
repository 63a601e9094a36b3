"""Carries out what the conversation asked for, in its order, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.core.actions import (
    Action,
    AskQuestion,
    Audit,
    AwaitClarification,
    Choice,
    CreateTask,
    FinishCheckIn,
    LockInvitation,
    OfferLanguages,
    Part,
    PlanRecheck,
    RecordAssessment,
    ResumeCourse,
    Say,
    SetLanguage,
    StartCourse,
    StopCourse,
    TellClinic,
    WithdrawQuestion,
)
from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.occurrences import RECHECK
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane
from bot.ports import StoredAssessment, Task
from bot.services import escalations
from bot.services.asked import asked_purpose, withdraw
from bot.services.courses import lock_invitations, resume_course, start_course, stop_course
from bot.services.talk import Talk

CLARIFICATION = "clarification"
"""The check-in id of the row that wakes up an unanswered closed question; its occurrence is the question's round."""


def perform(talk: Talk, actions: Iterable[Action]) -> None:
    """Does them all. Whatever raises takes the whole transaction with it."""
    for action in actions:
        _perform(talk, action)


def _perform(talk: Talk, action: Action) -> None:  # noqa: C901, PLR0912 - one line for each kind of action, nothing else
    match action:
        case Say():
            talk.send(action.parts, action.lane, action.choices, asked_purpose(talk) if action.choices else "")
        case AskQuestion():
            talk.ask(action)
        case OfferLanguages():
            _offer_languages(talk, action)
        case RecordAssessment():
            _record(talk, action)
        case TellClinic():
            _tell_clinic(talk)
        case CreateTask():
            _create_task(talk, action)
        case PlanRecheck():
            _plan_recheck(talk, action.check_in)
        case WithdrawQuestion():
            withdraw(talk, action)
        case FinishCheckIn():
            _finish(talk, action)
        case AwaitClarification():
            _await_clarification(talk, action)
        case SetLanguage():
            talk.save_patient(replace(talk.patient, language=action.language))
        case StartCourse():
            start_course(talk)
        case StopCourse():
            stop_course(talk)
        case ResumeCourse():
            resume_course(talk)
        case LockInvitation():
            lock_invitations(talk)
        case Audit():
            talk.audit(action.action, action.detail)


def _offer_languages(talk: Talk, action: OfferLanguages) -> None:
    languages = talk.world.content.languages
    own = talk.patient.language
    ordered = sorted(languages, key=lambda code: code != own)
    choices = tuple((Choice(action="language", payload={"language": code}, literal=languages[code]),) for code in ordered)
    talk.send((Part(keys=(action.key,)),), Lane.REPLY, choices)


def _record(talk: Talk, action: RecordAssessment) -> None:
    stored = StoredAssessment(
        id=0,
        patient_id=talk.patient.id,
        inbox_id=talk.inbox_id,
        at=talk.now,
        text=action.text,
        assessment=action.assessment,
        schedule_version=talk.schedule.version if talk.schedule else talk.enrolment.schedule_version,
        asked=talk.asked,
        pressed=talk.pressed,
    )
    talk.stored = replace(stored, id=talk.uow.assessments.add(stored))
    talk.audit("assessed", _rules(action.assessment))


def _tell_clinic(talk: Talk) -> None:
    if talk.stored is not None:
        escalations.open_alert(talk.uow, talk.patient, talk.stored, talk.world, talk.now)
        if talk.stored.assessment.disposition >= Disposition.EMERGENCY:
            # a cheerful prompt that still waits must not follow the number to call
            talk.uow.outbox.cancel_of_patient(talk.patient.id)


def _create_task(talk: Talk, action: CreateTask) -> None:
    talk.task(
        Task(
            id=0,
            patient_id=talk.patient.id,
            kind=action.kind,
            disposition=action.disposition,
            at=talk.now,
            detail=action.detail,
        )
    )


def _plan_recheck(talk: Talk, recheck: PlannedCheckIn) -> None:
    planned = next(iter(talk.uow.check_ins.planned(recheck.enrolment_id, RECHECK)), None)
    if planned is None:
        talk.uow.check_ins.plan([recheck])
        return
    questions = tuple(dict.fromkeys((*planned.questions, *recheck.questions)))
    merged = replace(planned, due_at=min(planned.due_at, recheck.due_at), questions=questions)
    if merged != planned:
        talk.uow.check_ins.save(merged)


def _finish(talk: Talk, action: FinishCheckIn) -> None:
    row = talk.uow.check_ins.get(action.check_in_id)
    if row.state is CheckInState.SILENT and action.state is CheckInState.ANSWERED:
        talk.audit("check_in.answered_late", f"check_in:{row.id}")
    talk.uow.check_ins.save(replace(row, state=action.state))


def _await_clarification(talk: Talk, action: AwaitClarification) -> None:
    row = PlannedCheckIn(
        id=0,
        enrolment_id=talk.enrolment.id,
        patient_id=talk.patient.id,
        check_in=CLARIFICATION,
        occurrence=action.round,
        due_at=action.until,
    )
    talk.uow.check_ins.plan([row])


def _rules(assessment: Assessment) -> str:
    rules = ", ".join(reason.rule for reason in assessment.reasons)
    return f"{assessment.disposition.word}: {rules}" if rules else assessment.disposition.word
