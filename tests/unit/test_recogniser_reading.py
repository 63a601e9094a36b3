"""The learned reader on weights that the test chose: probabilities, words and places."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bot.core.reading.recogniser import Weights, most_suspect
from tests.support.recogniser import RED, SYMPTOMS, recogniser

CHEST, FEVER = 0, 1
NO_CHEST = 2


def test_a_word_that_weighs_makes_its_symptom_present_and_is_shown() -> None:
    found = recogniser({"elephant": {CHEST: 6.0, RED: 6.0}}).read("There is an ELEPHANT on me, doctor")
    suspicion = most_suspect(found.suspicions)
    assert suspicion is not None
    assert (suspicion.symptom, suspicion.words) == ("chest_pain", "ELEPHANT")
    assert (suspicion.start, suspicion.end) == (12, 20)
    assert suspicion.present == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-3)
    assert found.red == pytest.approx(suspicion.present, abs=1e-3)
    assert found.words == "ELEPHANT"


def test_a_denial_is_told_from_a_report() -> None:
    found = recogniser({"elephantless": {NO_CHEST: 6.0}}).read("elephantless")
    assert [(s.symptom, s.denied > s.present, s.words) for s in found.suspicions] == [("chest_pain", True, "elephantless")]


def test_what_is_not_mentioned_is_not_reported() -> None:
    found = recogniser({"elephant": {CHEST: 6.0}}).read("the bus was late")
    assert found.suspicions == ()
    assert found.red < 0.05


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_an_empty_message_says_nothing(text: str) -> None:
    found = recogniser({"elephant": {CHEST: 6.0}}).read(text)
    assert (found.suspicions, found.words, found.start, found.end) == ((), "", 0, 0)


def test_clues_move_what_they_were_trained_to_move() -> None:
    reader = recogniser({"elephant": {CHEST: 3.0, RED: 3.0}}, clues={"unclear": 2.0})
    without, with_clue = reader.read("elephant"), reader.read("elephant", {"unclear", "never heard of"})
    assert with_clue.red > without.red
    assert with_clue.suspicions == without.suspicions


def test_a_repeated_word_counts_more_but_not_without_end() -> None:
    reader = recogniser({"elephant": {RED: 2.0}, "bus": {FEVER: 0.0}})
    once, thrice = reader.read("elephant bus").red, reader.read("elephant elephant elephant bus").red
    assert once < thrice <= reader.read("elephant").red


def test_the_same_text_gives_the_same_numbers() -> None:
    reader = recogniser({"elephant": {CHEST: 6.0, RED: 5.0}})
    assert reader.read("an elephant") == reader.read("an elephant")


def test_weights_that_do_not_fit_are_refused() -> None:
    weights = recogniser({"elephant": {CHEST: 6.0}}).weights
    with pytest.raises(ValueError, match="table: expected the shape"):
        dataclasses.replace(weights, table=np.zeros((2, 2), np.int8))
    with pytest.raises(ValueError, match="bias: expected the shape"):
        dataclasses.replace(weights, bias=np.zeros(1, np.float32))
    with pytest.raises(ValueError, match="clue_table: expected the shape"):
        dataclasses.replace(weights, clues=("unclear",))
    assert isinstance(weights, Weights)
    assert weights.symptoms == SYMPTOMS
