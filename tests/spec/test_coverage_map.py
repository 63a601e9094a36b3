"""Every topic of the source document is asked in its phase, by a check-in, or caught at any time by a rule.

The map is part A6 of the clinical content, as data: lines of the document, what they speak of, the symptoms and rules that answer
them. A topic that no check-in of its phase asks about, and that is not on the short list of things nobody can be asked, fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pytest

from bot.content.catalogue import load_rule_book
from bot.core.careplan.schedule import Phase
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Role
from bot.core.clinical.rules import RuleBook
from tests.support.careplan import CATALOGUE, questions, shipped, shipped_names

IMM, SHORT, LONG = Phase.IMMEDIATE, Phase.SHORT_TERM, Phase.LONG_TERM


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One row of the map. ``asked_in`` are the phases in which each of its symptoms must be asked about."""

    lines: str
    about: str
    asked_in: tuple[Phase, ...]
    symptoms: str
    rules: str = ""
    role: Role = Role.RECIPIENT


TOPICS = (
    Topic(lines="40-45, 208, 298", about="pain, swelling, redness, itch at the site", asked_in=(IMM, SHORT), symptoms="injection_site_reaction", rules="B19 B30 B45"),
    Topic(lines="138-142, 310", about="localised tissue reactions", asked_in=(IMM, SHORT, LONG), symptoms="localized_tissue_reaction", rules="B30"),
    Topic(lines="47-56", about="fever, fatigue, flu-like illness", asked_in=(IMM, SHORT), symptoms="fever chills_rigors fatigue flu_like_symptoms", rules="B01 B02 B03 B04 B05"),
    Topic(lines="65-69", about="pain beyond the site", asked_in=(IMM, SHORT), symptoms="pain_other headache neuro_deficit", rules="B33"),
    Topic(
        lines="71-77, 336-338",
        about="constipation and digestion",
        asked_in=(SHORT,),
        symptoms="constipation nausea_vomiting diarrhoea abdominal_pain bloating_indigestion",
        rules="B37",
    ),
    Topic(
        lines="79-99, 302",
        about="arrhythmia, palpitations, blood pressure",
        asked_in=(IMM, SHORT),
        symptoms="palpitations heart_rate_abnormal hypertension hypotension dizziness_presyncope syncope edema chest_pain",
        rules="B11 B12 B13 B14 B23",
    ),
    Topic(
        lines="103-123, 306",
        about="bacterial and viral infection",
        asked_in=(SHORT,),
        symptoms="injection_site_infection joint_infection sepsis respiratory_infection urinary_symptoms donor_derived_viral_infection",
        rules="B04 B05 B06 B07 B38",
    ),
    Topic(lines="117-123", about="viruses that show late", asked_in=(SHORT, LONG), symptoms="donor_derived_viral_infection", rules="B38"),
    Topic(lines="130-136, 342", about="fibrosis", asked_in=(LONG,), symptoms="fibrosis"),
    Topic(
        lines="146-168, 314",
        about="clots and blocked small vessels",
        asked_in=(IMM, SHORT, LONG),
        symptoms="deep_vein_thrombosis pulmonary_embolism superficial_thrombophlebitis dyspnea hemoptysis low_oxygen stroke_tia microvascular_obstruction",
        rules="B08 B09 B10 B17 B18 B24",
    ),
    Topic(lines="170-184, 318, 342", about="chromosomal changes", asked_in=(LONG,), symptoms="chromosomal_abnormality_concern"),
    Topic(lines="186-196, 318, 342", about="tumours", asked_in=(LONG,), symptoms="neoplasm_suspected", rules="B39"),
    Topic(lines="198-211, 322", about="allergy and anaphylaxis", asked_in=(IMM,), symptoms="allergic_reaction anaphylaxis infusion_related_reaction", rules="B14 B15 B16"),
    Topic(lines="212-221", about="immune effects", asked_in=(SHORT, LONG), symptoms="immune_mediated_reaction"),
    Topic(
        lines="225-235, 326",
        about="reactions of the donor",
        asked_in=(IMM, SHORT),
        symptoms="donor_site_pain donor_site_bleeding_hematoma donor_site_infection donor_nerve_injury donor_fatigue_anemia donor_anesthesia_reaction fat_embolism",
        rules="B40 B41 B42",
        role=Role.DONOR,
    ),
    Topic(lines="233", about="the donor's pain and numbness that stay", asked_in=(LONG,), symptoms="donor_site_pain donor_nerve_injury", role=Role.DONOR),
    Topic(lines="237-247", about="donor and recipient do not match", asked_in=(SHORT, LONG), symptoms="immune_mediated_reaction"),
    Topic(lines="249-280, 330", about="risks and medicines", asked_in=(SHORT,), symptoms="glucose_abnormal bleeding_bruising", rules="B20 B21 B22 B23 B24 B25 B26 B27 B28"),
    Topic(lines="not in the document", about="sleep", asked_in=(SHORT,), symptoms="insomnia"),
    Topic(lines="not in the document", about="mood and crisis", asked_in=(SHORT, LONG), symptoms="psychological_distress self_harm_crisis", rules="B43"),
    Topic(lines="not in the document", about="the donor's mood", asked_in=(IMM, SHORT, LONG), symptoms="psychological_distress self_harm_crisis", role=Role.DONOR),
    Topic(lines="not in the document", about="sight", asked_in=(IMM, SHORT), symptoms="vision_change", rules="B36"),
    Topic(lines="not in the document", about="pregnancy", asked_in=(SHORT, LONG), symptoms="pregnancy", rules="B29"),
    Topic(lines="not in the document", about="what a carer reports, medicines taken wrongly", asked_in=(), symptoms="confusion_drowsiness seizure overdose_poisoning", rules="B44 B49"),
    Topic(lines="not in the document", about="a person is wanted", asked_in=(SHORT, LONG), symptoms="human_help_request", rules="B45"),
    Topic(lines="not in the document", about="what lasts, what gets worse, what comes together", asked_in=(), symptoms="", rules="B30 B31 B32 B34 B35 B52"),
)  # fmt: skip

