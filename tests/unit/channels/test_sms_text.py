"""A message of ours as plain SMS, and what it costs."""

from __future__ import annotations

import pytest

from bot.channels.sms_text import written
from bot.core.delivery import REPEAT_MARK, Button, Lane, OutgoingMessage
from bot.core.segments import is_gsm7, segments


def message(text: str, *labels: str) -> OutgoingMessage:
    buttons = tuple((Button(id=label, label=label),) for label in labels)
    return OutgoingMessage(id=1, channel="sms", address="+436641234567", text=text, lane=Lane.REPLY, buttons=buttons)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ş" * 70, 1),
        ("ş" * 71, 2),
        ("ş" * 134, 2),
        ("ş" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_an_sms_is_paid_by_its_parts(text: str, expected: int) -> None:
    assert segments(text) == expected


def test_choices_stand_at_the_end_each_with_its_mark() -> None:
    assert written(message("<b>Is it hard to breathe?</b>", "Yes", "No")) == ["Is it hard to breathe?\n1 = Yes\n2 = No"]


def test_letters_mark_the_choices_where_a_digit_could_be_a_reading() -> None:
    assert written(message("Pain from 0 to 10?", "Mild", "Strong")) == ["Pain from 0 to 10?\nA = Mild\nB = Strong"]


def test_a_number_above_the_question_is_no_reading() -> None:
    assert written(message("In an emergency call 144.\n\nDo you agree?", "I agree")) == [
        "In an emergency call 144.\n\nDo you agree?\n1 = I agree"
    ]


def test_pictures_go_and_plain_signs_stay() -> None:
    assert written(message("🚑 <b>Call 144 now.</b> 38.9 °C, room № 5")) == ["Call 144 now. 38.9 °C, room № 5"]


def test_quotes_and_dashes_become_plain_where_that_halves_the_price() -> None:
    [text] = written(message("It’s “fine” – really… 38.9 °C"))
    assert text == 'It\'s "fine" - really... 38.9 C'
    assert is_gsm7(text)


def test_other_alphabets_keep_their_own_signs() -> None:
    assert written(message("Позвоните “сейчас”…")) == ["Позвоните “сейчас”…"]


def test_a_repeat_is_marked_without_a_picture() -> None:
    assert written(message(f"{REPEAT_MARK}Call the clinic.")) == ["[2x] Call the clinic."]


def test_a_long_text_goes_in_parts_that_the_provider_takes_and_loses_no_word() -> None:
    words = " ".join(f"word{number}" for number in range(900))
    parts = written(message(words, "Yes", "No"))
    assert all(len(part) <= 1600 for part in parts)
    assert " ".join(parts).split()[:900] == words.split()
    assert parts[-1].endswith("A = Yes\nB = No")


def test_a_message_of_pictures_alone_is_not_sent() -> None:
    assert written(message("👍🏽")) == []
