"""The numeric master table (part 0.3), walked value by value: no gap, no unreachable band, and worse is never milder."""

from __future__ import annotations

import pytest

from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assess import assess
from bot.core.clinical.conditions import Reading, leaves
from bot.core.clinical.disposition import Disposition
from tests.support.clinical import D, book, donor, finding, fired, judge, level, measure, recipient

# (first value of the band, disposition); the last band ends at the last number
TABLE: dict[str, tuple[list[tuple[float, str]], float, float]] = {
    "temperature": (
        [
            (33.0, "emergency"),
            (35.1, "same_day"),
            (36.0, "none"),
            (37.5, "self_manage"),
            (38.0, "same_day"),
            (39.0, "urgent"),
            (40.0, "emergency"),
        ],
        42.0,
        0.1,
    ),
    "heart_rate": (
        [
            (30, "emergency"),
            (41, "same_day"),
            (51, "none"),
            (101, "same_day"),
            (111, "urgent"),
            (130, "emergency"),
        ],
        220,
        1,
    ),
    "systolic": (
        [
            (60, "urgent"),
            (91, "same_day"),
            (101, "none"),
            (140, "self_manage"),
            (160, "same_day"),
            (180, "urgent"),
            (220, "emergency"),
        ],
        260,
        1,
    ),
    "diastolic": ([(50, "none"), (90, "self_manage"), (100, "same_day"), (120, "urgent")], 150, 1),
    "spo2": ([(70, "emergency"), (93, "urgent"), (95, "same_day"), (96, "none")], 100, 1),
    "respiratory_rate": ([(4, "emergency"), (9, "none"), (21, "urgent"), (25, "emergency")], 60, 1),
    "urine_gap": ([(0, "none"), (12, "urgent"), (18, "emergency")], 48, 0.5),
    "redness": ([(0, "none"), (5.1, "same_day"), (10.1, "urgent")], 30, 0.1),
    "pain": ([(0, "none"), (5, "same_day"), (7, "urgent")], 10, 0.5),
    "glucose": ([(1.0, "emergency"), (3.0, "same_day"), (4.0, "none"), (14.1, "same_day"), (20.1, "urgent")], 40, 0.1),
    "ketones": ([(0.0, "none"), (3.0, "emergency")], 8, 0.1),
    "vomits": ([(0, "none"), (2, "same_day"), (6, "urgent")], 20, 1),
    "stools": ([(0, "none"), (4, "same_day"), (7, "urgent")], 20, 1),
    "paracetamol": ([(0, "none"), (4.1, "emergency")], 20, 0.1),
    "weight_gain": ([(0, "none"), (2, "same_day")], 10, 0.5),
}
DAY_5 = recipient(5 * D)


def walk(kind: str) -> list[tuple[float, str, str]]:
    bands, last, step = TABLE[kind]
    values = [round(bands[0][0] + i * step, 2) for i in range(round((last - bands[0][0]) / step) + 1)]
    return [(v, next(word for first, word in reversed(bands) if v >= first), level(DAY_5, measure(kind, v))) for v in values]


@pytest.mark.parametrize("kind", TABLE)
def test_every_value_falls_into_its_band(kind: str) -> None:
    wrong = [(value, expected, got) for value, expected, got in walk(kind) if expected != got]
    assert wrong == []


@pytest.mark.parametrize("kind", TABLE)
def test_a_worse_number_never_gives_a_milder_disposition(kind: str) -> None:
    levels = [Disposition.of(got) for _, _, got in walk(kind)]
    calm = levels.index(min(levels))
    assert levels[: calm + 1] == sorted(levels[: calm + 1], reverse=True)
    end = len(levels) - levels[::-1].index(min(levels)) - 1
    assert levels[end:] == sorted(levels[end:])


def test_every_measure_of_the_catalogue_is_walked_or_has_no_band_of_its_own() -> None:
    # a length of time or of bleeding says nothing without the symptom
    assert set(book().measures) == set(TABLE) | {"duration", "bleeding_time"}


def test_every_limit_in_a_rule_is_a_value_that_can_occur() -> None:
    for rule in book().rules():
        for leaf in leaves(rule.when):
            if isinstance(leaf, Reading):
                kind = book().measures[leaf.measure]
                for limit in (leaf.at_least, leaf.above, leaf.at_most, leaf.below):
                    assert limit is None or kind.plausible(limit), rule.id


