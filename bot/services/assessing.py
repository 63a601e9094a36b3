"""Triage with what the store knows of the patient: role, route, risks, hours since treatment, and what they said in the last days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.baseline import without_usual
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.clinical.patient import Observation, PatientContext
from bot.core.conversation.doubts import at_least
from bot.core.conversation.session import SessionState
from bot.core.triage import triage, triage_findings
from bot.ports import StoredAssessment
from bot.services.talk import Talk

LOOK_BACK = timedelta(days=8)
"""Stroke signs count for seven days even when gone (B17), a fever for more than three (B03)."""
REMEMBERED = 100
"""More messages than even the busiest first week brings (some 70 answers)."""
ONE_DAY = timedelta(hours=24)


def assess_text(talk: Talk, text: str) -> Assessment:
    """What the whole text means, whatever was asked: the worst that it means for any of their courses."""
    knowledge, asked = talk.world.content.knowledge, topic_of(talk)
    talk.asked, talk.pressed = asked, False
    found = (
        triage(text, asked=asked, patient=context, knowledge=knowledge, tighter=tighter) for context, tighter in _courses(talk)
    )
    return _but_usual(talk, _worst(found))


def assess_findings(talk: Talk, findings: tuple[Finding, ...]) -> Assessment:
    """What these findings mean (a pressed button), exactly as if they had been written."""
    knowledge = talk.world.content.knowledge
    talk.asked, talk.pressed = None, True
    found = (triage_findings(findings, (), context, knowledge, tighter) for context, tighter in _courses(talk))
    return _but_usual(talk, _worst(found))


def assess_present(talk: Talk, *symptoms: str) -> Assessment:
    """What it would mean if these symptoms were present; those that the rule book does not hold are left out."""
    known = talk.world.content.knowledge.rules.symptoms
    findings = tuple(Finding(symptom=s, status=Status.PRESENT, reader=Reader.ANSWER) for s in symptoms if s in known)
    return assess_findings(talk, findings)


def assess_suspected(talk: Talk, symptom: str | None, at_stake: str | None) -> Assessment:
    """What a yes to a closed question means: the symptom that it asked about, and no less than the words that made us ask."""
    assessment = assess_present(talk, *filter(None, [symptom]))
    floor = Disposition.of(at_stake) if at_stake else Disposition.NONE
    if floor <= assessment.disposition:
        return assessment
    return at_least(assessment, floor, "clarification.at_stake", "the words that were asked about call for it")


def worst_of_last_day(talk: Talk) -> Disposition:
    """The worst that the patient's messages of the last 24 hours came to."""
    levels = (stored.assessment.disposition for stored in _said(talk) if stored.at >= talk.now - ONE_DAY)
    return max(levels, default=Disposition.NONE)


def levels_since(talk: Talk, since: datetime) -> tuple[Disposition, ...]:
    """What each of their messages since then came to; of very many the newest."""
    return tuple(stored.assessment.disposition for stored in _said(talk) if stored.at >= since)


def topic_of(talk: Talk) -> str | None:
    """What a bare answer speaks of: the open question's topic, or the symptom of the open clarification."""
    session = talk.session
    if session.state is SessionState.CLARIFYING:
        return session.clarifying
    question = talk.world.content.questions.get(session.asked) if session.asked else None
    return None if question is None else question.topic


def _said(talk: Talk) -> tuple[StoredAssessment, ...]:
    """The newest of everything, and the newest of what mattered: a patient who writes without end still costs the same."""
    if talk.said is None:
        since = talk.now - LOOK_BACK
        newest = talk.uow.assessments.newest(talk.patient.id, since, Disposition.NONE, REMEMBERED)
        if len(newest) == REMEMBERED:
            mattered = talk.uow.assessments.newest(talk.patient.id, since, Disposition.SAME_DAY, REMEMBERED)
            newest = sorted({stored.id: stored for stored in (*mattered, *newest)}.values(), key=lambda stored: stored.id)
        talk.said = tuple(newest)
    return talk.said


def _courses(talk: Talk) -> list[tuple[PatientContext, tuple[Threshold, ...]]]:
    """Each active course as the rules see it now, with its schedule's own limits: who gave their own cells has two."""
    recent = tuple(_observation(talk, stored) for stored in _said(talk) if _tells(stored))
    courses = ((enrolment, talk.schedule_of(enrolment)) for enrolment in talk.enrolments)
    return [
        (replace(enrolment.context(talk.now), recent=recent), schedule.thresholds if schedule else ())
        for enrolment, schedule in courses
    ]


def _but_usual(talk: Talk, assessment: Assessment) -> Assessment:
    """Without what a clinician has set as usual for this patient. Nothing urgent is even looked at."""
    if assessment.disposition.red or not assessment.reasons:
        return assessment
    return without_usual(assessment, talk.uow.baselines.of_patient(talk.patient.id), talk.now)


def _worst(assessments: Iterable[Assessment]) -> Assessment:
    return max(assessments, key=lambda one: (max(one.disposition, one.at_stake), one.disposition))


def _tells(stored: StoredAssessment) -> bool:
    found = stored.assessment
    return bool(found.findings or found.measures or found.disposition)


def _observation(talk: Talk, stored: StoredAssessment) -> Observation:
    found = stored.assessment
    hours = max(0.0, (talk.now - stored.at).total_seconds() / 3600)
    return Observation(hours_ago=hours, disposition=found.disposition, findings=found.findings, measures=found.measures)
