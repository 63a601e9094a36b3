"""Medicines that the text names and that count as a risk: a head knock on a blood thinner (clinical content, B25)."""

from __future__ import annotations

import re
from typing import Final

from bot.core.clinical.patient import Risk

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


def risks_named(text: str) -> frozenset[Risk]:
    """The risks that the (folded) text itself names: a blood thinner that is taken. Risks only raise."""
    takes = any(not _DENIED.search(text, max(m.start() - BEFORE, 0), m.start()) for m in _THINNER.finditer(text))
    return frozenset({Risk.ANTICOAGULANT}) if takes else frozenset()