@pytest.mark.parametrize(
    ("hours", "celsius", "risks", "expected"),
    [
        (8, 38.0, (), "self_manage"),
        (8, 38.9, (), "self_manage"),
        (24, 38.9, (), "self_manage"),
        (24.1, 38.0, (), "same_day"),
        (8, 39.0, (), "urgent"),
        (8, 38.2, ("age_65_plus",), "same_day"),
        (8, 38.2, ("immunosuppressant",), "urgent"),
        (8, 38.2, ("chemotherapy",), "urgent"),
        (8, 38.2, ("diabetes",), "same_day"),
        (None, 38.2, (), "same_day"),
        (8, 37.5, ("chemotherapy",), "urgent"),
        (8, 35.9, ("chemotherapy",), "urgent"),
        (8, 37.4, ("chemotherapy",), "none"),
    ],
)
def test_the_first_day_fever_allowance_is_exactly_as_wide_as_written(
    hours: float | None, celsius: float, risks: tuple[str, ...], expected: str
) -> None:
    assert level(recipient(hours, *risks), measure("temperature", celsius)) == expected


def test_an_armpit_temperature_counts_half_a_degree_more() -> None:
    assert level(DAY_5, measure("temperature", 37.5)) == "self_manage"
    assert level(DAY_5, measure("temperature", 37.5, "armpit")) == "same_day"


def test_numbers_beat_words_in_both_directions() -> None:
    assert level(DAY_5, finding("fever"), measure("temperature", 39.8)) == "urgent"
    assert level(DAY_5, finding("fever"), measure("temperature", 37.1)) == "self_manage"
    assert level(DAY_5, finding("fever")) == "same_day"


def test_a_medicine_that_hides_a_fever_does_not_hide_it_from_us() -> None:
    assert level(DAY_5, finding("fever", "masked"), measure("temperature", 37.5)) == "same_day"
    assert level(recipient(8), finding("fever", "masked"), measure("temperature", 38.1)) == "same_day"


def test_words_beat_reassuring_numbers() -> None:
    assert level(DAY_5, finding("dyspnea"), measure("spo2", 99), measure("respiratory_rate", 14)) == "emergency"


@pytest.mark.parametrize("place", ["injection_site_reaction", "headache", "abdominal_pain", "pain_other", "donor_site_pain"])
@pytest.mark.parametrize("patient", [recipient(5 * D), donor(5 * D)], ids=["recipient", "donor"])
def test_pain_of_7_is_urgent_wherever_it_is(place: str, patient: object) -> None:
    assert level(patient, finding(place), measure("pain", 7)) in {"urgent", "emergency"}  # type: ignore[arg-type]


def test_a_donor_may_have_pain_up_to_6_in_the_first_days() -> None:
    assert level(donor(2 * D), finding("donor_site_pain"), measure("pain", 6)) == "self_manage"
    assert level(donor(7 * D), finding("donor_site_pain"), measure("pain", 5)) == "same_day"


class TestEarlyWarningScore:
    def test_one_parameter_with_3_points_is_urgent(self) -> None:
        assert "NEWS2" in fired(DAY_5, measure("heart_rate", 131))

    def test_points_add_up_and_raise(self) -> None:
        # one point each, and the first three numbers alone ask for nothing
        ones = [("systolic", 105), ("heart_rate", 95), ("respiratory_rate", 10), ("temperature", 36.0), ("spo2", 95)]
        stated = [measure(kind, value) for kind, value in ones]
        assert level(DAY_5, *stated[:4]) == "none"
        assert level(DAY_5, *stated) == "urgent"
        assert "NEWS2" in fired(DAY_5, *stated)

    def test_7_points_are_an_emergency(self) -> None:
        stated = [("systolic", 95), ("heart_rate", 112), ("respiratory_rate", 21), ("temperature", 38.2)]
        assert level(DAY_5, *(measure(k, v) for k, v in stated)) == "emergency"

    def test_it_is_not_used_in_pregnancy(self) -> None:
        stated = [measure(k, v) for k, v in (("systolic", 100), ("heart_rate", 91), ("spo2", 95), ("temperature", 37.0))]
        assert "NEWS2" not in fired(recipient(5 * D, "pregnancy"), *stated)

    def test_its_bands_cover_every_possible_value(self) -> None:
        table = book().early_warning
        assert table is not None
        for scale in table.scales:
            kind = book().measures[scale.measure]
            for value in (kind.lowest, kind.highest):
                assert scale.points(value) in {0, 2, 3}


class TestTighterLimitsOfASchedule:
    tighter = (Threshold(measure="temperature", disposition=Disposition.URGENT, at_least=37.8, where="schedules/x.yaml:9"),)

    def test_a_schedule_may_tighten(self) -> None:
        found = assess([], [measure("temperature", 37.8)], DAY_5, book(), self.tighter)
        assert found.disposition is Disposition.URGENT
        assert found.reasons[0].where == "schedules/x.yaml:9"

    def test_a_schedule_can_never_loosen(self) -> None:
        loose = (Threshold(measure="temperature", disposition=Disposition.SELF_MANAGE, at_least=38.0),)
        assert assess([], [measure("temperature", 40.0)], DAY_5, book(), loose).disposition is Disposition.EMERGENCY


def test_a_normal_number_alone_is_logged_and_nothing_more() -> None:
    assert judge(DAY_5, measure("systolic", 128), measure("diastolic", 82)).reasons == ()
