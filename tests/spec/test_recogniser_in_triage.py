"""Rules and recogniser together, on the shipped catalogue: it raises what no rule reads, says so, and leaves what rules know alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.knowledge import load_knowledge
from bot.content.library import CATALOGUE
from bot.content.recogniser import CARD, SECOND_CARD, load_recogniser
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Reader
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.triage import Knowledge, by_rules, triage
from tests.spec.test_recogniser_shipped import ALARMING, ORDINARY

MESSAGES = CATALOGUE.parents[1] / "messages"
LATER = PatientContext(hours_since_treatment=80)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(CATALOGUE, MESSAGES)


def test_it_is_part_of_what_triage_knows(knowledge: Knowledge) -> None:
    assert knowledge.recogniser is not None
    assert knowledge.thresholds is not None
    cards = [json.loads((CATALOGUE / name).read_text(encoding="utf-8")) for name in (CARD, SECOND_CARD)]
    assert knowledge.recogniser.version == "+".join(card["sha256"][:16] for card in cards)


@pytest.mark.parametrize("text", ALARMING)
def test_what_alarms_is_escalated_or_asked_about(knowledge: Knowledge, text: str) -> None:
    found = triage(text, asked=None, patient=LATER, knowledge=knowledge)
    assert found.disposition.red or found.unclear


@pytest.mark.parametrize(
    "text", [*ALARMING, *ORDINARY, "", "38.4", "no", "this knee is killing me lol, 4/10", "I fainted on the stairs"]
)
@pytest.mark.parametrize("asked", [None, "breathing"])
def test_it_lowers_nothing_that_the_rules_found(knowledge: Knowledge, text: str, asked: str | None) -> None:
    rules = by_rules(text, asked=asked, patient=LATER, knowledge=knowledge)
    found = triage(text, asked=asked, patient=LATER, knowledge=knowledge)
    ruled = rules.said if found.disposition.red else rules.assessment
    assert found.disposition >= ruled.disposition
    assert set(ruled.findings) <= set(found.findings)
    assert set(ruled.reasons) <= set(found.reasons)
    assert found.disposition.red or found.unclear or not rules.said.disposition.red, "what is suspected is at least asked about"


def test_what_only_it_reads_is_escalated_saying_so(knowledge: Knowledge) -> None:
    text = "по лестнице поднимаюсь и на каждом пролёте стою, хватаю ртом, губы сизые"
    alone = triage(text, asked=None, patient=LATER, knowledge=replace(knowledge, recogniser=None))
    found = triage(text, asked=None, patient=LATER, knowledge=knowledge)
    assert found.disposition >= alone.disposition
    assert found.disposition.red
    if not alone.disposition.red:
        assert found.reasons[0].rule.startswith("recogniser.")
        assert all(f.reader is Reader.RECOGNISER for f in found.findings if f not in alone.findings)


@pytest.mark.parametrize("text", ["thanks", "ok 👍", "My bp is 128/82, all good", "STOP", "36.6"])
def test_what_the_rules_know_to_need_nothing_is_not_asked_about(knowledge: Knowledge, text: str) -> None:
    found = triage(text, asked=None, patient=LATER, knowledge=knowledge)
    assert (found.disposition, found.unclear) == (Disposition.NONE, False)


PART_D = [json.loads(line) for line in (MESSAGES.parent / "tests/golden/triage/part_d.jsonl").read_text("utf-8").splitlines()]


def test_part_d_holds_with_it_too(knowledge: Knowledge) -> None:
    below, above, asked = [], [], []
    for row in PART_D:
        given = row["context"]
        patient = PatientContext(
            role=Role(given["role"]),
            route=Route(given["route"]) if given["route"] else None,
            risks=frozenset(Risk(risk) for risk in given["risks"]),
            hours_since_treatment=given["hours_since_treatment"],
        )
        found = triage(row["text"], asked=row["asked"], patient=patient, knowledge=knowledge)
        expected = Disposition.of(row["expected"])
        below += [row["id"]] if found.disposition < expected else []
        above += [row["id"]] if found.disposition > expected else []
        asked += [row["id"]] if found.unclear else []
    assert below == []
    assert len(above) <= 4, above
    assert len(asked) <= 2, asked


def test_a_word_of_alarm_that_nothing_explains_is_asked_about_whatever_it_thinks(knowledge: Knowledge) -> None:
    assert triage("asdf qwerty", asked=None, patient=LATER, knowledge=knowledge).unclear
    assert triage("", asked=None, patient=LATER, knowledge=knowledge).unclear


def test_the_small_model_alone_reads_them_too(knowledge: Knowledge) -> None:
    alone = replace(knowledge, recogniser=load_recogniser(CATALOGUE, alone=True))
    for text in ALARMING:
        found = triage(text, asked=None, patient=LATER, knowledge=alone)
        assert found.disposition.red or found.unclear, text
    for text in ORDINARY:
        assert not triage(text, asked=None, patient=LATER, knowledge=alone).disposition.red, text


def test_a_catalogue_without_it_is_read_by_the_rules_alone(tmp_path: Path) -> None:
    bare = tmp_path / "bot" / "catalogue"
    (bare / "symptoms").mkdir(parents=True)
    for path in [*CATALOGUE.glob("symptoms/*.yaml"), CATALOGUE / "combinations.yaml", CATALOGUE / "vitals.yaml"]:
        (bare / path.relative_to(CATALOGUE)).write_bytes(path.read_bytes())
    knowledge = load_knowledge(bare, MESSAGES)
    assert knowledge.recogniser is None
    assert triage("I fainted on the stairs", asked=None, patient=LATER, knowledge=knowledge).disposition.red


@pytest.mark.parametrize(
    ("text", "asked", "suspected"),
    [
        ("I couldn't breathe, my grandson does such a penguin", None, True),
        ("I couldn't breathe, my grandson does such a penguin", "breathing", True),
        ("I can't breathe", None, False),
        ("I couldn't breathe, my grandson does such a penguin", "dyspnea", False),
        ("39.6 and the penguin waddles", "temperature", False),
        ("I don't want to live any more, said the penguin", None, False),
    ],
    ids=["unknown words", "topic asked", "known words", "closed question asked", "a number", "at their word"],
)
def test_only_a_phrase_among_unknown_words_is_a_suspicion(
    knowledge: Knowledge, text: str, asked: str | None, *, suspected: bool
) -> None:
    ruled = by_rules(text, asked=asked, patient=LATER, knowledge=knowledge)
    assert ruled.said.disposition.red
    assert (ruled.suspected is not None) is suspected
    assert ruled.assessment.disposition.red is not suspected
