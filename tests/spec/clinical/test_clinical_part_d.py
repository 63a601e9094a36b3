"""Part D of the clinical content, each message as the findings and numbers that it states (not as text)."""

from __future__ import annotations

import pytest

from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.clinical.patient import PatientContext
from tests.support.clinical import D, donor, earlier, finding, judge, level, measure, over, recipient

f, m, R = finding, measure, recipient

ROWS: list[tuple[int, PatientContext, list[Finding | Measure], str]] = [
    (1, R(3 * D), [f("fever", status=Status.NEGATED)], "none"),
    (2, R(2 * D), [m("temperature", 39.4)], "urgent"),
    (3, R(3 * D), [m("temperature", 38.9)], "same_day"),
    (4, R(8), [m("temperature", 38.2)], "self_manage"),
    (5, R(6 * D, "immunosuppressant"), [m("temperature", 37.6)], "urgent"),
    (6, R(5 * D, "chemotherapy"), [f("fever"), m("temperature", 38.3)], "urgent"),
    (7, R(4 * D), [f("fever", "masked"), m("temperature", 39.0), m("temperature", 37.2)], "urgent"),
    (8, R(6 * D), [f("fever"), f("diarrhoea"), f("respiratory_infection"), m("temperature", 38.4)], "urgent"),
    (9, R(1 * D), [f("fever"), f("chills_rigors", "rigor")], "urgent"),
    (10, R(4 * D), [f("fever"), m("temperature", 38.5), m("duration", 4 * D)], "urgent"),
    (11, R(2 * D), [f("fever"), m("temperature", 39.2), f("chills_rigors")], "urgent"),
    (12, R(3 * D), [m("systolic", 190), m("diastolic", 120)], "urgent"),
    (13, R(3 * D), [m("systolic", 190), m("diastolic", 120), f("vision_change", "blur")], "emergency"),
    (14, R(2 * D), [m("systolic", 190), m("diastolic", 120), f("headache", "severe")], "emergency"),
    (15, R(1 * D), [m("systolic", 88), m("diastolic", 50), f("dizziness_presyncope")], "emergency"),
    (16, R(7 * D), [m("systolic", 128), m("diastolic", 82)], "none"),
    (17, R(1 * D), [f("dyspnea")], "emergency"),
    (18, R(9 * D), [f("chest_pain", "tight")], "emergency"),
    (19, R(4 * D), [m("spo2", 97), f("dyspnea")], "emergency"),
    (20, R(2 * D), [m("spo2", 93), m("spo2", 93)], "urgent"),
    (21, R(3 * D), [f("palpitations", status=Status.PAST)], "none"),
    (22, R(2 * D), [f("palpitations", "brief", "repeated")], "same_day"),
    (23, R(3 * D), [f("palpitations"), f("dizziness_presyncope", "near_faint")], "emergency"),
    (24, R(3 * D), [f("fever", status=Status.OTHER_PERSON)], "none"),
    (25, R(2 * D), [f("dyspnea"), f("sepsis", "mottled")], "emergency"),
    (26, R(5 * D), [f("deep_vein_thrombosis", status=Status.HYPOTHETICAL)], "none"),
    (27, R(12 * D), [f("deep_vein_thrombosis", "one_sided", "calf", "swollen", "painful")], "urgent"),
    (28, R(12 * D), [f("deep_vein_thrombosis", "calf", "swollen"), f("chest_pain", "on_breathing")], "emergency"),
    (29, R(20 * D), [f("deep_vein_thrombosis", "one_sided"), f("pain_other", status=Status.NEGATED)], "urgent"),
    (30, R(1 * D), [f("deep_vein_thrombosis", "arm", "swollen")], "urgent"),
    (31, R(10), [f("microvascular_obstruction", "cold", "white", "numb")], "emergency"),
    (32, R(1 * D), [f("injection_site_reaction", "improving")], "self_manage"),
    (33, R(5 * D), [f("injection_site_reaction", "worsening", "hot")], "urgent"),
    (34, R(6 * D), [f("injection_site_infection", "pus"), f("fever", status=Status.NEGATED)], "urgent"),
    (35, R(4 * D, route="intra_articular"), [f("joint_infection", "hot", "cannot_bend")], "urgent"),
    (36, R(1 * D, route="intra_articular"), [f("injection_site_reaction")], "self_manage"),
    (37, R(3 * D), [f("sepsis", "mottled", "no_urine")], "emergency"),
    (38, R(2 * D), [f("fatigue")], "self_manage"),
    (39, R(3 * D), [f("fatigue", "bedbound")], "urgent"),
    (40, R(2 * D), [f("constipation"), m("duration", 2 * D)], "self_manage"),
    (41, R(6 * D), [f("constipation", "rigid_belly"), m("duration", 5 * D), f("nausea_vomiting", "vomiting")], "emergency"),
    (42, R(2), [f("allergic_reaction", "itching")], "urgent"),
    (43, R(1), [f("anaphylaxis", "lips"), f("allergic_reaction", "hives")], "emergency"),
    (44, R(9), [over("anaphylaxis", "treated"), f("allergic_reaction", "itching", "returned")], "emergency"),
    (45, R(15 * D), [over("stroke_tia", "face")], "emergency"),
    (46, R(2 * D, "anticoagulant"), [f("bleeding_bruising", "nose", "wont_stop"), m("bleeding_time", 25)], "emergency"),
    (47, R(4 * D, "anticoagulant"), [f("bleeding_bruising", "head_injury")], "urgent"),
    (48, R(8 * D), [f("self_harm_crisis"), f("pain_other", "persistent")], "emergency"),
    (49, R(2 * D, route="intra_articular"), [f("injection_site_reaction"), m("pain", 4)], "self_manage"),
    (50, R(2 * D), [f("overdose_poisoning", "paracetamol"), m("paracetamol", 8.0)], "emergency"),
    (
        51,
        R(3 * D),
        [f("chest_pain", status=Status.NEGATED), f("dyspnea", status=Status.NEGATED), f("insomnia")],
        "self_manage",
    ),
    (52, R(2 * D), [f("fever", status=Status.NEGATED), f("dyspnea")], "emergency"),
    (53, R(10 * D), [f("chest_pain", "on_breathing")], "emergency"),
    (54, R(2 * D, "diabetes"), [m("glucose", 19), f("nausea_vomiting", "vomiting")], "emergency"),
    (55, R(10 * D), [f("pregnancy")], "same_day"),
    (56, R(14 * 30 * D), [f("neoplasm_suspected", "lump")], "same_day"),
    (57, R(3 * D), [], "none"),
    (58, donor(2 * D), [f("donor_site_pain", "walking")], "self_manage"),
    (
        59,
        donor(3 * D),
        [f("donor_site_bleeding_hematoma", "growing"), f("dizziness_presyncope", "near_faint")],
        "emergency",
    ),
    (60, donor(2 * D), [f("dyspnea"), f("fat_embolism", "petechiae")], "emergency"),
]


@pytest.mark.parametrize(("row", "patient", "stated", "expected"), ROWS, ids=[f"row-{row[0]}" for row in ROWS])
def test_the_message_of_part_d_has_its_disposition(
    row: int, patient: PatientContext, stated: list[Finding | Measure], expected: str
) -> None:
    assert level(patient, *stated) == expected


def test_every_row_of_part_d_is_here_once() -> None:
    assert [row[0] for row in ROWS] == list(range(1, 61))


def test_a_reason_says_which_rule_where_it_stands_and_on_which_words() -> None:
    patient = R(2 * D, recent=(earlier(5),))
    stated = [f("deep_vein_thrombosis", text="calf swollen", start=0, end=12), f("dyspnea", text="puffed", start=20, end=26)]
    combined = next(reason for reason in judge(patient, *stated).reasons if reason.rule == "B09")
    assert combined.words == ("calf swollen", "puffed")
    assert combined.where.startswith("bot/catalogue/combinations.yaml:")
    assert "clot" in combined.text
