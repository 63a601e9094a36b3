"""What the rule book answers to every quality of every symptom and to every pair of symptoms, in files that a clinician reviews.

A quality or a symptom that falls out of a rule's list shows as a changed line here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from bot.core.clinical.patient import PatientContext, Risk
from tests.support.clinical import D, book, donor, finding, fired, judge, recipient

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
    lines = []
    for one, other in combinations(SYMPTOMS, 2):
        told = []
        for name, who in SITUATIONS.items():
            together = fired(who, finding(one), finding(other)) - ALONE[one, name] - ALONE[other, name] - {"B32"}
            told += [f"{name}: {', '.join(sorted(together))}"] if together else []
        if told:
            lines.append(f"{one} + {other} | {' | '.join(told)}")
    golden("rules/pairs.txt", "\n".join(lines) + "\n")


def test_what_a_risk_adds_to_each_quality_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom, quality in QUALITIES:
        said = finding(symptom, *([quality] if quality else []))
        without = judge(recipient(5 * D), said).disposition
        levels = {risk.value: judge(recipient(5 * D, risk.value), said).disposition for risk in Risk}
        more = [f"{risk}: {level.word}" for risk, level in levels.items() if level != without]
        if more:
            lines.append(f"{symptom} {quality or '(no more said)'} | {' | '.join(more)}")
    golden("rules/risks.txt", "\n".join(lines) + "\n")


def test_what_a_quality_means_beside_another_symptom_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom, quality in QUALITIES:
        said = finding(symptom, *([quality] if quality else []))
        known = fired(recipient(5 * D), said)
        for other in SYMPTOMS:
            if other == symptom:
                continue
            new = fired(recipient(5 * D), said, finding(other)) - known - ALONE[other, "day 5"] - {"B32"}
            bare = fired(recipient(5 * D), finding(symptom), finding(other)) if quality and new else set()
            if new - bare:
                lines.append(f"{symptom} {quality or '(no more said)'} + {other} | {', '.join(sorted(new - bare))}")
    golden("rules/quality_pairs.txt", "\n".join(lines) + "\n")


def test_what_takes_a_milder_form_away_is_what_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom in book().symptoms.values():
        for form in symptom.milder:
            words = {*form.all_of, *sorted(form.any_of)[:1]}
            for name, who in {"40 h": recipient(40), "day 200": recipient(200 * D)}.items():
                taken = [q for q in symptom.qualities if form.id not in fired(who, finding(symptom.id, *words, q))]
                lines.append(f"{form.id} | {name} | not if: {', '.join(sorted(taken)) or '-'}")
    golden("rules/milder.txt", "\n".join(lines) + "\n")
