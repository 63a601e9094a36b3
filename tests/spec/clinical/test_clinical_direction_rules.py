"""The ten direction rules (part 0.2), as far as the engine holds them; 4, 5 and 9 are the readers'."""

from __future__ import annotations

import pytest

from bot.core.clinical.assess import assess
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Status
from bot.core.errors import UnknownSymptom
from tests.support.clinical import D, book, donor, finding, fired, judge, level, measure, over, recipient

f, m, R = finding, measure, recipient


def test_1_the_level_is_the_highest_of_everything_matched() -> None:
    assert level(R(9 * D), f("insomnia"), f("edema"), f("chest_pain")) == "emergency"


@pytest.mark.parametrize("hours", [None, 0, 5, 30, 100, 800, 5000, 130_000])
@pytest.mark.parametrize("symptom", ["chest_pain", "dyspnea", "stroke_tia", "syncope", "deep_vein_thrombosis", "sepsis"])
@pytest.mark.parametrize("person", [recipient, donor])
def test_2_no_day_and_no_role_switches_a_red_flag_off(hours: float | None, symptom: str, person: object) -> None:
    assert judge(person(hours), f(symptom)).disposition.red  # type: ignore[operator]


def test_2_a_lump_is_looked_at_in_the_eighth_year() -> None:
    assert level(R(8 * 365 * D), f("neoplasm_suspected", "lump")) == "same_day"


def test_3_a_number_counts_whatever_the_words() -> None:
    assert level(R(3 * D), f("fever"), m("temperature", 39.8)) == "urgent"


def test_3_a_score_counts_whatever_the_words() -> None:
    assert level(R(3 * D), f("pain_other", "severe"), m("pain", 4)) == "self_manage"
    assert level(R(3 * D), f("pain_other", "severe")) == "urgent"
    assert level(R(3 * D), f("pain_other"), m("pain", 8)) == "urgent"


def test_3_of_two_pains_nobody_can_tell_which_one_a_low_score_speaks_of() -> None:
    assert level(R(3 * D), f("headache", "severe"), f("pain_other"), m("pain", 2)) == "urgent"


NOT_SAFE_WHEN_OVER = {
    "stroke_tia": "emergency",
    "syncope": "emergency",
    "chest_pain": "urgent",
    "anaphylaxis": "emergency",
    "bleeding_bruising": "same_day",
    "seizure": "emergency",
    "dyspnea": "urgent",
    "hemoptysis": "emergency",
    "pulmonary_embolism": "emergency",
    "fat_embolism": "emergency",
    "self_harm_crisis": "emergency",
}


@pytest.mark.parametrize(("symptom", "expected"), NOT_SAFE_WHEN_OVER.items())
def test_6_resolved_is_not_safe(symptom: str, expected: str) -> None:
    assert level(R(15 * D), over(symptom)) == expected


def test_6_these_symptoms_and_no_others_count_when_they_are_over() -> None:
    assert {s.id for s in book().symptoms.values() if s.counts_when_over} == set(NOT_SAFE_WHEN_OVER)


def test_6_a_fever_that_a_medicine_has_brought_down_is_not_over() -> None:
    assert level(R(3 * D), over("fever", "masked")) == "same_day"
    assert level(R(3 * D), over("fever")) == "none"


def test_6_a_treated_severe_allergic_reaction_that_is_over_is_urgent_and_returning_an_emergency() -> None:
    assert level(R(9), over("anaphylaxis", "treated")) == "urgent"
    assert level(R(9), over("anaphylaxis", "treated", "returned")) == "emergency"


def test_6_heavy_bleeding_that_has_stopped_is_urgent() -> None:
    assert level(R(3 * D), over("bleeding_bruising", "stool")) == "urgent"


@pytest.mark.parametrize(
    ("quality", "expected"), [("resolved", "emergency"), ("over_24_h_ago", "urgent"), ("over_7_d_ago", "same_day")]
)
def test_6_a_faint_counts_less_the_longer_it_is_over(quality: str, expected: str) -> None:
    assert level(R(30 * D), f("syncope", quality, status=Status.PAST)) == expected


