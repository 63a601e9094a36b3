"""What the recogniser sees of a message, and that each of it can be traced to the patient's own characters."""

from __future__ import annotations

import numpy as np
import pytest

from bot.core.reading.recogniser_features import BUCKET_BITS, READ, Features, features_of


def seen(features: Features) -> list[str]:
    return [features.source.text[a:b] for a, b in zip(features.starts.tolist(), features.ends.tolist(), strict=True)]


def test_pieces_stay_inside_a_word_and_words_run_on() -> None:
    features = features_of("no  pain")
    pieces, words = seen(features)[: features.pieces], seen(features)[features.pieces :]
    assert {"no", "pa", "ain", "pain", "pai"} <= set(pieces)
    assert not any(" " in piece for piece in pieces)
    assert words == ["no", "pain", "no  pain"]


def test_a_run_skips_one_word_in_between() -> None:
    words = seen(features_of("leg is swollen"))
    assert words.count("leg is swollen") == 2, "the triple and the pair around the middle word"


def test_folding_makes_spellings_one() -> None:
    one, other = features_of("NEFESİM daralıyor"), features_of("nefesim daraliyor")
    assert np.array_equal(one.buckets, other.buckets)


def test_digits_are_hidden_but_their_place_is_not() -> None:
    assert np.array_equal(features_of("temp 38.2").buckets, features_of("temp 41.9").buckets)
    assert not np.array_equal(features_of("temp 38.2").buckets, features_of("temp 138.2").buckets)


def test_places_are_traced_to_the_original_text() -> None:
    features = features_of("Straße\u200b weh")
    at = seen(features).index("strasse")
    first, last = features.source.span(int(features.starts[at]), int(features.ends[at]))
    assert features.source.original[first:last] == "Straße"


def test_buckets_are_the_same_on_every_machine() -> None:
    features = features_of("chest pain")
    words = features.buckets[features.pieces :].tolist()
    assert words == [features_of("chest").buckets[-1], features_of("pain").buckets[-1], words[2]]
    assert words == WORDS_OF_CHEST_PAIN
    assert max(words) < 2**BUCKET_BITS


WORDS_OF_CHEST_PAIN = [1314690, 1467670, 2563675]


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00", "!", "a", "😰" * 5_000, "ß" * READ, "\u202e\u200b", "١٢٣"])
def test_no_text_is_too_odd(text: str) -> None:
    features = features_of(text)
    assert len(features.buckets) == len(features.starts) == len(features.ends)
    assert np.all(features.starts <= features.ends)
    assert not len(features.ends) or int(features.ends.max()) <= len(features.source.text)
