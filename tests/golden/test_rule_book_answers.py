"""What the rule book answers to every quality of every symptom and to every pair of symptoms, in files that a clinician reviews.

A quality or a symptom that falls out of a rule's list shows as a changed line here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest

from bot.core.clinical.finding import Finding
from bot.core.clinical.patient import PatientContext, Risk, Route
from tests.support.clinical import D, book, donor, finding, fired, judge, recipient

ROUTES = {route.value: recipient(5 * D, route=route.value) for route in Route if route is not Route.IV}
RISKY = {risk.value: recipient(5 * D, risk.value) for risk in Risk}
SITUATIONS: dict[str, PatientContext] = {"first day": recipient(8), "day 5": recipient(5 * D), "donor, day 2": donor(2 * D)}
SYMPTOMS = sorted(book().symptoms)
QUALITIES = [(symptom, quality) for symptom in SYMPTOMS for quality in ("", *sorted(book().symptoms[symptom].qualities))]
ALONE = {(symptom, name): fired(who, finding(symptom)) for symptom in SYMPTOMS for name, who in SITUATIONS.items()}


def test_the_answer_to_each_quality_is_the_one_that_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom, quality in QUALITIES:
        said = finding(symptom, *([quality] if quality else []))
        levels = [f"{name}: {judge(who, said).disposition.word}" for name, who in SITUATIONS.items()]
        lines.append(f"{symptom} {quality or '(no more said)'} | {' | '.join(levels)}")
    golden("rules/qualities.txt", "\n".join(lines) + "\n")


def test_what_two_symptoms_mean_together_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    plain = {pair: fired(SITUATIONS["day 5"], *map(finding, pair)) for pair in combinations(SYMPTOMS, 2)}
    lines = []
    for (one, other), without in plain.items():
        told = [
            f"{name}: {', '.join(new)}" for name, who in SITUATIONS.items() if (new := _new(who, finding(one), finding(other)))
        ]
        for name, who in {**RISKY, **ROUTES}.items():
            new = [rule for rule in _new(who, finding(one), finding(other)) if rule not in without]
            told += [f"{name}: {', '.join(new)}"] if new else []
        if told:
            lines.append(f"{one} + {other} | {' | '.join(told)}")
    golden("rules/pairs.txt", "\n".join(lines) + "\n")


def test_what_two_qualities_of_a_symptom_mean_together_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom in book().symptoms.values():
        for one, other in combinations(sorted(symptom.qualities), 2):
            for name in ("day 5", "donor, day 2"):
                who = SITUATIONS[name]
                apart = fired(who, finding(symptom.id, one)) | fired(who, finding(symptom.id, other))
                new = sorted(fired(who, finding(symptom.id, one, other)) - apart)
                lines += [f"{symptom.id} {one} and {other} | {name} | {', '.join(new)}"] if new else []
    golden("rules/quality_with_quality.txt", "\n".join(lines) + "\n")


def _new(who: PatientContext, one: Finding, other: Finding) -> list[str]:
    """The rules that fire on the two together and on neither alone; two same-day findings at once are left out."""
    return sorted(fired(who, one, other) - fired(who, one) - fired(who, other) - {"B32"})


def test_what_a_risk_or_route_adds_to_each_quality_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom, quality in QUALITIES:
        said = finding(symptom, *([quality] if quality else []))
        without = fired(SITUATIONS["day 5"], said)
        told = [
            f"{name}: {', '.join(sorted(new))}"
            for name, who in {**RISKY, **ROUTES}.items()
            if (new := fired(who, said) - without)
        ]
        if told:
            lines.append(f"{symptom} {quality or '(no more said)'} | {' | '.join(told)}")
    golden("rules/risks.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("name", ["day 5", "donor, day 2"])
def test_what_a_quality_means_beside_another_symptom_is_what_was_reviewed(golden: Callable[[str, str], None], name: str) -> None:
    who, lines = SITUATIONS[name], []
    for symptom, quality in QUALITIES:
        if not quality:
            continue
        said = finding(symptom, quality)
        known = fired(who, said)
        for other in SYMPTOMS:
            new = fired(who, said, finding(other)) - known - ALONE[other, name] - {"B32"} if other != symptom else set()
            new = new and new - fired(who, finding(symptom), finding(other))
            lines += [f"{symptom} {quality} + {other} | {', '.join(sorted(new))}"] if new else []
    golden(f"rules/quality_pairs_{'donor' if 'donor' in name else 'recipient'}.txt", "\n".join(lines) + "\n")


def test_what_takes_a_milder_form_away_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom in book().symptoms.values():
        for form in symptom.milder:
            words = {*form.all_of, *sorted(form.any_of)[:1]}
            for name, who in {"40 h": recipient(40), "day 200": recipient(200 * D)}.items():
                taken = [q for q in symptom.qualities if form.id not in fired(who, finding(symptom.id, *words, q))]
                lines.append(f"{form.id} | {name} | not if: {', '.join(sorted(taken)) or '-'}")
    golden("rules/milder.txt", "\n".join(lines) + "\n")
