"""A message in pieces: the most probable way to cut it, whatever it holds."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from bot.core.reading.recogniser_pieces import RARER, UNKNOWN, Pieces, prepared

NAMES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁a", "▁ab", "aba", "0")
SCORES = (0.0, 0.0, 0.0, 0.0, -3.0, -4.0, -4.5, -5.0, -4.2, -6.5, -9.0, -5.0)
PIECES = Pieces(NAMES, SCORES)


def named(text: str) -> list[str]:
    return [PIECES.pieces[at] for at in PIECES.cut(text)]


def best_by_trying(text: str) -> float:
    """The probability of the best way to cut the text, by trying every one."""
    text, lowest = prepared(text), min(SCORES) - RARER
    known = dict(zip(NAMES[4:], SCORES[4:], strict=True))
    scores = []
    for cuts in itertools.product((False, True), repeat=len(text) - 1):
        ends = [at + 1 for at, cut in enumerate(cuts) if cut] + [len(text)]
        parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        if all(part in known or len(part) == 1 for part in parts):
            scores.append(sum(max(known.get(part, lowest), lowest if len(part) == 1 else -1e9) for part in parts))
    return max(scores)


def test_a_text_begins_with_a_space_and_numbers_are_hidden() -> None:
    assert prepared("  İZMİR'de\n39,5\u200b ateş ") == "▁izmir'de▁00,0▁ateş"


def test_long_pieces_are_taken_where_they_are_more_probable() -> None:
    assert named("ab") == ["▁ab"]
    assert named("aba") == ["▁a", "b", "a"] or named("aba") == ["▁ab", "a"]


def test_what_no_piece_covers_is_unknown() -> None:
    assert PIECES.cut("ж") == [4, UNKNOWN]


def test_nothing_is_only_the_space() -> None:
    assert named("") == ["▁"]


@given(st.text("ab 0ж", max_size=6))
def test_no_other_way_to_cut_is_more_probable(text: str) -> None:
    lowest = min(SCORES) - RARER
    found = sum(lowest if at == UNKNOWN else SCORES[at] for at in PIECES.cut(text))
    assert abs(found - best_by_trying(text)) < 1e-6


@given(st.text(st.characters(), max_size=60))
def test_every_text_can_be_cut(text: str) -> None:
    assert "".join(piece for piece in named(text) if piece != "<unk>") in prepared(text) or UNKNOWN in PIECES.cut(text)
