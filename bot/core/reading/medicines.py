"""Medicines that the text names and that count as a risk: a head knock on a blood thinner (clinical content, B25).

Blood thinners are known by name in every script here; all others, and what else is said of them, stand in the vocabularies
(``medicines``), and are read in context: denied, somebody else's or asked about they are no risk.
"""

from __future__ import annotations

import re
from typing import Final

from bot.core.clinical.finding import Status
from bot.core.clinical.patient import Risk
from bot.core.reading.context import BEFORE as NEGATORS
from bot.core.reading.context import Context
from bot.core.reading.lexicon import Kind
from bot.core.reading.patterns import Match

_THINNER: Final = re.compile(
    r"warfarin|coumadin|marcumar|phenprocoumon|sintrom|acenocumarol|acenocoumarol|apixaban|eliquis|rivaroxaban|xarelto|dabigatran"
    r"|pradaxa|edoxaban|lixiana|enoxaparin|clexane|dalteparin|heparin|blood thin|anti-?coag|antikoag|sulandirici|blutverdunn"
    r"|gerinnungshemm|варфарин|ксарелто|эликвис|кроворазжиж|разжижа\w+ кров|антикоаг|وارفارين|هيبارين|مميع|سيوله الدم"
)
"""Names and makes of blood thinners, and words for them, in folded text of every language."""
_DENIED: Final = re.compile(
    r"(?:\b(?:not|no|never|without|dont|don't|nicht|kein\w*|ohne|sin|nunca|не|без)\b|(?<!\w)(?:لا|بدون)(?!\w))\W+(?:\w+\W+){0,3}\Z"
)
BEFORE: Final = 40
"""Characters before the name in which it is denied."""
DENIED_FROM: Final = 3
"""Words between a negator and the medicine that it denies."""


def risks_named(text: str) -> frozenset[Risk]:
    """The risks that the (folded) text itself names: a blood thinner that is taken. Risks only raise."""
    takes = any(not _DENIED.search(text, max(m.start() - BEFORE, 0), m.start()) for m in _THINNER.finditer(text))
    return frozenset({Risk.ANTICOAGULANT}) if takes else frozenset()


def risks_taken(context: Context | None) -> frozenset[Risk]:
    """The risks of the medicines and illnesses that the message says the patient has; what was stopped lately still counts."""
    spots = context.of_kind(Kind.MEDICINE) if context is not None else []
    if context is None or not spots:
        return frozenset()
    denied = context.negated([s.match for s in spots])
    taken = (s for s in spots if s.match not in denied and not _denied_from_afar(s.match, context))
    return frozenset(Risk(s.entry.risk) for s in taken if context.status(s.match) in {Status.PRESENT, Status.PAST})


def _denied_from_afar(match: Match, context: Context) -> bool:
    """Whether "not" stands a few words before: "not on any blood thinner"."""
    gaps = (
        match.first - s.match.last - 1 for s in context.of_kind(*NEGATORS) if context.same_sentence(s.match.last, match.first)
    )
    return any(0 <= gap <= DENIED_FROM for gap in gaps)
