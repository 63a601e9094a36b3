from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.clinical.disposition import Disposition
from bot.core.reading.spelling import distance
from tests.support.reading import ask

ASKED = st.sampled_from([None, "temperature", "breathing", "heart", "pain", "bowels", "dyspnea", "no_such_topic"])
WORDS = st.sampled_from(
    [
        "fever",
        "no",
        "39",
        "12/80",
        "my",
        "wife",
        "chest",
        "pain",
        "🤒",
        "\u202e",
        "\ud800",
        "1e999",
        "but",
        "?",
        "ates",
        "yok",
        "ضيق",
        "9" * 40,
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=12).map(" ".join)), ASKED)
def test_no_text_makes_triage_fail_or_stay_silent_without_evidence(text: str, asked: str | None) -> None:
    found = ask(text, asked)
    assert all(math.isfinite(m.value) for m in found.measures)
    assert all(0 <= f.start <= f.end <= len(text) for f in found.findings)
    if not text.strip():
        assert found.unclear


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["all good", "thanks", "no fever", "what time is my appointment", "had tea"]), ASKED)
def test_a_red_flag_added_to_any_message_is_never_lost(text: str, asked: str | None) -> None:
    assert ask(f"{text}. I cant breathe", asked).disposition is Disposition.EMERGENCY
    assert ask(f"I cant breathe. {text}", asked).disposition is Disposition.EMERGENCY


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_the_distance_of_two_words_is_the_same_both_ways_and_zero_only_for_the_same(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)
