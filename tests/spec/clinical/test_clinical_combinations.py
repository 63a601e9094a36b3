"""Part B, rule by rule: what is required together, and that one part alone does not fire it."""

from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import PatientContext
from tests.support.clinical import D, book, donor, earlier, finding, fired, judge, level, measure, over, recipient

f, m, R = finding, measure, recipient
Stated = list[Finding | Measure]

# rule, patient, findings and numbers, least disposition
FIRES: list[tuple[str, PatientContext, Stated, str]] = [
    ("B04", R(3 * D), [f("fever"), f("injection_site_reaction")], "urgent"),
    ("B04", R(3 * D), [f("chills_rigors", "rigor"), f("urinary_symptoms", "burning")], "urgent"),
    ("chills_rigors.urgent.rigor", R(1), [f("chills_rigors", "rigor"), m("temperature", 36.5)], "urgent"),
    ("B06", R(3 * D), [f("injection_site_infection"), m("heart_rate", 130)], "emergency"),
    ("B06", R(3 * D), [f("urinary_symptoms", "burning"), f("confusion_drowsiness")], "emergency"),
    ("B06", R(3 * D), [f("fever"), m("systolic", 90)], "emergency"),
    ("B06", R(3 * D), [f("joint_infection"), m("urine_gap", 18)], "emergency"),
    ("B07", R(3 * D), [m("temperature", 38.1), m("heart_rate", 95)], "urgent"),
    ("B07", R(3 * D), [f("respiratory_infection", "green"), m("respiratory_rate", 21)], "urgent"),
    ("deep_vein_thrombosis.floor", R(60 * D), [f("deep_vein_thrombosis", "arm")], "urgent"),
    ("B09", R(12 * D), [f("deep_vein_thrombosis"), m("heart_rate", 101)], "emergency"),
    ("B09", R(12 * D), [f("deep_vein_thrombosis"), f("hemoptysis")], "emergency"),
    ("B10", R(80 * D), [f("pain_other", "chest_or_upper_back")], "emergency"),
    ("B10", R(80 * D), [f("syncope")], "emergency"),
    ("B11", R(3 * D), [f("palpitations", "brief"), m("heart_rate", 130)], "emergency"),
    ("B11", R(3 * D), [f("palpitations"), f("chest_pain")], "emergency"),
    ("B12", R(3 * D, "heart_disease"), [f("palpitations", "brief")], "same_day"),
    ("B12", R(3 * D, "heart_disease"), [m("heart_rate", 101)], "urgent"),
    ("B13", R(3 * D), [m("diastolic", 120), f("headache")], "emergency"),
    ("headache.emergency.weakness", R(3 * D), [f("headache"), f("neuro_deficit", "weakness")], "emergency"),
    ("B14", R(3), [m("systolic", 90), f("allergic_reaction")], "emergency"),
    ("B15", R(3), [f("allergic_reaction"), f("nausea_vomiting", "vomiting")], "emergency"),
    ("B16", R(9, recent=(earlier(8, f("anaphylaxis")),)), [f("allergic_reaction")], "emergency"),
    ("B16", R(9), [over("anaphylaxis"), f("dizziness_presyncope")], "emergency"),
    ("stroke_tia.floor", R(15 * D), [over("stroke_tia")], "emergency"),
    ("B18", R(3, route="facial"), [f("vision_change", "loss")], "emergency"),
    ("microvascular_obstruction.floor", R(3), [f("microvascular_obstruction", "cold")], "emergency"),
    ("injection_site_reaction.urgent.spreading", R(3 * D), [f("injection_site_reaction", "spreading")], "urgent"),
    ("injection_site_reaction.urgent.worse_day_3", R(3 * D), [f("injection_site_reaction", "worsening")], "urgent"),
    ("B20.infection", R(3 * D, "immunosuppressant"), [f("respiratory_infection", "green")], "urgent"),
    ("B20", R(1 * D, "chemotherapy"), [f("injection_site_reaction")], "same_day"),
    ("B21", R(1 * D, "diabetes"), [f("injection_site_reaction")], "same_day"),
    ("B22", R(3 * D, "diabetes"), [m("glucose", 15.1), f("nausea_vomiting", "vomiting")], "emergency"),
    ("B23", R(9 * D, "heart_disease"), [f("edema")], "urgent"),
    ("edema.same_day.2_kg", R(9 * D), [m("weight_gain", 2)], "same_day"),
    ("B24", R(9 * D, "previous_clot"), [f("deep_vein_thrombosis")], "emergency"),
    ("B25", R(4 * D, "anticoagulant"), [f("bleeding_bruising", "head_injury"), f("headache")], "emergency"),
    ("bleeding_bruising.urgent.anticoagulant", R(4 * D, "anticoagulant"), [f("bleeding_bruising", "head_injury")], "urgent"),
    ("B26", R(4 * D, "anticoagulant"), [f("headache", "severe")], "emergency"),
    ("B26", R(4 * D, "anticoagulant"), [f("bleeding_bruising", "nose"), m("bleeding_time", 20)], "emergency"),
    ("B27", R(4 * D, "age_65_plus"), [f("dizziness_presyncope")], "same_day"),
    ("B27", R(4 * D, "age_65_plus"), [f("constipation")], "same_day"),
    ("B28", R(30 * D, "autoimmune"), [f("immune_mediated_reaction", "usual_flare", "joints")], "same_day"),
    ("B29.fever", R(3, "pregnancy"), [m("temperature", 38.0)], "urgent"),
    ("B29.pressure", R(9 * D, "pregnancy"), [m("systolic", 140)], "urgent"),
    ("B29.pressure_160", R(9 * D), [f("pregnancy"), m("systolic", 160)], "emergency"),
    ("B29.headache_and_vision", R(9 * D, "pregnancy"), [f("headache"), f("vision_change")], "emergency"),
    ("B29.danger", R(9 * D, "pregnancy"), [f("bleeding_bruising", "small")], "emergency"),
    ("B29.vomiting", R(9 * D, "pregnancy"), [f("nausea_vomiting", "vomiting"), m("duration", 25)], "urgent"),
    ("B31.points", R(9 * D, recent=(earlier(20, m("pain", 2)),)), [f("pain_other"), m("pain", 4)], "same_day"),
    ("B32", R(9 * D), [f("insomnia", "persistent"), f("edema")], "urgent"),
    ("B33", R(9 * D), [f("pain_other", "back"), f("neuro_deficit", "saddle")], "emergency"),
    ("B33.fever", R(9 * D), [f("pain_other", "back"), m("temperature", 38.0)], "urgent"),
    ("B34", R(3 * D, route="intrathecal"), [f("headache"), m("temperature", 38.0)], "emergency"),
    ("B34", R(3 * D, route="intrathecal"), [f("neuro_deficit", "weakness")], "emergency"),
    ("B35", R(4 * D, route="intra_articular"), [f("injection_site_reaction", "hot")], "urgent"),
    ("B36", R(40 * D, route="facial"), [f("vision_change", "floaters")], "urgent"),
    ("vision_change.emergency.loss", R(40 * D, route="facial"), [f("vision_change", "curtain")], "emergency"),
    ("constipation.emergency.vomiting", R(6 * D), [f("constipation"), f("nausea_vomiting", "vomiting")], "emergency"),
    ("donor_derived_viral_infection.floor", R(40 * D), [f("donor_derived_viral_infection", "jaundice")], "same_day"),
    (
        "donor_derived_viral_infection.emergency.liver_failure",
        R(9 * D),
        [f("donor_derived_viral_infection", "drowsy")],
        "emergency",
    ),
    ("B38", R(40 * D), [f("fever"), f("allergic_reaction")], "same_day"),
    ("neoplasm_suspected.floor", R(8 * 365 * D), [f("neoplasm_suspected", "lump")], "same_day"),
    ("B40", donor(2 * D), [f("donor_site_bleeding_hematoma", "growing"), m("heart_rate", 101)], "emergency"),
    ("B41", donor(2 * D), [f("abdominal_pain", "severe")], "emergency"),
    ("B42", donor(2 * D), [f("donor_nerve_injury", "foot_drop")], "urgent"),
    ("B42.bladder", donor(2 * D), [f("donor_nerve_injury", "weakness"), f("urinary_symptoms", "incontinence")], "emergency"),
    ("self_harm_crisis.floor", R(9 * D), [f("self_harm_crisis")], "emergency"),
    ("overdose_poisoning.emergency.paracetamol", R(9 * D), [m("paracetamol", 4.5)], "emergency"),
    ("B45", R(9 * D, "anticoagulant"), [f("human_help_request", "nsaid")], "urgent"),
    ("human_help_request.floor", R(9 * D), [f("human_help_request", "question")], "same_day"),
    ("B49", R(9 * D), [f("confusion_drowsiness", "unresponsive")], "emergency"),
    ("infusion_related_reaction.same_day.every_time", R(9), [f("infusion_related_reaction", "worse_each_time")], "same_day"),
    ("fever.same_day.38", R(25), [m("temperature", 38.0)], "same_day"),
    ("fever.urgent.72_h", R(9 * D), [f("fever"), m("duration", 72)], "urgent"),
    ("fever.urgent.second_fever", R(9 * D), [f("fever", "returned")], "urgent"),
    ("donor.fever", donor(2 * D), [m("temperature", 38.0)], "urgent"),
]


