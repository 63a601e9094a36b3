"""Triage with what the store knows of the patient: role, route, risks, hours since treatment, and what they said in the last days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Reader, Status
from bot.core.clinical.patient import Observation, PatientContext
from bot.core.conversation.session import SessionState
from bot.core.triage import triage, triage_findings
from bot.ports import StoredAssessment
from bot.services.talk import Talk

LOOK_BACK = timedelta(days=8)
"""Stroke signs count for seven days even when gone (B17), a fever for more than three (B03)."""
ONE_DAY = timedelta(hours=24)


def assess_text(talk: Talk, text: str) -> Assessment:
    """What the whole text means, whatever was asked."""
    return triage(
        text,
        asked=topic_of(talk),
        patient=context_of(talk),
        knowledge=talk.world.content.knowledge,
        tighter=_thresholds(talk),
    )


def assess_findings(talk: Talk, findings: tuple[Finding, ...]) -> Assessment:
    """What these findings mean (a pressed button), exactly as if they had been written."""
    return triage_findings(findings, (), context_of(talk), talk.world.content.knowledge, _thresholds(talk))


def assess_present(talk: Talk, *symptoms: str) -> Assessment:
    """What it would mean if these symptoms were present; those that the rule book does not hold are left out."""
    known = talk.world.content.knowledge.rules.symptoms
    findings = tuple(Finding(symptom=s, status=Status.PRESENT, reader=Reader.ANSWER) for s in symptoms if s in known)
    return assess_findings(talk, findings)


def context_of(talk: Talk) -> PatientContext:
    """The enrolment as the rules see it now, with what was said in the last days."""
    recent = talk.uow.assessments.recent(talk.patient.id, talk.now - LOOK_BACK)
    return replace(talk.enrolment.context(talk.now), recent=tuple(_observation(talk, stored) for stored in recent))


def worst_of_last_day(talk: Talk) -> Disposition:
    """The worst that the patient's messages of the last 24 hours came to."""
    recent = talk.uow.assessments.recent(talk.patient.id, talk.now - ONE_DAY)
    return max((stored.assessment.disposition for stored in recent), default=Disposition.NONE)


def topic_of(talk: Talk) -> str | None:
    """What a bare answer speaks of: the open question's topic, or the symptom of the open clarification."""
    session = talk.session
    if session.state is SessionState.CLARIFYING:
        return session.clarifying
    question = talk.world.content.questions.get(session.asked) if session.asked else None
    return None if question is None else question.topic


def _observation(talk: Talk, stored: StoredAssessment) -> Observation:
    found = stored.assessment
    hours = max(0.0, (talk.now - stored.at).total_seconds() / 3600)
    return Observation(hours_ago=hours, disposition=found.disposition, findings=found.findings, measures=found.measures)


def _thresholds(talk: Talk) -> tuple[Threshold, ...]:
    schedule = talk.schedule
    return () if schedule is None else schedule.thresholds
