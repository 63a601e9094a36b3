"""Whether a message was understood well enough to act on, or one closed question must be asked first."""

from __future__ import annotations

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.reading.reader import Heard

SHORT = 8
"""Words up to which one friendly word is an answer."""
TALK = 12
"""Words up to which small talk is."""
STORY = 20
"""Words beyond which only plain words of well-being are."""
WELL_SAID = 2
"""How many such words."""


def open_question(assessment: Assessment, heard: Heard, asked: str | None) -> tuple[bool, str | None]:
    """(unclear, the symptom to ask about or None). Urgent and emergency are never held up by a question."""
    reading = heard.reading
    if assessment.reading_asked_again:
        return True, None
    if reading.alarmed or len(reading.missed) > _bearable(assessment, heard):
        return True, _candidate(heard)
    if assessment.disposition >= Disposition.SELF_MANAGE:
        return False, None
    if _grave_elsewhere(heard):
        return True, None
    return (False, None) if _evidence(heard, asked) else (True, _candidate(heard))


def _bearable(assessment: Assessment, heard: Heard) -> int:
    """How many words of the body may stay unexplained: the milder what was understood, the fewer."""
    if assessment.disposition >= Disposition.SAME_DAY:
        return 1
    mild = assessment.disposition is Disposition.SELF_MANAGE
    return 1 if mild and heard.reading.words <= SHORT else 0


def _evidence(heard: Heard, asked: str | None) -> bool:
    """Whether something in the message says that there is nothing to do.

    The longer the message, the more it must say: one friendly word answers for a short one, a denial or small talk for one of
    middle length; a long story must say in so many words that the writer is well.
    """
    reading = heard.reading
    if reading.commands or reading.fine_words >= WELL_SAID:
        return True
    if reading.words > STORY:
        return False
    if any(m.kind != "duration" for m in heard.measures) or any(f.status is Status.NEGATED for f in heard.findings):
        return True
    if reading.words > SHORT:
        return bool(heard.findings) or (reading.logistics and reading.words <= TALK and reading.unknown * 2 <= reading.words)
    denied = asked is not None and reading.no and not reading.yes
    return denied or reading.fine or reading.logistics or bool(heard.findings)


def _grave_elsewhere(heard: Heard) -> bool:
    """Whether another person seems to be in danger: is it the patient (B46)?"""
    return any(f.status is Status.OTHER_PERSON and f.symptom in GRAVE for f in heard.findings) and not any(
        f.status is Status.PAST for f in heard.findings
    )


GRAVE = frozenset(
    {
        "anaphylaxis",
        "dyspnea",
        "chest_pain",
        "syncope",
        "stroke_tia",
        "sepsis",
        "confusion_drowsiness",
        "seizure",
        "self_harm_crisis",
    }
)
"""Symptoms of which one asks at once whose they are."""


def _candidate(heard: Heard) -> str | None:
    for finding in heard.findings:
        if finding.status is Status.HYPOTHETICAL:
            return finding.symptom
    return None
