"""Stories that are not the writer's, denials that reach further than their own words, and words that only look like illness."""

from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from tests.support.reading import ask, statuses


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("Vapurda yaşlı bir amca bayıldı, hepimiz koştuk. O ben değilim", "syncope"),
        ("Garson mutfakta fenalaştı, bayıldı, sahibi ambulans istedi. Ben iyiyim", "syncope"),
        ("الحلاق اغمي عليه وسط الشغل، مش انا", "syncope"),
    ],
)
def test_what_the_writer_says_was_not_them_is_another_persons(text: str, symptom: str) -> None:
    assert statuses(text, symptom) == {Status.OTHER_PERSON}


def test_a_third_persons_faint_without_a_word_of_the_writers_own_well_being_is_a_report() -> None:
    assert ask("Aniden bayıldı, sarsıyorum uyanmıyor").disposition is Disposition.EMERGENCY


def test_the_writers_own_body_stays_theirs_whatever_they_say_behind_it() -> None:
    assert ask("göğsüm sıkışıyor, korkan ben değilim eşim").disposition is Disposition.EMERGENCY


def test_who_is_said_to_be_no_patient_makes_no_carer_of_the_writer() -> None:
    assert Status.PRESENT not in statuses("dayımın ateşi çıktı, kendisi sizin hastanız değil", "fever")


@pytest.mark.parametrize("text", ["sırtta ağrı yok, göğüste baskı yok", "bacakta şişlik yoktur", "titreme yok üşüme yok"])
def test_a_denial_at_the_end_of_each_item_denies_the_whole_item(text: str) -> None:
    assert ask(text).disposition is Disposition.NONE


def test_a_denial_takes_back_nothing_that_stands_before_its_own_words() -> None:
    assert statuses("göğüs ağrısı var, ateş yok", "chest_pain") == {Status.PRESENT}


@pytest.mark.parametrize("text", ["yürüdüm nefesim rahat", "طلعت الدرج ونفسي تمام"])
def test_a_denial_that_takes_up_the_last_word_of_a_finding_stands_for_it(text: str) -> None:
    assert statuses(text, "dyspnea") == {Status.NEGATED}


def test_the_story_of_years_ago_stays_there_though_it_is_still_told() -> None:
    text = "Gençliğimde dağda kaldım, dudaklarım morardı, bir köylü buldu, sobaya oturttu, hâlâ anlatırız"
    assert Status.PRESENT not in statuses(text, "low_oxygen")


def test_what_begins_now_is_no_story() -> None:
    assert Status.PRESENT in statuses("2016'da stent takıldı, şimdi yine göğsüm sıkışıyor", "chest_pain")


@pytest.mark.parametrize(
    ("text", "status"), [("ağzım hiç eğrilmedi", Status.NEGATED), ("dün gece nefes alamadı", Status.PRESENT)]
)
def test_a_verb_denies_behind_a_passive_but_not_where_it_says_could_not(text: str, status: Status) -> None:
    symptom = "stroke_tia" if status is Status.NEGATED else "dyspnea"
    assert statuses(text, symptom) == {status}


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("patates 38, soğan 41 olmuş", None, []),
        ("gölgede 41 derece, bende 36,5", None, [("temperature", 36.5)]),
        ("14.20: 39,4", "temperature", [("temperature", 39.4)]),
        ("otuz yıl öğretmenlik yaptım", "heart", []),
        ("açlık 98, tokluk 131", "heart", [("glucose", 5.4), ("glucose", 7.3)]),
    ],
)
def test_numbers_of_prices_weather_hours_and_years_are_no_readings(
    text: str, asked: str | None, expected: list[tuple[str, float]]
) -> None:
    kept = [(m.kind, m.value) for m in ask(text, asked).measures if m.kind != "duration"]
    assert kept == expected


def test_a_walk_holds_no_pain() -> None:
    assert not [m for m in ask("تمشيت بالممشى سبعة كيلو", "pain").measures if m.kind == "pain"]


@pytest.mark.parametrize("text", ["naber moruk", "yoldan şimşek gibi geçti", "komşuya yardım ettim geldim"])
def test_words_that_only_look_like_illness_report_none(text: str) -> None:
    assert ask(text).disposition <= Disposition.SELF_MANAGE


@pytest.mark.parametrize(
    "text", ["faturayı görünce nefesim kesildi", "düğünde bağırmaktan sesim kısıldı", "الحكم في المباراة خلاني اختنق"]
)
def test_a_figure_beside_its_scene_is_asked_about_in_turkish_and_arabic(text: str) -> None:
    found = ask(text)
    assert (found.disposition, found.unclear) == (Disposition.NONE, True)


@pytest.mark.parametrize("text", ["nefesim kesildi", "sesim kısıldı boğazım daralıyor", "göğsüm sıkışıyor"])
def test_the_same_words_without_a_scene_are_a_report(text: str) -> None:
    assert ask(text).disposition is Disposition.EMERGENCY


def test_thoughts_of_self_harm_that_are_told_as_past_reach_a_person_where_now_is_spoken_of() -> None:
    assert ask("geçen yıl intihar etmeyi düşündüm, şimdi yok").disposition.red
