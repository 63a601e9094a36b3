"""Labels against the rule book: what the catalogue can give at least and at most for the symptoms that a reply is labelled with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.core.clinical.assess import assess
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure
from bot.core.clinical.rules import MilderForm, RuleBook
from bot.training.corpus import Reply

_MEASURED_ELSEWHERE = frozenset({"low_oxygen", "fever", "heart_rate_abnormal", "hypertension", "hypotension", "glucose_abnormal"})
"""Symptoms whose level a number decides: their word alone proves nothing about a label."""


def contradiction(reply: Reply, rules: RuleBook) -> Disposition | None:
    """The least disposition that the rule book allows for the labelled symptoms, where every label lies below it; else None."""
    least = least_for(reply, rules)
    return least if least > max(reply.allowed) else None


def mended(reply: Reply, rules: RuleBook) -> Reply:
    """The reply with a label that the rule book can give: the rule book decides, the old label stays only if defensible."""
    least = contradiction(reply, rules)
    if least is None:
        return reply
    return replace(reply, expected=least, acceptable=tuple(d for d in reply.acceptable if d > least))


def least_for(reply: Reply, rules: RuleBook) -> Disposition:
    """The least that the rule book can give for the labelled symptoms, whatever their severity and whether they are over."""
    return max((_least(symptom, reply, rules) for symptom in reply.symptoms), default=Disposition.NONE)


def _least(symptom: str, reply: Reply, rules: RuleBook) -> Disposition:
    if symptom in _MEASURED_ELSEWHERE or symptom not in rules.symptoms:
        return Disposition.NONE
    return min(
        assess([Finding(symptom=symptom, qualities=qualities)], _NO_MEASURES, reply.patient, rules).disposition
        for qualities in _forms(rules.symptoms[symptom].milder)
    )


_NO_MEASURES: tuple[Measure, ...] = ()


def _forms(milder: tuple[MilderForm, ...]) -> Iterator[frozenset[str]]:
    """The qualities of every form of a symptom that its row puts below the floor, and none."""
    yield frozenset()
    for form in milder:
        for chosen in [frozenset({quality}) for quality in sorted(form.any_of)] or [frozenset[str]()]:
            yield form.all_of | chosen