@pytest.mark.parametrize(("rule", "patient", "stated", "least"), FIRES, ids=[f"{row[0]}-{i}" for i, row in enumerate(FIRES)])
def test_the_combination_fires_with_its_level(rule: str, patient: PatientContext, stated: Stated, least: str) -> None:
    found = judge(patient, *stated)
    assert rule in {reason.rule for reason in found.reasons}
    assert found.disposition >= Disposition.of(least)


def test_every_combination_and_modifier_of_the_catalogue_is_tested_here() -> None:
    ids = {rule.id for rule in book().combinations} | {modifier.id for modifier in book().modifiers}
    tested = {row[0] for row in FIRES} | {"B31.worse_twice", "B31.three_running", "B24.calf", "B15.hives"}
    assert ids <= tested


ELSEWHERE = {
    "B30": "persistence: each symptom's own limit in days, as rules named after it",
    "B46": "another person: the conversation asks; the finding never alerts",
    "B47": "the past: findings that are not over since at most 7 days never alert",
    "B48": "a supposed finding never alerts; the conversation answers",
    "B50": "silence: the check-ins make a task",
    "B51": "under 18: not enrolled",
}


def test_every_rule_of_part_b_can_be_found_in_the_catalogue() -> None:
    everything = (*book().rules(), *book().modifiers, book().allowance, book().tally)
    named = {word.strip() for rule in everything if rule is not None for word in rule.source.split(",")}
    assert {f"B{number:02}" for number in range(1, 53)} - named == set(ELSEWHERE) - {"B30"}


