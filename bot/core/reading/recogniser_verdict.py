"""What the recogniser's probabilities ask for: a red flag at once, one closed question, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser import Recognition, Suspicion

RED_RULE: Final = "recogniser.red"
EMERGENCY_RULE: Final = "recogniser.emergency"


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """Chosen by cost on development replies (``bot/catalogue/thresholds.yaml``); all are probabilities."""

    red: float
    """Escalated at once from here."""
    vague: float
    """The same, where no symptom at all is suspected ("it feels odd again")."""
    settled: float
    """The same, where the rules understood it as mild or for the same day, or explained every word as less than a red flag."""
    believe: float
    """Red flags that the rules only suspect (a phrase among words that they do not know) are escalated at once from here, else asked about."""
    ask: float
    """One closed question from here, where the rules did not understand the message."""
    doubt: float
    """The same, where the rules understood that nothing need be done."""
    mild: float
    """The same, where the rules understood it as mild."""
    explained: float
    """The same, where they explained every word."""
    emergency: float
    """A red flag is an emergency from here."""
    upgrade: float
    """The same, where the rules found it urgent."""
    symptom: float
    """From here a symptom counts as the one to name, and to ask about."""
    denied: float
    """From here a denial is one: it keeps a symptom from being named."""
    at_ease: float
    """Below this probability of a red flag a message that no rule understood may pass without a question ..."""
    nothing: float
    """... if nothing to do is at least this probable."""
    again: float = 0.0
    """The transformer reads too where the small model's probability of a red flag lies at or above this ..."""
    again_settled: float = 0.0
    """(where ``settled`` holds, at or above this)"""
    certain: float = 1.0
    """... and below this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """``disposition``: at least this, by ``rule``, or None. ``ask``: a closed question, about ``suspicion`` where there is one.

    ``at_ease``: the learned reader sees nothing to ask about in what the rules did not understand.
    """

    disposition: Disposition | None = None
    rule: str = ""
    ask: bool = False
    at_ease: bool = False
    suspicion: Suspicion | None = None


def verdict(
    recognition: Recognition,
    thresholds: Thresholds,
    cleared: Collection[str] = (),
    ruled: Disposition | None = None,
    *,
    explained: bool = False,
) -> Verdict:
    """What the learned reader asks for. ``cleared`` are the symptoms that a rule heard denied: none of them is raised.

    ``ruled``: what the rules found; None where they did not understand. ``explained``: they explained every word that means anything, so
    that nothing is left of which the learned reader would know better, least of all whether urgent is an emergency. Where the only
    symptom that could be named is cleared, a red flag becomes a question: a denial never silences the rest.
    """
    suspicion, nameable = _named(recognition, thresholds, cleared), _named(recognition, thresholds, ()) is not None
    if recognition.red >= _paged_from(thresholds, ruled, vague=not recognition.suspicions, explained=explained):
        if suspicion is None and nameable:
            return Verdict(ask=True)
        return _raised(recognition, _emergency_from(thresholds, ruled, explained=explained), suspicion)
    if recognition.red >= _asked_from(thresholds, ruled, explained=explained):
        return Verdict(ask=True, suspicion=suspicion)
    calm = recognition.red < thresholds.at_ease and recognition.nothing >= thresholds.nothing
    return Verdict(at_ease=calm, suspicion=suspicion)


NEVER: Final = 1.01
"""No probability is above 1."""


def is_settled(ruled: Disposition | None, *, explained: bool) -> bool:
    """Whether the rules understood it as mild or for the same day, or explained every word as less than a red flag: `verdict` says what the two mean."""
    return ruled in {Disposition.SELF_MANAGE, Disposition.SAME_DAY} or (explained and ruled is Disposition.NONE)


def _paged_from(thresholds: Thresholds, ruled: Disposition | None, *, vague: bool, explained: bool) -> float:
    if is_settled(ruled, explained=explained):
        return thresholds.settled
    return thresholds.vague if vague else thresholds.red


def _emergency_from(thresholds: Thresholds, ruled: Disposition | None, *, explained: bool) -> float:
    if ruled is None or not ruled.red:
        return thresholds.emergency
    return NEVER if explained else thresholds.upgrade


def _asked_from(thresholds: Thresholds, ruled: Disposition | None, *, explained: bool) -> float:
    """Nothing is asked about what the clinic is told of and the rules understood."""
    if ruled is None:
        return thresholds.ask
    if explained and ruled < Disposition.SAME_DAY:
        return thresholds.explained
    return {Disposition.NONE: thresholds.doubt, Disposition.SELF_MANAGE: thresholds.mild}.get(ruled, NEVER)


def _named(recognition: Recognition, thresholds: Thresholds, cleared: Collection[str]) -> Suspicion | None:
    able = (
        s
        for s in recognition.suspicions
        if s.symptom not in cleared and s.present >= thresholds.symptom and s.denied < thresholds.denied
    )
    return max(able, key=lambda s: s.present, default=None)


def _raised(recognition: Recognition, emergency: float, suspicion: Suspicion | None) -> Verdict:
    if recognition.emergency >= emergency:
        return Verdict(disposition=Disposition.EMERGENCY, rule=EMERGENCY_RULE, suspicion=suspicion)
    return Verdict(disposition=Disposition.URGENT, rule=RED_RULE, suspicion=suspicion)