NOT_ASKED = {
    "confusion_drowsiness": "who has it cannot be asked; a carer's or the patient's own words are read at any time",
    "seizure": "who has it cannot be asked; their words are read at any time",
    "overdose_poisoning": "asking for it at every check-in would teach it; the patient's words are read at any time",
}

FLOORS = {
    "B08": ("deep_vein_thrombosis", Disposition.URGENT),
    "B17": ("stroke_tia", Disposition.EMERGENCY),
    "B39": ("neoplasm_suspected", Disposition.SAME_DAY),
    "B43": ("self_harm_crisis", Disposition.EMERGENCY),
}
"""Rules that the least level of one symptom holds by itself."""


@cache
def rules() -> RuleBook:
    return load_rule_book(CATALOGUE)


def with_follow_ups(question_id: str) -> set[str]:
    found: set[str] = set()
    waiting = [question_id]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += [option.follow_up for option in questions()[current].options if option.follow_up]
    return found


@cache
def asked(role: Role, phase: Phase) -> frozenset[str]:
    """The symptoms that some check-in of that phase asks about."""
    return frozenset(
        symptom
        for name in shipped_names()
        if shipped(name).role is role
        for check_in in shipped(name).check_ins
        if shipped(name).phase_at(check_in.at.roughly()) is phase
        for ask in check_in.asks
        for question in with_follow_ups(ask.question)
        for symptom in questions()[question].covers
    )


def citing(code: str) -> list[str]:
    """The ids of the rules that stand on that part of the clinical content."""
    book = rules()
    sources = [(rule.id, rule.source) for rule in book.rules()] + [(modifier.id, modifier.source) for modifier in book.modifiers]
    sources += [(rule.id, rule.source) for rule in (book.allowance, book.tally) if rule is not None]
    return [rule_id for rule_id, source in sources if re.search(rf"\b{code}\b", f"{rule_id} {source}")]


def uncovered(topic: Topic, phases: Iterable[Phase]) -> list[tuple[str, str]]:
    return [
        (symptom, phase.value)
        for symptom in topic.symptoms.split()
        for phase in phases
        if symptom not in asked(topic.role, phase)
    ]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.about)
def test_every_topic_is_asked_about_in_its_phase(topic: Topic) -> None:
    assert uncovered(topic, topic.asked_in) == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.about)
def test_every_rule_that_the_map_names_is_in_the_rule_book(topic: Topic) -> None:
    for code in topic.rules.split():
        if code in FLOORS:
            symptom, least = FLOORS[code]
            assert rules().symptoms[symptom].floor.disposition >= least, code
        else:
            assert citing(code), code


def test_every_symptom_of_the_catalogue_is_in_the_map_and_every_one_in_the_map_is_in_the_catalogue() -> None:
    mapped = {symptom for topic in TOPICS for symptom in topic.symptoms.split()}
    assert mapped == set(rules().symptoms)


def test_every_symptom_that_a_question_covers_is_in_the_catalogue() -> None:
    covered = {symptom for question in questions().values() for symptom in question.covers}
    assert covered <= set(rules().symptoms)
    assert set(rules().symptoms) - covered <= set(NOT_ASKED) | {"seizure"}


def test_what_nobody_can_be_asked_is_caught_by_a_rule_at_any_time() -> None:
    for symptom in NOT_ASKED:
        assert rules().symptoms[symptom].floor.disposition >= Disposition.SAME_DAY, symptom
    everywhere = {symptom for role in Role for phase in Phase for symptom in asked(role, phase)}
    assert "seizure" not in everywhere
    assert "overdose_poisoning" not in everywhere


def test_the_map_notices_a_topic_that_nobody_asks_about() -> None:
    missing = Topic(lines="1", about="seizures", asked_in=(SHORT,), symptoms="seizure fever")
    assert uncovered(missing, missing.asked_in) == [("seizure", "short_term")]


def test_every_check_in_starts_with_the_red_flags_and_every_question_is_used() -> None:
    used: set[str] = set()
    for name in shipped_names():
        for check_in in shipped(name).check_ins:
            assert check_in.asks[0].question == "red_flags"
            used |= {question for ask in check_in.asks for question in with_follow_ups(ask.question)}
    assert used == set(questions())


def test_silence_in_the_first_day_is_a_task_within_two_hours() -> None:
    for name in shipped_names():
        for check_in_id in ("h2", "h6", "h24"):
            check_in = shipped(name).check_in(check_in_id)
            assert check_in is not None
            assert (check_in.silence.remind_after + check_in.silence.task_after).total_seconds() <= 2 * 3600
            assert check_in.silence.disposition >= Disposition.SAME_DAY
