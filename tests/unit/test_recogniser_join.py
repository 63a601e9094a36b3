"""The learned reader's say in an assessment, with its reason and the patient's own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Reader, Status
from bot.core.reading.recogniser_join import clues_of, join
from tests.support.recogniser import RED, THRESHOLDS, recogniser

SURE = recogniser({"elephant": {0: 6.0, RED: 6.0, RED + 1: 6.0}})
"""Takes an elephant for chest pain and an emergency."""
HALF = recogniser({"elephant": {0: 4.0, RED: 2.5}})
CALM = recogniser({"bus": {RED: -3.0, RED + 2: 6.0}})
NOTHING = Assessment(disposition=Disposition.NONE)


def test_a_red_flag_is_escalated_saying_so() -> None:
    joined = join("an elephant on me", NOTHING, SURE, THRESHOLDS)
    assert joined.disposition is Disposition.EMERGENCY
    reason = joined.reasons[0]
    assert (reason.rule, reason.symptom, reason.words) == ("recogniser.emergency", "chest_pain", ("elephant",))
    assert "learned reader" in reason.text
    assert joined.findings == (Finding(symptom="chest_pain", text="elephant", start=3, end=11, reader=Reader.RECOGNISER),)


def test_doubt_becomes_one_question_about_that_symptom() -> None:
    unclear = Assessment(disposition=Disposition.NONE, unclear=True)
    joined = join("an elephant on me", unclear, HALF, THRESHOLDS)
    assert (joined.disposition, joined.unclear, joined.question) == (Disposition.NONE, True, "chest_pain")


def test_a_message_that_the_rules_understood_is_not_asked_about_on_so_little() -> None:
    assert join("an elephant on me", NOTHING, HALF, THRESHOLDS) == NOTHING


def test_a_rules_own_question_stays() -> None:
    assessment = Assessment(disposition=Disposition.NONE, unclear=True, question="fever")
    assert join("an elephant on me", assessment, HALF, THRESHOLDS).question == "fever"


def test_an_urgent_finding_is_held_up_by_no_question() -> None:
    assessment = Assessment(disposition=Disposition.URGENT)
    assert join("an elephant on me", assessment, HALF, THRESHOLDS) == assessment


def test_no_question_is_asked_where_the_clinic_is_told_of_something_understood() -> None:
    assessment = Assessment(disposition=Disposition.SAME_DAY)
    assert join("an elephant on me", assessment, recogniser({"elephant": {RED: 4.5}}), THRESHOLDS) == assessment


def test_an_urgent_finding_may_be_raised_to_an_emergency() -> None:
    assessment = Assessment(disposition=Disposition.URGENT)
    assert join("an elephant on me", assessment, SURE, THRESHOLDS).disposition is Disposition.EMERGENCY


def test_a_rules_clear_denial_of_that_symptom_asks_instead() -> None:
    denied = Assessment(disposition=Disposition.NONE, findings=(Finding(symptom="chest_pain", status=Status.NEGATED),))
    joined = join("no elephant", denied, SURE, THRESHOLDS)
    assert (joined.disposition, joined.unclear) == (Disposition.NONE, True)


@pytest.mark.parametrize(
    ("level", "unclear", "question"),
    [
        (Disposition.SELF_MANAGE, False, "sepsis"),
        (Disposition.NONE, False, None),
        (Disposition.NONE, True, None),
    ],
    ids=["they said that they are ill", "they said that all is well", "nobody understood"],
)
def test_a_fear_without_a_name_asks_how_ill_who_said_what_ails_them(
    level: Disposition, *, unclear: bool, question: str | None
) -> None:
    nameless = recogniser({"odd": {RED: 3.7}})
    joined = join(
        "I feel odd",
        Assessment(disposition=level, unclear=unclear),
        nameless,
        replace(THRESHOLDS, settled=0.99, red=0.99, vague=0.99),
    )
    assert (joined.disposition, joined.unclear, joined.question) == (level, True, question)


def test_what_they_have_just_said_is_not_asked_about() -> None:
    said = Assessment(disposition=Disposition.SELF_MANAGE, findings=(Finding(symptom="chest_pain"),))
    wary = replace(THRESHOLDS, settled=0.99, mild=0.3)
    assert join("an elephant on me", said, HALF, wary).question == "sepsis"
    assert join("an elephant on me", replace(said, findings=()), HALF, wary).question == "chest_pain"
    unclear = replace(said, disposition=Disposition.NONE, unclear=True)
    assert join("an elephant on me", unclear, HALF, THRESHOLDS).question == "sepsis"


def test_what_is_denied_and_also_affirmed_is_not_denied() -> None:
    both = (Finding(symptom="chest_pain", status=Status.NEGATED), Finding(symptom="chest_pain"))
    joined = join("an elephant", Assessment(disposition=Disposition.NONE, findings=both), SURE, THRESHOLDS)
    assert joined.disposition is Disposition.EMERGENCY
    assert joined.findings == both, "a symptom that the rules found is not listed twice"


def test_the_rules_question_is_dropped_only_where_it_may_rest() -> None:
    unclear = Assessment(disposition=Disposition.NONE, unclear=True)
    assert join("the bus was late", unclear, CALM, THRESHOLDS).unclear
    assert not join("the bus was late", unclear, CALM, THRESHOLDS, may_rest=True).unclear
    for disposition in (Disposition.SELF_MANAGE, Disposition.SAME_DAY):
        found = join("the bus was late", Assessment(disposition=disposition, unclear=True), CALM, THRESHOLDS, may_rest=True)
        assert (found.disposition, found.unclear) == (disposition, False)


def test_clues_say_what_the_rules_made_of_it() -> None:
    number = Measure(kind="temperature", value=38.2, unit="Cel")
    finding = Finding(symptom="fever", status=Status.PAST)
    assessment = Assessment(disposition=Disposition.SAME_DAY, findings=(finding,), measures=(number,), unclear=True)
    assert clues_of(assessment, "heart") == {
        "rules.same_day",
        "at_least.self_manage",
        "at_least.same_day",
        "some.past",
        "unclear",
        "unclear.same_day",
        "number",
        "number.same_day",
        "past.fever",
        "measured.temperature",
        "asked.heart",
    }


def test_what_holds_no_letter_is_left_to_the_rules() -> None:
    sure_of_all = recogniser({"elephant": {RED: 6.0}}, clues={"rules.none": 9.0})
    unclear = Assessment(disposition=Disposition.NONE, unclear=True)
    assert join("388", unclear, sure_of_all, THRESHOLDS) == unclear
    assert join("elephant", unclear, sure_of_all, THRESHOLDS).disposition.red


def test_a_red_flag_of_which_no_symptom_is_suspected_takes_more() -> None:
    unclear = Assessment(disposition=Disposition.NONE, unclear=True)
    nameless = recogniser({"odd": {RED: 4.6, 0: -3.0, 1: -3.0, 2: -3.0, 3: -3.0}})
    named = recogniser({"odd": {RED: 4.6, 0: 6.0}})
    assert not join("odd again", unclear, nameless, THRESHOLDS).disposition.red
    assert join("odd again", unclear, nameless, THRESHOLDS).unclear
    assert join("odd again", unclear, named, THRESHOLDS).disposition.red


SUSPECTED = Assessment(disposition=Disposition.EMERGENCY, findings=(Finding(symptom="chest_pain", text="elephant"),))
ASKED = Assessment(disposition=Disposition.NONE, unclear=True, question="chest_pain", at_stake=Disposition.EMERGENCY)


def test_what_the_rules_suspect_is_believed_where_the_learned_reader_takes_it_for_a_red_flag_too() -> None:
    assert join("an elephant on me", ASKED, SURE, THRESHOLDS, suspected=SUSPECTED) == SUSPECTED
    assert join("the elephant", ASKED, recogniser({"elephant": {RED: 2.7}}), THRESHOLDS, suspected=SUSPECTED) == SUSPECTED


def test_what_the_rules_suspect_is_at_least_asked_about() -> None:
    for reader in (CALM, recogniser({"elephant": {RED: -9.0, RED + 2: 9.0}})):
        assert join("the bus and the elephant", ASKED, reader, THRESHOLDS, suspected=SUSPECTED, may_rest=True) == ASKED


def test_a_suspicion_without_a_letter_is_believed() -> None:
    assert join("🐘", ASKED, CALM, THRESHOLDS, suspected=SUSPECTED) == SUSPECTED


def test_the_learned_reader_hears_of_a_suspicion_as_the_rules_said_it() -> None:
    leaning = recogniser({"bus": {RED: 0.0}}, clues={"rules.emergency": 6.0})
    assert join("the bus", ASKED, leaning, THRESHOLDS, suspected=SUSPECTED) == SUSPECTED
