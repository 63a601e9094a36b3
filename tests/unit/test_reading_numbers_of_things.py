"""Numbers that belong to something else, were taken back, or stand before their names."""

from __future__ import annotations

import pytest

from bot.core.clinical.finding import Status
from bot.core.reading.reader import read
from tests.support.reading import ask, knowledge, only, readings, values


def _kept(text: str, asked: str | None = None) -> list[tuple[str, float]]:
    return [(m.kind, m.value) for m in read(text, knowledge().lexicon, asked).measures if m.kind != "duration"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("crane 39, wind 7", "temperature"),
        ("39 loaves, 220 rolls", "temperature"),
        ("120 kilos of bananas", "heart"),
        ("locker 8", "pain"),
    ],
)
def test_a_number_beside_what_is_numbered_or_counted_is_no_reading(text: str, asked: str) -> None:
    assert _kept(text, asked) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HR 66 SpO2 98", [("heart_rate", 66), ("spo2", 98)]),
        ("98 sats, 72 pulse", [("spo2", 98), ("heart_rate", 72)]),
        ("119/74 p68 o2 98", [("systolic", 119), ("diastolic", 74), ("heart_rate", 68), ("spo2", 98)]),
        ("415 سكر", [("glucose", 23.1)]),
        ("2 sugars in my tea", []),
        ("hip is a 9", [("pain", 9)]),
        ("3 over 10, hip", [("pain", 3)]),
        ("knees 10/10", []),
        ("pain 10/10", [("pain", 10)]),
        ("Paid 38.50 for the taxi", []),
        ("36.9, pulse 70", [("temperature", 36.9), ("heart_rate", 70)]),
    ],
)
def test_a_number_goes_with_its_own_name(text: str, expected: list[tuple[str, float]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("sorry meant 37.9 not 39.7", "temperature", [("temperature", 37.9)]),
        ("not 180 over 60, 118 over 60", "heart", [("systolic", 118), ("diastolic", 60)]),
        ("not 39.7", "temperature", [("temperature", 39.7)]),
        ("40.3 in the ear, 39.8 before", "temperature", [("temperature", 40.3), ("temperature", 39.8)]),
    ],
)
def test_a_reading_that_is_taken_back_for_another_does_not_count(
    text: str, asked: str, expected: list[tuple[str, float]]
) -> None:
    assert _kept(text, asked) == expected


@pytest.mark.parametrize("text", ["39 this morning, me 36.7 now", "39.4 yesterday, I'm 36.8"])
def test_what_was_before_is_never_set_aside_for_what_is_normal_now(text: str) -> None:
    assert max(value for _, value in _kept(text, "temperature")) >= 39


def test_the_degrees_of_a_thing_are_set_aside_for_ones_own() -> None:
    assert _kept("Greenhouse says 38, me 36.7", "temperature") == [("temperature", 36.7)]


@pytest.mark.parametrize("text", ["rekba mni7a, rej3t al ba7er", "la skhana la 7mouria", "wji3a tan9os"])
def test_digits_that_stand_for_sounds_are_no_scores(text: str) -> None:
    assert _kept(text, "pain") == []


def test_one_limb_thicker_than_the_other_is_swollen_on_one_side() -> None:
    found = [f for f in ask("left calf 43 cm, right 38", "legs").findings if f.status is Status.PRESENT]
    assert [f.symptom for f in found if "one_sided" in f.qualities] == ["deep_vein_thrombosis"]


def test_limbs_of_one_girth_say_nothing() -> None:
    assert "deep_vein_thrombosis" not in ask("both 38 cm round", "legs").present


def test_a_spelled_number_is_shown_whole() -> None:
    assert only(readings("pain is eight", "pain").measures).text == "eight"


@pytest.mark.parametrize(("text", "reported"), [("37.0, paracetamol", False), ("2 paracetamol", False), ("16 paracetamol", True)])
def test_a_count_of_paracetamol_reports_an_overdose_only_above_a_days_dose(text: str, *, reported: bool) -> None:
    assert ("overdose_poisoning" in {r.symptom for r in ask(text).reasons}) is reported
