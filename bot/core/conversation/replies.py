"""What is said to a patient for each disposition. Emergency advice comes first; nothing here says that anything is normal."""

from __future__ import annotations

from datetime import datetime

from bot.core.actions import Part, Say
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane

CRISIS = "self_harm_crisis"
"""The symptom for which there is a line of its own to call."""
ADVISED_AT_ONCE = 3
"""Advice for more symptoms than this is more than a worried person reads."""


def part(*keys: str, optional: bool = False, **params: str | datetime) -> Part:
    """A paragraph under the first of these keys that the content has."""
    return Part(keys=keys, params=params, optional=optional)


def say(*parts: Part, lane: Lane = Lane.REPLY) -> Say:
    """A message of these paragraphs without buttons."""
    return Say(parts=parts, lane=lane)


def symptoms_of(assessment: Assessment) -> tuple[str, ...]:
    """What to give advice on: the symptoms of the reasons, the most pressing first (a number alone has no finding), then all
    others that are present."""
    reasons = sorted(assessment.reasons, key=lambda reason: -reason.disposition)
    decided = [r.symptom for r in reasons if r.symptom and r.disposition >= Disposition.SELF_MANAGE]
    return tuple(dict.fromkeys([*decided, *assessment.present]))


def red_flag(assessment: Assessment) -> Say:
    """What to do now. The number to call is the first line of the first message, whatever the symptom."""
    symptoms = symptoms_of(assessment)[:ADVISED_AT_ONCE]
    if assessment.disposition >= Disposition.EMERGENCY:
        first = part("emergency.call_crisis" if CRISIS in symptoms else "emergency.call")
        acts = [part(f"emergency.act.{symptom}", optional=True) for symptom in symptoms]
        return say(first, *acts, part("emergency.stay"), lane=Lane.SAFETY)
    acts = [part(f"urgent.act.{symptom}", optional=True) for symptom in symptoms]
    return say(part("urgent.call"), *acts, part("urgent.emergency_if"), part("urgent.told"), lane=Lane.SAFETY)


def advice(symptoms: tuple[str, ...]) -> tuple[Part, ...]:
    """What may be done at home about each of these, then what to watch for and who decides."""
    paragraphs = tuple(part(f"advice.{symptom}", optional=True) for symptom in symptoms[:ADVISED_AT_ONCE])
    return (*paragraphs, part("advice_end.watch"), part("advice_end.who_decides"))
