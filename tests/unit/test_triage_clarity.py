from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from tests.support.reading import ask


@pytest.mark.parametrize(
    "text", ["", "   ", "asdf qwerty", "there is a weird thing with my knee", "my tummy makes a noise", "🧠"]
)
def test_what_is_not_understood_is_asked_about_and_never_silent(text: str) -> None:
    found = ask(text)
    assert found.disposition is Disposition.NONE
    assert found.unclear


@pytest.mark.parametrize(
    "text",
    [
        "all good", "fine thanks", "ok thanks 👍", "No fever today, feeling fine", "iyiyim, sorun yok", "todo bien, gracias", "всё хорошо",
        "الحمد لله بخير", "mir geht es gut", "My bp is 128/82, all good", "what time is my appointment?",
    ],
)  # fmt: skip
def test_positive_evidence_makes_no_action_clear(text: str) -> None:
    found = ask(text)
    assert found.disposition is Disposition.NONE
    assert not found.unclear


@pytest.mark.parametrize(
    ("text", "asked", "symptom"),
    [
        ("yes", "breathing", "dyspnea"),
        ("yes", "chest_pain", "chest_pain"),
        ("evet", "dyspnea", "dyspnea"),
        ("да", "chest_pain", "chest_pain"),
    ],
)
def test_a_bare_yes_affirms_what_was_asked(text: str, asked: str, symptom: str) -> None:
    found = ask(text, asked)
    assert found.present == (symptom,)
    assert found.disposition is Disposition.EMERGENCY


@pytest.mark.parametrize("text", ["no", "nope", "none", "hayır", "нет", "لا", "nein"])
def test_a_bare_no_denies_what_was_asked(text: str) -> None:
    found = ask(text, "dyspnea")
    assert (found.disposition, found.unclear, found.present) == (Disposition.NONE, False, ())


def test_a_bare_yes_to_an_open_question_stays_unclear() -> None:
    assert ask("yes", "how_are_you").unclear


def test_four_days_in_reply_to_bowels_is_four_days_without_stool() -> None:
    assert ask("4 days", "bowels").disposition is Disposition.SAME_DAY


def test_an_impossible_reading_is_asked_again() -> None:
    found = ask("385", "temperature")
    assert found.reading_asked_again == "temperature"
    assert found.unclear


def test_another_persons_emergency_is_asked_about() -> None:
    found = ask("my wife has chest pain")
    assert found.disposition is Disposition.NONE
    assert found.unclear


def test_an_assessment_names_the_content_that_decided() -> None:
    assert ask("fever 39").content
