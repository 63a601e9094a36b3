"""Red flags that rest on a phrase among words that mean nothing to the rules: suspected, and not yet believed.

"I couldn't breathe" is an emergency; "I couldn't breathe, my grandson does such a penguin" holds the same phrase. Where the rules do
not know the words around it, they cannot know which it is. Then they ask, unless a further reader takes it for a red flag too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.finding import Finding, Reader, Status

TAKEN_AT_THEIR_WORD: Final = frozenset({"self_harm_crisis", "human_help_request"})
"""Whoever says these is believed whatever the words around it: a cry for help is no figure of speech to be asked about."""


def without_the_suspected(believed: Assessment, assess: Callable[[Sequence[Finding]], Assessment]) -> Assessment | None:
    """What is sure of a red assessment, with a question about the rest; None where all of it is.

    ``assess`` weighs other findings with the same readings and patient. Sure is what a reading (a number) says, and what was said
    at someone's word; what a phrase says becomes a thing to ask about, best with a question that says as much as the phrase ("do you have a headache?" does not
    say "the worst of my life"). What is at stake is kept beside it: a yes leads to no less.
    """
    causes = [reason.symptom for reason in believed.reasons if reason.disposition.red]
    if not TAKEN_AT_THEIR_WORD.isdisjoint(causes):
        return None
    present = dict.fromkeys(f.symptom for f in believed.findings if _only_a_phrase(f))
    named = [symptom for symptom in present if symptom in causes]
    for doubted in (named, list(present)):
        sure = assess([_asked_about(f, doubted) for f in believed.findings])
        if doubted and not sure.disposition.red:
            as_grave = (s for s in doubted if assess([Finding(symptom=s)]).disposition >= believed.disposition)
            question = next(as_grave, doubted[0])
            return replace(sure, unclear=True, question=question, at_stake=believed.disposition)
    return None


def _only_a_phrase(finding: Finding) -> bool:
    return finding.status is Status.PRESENT and finding.reader is Reader.VOCABULARY


def _asked_about(finding: Finding, doubted: Collection[str]) -> Finding:
    if _only_a_phrase(finding) and finding.symptom in doubted:
        return replace(finding, status=Status.HYPOTHETICAL)
    return finding
