from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from tests.support.reading import ask, statuses

PRESENT, NEGATED = {Status.PRESENT}, {Status.NEGATED}


@pytest.mark.parametrize(
    ("text", "symptom", "expected"),
    [
        ("no chest pain, no breathlessness, just cant sleep", "chest_pain", NEGATED),
        ("no chest pain, no breathlessness, just cant sleep", "dyspnea", NEGATED),
        ("no chest pain, no breathlessness, just cant sleep", "insomnia", PRESENT),
        ("I can't shake this fever", "fever", PRESENT),
        ("no fever but cant breathe", "fever", NEGATED),
        ("no fever but cant breathe", "dyspnea", PRESENT),
        ("no fever, chest pain or rash", "chest_pain", NEGATED),
        ("no fever, chest pain or rash", "allergic_reaction", NEGATED),
        ("no fever and chest pain since noon", "chest_pain", PRESENT),
        ("no my chest hurts", "chest_pain", PRESENT),
        ("I could not walk with the pain in my calf", "deep_vein_thrombosis", PRESENT),
        ("my leg is not swollen", "deep_vein_thrombosis", NEGATED),
        ("breathing is fine", "dyspnea", NEGATED),
        ("breathing is not fine", "dyspnea", PRESENT),
        ("ateşim yok ama nefesim daralıyor", "fever", NEGATED),
        ("ateşim yok ama nefesim daralıyor", "dyspnea", PRESENT),
        ("no tengo fiebre pero me falta el aire", "fever", NEGATED),
        ("no tengo fiebre pero me falta el aire", "dyspnea", PRESENT),
        ("температуры нет, но трудно дышать", "fever", NEGATED),
        ("температуры нет, но трудно дышать", "dyspnea", PRESENT),
        ("kein Fieber, aber ich bekomme keine Luft", "fever", NEGATED),
        ("kein Fieber, aber ich bekomme keine Luft", "dyspnea", PRESENT),
        ("ما في حرارة لكن ما اقدر اتنفس", "fever", NEGATED),
        ("ما في حرارة لكن ما اقدر اتنفس", "dyspnea", PRESENT),
    ],
)
def test_a_negation_reaches_its_own_scope_and_no_further(text: str, symptom: str, expected: set[Status]) -> None:
    assert statuses(text, symptom) == expected


@pytest.mark.parametrize(
    ("text", "symptom", "expected"),
    [
        ("Had palpitations last year but nothing since", "palpitations", {Status.PAST}),
        ("I had chest pain years ago and now again", "chest_pain", PRESENT),
        ("My wife has a fever", "fever", {Status.OTHER_PERSON}),
        ("My husband had the cells Monday, hes breathless and grey", "dyspnea", PRESENT),
        ("my wife says I look confused", "confusion_drowsiness", PRESENT),
        ("should I worry about clots?", "deep_vein_thrombosis", {Status.HYPOTHETICAL}),
        ("what if my leg swells", "deep_vein_thrombosis", {Status.HYPOTHETICAL}),
        ("should I worry that I have chest pain since yesterday?", "chest_pain", PRESENT),
    ],
)
def test_past_other_people_and_questions_are_told_from_what_is_there_now(text: str, symptom: str, expected: set[Status]) -> None:
    assert statuses(text, symptom) == expected


@pytest.mark.parametrize(
    "text",
    [
        "chset pain",
        "cant breahte",
        "shortnes of breth",
        "palpatations and i nearly fianted",
        "tonge swelling",
        "my throte is closing",
    ],
)
def test_a_typing_error_does_not_hide_a_red_flag(text: str) -> None:
    assert ask(text).disposition is Disposition.EMERGENCY


@pytest.mark.parametrize("text", ["the brother of my neighbour bought cheese", "we had bread and a chess match"])
def test_an_ordinary_word_is_not_repaired_into_a_symptom(text: str) -> None:
    assert not ask(text).present


@pytest.mark.parametrize(
    "text",
    [
        "I'm dying to see my grandkids, all good",
        "killing it at the gym, feel great",
        "blood pressure tablets taken, all good",
        "hay fever again, nothing new, all good",
        "Chest of drawers arrived, all good",
    ],
)
def test_an_idiom_is_no_symptom(text: str) -> None:
    assert ask(text).disposition is Disposition.NONE


@pytest.mark.parametrize("word", ["just a little", "slight", "a bit of", "prob nothing but some"])
def test_a_minimiser_never_lowers_a_red_flag(word: str) -> None:
    assert ask(f"{word} trouble breathing").disposition is Disposition.EMERGENCY


def test_an_inability_is_no_negation_in_turkish_and_a_negated_verb_is_one() -> None:
    assert statuses("nefes alamıyorum", "dyspnea") == PRESENT
    assert statuses("kusmuyorum", "nausea_vomiting") == NEGATED
    assert statuses("göğsüm ağrırsa", "chest_pain") == {Status.HYPOTHETICAL}


def test_a_finding_carries_the_patients_own_words_and_their_place() -> None:
    text = "ok so\u200b my cal\u200bf is swollen"
    finding = next(f for f in ask(text).findings if f.symptom == "deep_vein_thrombosis")
    assert text[finding.start : finding.end] == finding.text == "cal\u200bf is swollen"


def test_a_red_flag_at_the_end_of_a_very_long_message_is_still_found() -> None:
    assert ask("we had tea and cake. " * 4_000 + "I cant breathe").disposition is Disposition.EMERGENCY
