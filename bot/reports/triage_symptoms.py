"""The part of the triage page on one symptom: what makes it mild, same-day, urgent or an emergency, with an example of each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.clinical.example import Example
from bot.core.clinical.patient import Role, Route
from bot.core.clinical.rules import MilderForm, Rule, Symptom
from bot.reports.condition_words import Phrasing, duration, listed
from bot.reports.triage_rules import table, word

DAY_5 = 120.0


def symptom_section(symptom: Symptom, phrasing: Phrasing, examples: Sequence[Example]) -> str:
    """The symptom's part of the page."""
    rows = sorted(_ways(symptom, phrasing), key=lambda row: (-row[0].disposition, row[0].id))
    own = [example for example in examples if example.symptom == symptom.id]
    return "\n\n".join(
        part
        for part in (
            f"### {phrasing.names.get(symptom.id, symptom.id).capitalize()}",
            _facts(symptom),
            table(
                ("level", "in plain words", "looks for", "rule", "source"),
                ((word(rule.disposition), rule.reason, looks, f"`{rule.id}`", rule.source) for rule, looks in rows),
            ),
            table(("level", "a patient might write"), ((word(e.disposition), _shown(e)) for e in _by_level(own))),
            _elsewhere(symptom, phrasing),
        )
        if part
    )


def _ways(symptom: Symptom, phrasing: Phrasing) -> list[tuple[Rule | MilderForm, str]]:
    floor = "said at all" + (", now or over within 7 days" if symptom.counts_when_over else "")
    milder = [(form, _milder(form, symptom, phrasing)) for form in symptom.milder]
    return [(symptom.floor, floor), *milder, *((rule, phrasing.of(rule.when, symptom.id)) for rule in symptom.rules)]


def _milder(form: MilderForm, symptom: Symptom, phrasing: Phrasing) -> str:
    parts = []
    if form.any_of or form.all_of:
        parts.append(f"milder form, said to be: {phrasing.qualities((symptom.id,), form.any_of, form.all_of)}")
    else:
        parts.append("milder form")
    if form.when is not None:
        parts.append(phrasing.of(form.when, symptom.id))
    if form.unless_qualities:
        parts.append(f"not if: {phrasing.qualities((symptom.id,), form.unless_qualities)}")
    if form.unless is not None and form.unless.triggers() | _risky(form):
        parts.append(f"not with: {phrasing.of(form.unless, symptom.id)}")
    return "; ".join(parts)


def _risky(form: MilderForm) -> frozenset[str]:
    """Something where the exception speaks of the patient and not of the message."""
    return frozenset({"patient"}) if getattr(form.unless, "of", ()) else frozenset()


def _facts(symptom: Symptom) -> str:
    codes = "; ".join(f"{system.upper()} {', '.join(found)}" for system, found in symptom.codes.items())
    parts = [
        f"`{symptom.id}` · {symptom.term}",
        f"window: {symptom.window}",
        f"source document {', '.join(symptom.source_lines) or '-'}",
    ]
    parts += [f"references {', '.join(symptom.refs)}"] if symptom.refs else []
    parts += [codes] if codes else []
    return " · ".join(parts)


def _by_level(examples: Sequence[Example]) -> list[Example]:
    return sorted(examples, key=lambda example: -example.disposition)


def _shown(example: Example) -> str:
    patient, told = example.patient, []
    if patient.role is not Role.RECIPIENT:
        told.append(patient.role.value)
    if patient.route is not Route.IV and patient.route is not None:
        told.append(patient.route.value.replace("_", " "))
    if patient.hours_since_treatment not in {None, DAY_5}:
        told.append(f"{duration(patient.hours_since_treatment or 0.0)} after treatment")
    if patient.risks:
        told.append(listed(patient.risks))
    return f"“{example.says}”" + (f" ({', '.join(told)})" if told else "")


def _elsewhere(symptom: Symptom, phrasing: Phrasing) -> str:
    book = phrasing.book
    found = [f"`{rule.id}`" for rule in book.combinations if rule.symptom == symptom.id or symptom.id in rule.symptoms]
    raising = [f"`{m.id}`" for m in book.modifiers_of.get(symptom.id, ()) if set(m.symptoms) != set(book.symptoms)]
    parts = [f"combinations {', '.join(found)}"] if found else []
    parts += [f"one level more by {', '.join(raising)}"] if raising else []
    return f"Also in: {'; '.join(parts)}." if parts else ""
