"""Each example of the page that clinicians sign, read by the real triage."""

from __future__ import annotations

import pytest

from bot.content.examples import load_examples
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.example import Example
from tests.support.clinical import CATALOGUE, book
from tests.support.reading import ask

EXAMPLES = load_examples(CATALOGUE, book())


def judged(example: Example) -> Assessment:
    return ask(example.says, example.asked, example.patient)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.symptom}-{e.disposition.word}")
def test_an_example_reaches_at_least_the_level_that_it_stands_for(example: Example) -> None:
    found = judged(example)
    assert found.disposition >= example.disposition, [(f.symptom, f.status.value, sorted(f.qualities)) for f in found.findings]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.symptom}-{e.disposition.word}")
def test_an_example_is_read_as_the_symptom_that_it_stands_for(example: Example) -> None:
    found = judged(example)
    assert example.symptom in {*found.present, *(reason.symptom for reason in found.reasons)}


def test_few_examples_are_taken_for_more_than_they_stand_for() -> None:
    higher = [e.says for e in EXAMPLES if judged(e).disposition > e.disposition]
    # the learned reader may raise: at most one mild message in ten is the bar
    assert len(higher) <= len(EXAMPLES) // 10, higher


def test_every_level_of_every_symptom_has_one_and_no_two_say_the_same() -> None:
    shown = {(e.symptom, e.disposition) for e in EXAMPLES}
    for symptom in book().symptoms.values():
        levels = {rule.disposition for rule in (symptom.floor, *symptom.rules)} | {form.disposition for form in symptom.milder}
        assert {level for of, level in shown if of == symptom.id} == levels
        assert Disposition.NONE not in levels
    assert len({e.says for e in EXAMPLES}) == len(EXAMPLES)
