"""Whether a message was understood well enough to act on, or one closed question must be asked first."""

from __future__ import annotations

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.reading.reader import Heard

_DENIED = {Status.NEGATED}
SHORT = 8
"""Words up to which one friendly word is an answer."""
MUCH_MISSED = 2
"""Words of the body that nothing explains: more than a mild finding can stand for."""
WELL_SAID = 2
"""Words of well-being that a longer message needs."""


def open_question(assessment: Assessment, heard: Heard, asked: str | None) -> tuple[bool, str | None]:
    """(unclear, the symptom to ask about or None). Urgent and emergency are never held up by a question."""
    reading = heard.reading
    if assessment.reading_asked_again:
        return True, None
    if reading.alarmed:
        return True, _candidate(heard)
    if assessment.disposition >= Disposition.SAME_DAY:
        return False, None
    if reading.missed and (assessment.disposition < Disposition.SELF_MANAGE or len(reading.missed) >= MUCH_MISSED):
        return True, _candidate(heard)
    if assessment.disposition >= Disposition.SELF_MANAGE:
        return False, None
    if _grave_elsewhere(heard):
        return True, None
    return (False, None) if _evidence(heard, asked) else (True, _candidate(heard))


def _evidence(heard: Heard, asked: str | None) -> bool:
    """Whether something in the message says that there is nothing to do.

    In a long message a friendly word is not enough: the patient must say that they are well, or deny what was asked.
    """
    reading = heard.reading
    if reading.commands or any(m.kind != "duration" for m in heard.measures):
        return True
    if asked is not None and reading.no and not reading.yes and reading.words <= SHORT:
        return True
    if any(f.status in _DENIED for f in heard.findings):
        return True
    if reading.words <= SHORT:
        return reading.fine or reading.logistics or bool(heard.findings)
    if heard.findings or reading.fine_words >= WELL_SAID:
        return True
    return reading.logistics and reading.unknown * 2 <= reading.words


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
