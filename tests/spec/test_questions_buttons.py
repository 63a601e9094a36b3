"""What the buttons lead to, judged by the real rule book: no red flag can be pressed without a red disposition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from bot.content.catalogue import load_rule_book
from bot.content.messages import load_messages
from bot.core.careplan.question import Option, Question
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Reader, Status
from bot.core.clinical.patient import PatientContext, Role
from bot.core.triage import Knowledge, triage_findings
from tests.support.careplan import CATALOGUE, MESSAGES, message_keys, questions

HOURS = (2.0, 30.0, 10 * 24.0, 60 * 24.0, 3 * 365 * 24.0)
E, U, S = Disposition.EMERGENCY, Disposition.URGENT, Disposition.SAME_DAY

AT_LEAST = {
    "red_flags.some": U,
    "red_flags_which.trouble_breathing": E,
    "red_flags_which.chest_pain": E,
    "red_flags_which.face_swelling": E,
    "red_flags_which.fainting": E,
    "red_flags_which.one_sided_weakness": E,
    "red_flags_which.swollen_limb": U,
    "red_flags_which.heavy_bleeding": E,
    "red_flags_which.very_hot": U,
    "red_flags_which.seriously_ill": E,
    "temperature.shaking": U,
    "injection_site.worse": U,
    "injection_site.infected": U,
    "injection_site.black": E,
    "rash.face_puffy": U,
    "rash.tongue_throat": E,
    "breathing.breathless": E,
    "breathing.chest_pain": E,
    "breathing.coughing_blood": E,
    "legs.one_leg": U,
    "legs.one_arm": U,
    "legs.cold_blue": E,
    "heart.ongoing": U,
    "heart.faint": E,
    "blood_pressure.near_faint": U,
    "blood_pressure.fainted": E,
    "pain.severe": U,
    "pain.numb_weak": U,
    "headache.severe": U,
    "headache.sudden": E,
    "headache.stiff_neck": E,
    "numb_weak.one_side": E,
    "numb_weak.legs": E,
    "numb_weak.saddle": E,
    "constipation.over_3_days": S,
    "constipation.pain_or_blood": U,
    "constipation.swollen_no_wind": E,
    "keeping_drinks.nothing_stays": U,
    "keeping_drinks.blood": E,
    "loose_stools.blood": U,
    "belly_pain.severe": U,
    "belly_pain.severe_constant": E,
    "fatigue.bedbound": U,
    "sleep.breathless_lying": U,
    "bleeding.bruises": U,
    "bleeding.stool_urine": E,
    "bleeding.wont_stop": E,
    "route_joint.hot_red": U,
    "route_joint.cannot_bend": U,
    "route_spine.stiff_neck": E,
    "route_spine.weak_legs": E,
    "route_spine.numb_saddle": E,
    "route_face.loss": E,
    "route_face.white_patch": E,
    "route_tissue.numb_cold": E,
    "infection.no_urine": U,
    "infection.shaking": U,
    "mood.self_harm": E,
    "virus_signs.yellow": S,
    "immune_flare.blood_urine": U,
    "lumps.lump": S,
    "lumps.diagnosis": S,
    "stiffness.breathless_slow": U,
    "events.hospital": S,
    "events.pregnant": S,
    "glucose.ketones": U,
    "donor_site.pus": U,
    "donor_site.black": E,
    "donor_pain.severe": U,
    "donor_pain.belly": E,
    "donor_bleeding.soaked": U,
    "donor_bleeding.wont_stop": E,
    "donor_bleeding.faint": E,
    "donor_nerves.weak_leg": U,
    "donor_nerves.saddle": E,
    "donor_anaesthesia.weak_legs": E,
    "donor_breathing.breathless": E,
    "donor_breathing.red_spots": U,
    "donor_breathing.confused": E,
    "donor_fatigue.breathless_stairs": U,
    "donor_fatigue.faint": E,
}
"""The least that clinical content A1 allows for what the button's label says, at any time after treatment."""

NOTHING_TO_JUDGE = {
    "temperature.type_number",
    "contact.right",
    "glucose.not_measured",
    "donor_recovery.back",
    "donor_recovery.almost",
}
"""Buttons that find nothing: a number is about to follow, or the answer is about no symptom."""


