"""Which choice a written reply names."""

from __future__ import annotations

import pytest

from bot.core.written_choices import chosen, is_carrier_yes, marks

QUESTION = "Is it hard to breathe right now?"
LABELS = ["Yes", "No", "Something else"]


@pytest.mark.parametrize(
    ("reply", "index"),
    [("1", 0), (" 2. ", 1), ("3)", 2), ("٢", 1), ("２", 1), ("no", 1), ("Something else!", 2)],
)
def test_a_mark_or_the_very_words_choose(reply: str, index: int) -> None:
    assert chosen(reply, QUESTION, LABELS) == index


@pytest.mark.parametrize("reply", ["4", "0", "12", "1 2", "", "38.5", "A", "it hurts", "1 but worse", "²"])
def test_anything_else_is_read_as_words(reply: str) -> None:
    assert chosen(reply, QUESTION, LABELS) is None


@pytest.mark.parametrize("reply", ["yes", "YES", " Yes! ", "unstop"])
def test_the_phone_companies_yes_is_never_an_answer(reply: str) -> None:
    assert chosen(reply, QUESTION, LABELS) is None
    assert is_carrier_yes(reply)


@pytest.mark.parametrize(("reply", "index"), [("a", 0), ("B.", 1), ("Б", 1), ("в", 1), ("С", 2)])
def test_letters_of_both_keyboards_choose(reply: str, index: int) -> None:
    assert chosen(reply, "From 0 to 10?", LABELS) == index


def test_a_digit_stays_a_reading_where_letters_mark() -> None:
    assert chosen("2", "From 0 to 10?", LABELS) is None


def test_more_choices_than_marks_are_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="too many"):
        marks("Which?", [str(number) for number in range(11)])