SINGLE: list[tuple[str, PatientContext, Stated]] = [
    ("B04", R(3 * D), [f("fever")]),
    ("B06", R(3 * D), [f("injection_site_infection"), m("heart_rate", 90)]),
    ("B07", R(3 * D), [m("heart_rate", 95)]),
    ("B07", R(8), [m("temperature", 38.2), m("heart_rate", 95)]),
    ("B09", R(9 * D), [f("deep_vein_thrombosis"), m("heart_rate", 100)]),
    ("B10", R(91 * D), [f("syncope")]),
    ("B11", R(9 * D), [f("palpitations"), m("heart_rate", 129)]),
    ("B13", R(9 * D), [m("systolic", 179), f("headache", "severe")]),
    ("B14", R(3), [m("systolic", 91), f("allergic_reaction")]),
    ("B15", R(25), [f("allergic_reaction", "localised"), f("nausea_vomiting", "vomiting")]),
    ("B16", R(80, recent=(earlier(73, f("anaphylaxis")),)), [f("allergic_reaction")]),
    ("B18", R(3, route="iv"), [f("vision_change", "loss")]),
    ("B22", R(9 * D), [m("glucose", 15.1), f("nausea_vomiting", "vomiting")]),
    ("B26", R(9 * D), [f("headache", "severe")]),
    ("B34", R(9 * D, route="iv"), [f("headache"), f("fever")]),
    ("B40", R(9 * D), [f("donor_site_bleeding_hematoma", "growing"), m("heart_rate", 101)]),
    ("B41", donor(8 * D), [f("dyspnea")]),
]


