"""What only sounds like a report: names of illnesses, quotations, sport, weather, other people; and what still is one."""

from __future__ import annotations

import time

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from tests.support.reading import ask, statuses, values


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("my mate told me sepsis can come weeks later", "sepsis"),
        ("en la sala de espera hablaban de trombosis todo el rato", "deep_vein_thrombosis"),
        ("по телевизору опять про инсульт говорили весь вечер", "stroke_tia"),
        ("Confused? Only by your parking machine", "confusion_drowsiness"),
        ('"Contact us if redness spreads or pus appears." I read it to the cat', "injection_site_infection"),
    ],
)
def test_what_is_only_named_or_quoted_is_asked_about_and_not_escalated(text: str, symptom: str) -> None:
    assert statuses(text, symptom) == {Status.HYPOTHETICAL}
    assert ask(text).disposition < Disposition.URGENT


@pytest.mark.parametrize(
    "text",
    ["sepsis?", "I think I'm having a stroke", "i have a clot in my leg", "habe eine Thrombose im Bein", "у меня тромб в ноге"],
)
def test_an_illness_that_the_writer_claims_is_reported(text: str) -> None:
    found = ask(text)
    assert found.disposition >= Disposition.URGENT or found.unclear


def test_out_of_breath_from_sport_and_well_again_is_asked_about() -> None:
    assert ask("ran a 10k, puffed at the top, fine in a minute").disposition < Disposition.URGENT
    assert ask("puffed walking to the bathroom").disposition is Disposition.EMERGENCY


def test_chest_pain_from_sport_is_chest_pain() -> None:
    assert ask("ran a 10k, chest pain at the end, fine now").disposition >= Disposition.URGENT


def test_a_pulse_of_sport_gives_way_to_the_pulse_at_rest() -> None:
    assert ask("pulse was 165 after the treadmill, pulse 64 now, felt great", "heart").disposition is Disposition.NONE
    assert ask("pulse 165 and I am sitting down", "heart").disposition is Disposition.EMERGENCY


def test_the_heat_of_a_street_is_no_fever_but_a_body_beside_it_is() -> None:
    assert ask("It is 40 degrees outside and the asphalt melts").disposition is Disposition.NONE
    assert ask("40 degrees outside and my temperature is 40").disposition is Disposition.EMERGENCY


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("bacaklarda şişlik, kızarıklık, ağrı... hiçbiri yok", "deep_vein_thrombosis"),
        ("температуры нет", "fever"),
        ("ateşim hiç çıkmadı", "fever"),
        ("başım dönmedi", "dizziness_presyncope"),
        ("حرارة ماكو", "fever"),
        ("Fever 0, headache 0", "headache"),
        ("Температура 36,5", "fever"),
    ],
)
def test_a_denial_is_heard_however_it_is_built(text: str, symptom: str) -> None:
    assert Status.PRESENT not in statuses(text, symptom)


def test_a_denied_finding_denies_nothing_that_was_listed_before_it() -> None:
    assert statuses("голова лопается, рвота, жара нет", "nausea_vomiting") == {Status.PRESENT}


def test_a_turkish_ending_says_nothing_of_an_english_word() -> None:
    assert statuses("voice suddenly hoarse", "anaphylaxis") == {Status.PRESENT}


def test_a_misspelling_of_one_language_stays_a_word_of_another() -> None:
    assert statuses("no paro de tiritar", "chills_rigors") == {Status.PRESENT}


@pytest.mark.parametrize("text", ["He's not had a wee for 14 hours", "he wont wake up"])
def test_somebody_who_is_never_named_is_the_patient(text: str) -> None:
    assert ask(text).disposition >= Disposition.URGENT or ask(text).unclear


def test_turkish_grammar_tells_whose_body_it_is_whoever_is_addressed() -> None:
    assert Status.PRESENT in statuses("kızım nefesim daralıyor", "dyspnea")


def test_a_spelled_number_counts_in_a_phrase_and_arabic_writes_its_and_with_it() -> None:
    assert statuses("I fainted twenty years ago", "syncope") == {Status.PAST}
    assert values("حرارتي ثمانية وثلاثين ونص") == [("temperature", 38.5)]


def test_what_nobody_understood_is_asked_about_however_short() -> None:
    assert ask("blorf").unclear
    assert ask("the thing with the other one went over").unclear


@pytest.mark.parametrize("text", ["pain " * 20_000, "no pain " * 12_000, '"pain pain pain" ' * 6_000])
def test_endless_repetition_is_read_in_time(text: str) -> None:
    begun = time.process_time()
    ask(text)
    assert time.process_time() - begun < 10
