"""A glance gives the numbers of the full look: words learned one by one, in any order, seen again or new."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.reading.recogniser_features import features_of, features_of_word, words_of
from tests.support.recogniser import shipped

WORDS = st.text(alphabet="abeınşхиль حراة😰_'-0137½", min_size=1, max_size=12)
TEXTS = st.lists(
    st.one_of(WORDS, st.sampled_from(["no", "pain", "chest", "fever", "göğsüm", "боль", "ألم", "...", "38.4"])), max_size=40
)


@settings(deadline=None)
@given(TEXTS)
def test_a_glance_gives_the_probabilities_of_the_full_look(words: list[str]) -> None:
    text, clues = " ".join(words), {"unclear", "rules.none"}
    recogniser = shipped()
    full = recogniser.scores(features_of(text), clues).probabilities
    for glanced in (recogniser.glance(text, clues), recogniser.glance(text, clues)):
        levels = [glanced.red, glanced.emergency, glanced.nothing]
        assert np.allclose(levels, full[-3:], atol=1e-5)
        for suspicion in glanced.suspicions:
            at = recogniser.weights.symptoms.index(suspicion.symptom)
            denied = at + len(recogniser.weights.symptoms)
            assert np.allclose([suspicion.present, suspicion.denied], [full[at], full[denied]], atol=1e-5)


@settings(deadline=None)
@given(WORDS)
def test_a_word_alone_has_the_pieces_that_it_has_in_a_message(word: str) -> None:
    for one in words_of(word):
        features, (pieces, _) = features_of(one), features_of_word(one)
        assert sorted(pieces.tolist()) == sorted(features.buckets[: features.pieces].tolist())
