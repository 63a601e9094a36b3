"""What to watch for is a list that somebody who is afraid can read: one thing a line, few words each, in every language."""

from __future__ import annotations

import re
from functools import cache

import pytest

from bot.content.messages import LANGUAGES, Messages, load_messages
from tests.support.careplan import MESSAGES

LISTS = {"question.red_flags.text": 9, "urgent.emergency_if": 6, "same_day.worse": 5, "advice_end.watch": 9}
"""By key: how many lines the list has."""
LINE = 48
"""Characters that a telephone shows in one line, more or less."""


@cache
def messages() -> Messages:
    return load_messages(MESSAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LISTS)
def test_red_flags_are_listed_one_to_a_line(key: str, language: str) -> None:
    lines = messages().texts[language][key].splitlines()
    items = [line for line in lines if line.startswith("- ")]
    assert len(items) == LISTS[key]
    assert [item for item in items if len(item) > LINE] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_safety_advice_is_a_list_in_disguise(language: str) -> None:
    texts = {
        key: text for key, text in messages().texts[language].items() if key.startswith(("urgent.", "same_day.", "advice_end."))
    }
    texts["question.red_flags.text"] = messages().texts[language]["question.red_flags.text"]
    crowded = [key for key, text in texts.items() for part in re.split(r"[.?!:;\n]", text) if len(re.findall("[,،]", part)) > 3]
    assert crowded == []
