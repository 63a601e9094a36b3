from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading.normalise import fold, normalise
from bot.core.reading.tokens import tokenise


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Can\u2019t", "can't"),
        ("f\u200be\u200dver", "fever"),
        ("\u202efever\u202c", "fever"),
        ("che\x00st", "chest"),
        ("pa\ud800in", "pain"),
        ("٣٩٫٢", "39.2"),
        ("IŞIK ışık İĞNE", "isik isik igne"),
        ("Ateşim çıktı", "atesim cikti"),
        ("respiración", "respiracion"),
        ("Отёк", "отек"),
        ("мой", "мой"),
        ("أُغمِيَ", "اغمي"),
        ("38½", "38.5"),
        ("fuß ÜBEL", "fuss ubel"),
        ("👍🏽", "👍"),
    ],
)
def test_what_patients_type_is_folded_to_one_form(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_offsets_lead_back_to_the_original_words() -> None:
    source = normalise("He\u200bllo \u202eche\x00st pain")
    at = source.text.index("chest")
    assert source.words(at, at + 5) == "che\x00st"


@given(st.text(max_size=200))
def test_every_offset_lies_within_the_original(text: str) -> None:
    source = normalise(text)
    for at in range(len(source.text)):
        start, end = source.span(at, at + 1)
        assert 0 <= start < end <= len(text)


def test_a_missing_apostrophe_makes_no_difference_but_ill_is_not_i_will() -> None:
    assert tokenise(normalise("I can't")).words == tokenise(normalise("i cant")).words
    assert tokenise(normalise("i'll")).words != tokenise(normalise("ill")).words


def test_a_hundred_thousand_characters_are_cut_not_refused() -> None:
    assert len(normalise("a" * 250_000).text) == 100_000
