"""Whose body, when, and whether it is meant: what the vocabulary reader makes of persons, years, figures of speech and medicines."""

from __future__ import annotations

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.reading.normalise import normalise
from bot.core.reading.reader import read
from bot.core.reading.tokens import tokenise
from tests.support.reading import ask, knowledge, statuses


@pytest.mark.parametrize(("text", "word"), [("in '99", "1999"), ("since '07", "2007"), ("'45", "2045"), ("'46", "1946")])
def test_a_year_in_short_is_a_year(text: str, word: str) -> None:
    assert word in tokenise(normalise(text)).words


@pytest.mark.parametrize("text", ["5'09", "12'30 min", "'095"])
def test_what_only_looks_like_a_year_in_short_is_none(text: str) -> None:
    assert not {w for w in tokenise(normalise(text)).words if w.startswith(("19", "20")) and len(w) == 4}


def test_nothing_now_leaves_the_past_in_the_past() -> None:
    assert statuses("had chest pain in 2020, nothing now", "chest_pain") == {Status.PAST}


def test_now_takes_it_out_of_the_past() -> None:
    assert statuses("had chest pain in 2020 and now too", "chest_pain") == {Status.PRESENT}


def test_who_is_addressed_is_not_the_one_who_is_ill() -> None:
    assert statuses("Brother, my back hurts", "pain_other") == {Status.PRESENT}


def test_a_denied_patient_is_another_person() -> None:
    assert Status.PRESENT not in statuses("my brother, he is not your patient, has a fever", "fever")


def test_a_brother_who_got_the_writers_cells_is_no_patient_of_the_writers() -> None:
    assert statuses("my brother got my cells and he has a fever", "fever") == {Status.OTHER_PERSON}


def test_well_being_of_the_writers_own_makes_no_illness_of_anothers_theirs() -> None:
    assert statuses("my grandson has a fever, I'm fine", "fever") == {Status.OTHER_PERSON}


@pytest.mark.parametrize("text", ["dying over finals", "had a fit when I saw the bill", "the striker had me gasping"])
def test_a_figure_of_speech_beside_its_scene_is_asked_about(text: str) -> None:
    found = ask(text)
    assert (found.disposition, found.unclear) == (Disposition.NONE, True)


@pytest.mark.parametrize("text", ["I'm dying", "I had a fit", "gasping", "collapsed on the bus", "couldn't breathe at the match"])
def test_a_figure_of_speech_without_a_scene_is_a_report(text: str) -> None:
    assert ask(text).disposition is Disposition.EMERGENCY


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("I take tacrolimus", Risk.IMMUNOSUPPRESSANT),
        ("had chemo last week", Risk.CHEMOTHERAPY),
        ("I'm diabetic", Risk.DIABETES),
        ("on warfarin", Risk.ANTICOAGULANT),
    ],
)
def test_a_medicine_that_the_writer_has_counts_as_a_risk(text: str, risk: Risk) -> None:
    assert risk in read(text, knowledge().lexicon).risks


@pytest.mark.parametrize("text", ["not on tacrolimus", "my brother is on tacrolimus", "not on any chemo"])
def test_a_medicine_denied_or_of_another_is_no_risk(text: str) -> None:
    assert not read(text, knowledge().lexicon).risks


def test_a_quality_inside_a_denial_describes_nothing() -> None:
    patient = PatientContext(role=Role.DONOR, route=Route.IV, hours_since_treatment=8)
    assert ask("queasy from the anaesthetic, temperature fine", None, patient).disposition < Disposition.URGENT


def test_both_legs_that_ache_from_sport_are_no_clot() -> None:
    assert ask("calves are killing me, both of them, ran 16 miles").disposition < Disposition.URGENT


def test_one_leg_that_aches_from_sport_is_seen() -> None:
    assert ask("left calf is killing me, ran 16 miles").disposition is Disposition.URGENT