def test_7_two_same_day_findings_are_urgent() -> None:
    assert level(R(9 * D), f("edema")) == "same_day"
    assert level(R(9 * D), f("edema"), f("insomnia", "persistent")) == "urgent"


def test_7_a_number_that_another_finding_places_is_no_second_finding() -> None:
    assert level(R(4 * D), f("headache", "persistent"), m("pain", 5)) == "same_day"
    assert level(R(4 * D), f("superficial_thrombophlebitis", "medium"), m("redness", 7)) == "same_day"
    assert level(R(4 * D), f("headache", "persistent"), f("pain_other"), m("pain", 5)) == "urgent"


def test_8_a_partial_early_warning_score_never_reassures() -> None:
    assert level(R(9 * D), f("dyspnea"), m("heart_rate", 70), m("spo2", 99), m("systolic", 120)) == "emergency"


@pytest.mark.parametrize("status", [Status.OTHER_PERSON, Status.HYPOTHETICAL, Status.NEGATED, Status.PAST])
def test_what_is_not_the_patients_own_present_symptom_is_kept_and_does_not_alert(status: Status) -> None:
    found = judge(R(3 * D), f("chest_pain", status=status))
    assert found.disposition is Disposition.NONE
    assert found.findings[0].status is status


def test_a_symptom_outside_the_book_is_refused_and_named() -> None:
    with pytest.raises(UnknownSymptom, match="toothache"):
        assess([Finding(symptom="toothache")], [], R(), book())


def test_an_unknown_time_since_treatment_never_helps() -> None:
    assert level(R(None), m("temperature", 38.2)) == "same_day"
    assert level(R(None), f("allergic_reaction", "localised")) == "urgent"
    assert level(R(None), f("dyspnea", "slow_onset", "strenuous")) == "emergency"


class TestDecidedWhereRowsDisagree:
    """Each contradiction of the content is decided once, here and in the catalogue."""

    def test_unchanged_old_breathlessness_is_same_day(self) -> None:
        assert level(R(20 * D), f("dyspnea", "unchanged")) == "same_day"
        assert level(R(20 * D), f("dyspnea", "unchanged", "worsening")) == "emergency"

    def test_slow_breathlessness_on_strenuous_exertion_is_urgent_only_long_after_the_cells(self) -> None:
        slow = f("dyspnea", "slow_onset", "strenuous")
        assert level(R(100 * D), slow) == "urgent"
        assert level(R(80 * D), slow) == "emergency"
        assert level(R(100 * D, "previous_clot"), slow) == "emergency"

    def test_leg_swelling_with_an_earlier_clot_is_an_emergency(self) -> None:
        assert level(R(20 * D, "previous_clot"), f("deep_vein_thrombosis")) == "emergency"

    def test_chest_pain_that_is_over_is_urgent_and_a_named_strain_long_over_same_day(self) -> None:
        assert level(R(20 * D), over("chest_pain")) == "urgent"
        strain = f("chest_pain", "resolved", "over_24_h_ago", "muscular", status=Status.PAST)
        assert level(R(20 * D), strain) == "same_day"
        assert level(R(20 * D, "heart_disease"), strain) == "urgent"

    def test_black_stool_is_an_emergency_and_a_streak_with_constipation_urgent(self) -> None:
        assert level(R(20 * D), f("bleeding_bruising", "stool")) == "emergency"
        assert level(R(20 * D), f("constipation", "bleeding")) == "urgent"

    def test_yellow_eyes_are_same_day_and_with_a_tumour_urgent(self) -> None:
        assert level(R(20 * D), f("donor_derived_viral_infection", "jaundice")) == "same_day"
        assert level(R(20 * D), f("neoplasm_suspected", "jaundice")) == "urgent"

    def test_old_death_wishes_denied_now_are_urgent(self) -> None:
        assert level(R(20 * D), f("self_harm_crisis", "passive_past")) == "urgent"
        assert level(R(20 * D), f("self_harm_crisis", "passive_past", "plan")) == "emergency"


def test_the_first_day_fever_with_a_cold_sign_is_no_allowance() -> None:
    assert "B01" not in fired(R(8), m("temperature", 38.2), f("respiratory_infection"))
