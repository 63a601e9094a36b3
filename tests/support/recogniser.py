"""A recogniser small enough to see through: each word weighs what the test says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from bot.content.library import CATALOGUE
from bot.content.recogniser import load_recogniser
from bot.core.reading.recogniser import LEVELS, Recogniser, Weights, keys_of
from bot.core.reading.recogniser_features import features_of
from bot.core.reading.recogniser_verdict import Thresholds

SYMPTOMS = ("chest_pain", "fever")
RED = 2 * len(SYMPTOMS)
THRESHOLDS = Thresholds(
    red=0.8,
    vague=0.85,
    settled=0.9,
    believe=0.4,
    ask=0.3,
    doubt=0.4,
    mild=0.5,
    explained=0.6,
    emergency=0.5,
    upgrade=0.7,
    symptom=0.5,
    denied=0.6,
    at_ease=0.1,
    nothing=0.5,
)


@cache
def shipped() -> Recogniser:
    """The small one of the catalogue."""
    found = load_recogniser(CATALOGUE, alone=True)
    assert isinstance(found, Recogniser)
    return found


def key_of_word(word: str) -> int:
    """The feature of the word alone."""
    features = features_of(word)
    return int(keys_of(features)[features.pieces])


def recogniser(words: Mapping[str, Mapping[int, float]], clues: Mapping[str, float] | None = None) -> Recogniser:
    """Knows these words only: word -> head -> how much it adds to that head's score, which is -3 without any; clues add to red."""
    given = clues or {}
    keys = sorted({key_of_word(word) for word in words})
    heads = 2 * len(SYMPTOMS) + len(LEVELS)
    table = np.zeros((len(keys), heads), np.int8)
    for word, weights in words.items():
        for head, weight in weights.items():
            table[keys.index(key_of_word(word)), head] = round(weight * 10)
    clue_table = np.zeros((len(given), heads), np.float32)
    clue_table[:, RED] = [given[clue] for clue in sorted(given)]
    straight = np.eye(heads, dtype=np.float32)
    return Recogniser(
        Weights(
            symptoms=SYMPTOMS,
            keys=np.array(keys, np.uint32),
            rarity=np.ones(len(keys), np.float32),
            table=np.hstack([table, -table]),
            scales=np.full(2 * heads, 0.1, np.float32),
            clues=tuple(sorted(given)),
            clue_table=np.hstack([clue_table, -clue_table]),
            hidden_bias=np.zeros(2 * heads, np.float32),
            out=np.vstack([straight, -straight]),
            bias=np.full(heads, -3.0, np.float32),
            slopes=np.ones(heads, np.float32),
            offsets=np.zeros(heads, np.float32),
        )
    )