def buttons() -> list[tuple[Question, Option]]:
    return [(question, option) for question in questions().values() for option in question.options]


def name(question: Question, option: Option) -> str:
    return f"{question.id}.{option.id}"


@cache
def knowledge() -> Knowledge:
    return Knowledge(rules=load_rule_book(CATALOGUE))


def judged(question: Question, option: Option, hours: float) -> Disposition:
    role = Role.DONOR if question.id.startswith("donor_") else Role.RECIPIENT
    patient = PatientContext(role=role, hours_since_treatment=hours)
    return triage_findings(option.findings, (), patient, knowledge()).disposition


@pytest.mark.parametrize("hours", HOURS)
@pytest.mark.parametrize("button", AT_LEAST)
def test_a_grave_button_is_never_judged_too_mildly(button: str, hours: float) -> None:
    question_id, option_id = button.split(".")
    question = questions()[question_id]
    option = question.option(option_id)
    assert option is not None
    assert judged(question, option, hours) >= AT_LEAST[button]


@pytest.mark.parametrize("hours", HOURS)
def test_the_buttons_that_say_all_is_well_ask_for_nothing(hours: float) -> None:
    well = [(question, option) for question, option in buttons() if option.findings and not present(option)]
    assert len(well) > 25
    assert {judged(question, option, hours) for question, option in well} == {Disposition.NONE}


@pytest.mark.parametrize("hours", HOURS)
def test_every_other_button_asks_for_something(hours: float) -> None:
    for question, option in buttons():
        if present(option):
            assert judged(question, option, hours) > Disposition.NONE, name(question, option)
    assert {name(question, option) for question, option in buttons() if not option.findings} == NOTHING_TO_JUDGE


def present(option: Option) -> bool:
    return any(finding.status is Status.PRESENT for finding in option.findings)


def test_what_a_button_says_is_covered_by_its_question() -> None:
    for question, option in buttons():
        said = {finding.symptom for finding in option.findings}
        help_asked = {"human_help_request"}
        assert said <= {*question.covers, *help_asked}, name(question, option)


def test_findings_of_buttons_say_that_they_were_pressed() -> None:
    assert {finding.reader for _, option in buttons() for finding in option.findings} == {Reader.ANSWER}


def test_yes_to_the_red_flags_asks_at_once_which_one_with_a_button_for_each() -> None:
    some = questions()["red_flags"].option("some")
    assert some is not None
    assert some.follow_up == "red_flags_which"
    assert len(questions()["red_flags_which"].options) == 9


def test_a_typed_yes_or_no_means_the_button_that_it_sounds_like() -> None:
    for question in questions().values():
        if question.if_no is not None and question.id not in {"sleep", "contact", "keeping_drinks", "donor_recovery"}:
            denial = question.option(question.if_no)
            assert denial is not None
            assert not present(denial), question.id
        if question.if_yes is not None and question.id not in {"sleep", "contact", "keeping_drinks", "donor_recovery"}:
            admission = question.option(question.if_yes)
            assert admission is not None
            assert present(admission), question.id


def test_every_question_and_button_has_a_short_text_of_its_own() -> None:
    keys = message_keys()
    for question, option in buttons():
        assert f"question.{question.id}.text" in keys
        assert f"question.{question.id}.option.{option.id}" in keys
    used = {f"question.{q.id}.text" for q in questions().values()} | {f"question.{q.id}.option.{o.id}" for q, o in buttons()}
    assert {key for key in keys if key.startswith("question.")} == used


def test_buttons_fit_a_phone_and_questions_never_reassure() -> None:
    texts = english()
    for question in questions().values():
        labels = [texts[f"question.{question.id}.option.{option.id}"] for option in question.options]
        assert all(len(label) <= 28 for label in labels)
        assert len(set(labels)) == len(labels)
    forbidden = ("normal", "harmless", "nothing to worry", "side effect", "don't worry")
    for key, text in texts.items():
        if key.startswith(("question.", "check_in.opening.")):
            assert not any(word in text.lower() for word in forbidden), key


def english() -> Mapping[str, str]:
    return load_messages(MESSAGES).texts["en"]
