"""Small situations for the conversation's core: two questions, one course, a fixed moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import Enrolment
from bot.core.careplan.question import Option, Question
from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding
from bot.core.clinical.patient import Role, Route
from bot.core.conversation.session import Session, SessionState
from bot.core.conversation.situation import Situation

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
"""A Wednesday."""

QUESTIONS = {
    "red_flags": Question(
        id="red_flags",
        topic="red_flags",
        options=(Option(id="none"), Option(id="some", follow_up="red_flags_which")),
        covers=("chest_pain",),
        if_yes="some",
        if_no="none",
    ),
    "red_flags_which": Question(
        id="red_flags_which", topic="red_flags", options=(Option(id="chest_pain"),), covers=("chest_pain",)
    ),
    "temperature": Question(id="temperature", topic="temperature", options=(Option(id="no_fever"),), covers=("fever",)),
    "fatigue": Question(id="fatigue", topic="fatigue", options=(Option(id="fine"),), covers=("fatigue",)),
}


def situation(now: datetime = NOW) -> Situation:
    """A recipient two days after treatment in London."""
    enrolment = Enrolment(
        id=1,
        patient_id=1,
        schedule="msc-recipient",
        schedule_version="v1",
        role=Role.RECIPIENT,
        route=Route.IV,
        risks=frozenset(),
        treated_at=NOW - timedelta(days=2),
    )
    return Situation(
        now=now,
        birth_year=1961,
        enrolment=enrolment,
        zone=ZoneInfo("Europe/London"),
        clinic_zone=ZoneInfo("Europe/London"),
        questions=QUESTIONS,
        languages=("en",),
    )


def found(disposition: Disposition, *symptoms: str, unclear: bool = False, question: str | None = None) -> Assessment:
    """An assessment of this level that names these symptoms."""
    return Assessment(
        disposition=disposition,
        reasons=tuple(
            Reason(rule=f"{s}.test", disposition=disposition, where="test:1", text="because", symptom=s) for s in symptoms
        ),
        findings=tuple(Finding(symptom=s) for s in symptoms),
        unclear=unclear,
        question=question,
    )


NOTHING = found(Disposition.NONE)
UNCLEAR = found(Disposition.NONE, unclear=True)
TIRED = found(Disposition.SELF_MANAGE, "fatigue")
FEVERISH = found(Disposition.SAME_DAY, "fever")
CLOT = found(Disposition.URGENT, "deep_vein_thrombosis")
CHEST = found(Disposition.EMERGENCY, "chest_pain")


def session(state: SessionState) -> Session:
    """A session in this state, as it would be on the way."""
    match state:
        case SessionState.CHECK_IN:
            return Session(state=state, check_in_id=7, questions=("red_flags", "temperature", "fatigue"), round=4)
        case SessionState.CLARIFYING:
            return Session(state=state, resume=SessionState.IDLE, clarifying="chest_pain", round=4)
        case _:
            return Session(state=state, round=4)
