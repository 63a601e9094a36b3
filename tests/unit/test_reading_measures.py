from __future__ import annotations

import pytest

from bot.core.reading.measures.page import PLAUSIBLE, UNITS
from tests.support.reading import durations, knowledge, readings, values


@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("39.4", "temperature", 39.4),
        ("102F", None, 38.9),
        ("temp 102.2", None, 39.0),
        ("100.4 F", None, 38.0),
        ("38,5", None, 38.5),
        ("38 and a half", None, 38.5),
        ("ateşim 38 buçuk", None, 38.5),
        ("температура 38 и 5", None, 38.5),
        ("tengo 38 y medio", None, 38.5),
        ("عندي حرارة ٣٩٫٢", None, 39.2),
        ("38.9 sorry meant 37.9", None, 37.9),
        ("*37.9", "temperature", 37.9),
        ("its 40 1", "temperature", 40.1),
        ("thirty eight point five", None, 38.5),
        ("thirty six eight", "temperature", 36.8),
        ("حرارتي تسعة وثلاثين وخمسة", None, 39.5),
        ("achtunddreißig Komma vier", "temperature", 38.4),
        ("fever of 39", None, 39.0),
    ],
)
def test_a_temperature_is_read_in_degrees_celsius(text: str, asked: str | None, value: float) -> None:
    assert values(text, asked) == [("temperature", value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Puls hundertachtundzwanzig", 128),
        ("пульс сто семнадцать", 117),
        ("pulso ciento diecisiete", 117),
        ("نبضي مية تمانية وعشرين", 128),
        ("نبضي مية وسبعتاشر", 117),
        ("nabzım yüz on yedi", 117),
        ("pulse one hundred and seventeen", 117),
    ],
)
def test_a_pulse_is_read_as_it_is_spoken(text: str, value: float) -> None:
    assert ("heart_rate", value) in values(text, "heart")


def test_an_armpit_reading_says_so_and_keeps_its_value() -> None:
    (measure,) = readings("under my arm it says 37.8", "temperature").measures
    assert (measure.value, measure.qualities) == (37.8, frozenset({"armpit"}))


def test_two_temperatures_without_a_correction_are_both_kept() -> None:
    assert values("temp was 39 but paracetamol brought it to 37.2") == [("temperature", 39.0), ("temperature", 37.2)]


@pytest.mark.parametrize(
    ("text", "asked", "pair"),
    [
        ("bp 190/120", None, (190, 120)),
        ("190 over 120", None, (190, 120)),
        ("tansiyonum 19'a 12", None, (190, 120)),
        ("tensión 19/12", None, (190, 120)),
        ("18/10", "heart", (180, 100)),
        ("давление 190 на 120", None, (190, 120)),
        ("ضغطي 190 على 120", None, (190, 120)),
        ("88/50 and a bit dizzy", None, (88, 50)),
    ],
)
def test_blood_pressure_is_read_in_millimetres(text: str, asked: str | None, pair: tuple[int, int]) -> None:
    assert values(text, asked) == [("systolic", pair[0]), ("diastolic", pair[1])]


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("pulse 118", None, ("heart_rate", 118)),
        ("118", "heart", ("heart_rate", 118)),
        ("nabzım 130", None, ("heart_rate", 130)),
        ("spo2 93", None, ("spo2", 93)),
        ("my oxygen says 97", None, ("spo2", 97)),
        ("97", "breathing", ("spo2", 97)),
        ("28 breaths a minute", None, ("respiratory_rate", 28)),
        ("sugar 350", None, ("glucose", 19.4)),
        ("my sugar is 19", None, ("glucose", 19.0)),
        ("ketones 3.2", None, ("ketones", 3.2)),
        ("knee pain 4/10", None, ("pain", 4)),
        ("6 out of 10 pain", None, ("pain", 6)),
        ("7", "pain", ("pain", 7)),
        ("redness about 7 cm", None, ("redness", 7)),
        ("took 16 paracetamol", None, ("paracetamol", 8)),
        ("gained 3 kilos", None, ("weight_gain", 3)),
    ],
)
def test_a_reading_has_its_kind_and_value(text: str, asked: str | None, expected: tuple[str, float]) -> None:
    assert values(text, asked) == [expected]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("for 20 mins", 1 / 3),
        ("3 days now", 72),
        ("all day", 12),
        ("a week", 168),
        ("четвёртый день", 73),
        ("4 gündür", 96),
        ("it started 3 days ago", None),
    ],
)
def test_how_long_it_lasts_is_read_in_hours(text: str, hours: float | None) -> None:
    assert durations(text) == ([] if hours is None else [pytest.approx(hours, abs=0.01)])


@pytest.mark.parametrize(
    "text",
    [
        "room 38, I'm 38 and well, bus 39",
        "ring me on 07700 900123",
        "my appointment is 12/03/2026 at 10:30",
        "it cost £39",
        "I am 102 years old",
        "10/10 for the staff",
    ],
)
def test_ages_dates_rooms_prices_and_phone_numbers_are_no_readings(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize("text", ["NaN", "1e999", "9" * 5000, "385", "3.8.5.5e10", "temp is 500"])
def test_an_impossible_temperature_is_asked_again(text: str) -> None:
    found = readings(text, "temperature")
    assert found.measures == ()
    assert found.impossible == ("temperature",)


def test_kinds_units_and_limits_are_those_of_the_catalogue() -> None:
    kinds = knowledge().rules.measures
    assert {kind: (m.unit, m.lowest, m.highest) for kind, m in kinds.items()} == {
        kind: (UNITS[kind], *PLAUSIBLE[kind]) for kind in UNITS
    }
