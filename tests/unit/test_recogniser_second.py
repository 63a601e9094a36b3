"""The encoder looks again only where the small model leaves a doubt, and a vector counts as its weights say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot.core.reading.recogniser import SENSED, Recogniser
from bot.core.reading.recogniser_second import SecondLook
from tests.support.recogniser import RED, recogniser

FIRST = recogniser({"elephant": {RED: 9.0}, "bus": {RED: -6.0}})
"""Sure of elephants and of buses, in doubt about all else."""


class Encoder:
    """A vector of one part: whether a mouse is there."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        self.given.append(text)
        return np.array([float("mouse" in text)], np.float32)


def with_encoder(encoder: Encoder) -> Recogniser:
    hidden = len(FIRST.weights.hidden_bias)
    table = np.zeros((1, hidden), np.float32)
    table[0, RED] = 7.0
    return Recogniser(replace(FIRST.weights, sense_table=table), encoder)


def test_only_a_doubt_is_looked_at_again() -> None:
    encoder = Encoder()
    reader = SecondLook(FIRST, with_encoder(encoder), low=0.01, high=0.9)
    assert reader.glance("an elephant").red > 0.9
    assert reader.glance("the bus").red < 0.01
    assert encoder.given == []
    assert reader.glance("a mouse").red > 0.9
    assert reader.glance("a cheese").red == FIRST.glance("a cheese").red
    assert encoder.given == ["a mouse", "a cheese"]


def test_the_full_look_gives_the_numbers_of_the_glance() -> None:
    reader = SecondLook(FIRST, with_encoder(Encoder()), low=0.01, high=0.9)
    for text in ("an elephant", "a mouse", "the bus"):
        assert reader.read(text).red == reader.glance(text).red


def test_the_encoder_is_given_only_the_beginning_of_a_long_message() -> None:
    encoder = Encoder()
    with_encoder(encoder).glance("x" * (SENSED + 50))
    assert [len(text) for text in encoder.given] == [SENSED]


def test_weights_that_need_an_encoder_are_not_read_without_one() -> None:
    with pytest.raises(ValueError, match="sentence encoder"):
        Recogniser(with_encoder(Encoder()).weights)
