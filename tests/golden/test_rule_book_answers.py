"""What the rule book answers to every quality of every symptom and to every pair of symptoms, in files that a clinician reviews.

A quality or a symptom that falls out of a rule's list shows as a changed line here.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from bot.core.clinical.patient import PatientContext
from tests.support.clinical import D, book, donor, finding, fired, judge, recipient

SITUATIONS: dict[str, PatientContext] = {"first day": recipient(8), "day 5": recipient(5 * D), "donor, day 2": donor(2 * D)}
SYMPTOMS = sorted(book().symptoms)
ALONE = {(symptom, name): fired(who, finding(symptom)) for symptom in SYMPTOMS for name, who in SITUATIONS.items()}


def test_the_answer_to_each_quality_is_the_one_that_was_reviewed(golden: Callable[[str, str], None]) -> None:
    lines = []
    for symptom in SYMPTOMS:
        for quality in ("", *sorted(book().symptoms[symptom].qualities)):
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
