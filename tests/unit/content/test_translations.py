"""The translations that are shipped: complete, up to date, and as careful as the English. Fails with the keys, a list a language.

A key listed as missing or stale is shown to patients in English until its entry in messages/<language>/messages.po is right again:
docs/translating.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pytest

from bot.content.messages import LANGUAGES, SOURCE_LANGUAGE, Messages, load_messages
from tests.support.careplan import MESSAGES, questions

TRANSLATED = [code for code in LANGUAGES if code != SOURCE_LANGUAGE]
LONGEST_LABEL = 34
"""Characters that a button over the whole width of a phone shows."""

BANNED = {
    "en": ("normal", "harmless", "worry about", "don't worry", "do not worry", "not a clot", "no clot", "side effect"),
    "tr": (
        "normal",
        "zararsız",
        "endişelenmeyin",
        "merak etmeyin",
        "korkmayın",
        "kaygılanmayın",
        "pıhtı değil",
        "pıhtı yok",
        "yan etki",
    ),
    "es": (
        "normal",
        "inofensiv",
        "inocu",
        "no se preocupe",
        "tranquilícese",
        "no es un coágulo",
        "no es un trombo",
        "efecto secundario",
    ),
    "ru": (
        "нормальн",
        "в норме",
        "безвредн",
        "безобидн",
        "не волнуйтесь",
        "не беспокойтесь",
        "не переживайте",
        "не тромб",
        "побочн",
    ),
    "ar": ("طبيعي", "غير ضار", "غير مؤذ", "لا تقلق", "لا داعي للقلق", "ليست جلطة", "ليس جلطة", "لا جلطة", "آثار جانبية"),
    "de": ("normal", "harmlos", "ungefährlich", "keine sorge", "unbesorgt", "kein gerinnsel", "keine thrombose", "nebenwirkung"),
}
"""What no text says in any language: that something is certain to be nothing."""

PHONE_PARAMETER = re.compile(r"\{(?:phone|emergency_number|crisis_number)\}")
ISOLATES = {"\u2066", "\u2068"}
END_OF_ISOLATE = "\u2069"


@cache
def messages() -> Messages:
    return load_messages(MESSAGES)


def translations(language: str) -> Iterable[tuple[str, str, str]]:
    """(key, English, translation), for every key that the language has."""
    texts = messages().texts
    return [(key, texts[SOURCE_LANGUAGE][key], text) for key, text in sorted(texts[language].items())]


def numbers(text: str) -> set[str]:
    """The numbers that a text names, without parameters and Fahrenheit; a decimal comma counts as a point."""
    bare = re.sub(r"\{\w*\}|\(?\d+(?:[.,]\d)?\u00a0°F\)?", "", text)
    return {found.replace(",", ".") for found in re.findall(r"\d+(?:[.,]\d+)?", bare)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_in_every_language(language: str) -> None:
    stale = {key for code, key in messages().stale if code == language}
    assert sorted(stale) == [], "the English has changed since, or the entry is marked fuzzy"
    missing = messages().keys - messages().texts[language].keys()
    assert sorted(missing) == [], "there is no translation"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_says_that_it_waits_for_a_native_clinician(language: str) -> None:
    head = (MESSAGES / language / "messages.po").read_text(encoding="utf-8").partition("msgid")[0]
    assert "DRAFT, WAITING FOR A NATIVE CLINICIAN'S REVIEW" in head


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_ever_says_that_something_is_nothing(language: str) -> None:
    texts = messages().texts[language]
    said = [(key, word) for key, text in texts.items() for word in BANNED[language] if word in text.lower()]
    assert said == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_the_same_numbers_as_the_english(language: str) -> None:
    for key, english, translation in translations(language):
        spelled = {"1"} if language == "ar" else set()  # Arabic has a form of its own for one hour
        assert numbers(translation) <= numbers(english), key
        assert numbers(english) - numbers(translation) <= spelled, key


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_the_commands_and_the_bold_words(language: str) -> None:
    for key, english, translation in translations(language):
        if key != "clinician.enrol.example":
            assert sorted(commands(translation)) == sorted(commands(english)), key
        assert translation.count("<b>") == english.count("<b>"), key


def commands(text: str) -> list[str]:
    return re.findall(r"(?<![\w<{}])/[a-z]+", text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_decimals_are_written_as_patients_of_the_language_write_them(language: str) -> None:
    wrong = r"\d,\d" if language == "ar" else r"\d\.\d"
    assert [key for key, _, text in translations(language) if re.search(wrong, text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_to_call_comes_before_everything_else(language: str) -> None:
    texts = messages().texts[language]
    for key in ("emergency.call", "emergency.call_crisis", "stranger.call_now"):
        assert "{emergency_number}" in texts[key].partition("</b>")[0], key
    assert "{phone}" in texts["urgent.call"].partition("</b>")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_are_short_and_differ_within_a_question(language: str) -> None:
    for question in questions().values():
        labels = [messages().label(language, f"question.{question.id}.option.{option.id}") for option in question.options]
        assert [label for label in labels if len(label) > LONGEST_LABEL] == []
        assert len(set(labels)) == len(labels), question.id


def test_in_arabic_every_phone_number_is_shielded_from_the_direction_of_the_line() -> None:
    for key, _, text in translations("ar"):
        for found in PHONE_PARAMETER.finditer(text):
            assert (text[found.start() - 1], text[found.end()]) == ("\u2066", END_OF_ISOLATE), key
        depth = 0
        for character in text:
            depth += (character in ISOLATES) - (character == END_OF_ISOLATE)
            assert depth in {0, 1}, key
        assert depth == 0, key


def test_in_arabic_digits_are_western_as_on_the_keys_of_a_phone() -> None:
    assert [key for key, _, text in translations("ar") if re.search(r"[\u0660-\u0669\u06f0-\u06f9]", text)] == []
