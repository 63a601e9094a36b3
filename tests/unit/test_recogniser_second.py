"""Both look only where the small model leaves a doubt, and then their odds are joined as the card says."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_second import Joined, SecondLook
from bot.core.reading.recogniser_transformer import Transformer
from tests.support.recogniser import RED, recogniser
from tests.support.transformer import transformer

FIRST = recogniser({"elephant": {RED: 9.0}, "bus": {RED: -6.0}})
"""Sure of elephants and of buses, in doubt about all else."""
HEADS = len(FIRST.weights.bias)
HALF = Joined(*(np.full(HEADS, number, np.float32) for number in (0.5, 0.5, 0.0)))


class Larger(Transformer):
    """Sure that a mouse is a red flag, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(transformer(HEADS).weights)
        self.given: list[tuple[str, tuple[str, ...]]] = []

    def scores(self, text: str, clues: Collection[str] = ()) -> NDArray[np.float32]:
        self.given.append((text, tuple(clues)))
        scores = np.full(HEADS, -3.0, np.float32)
        scores[RED] = 12.0 if "mouse" in text else -3.0
        return scores


def test_only_a_doubt_is_looked_at_again() -> None:
    larger = Larger()
    reader = SecondLook(FIRST, larger, HALF, low=0.01, low_if_settled=0.2, high=0.9)
    assert reader.glance("an elephant").red > 0.9
    assert reader.glance("the bus").red < 0.01
    assert larger.given == []
    assert reader.glance("a mouse", ("unclear",)).red > 0.9
    assert np.isclose(reader.glance("a cheese").red, FIRST.glance("a cheese").red)
    assert larger.given == [("a mouse", ("unclear",)), ("a cheese", ())]


def test_what_the_rules_settled_takes_more_of_a_doubt() -> None:
    larger = Larger()
    doubt = FIRST.glance("a mouse").red
    for low, looks in ((doubt * 1.1, 0), (doubt * 0.9, 1)):
        reader = SecondLook(FIRST, larger, HALF, low=0.001, low_if_settled=low, high=0.9)
        reader.glance("a mouse", settled=True)
        assert len(larger.given) == looks
    reader = SecondLook(FIRST, larger, HALF, low=0.001, low_if_settled=doubt * 1.1, high=0.9)
    assert reader.glance("a mouse").red > 0.9


def test_the_odds_of_both_are_joined() -> None:
    joined = Joined(*(np.full(HEADS, number, np.float32) for number in (0.25, 0.5, 1.0)))
    reader = SecondLook(FIRST, Larger(), joined, low=0.0, low_if_settled=0.2, high=1.0)
    assert np.isclose(reader.glance("a mouse").red, 1 / (1 + np.exp(-(0.25 * -3 + 0.5 * 12 + 1))))


def test_the_full_look_gives_the_numbers_of_the_glance_and_names_words() -> None:
    larger = Larger()
    reader = SecondLook(FIRST, larger, HALF, low=0.01, low_if_settled=0.2, high=0.9999)
    for text in ("an elephant", "a mouse", "the bus"):
        assert reader.read(text).red == reader.glance(text).red
    assert "elephant" in reader.read("an elephant").words
    assert reader.version == f"{FIRST.version}+{larger.weights.version}"
