"""A patient's words in an alert: nothing invisible, nothing that turns the line around, one line, bounded."""

from __future__ import annotations

import pytest

from bot.core.escalation.visible import make_visible


def shown(text: str, limit: int = 300) -> str:
    return make_visible(text, limit, "… (cut)")


def test_plain_words_stay_as_they_are() -> None:
    assert shown("My calf is swollen, 38.9 °C — ağrı, боль, ألم, 😟") == "My calf is swollen, 38.9 °C — ağrı, боль, ألم, 😟"


@pytest.mark.parametrize(
    ("name", "char"),
    [
        ("right-to-left override", "\u202e"),
        ("right-to-left isolate", "\u2067"),
        ("zero-width space", "\u200b"),
        ("zero-width joiner", "\u200d"),
        ("byte order mark", "\ufeff"),
        ("soft hyphen", "\u00ad"),
        ("tag letter", "\U000e0041"),
        ("NUL", "\x00"),
        ("escape", "\x1b"),
        ("lone surrogate", "\ud800"),
        ("Hangul filler", "\u3164"),
        ("Braille blank", "\u2800"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_its_code(name: str, char: str) -> None:
    assert shown(f"no{char}fever") == f"no[U+{ord(char):04X}]fever", name


def test_line_breaks_are_shown_and_empty_lines_dropped() -> None:
    assert shown("fever\n\n  since\r\nnoon\u2028now ") == "fever ⏎ since ⏎ noon ⏎ now"


def test_long_words_are_cut_and_say_so() -> None:
    assert shown("a" * 301) == "a" * 300 + "… (cut)"
    assert shown("a" * 300) == "a" * 300


def test_codes_count_towards_the_limit() -> None:
    assert len(shown("\u200b" * 1000)) <= 300 + len("… (cut)")


def test_a_tower_of_marks_is_taken_down() -> None:
    assert shown("a" + "\u0301" * 5) == "a" + "\u0301" * 3 + "[U+0301][U+0301]"


def test_markup_is_left_to_the_renderer() -> None:
    assert shown("<b>&</b>") == "<b>&</b>"


def test_nothing_stays_nothing() -> None:
    assert shown(" \n ") == ""
