"""High is escalated at once, middle is asked about, low is nothing; a clear denial keeps exactly its symptom from being raised."""

from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser import Recognition, Suspicion
from bot.core.reading.recogniser_verdict import EMERGENCY_RULE, RED_RULE, verdict
from tests.support.recogniser import THRESHOLDS


def suspicion(symptom: str = "chest_pain", present: float = 0.9, denied: float = 0.0) -> Suspicion:
    return Suspicion(symptom=symptom, present=present, denied=denied, words="an elephant", start=3, end=14)


@pytest.mark.parametrize(
    ("red", "emergency", "disposition", "rule"),
    [(0.8, 0.5, Disposition.EMERGENCY, EMERGENCY_RULE), (0.8, 0.49, Disposition.URGENT, RED_RULE), (0.79, 1.0, None, "")],
)
def test_high_is_escalated_at_once(red: float, emergency: float, disposition: Disposition | None, rule: str) -> None:
    found = verdict(Recognition(red=red, emergency=emergency, suspicions=(suspicion(),)), THRESHOLDS)
    assert (found.disposition, found.rule) == (disposition, rule)


@pytest.mark.parametrize(("red", "disposition"), [(0.84, None), (0.85, Disposition.URGENT)])
def test_where_no_symptom_is_suspected_it_takes_more(red: float, disposition: Disposition | None) -> None:
    found = verdict(Recognition(red=red), THRESHOLDS, ruled=Disposition.NONE)
    assert found.disposition is disposition
    assert found.ask is (disposition is None)


@pytest.mark.parametrize(("red", "disposition"), [(0.89, None), (0.9, Disposition.URGENT)])
def test_what_the_clinic_is_told_of_is_paged_only_from_higher_on(red: float, disposition: Disposition | None) -> None:
    found = verdict(Recognition(red=red, suspicions=(suspicion(),)), THRESHOLDS, ruled=Disposition.SAME_DAY)
    assert (found.disposition, found.ask) == (disposition, False)


@pytest.mark.parametrize(
    ("red", "ruled", "disposition", "asks"),
    [
        (0.59, Disposition.NONE, None, False),
        (0.6, Disposition.NONE, None, True),
        (0.6, Disposition.SELF_MANAGE, None, True),
        (0.89, Disposition.SELF_MANAGE, None, True),
        (0.9, Disposition.NONE, Disposition.EMERGENCY, False),
        (0.3, None, None, True),
        (0.8, Disposition.URGENT, Disposition.URGENT, False),
    ],
)
def test_where_every_word_is_explained_the_rules_know_best(
    red: float, ruled: Disposition | None, disposition: Disposition | None, *, asks: bool
) -> None:
    found = verdict(Recognition(red=red, emergency=1.0, suspicions=(suspicion(),)), THRESHOLDS, (), ruled, explained=True)
    assert (found.disposition, found.ask) == (disposition, asks)


@pytest.mark.parametrize(("emergency", "disposition"), [(0.69, Disposition.URGENT), (0.7, Disposition.EMERGENCY)])
def test_what_the_rules_found_urgent_takes_more_to_be_an_emergency(emergency: float, disposition: Disposition) -> None:
    assert verdict(Recognition(red=0.9, emergency=emergency), THRESHOLDS, ruled=Disposition.URGENT).disposition is disposition


def test_middle_is_asked_about_the_likeliest_symptom() -> None:
    recognition = Recognition(red=0.3, suspicions=(suspicion("fever", 0.6), suspicion("chest_pain", 0.7)))
    found = verdict(recognition, THRESHOLDS)
    assert found.disposition is None
    assert found.ask
    assert found.suspicion is not None
    assert found.suspicion.symptom == "chest_pain"


def test_middle_without_a_likely_symptom_is_asked_in_general() -> None:
    found = verdict(Recognition(red=0.3, suspicions=(suspicion(present=0.2),)), THRESHOLDS)
    assert found.ask
    assert found.suspicion is None


@pytest.mark.parametrize(
    ("red", "ruled", "asks"),
    [
        (0.3, None, True),
        (0.3, Disposition.NONE, False),
        (0.4, Disposition.NONE, True),
        (0.4, Disposition.SELF_MANAGE, False),
        (0.5, Disposition.SELF_MANAGE, True),
        (0.7, Disposition.SAME_DAY, False),
    ],
)
def test_what_the_rules_understood_takes_more_doubt(red: float, ruled: Disposition | None, *, asks: bool) -> None:
    assert verdict(Recognition(red=red), THRESHOLDS, ruled=ruled).ask is asks


def test_low_is_nothing() -> None:
    found = verdict(Recognition(red=0.29, nothing=0.2), THRESHOLDS)
    assert (found.disposition, found.ask, found.at_ease) == (None, False, False)


@pytest.mark.parametrize(("red", "nothing", "calm"), [(0.09, 0.5, True), (0.1, 0.9, False), (0.01, 0.49, False)])
def test_ease_needs_both_no_red_flag_and_nothing_to_do(red: float, nothing: float, *, calm: bool) -> None:
    assert verdict(Recognition(red=red, nothing=nothing), THRESHOLDS).at_ease is calm


def test_a_rules_denial_of_the_only_symptom_turns_an_alarm_into_a_question() -> None:
    recognition = Recognition(red=0.95, suspicions=(suspicion(),))
    found = verdict(recognition, THRESHOLDS, cleared={"chest_pain"})
    assert (found.disposition, found.ask) == (None, True)


def test_a_rules_denial_silences_no_other_symptom() -> None:
    recognition = Recognition(red=0.95, emergency=0.9, suspicions=(suspicion(), suspicion("fever", 0.6)))
    found = verdict(recognition, THRESHOLDS, cleared={"chest_pain"})
    assert found.disposition is Disposition.EMERGENCY
    assert found.suspicion is not None
    assert found.suspicion.symptom == "fever"


def test_a_red_flag_that_no_symptom_explains_is_raised_all_the_same() -> None:
    found = verdict(Recognition(red=0.95), THRESHOLDS, cleared={"chest_pain"})
    assert found.disposition is Disposition.URGENT
    assert found.suspicion is None