@pytest.mark.parametrize(("rule", "patient", "stated"), SINGLE, ids=[f"{row[0]}-{i}" for i, row in enumerate(SINGLE)])
def test_a_part_of_the_combination_does_not_fire_it(rule: str, patient: PatientContext, stated: Stated) -> None:
    assert rule not in fired(patient, *stated)


class TestWhatEarlierMessagesSaid:
    def test_a_swollen_calf_in_the_morning_and_breathlessness_at_night_are_one_clot(self) -> None:
        patient = R(12 * D, recent=(earlier(10, f("deep_vein_thrombosis"), disposition=Disposition.URGENT),))
        assert "B09" in fired(patient, f("dyspnea"))

    def test_a_fever_given_as_a_number_in_the_morning_counts_as_fever_in_the_evening(self) -> None:
        patient = R(12 * D, recent=(earlier(10, m("temperature", 38.4), disposition=Disposition.SAME_DAY),))
        assert "B04" in fired(patient, f("injection_site_reaction"))
        assert "B04" in fired(R(12 * D, recent=(earlier(10, f("injection_site_reaction")),)), m("temperature", 38.4))

    def test_a_combination_of_the_day_before_yesterday_is_none(self) -> None:
        patient = R(12 * D, recent=(earlier(30, f("respiratory_infection", "green")),))
        assert "B07" not in fired(patient, m("respiratory_rate", 21))

    def test_what_was_said_before_does_not_fire_again_on_a_thank_you(self) -> None:
        patient = R(12 * D, recent=(earlier(1, f("deep_vein_thrombosis"), f("dyspnea"), disposition=Disposition.EMERGENCY),))
        assert judge(patient).disposition is Disposition.NONE

    def test_two_same_day_findings_in_two_answers_of_one_check_in_count_together(self) -> None:
        said = earlier(0.1, f("edema"), disposition=Disposition.SAME_DAY)
        assert "B32" in fired(R(9 * D, recent=(said,)), f("insomnia", "persistent"))

    def test_the_same_finding_twice_is_one_finding(self) -> None:
        said = earlier(0.1, f("edema"), disposition=Disposition.SAME_DAY)
        assert "B32" not in fired(R(9 * D, recent=(said,)), f("edema"))

    def test_a_pressure_that_fell_by_40_is_seen(self) -> None:
        patient = R(9 * D, recent=(earlier(20, m("systolic", 150)),))
        assert level(patient, m("systolic", 110)) == "urgent"

    def test_a_fever_seen_three_days_running_has_lasted_72_hours(self) -> None:
        recent = tuple(earlier(hours, f("fever"), disposition=Disposition.SAME_DAY) for hours in (73, 49, 25))
        assert "fever.urgent.72_h" in fired(R(6 * D, recent=recent), f("fever"))

    def test_a_day_without_fever_breaks_the_count(self) -> None:
        recent = (earlier(73, f("fever")), earlier(49, f("fever", status=Status.NEGATED)), earlier(25, f("fever")))
        assert "fever.urgent.72_h" not in fired(R(6 * D, recent=recent), f("fever"))


