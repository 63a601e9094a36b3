"""What is said to a patient for each disposition. Emergency advice comes first; nothing here says that anything is normal."""

from __future__ import annotations

from datetime import datetime

from bot.core.actions import Part, Say
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane

ADVISED_AT_ONCE = 3
"""Advice for more symptoms than this is more than a worried person reads."""


def part(*keys: str, optional: bool = False, **params: str | datetime) -> Part:
    """A paragraph under the first of these keys that the content has."""
    return Part(keys=keys, params=params, optional=optional)


def say(*parts: Part, lane: Lane = Lane.REPLY) -> Say:
    """A message of these paragraphs without buttons."""
    return Say(parts=parts, lane=lane)


def red_symptoms(assessment: Assessment) -> tuple[str, ...]:
    """The symptoms of the reasons at the assessment's own level, then all others present: the words of the first come first."""
    worst = [r.symptom for r in assessment.reasons if r.disposition >= assessment.disposition and r.symptom]
    return tuple(dict.fromkeys([*worst, *assessment.present]))


def red_flag(assessment: Assessment) -> Say:
    """What to do now. The number to call is the first line of the first message, whatever the symptom."""
    symptoms = red_symptoms(assessment)[:ADVISED_AT_ONCE]
    if assessment.disposition >= Disposition.EMERGENCY:
        first = part("emergency.call_crisis" if "self_harm_crisis" in symptoms else "emergency.call")
        acts = [part(f"emergency.act.{symptom}", optional=True) for symptom in symptoms]
        return say(first, *acts, part("emergency.stay"), lane=Lane.SAFETY)
    acts = [part(f"urgent.act.{symptom}", optional=True) for symptom in symptoms]
    return say(part("urgent.call"), *acts, part("urgent.emergency_if"), part("urgent.told"), lane=Lane.SAFETY)


def advice(symptoms: tuple[str, ...]) -> tuple[Part, ...]:
    """What may be done at home about each of these, then what to watch for and who decides."""
    paragraphs = tuple(part(f"advice.{symptom}", optional=True) for symptom in symptoms[:ADVISED_AT_ONCE])
    return (*paragraphs, part("advice_end.watch"), part("advice_end.who_decides"))


def clinic_will_contact(by: datetime) -> tuple[Part, ...]:
    """A same-day finding: the clinic answers, and what would make it urgent."""
    return (part("same_day.told", by=by), part("same_day.worse"))