class TestTrends:
    def test_worse_on_two_check_ins_in_a_row_is_one_level_more(self) -> None:
        patient = R(9 * D, recent=(earlier(24, f("bloating_indigestion", "worsening")),))
        assert "B31.worse_twice" not in fired(patient, f("bloating_indigestion"))
        recent = (earlier(24, f("edema", "worsening")),)
        assert level(R(9 * D, recent=recent), f("edema", "worsening")) == "urgent"

    def test_two_points_more_pain_than_last_time_is_one_level_more(self) -> None:
        recent = (earlier(24, m("pain", 3)), earlier(48, m("pain", 1)))
        assert level(R(4 * D, recent=recent), f("pain_other"), m("pain", 4)) == "self_manage"
        assert level(R(4 * D, recent=recent[1:]), f("pain_other"), m("pain", 4)) == "same_day"

    def test_self_manage_on_three_check_ins_running_is_same_day(self) -> None:
        recent = (earlier(24, f("fatigue")), earlier(48, f("fatigue")))
        assert level(R(4 * D, recent=recent), f("fatigue")) == "same_day"
        assert level(R(4 * D, recent=recent[:1]), f("fatigue")) == "self_manage"

    def test_three_messages_within_an_hour_are_not_three_check_ins(self) -> None:
        recent = (earlier(0.2, f("fatigue")), earlier(0.4, f("fatigue")))
        assert level(R(4 * D, recent=recent), f("fatigue")) == "self_manage"

    def test_three_reports_alone_never_raise_above_same_day(self) -> None:
        recent = (earlier(24, f("edema")), earlier(48, f("edema")))
        assert level(R(9 * D, recent=recent), f("edema")) == "same_day"


class TestTheOneAllowance:
    hours = 8.0

    def allowed(self, *stated: Finding | Measure) -> bool:
        return level(R(self.hours), m("temperature", 38.4), *stated) == "self_manage"

    def test_a_well_recipient_in_the_first_day(self) -> None:
        assert self.allowed()
        assert self.allowed(f("fever"), f("fatigue"), f("flu_like_symptoms"))

    @pytest.mark.parametrize(
        "stated",
        [
            f("chills_rigors", "rigor"),
            f("injection_site_reaction"),
            f("injection_site_infection", "clear_ooze"),
            f("urinary_symptoms", "burning"),
            f("respiratory_infection"),
            f("fever", "masked"),
            f("fever", "stiff_neck"),
            f("insomnia", "low_function"),
            m("temperature", 39.0),
        ],
        ids=lambda stated: f"{stated}"[:60],
    )
    def test_anything_else_switches_it_off(self, stated: Finding | Measure) -> None:
        assert not self.allowed(stated)

    def test_its_reason_says_what_to_do_instead(self) -> None:
        reason = next(r for r in judge(R(8), m("temperature", 38.4)).reasons if r.rule == "B01")
        assert "again" in reason.text
        assert reason.symptom == "fever"


@pytest.mark.parametrize("risk", ["previous_clot", "pregnancy", "high_dose", "chemotherapy"])
def test_a_raised_risk_of_clots_makes_leg_swelling_more_urgent(risk: str) -> None:
    assert level(R(9 * D), f("edema")) == "same_day"
    assert level(R(9 * D, risk), f("edema")) == "urgent"


def test_hives_with_vomiting_days_later_are_still_an_emergency() -> None:
    assert "B15.hives" in fired(R(3 * D), f("allergic_reaction", "hives"), f("nausea_vomiting", "vomiting"))


def test_leg_swelling_with_a_sore_vein_and_an_earlier_clot_is_seen_today() -> None:
    assert "B24.calf" in fired(R(9 * D, "previous_clot"), f("edema"), f("superficial_thrombophlebitis"))
