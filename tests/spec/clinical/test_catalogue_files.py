"""The catalogue as shipped: one file a symptom, complete, traceable, and written for people."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from bot.content.yaml_source import Node, Source
from bot.core.clinical.conditions import Present, Resolved, leaves
from bot.core.clinical.rules import MilderForm, Rule, Symptom
from tests.support.clinical import CATALOGUE, book

ROOT = CATALOGUE.parents[1]
SYMPTOMS = sorted(book().symptoms)
FORBIDDEN = re.compile(
    r"\bnormal\b|harmless|not a clot|not cancer|nothing to worry|\bmg\b(?!/dL)|paracetamol|\d+ ?tablets", re.IGNORECASE
)


@cache
def texts(file: str, key: str) -> dict[str, str]:
    root = Source.read(ROOT / "messages" / "en" / file).root()
    return dict(root.fields(optional=[key, "clarify"]).at(key).mapping(Node.words))


def test_there_are_61_symptoms() -> None:
    assert len(SYMPTOMS) == 61


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_the_file_is_complete(symptom: str) -> None:
    found: Symptom = book().symptoms[symptom]
    assert found.term
    assert found.advice
    assert found.phases
    assert found.qualities
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", quality) for quality in found.qualities)
    assert found.where == f"bot/catalogue/symptoms/{symptom}.yaml:1"


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_every_quality_that_a_rule_asks_for_is_one_that_readers_know(symptom: str) -> None:
    known = set(book().symptoms[symptom].qualities)
    for rule in book().symptoms[symptom].rules:
        for leaf in leaves(rule.when):
            if isinstance(leaf, Present | Resolved) and leaf.symptoms == (symptom,):
                assert leaf.any_of <= known


def test_every_rule_stands_where_it_says() -> None:
    for rule in book().rules():
        path, _, line = rule.where.rpartition(":")
        text = (ROOT / path).read_text(encoding="utf-8").split("\n")[int(line) - 1]
        wanted = rule.disposition.word if rule.id.endswith(".floor") else rule.id.removeprefix(f"{rule.symptom}.")
        assert wanted in text, rule.id


def test_every_rule_names_its_source_and_says_why() -> None:
    for rule in book().rules():
        assert rule.source
        assert len(rule.reason) > 5
    assert book().rule("fever.urgent.39") is not None
    assert isinstance(book().rule("fever.urgent.39"), Rule)


def test_a_symptom_can_be_explained() -> None:
    ids = {rule.id for rule in book().about("deep_vein_thrombosis")}
    assert {"deep_vein_thrombosis.floor", "B09"} <= ids


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_the_advice_is_short_plain_and_promises_nothing(symptom: str) -> None:
    text = texts("advice.yaml", "advice")[symptom]
    assert not FORBIDDEN.search(text)
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", text) if s]
    assert 2 <= len(sentences) <= 5
    assert max(len(sentence.split()) for sentence in sentences) <= 32


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_the_advice_says_what_would_make_it_urgent(symptom: str) -> None:
    if symptom != "chromosomal_abnormality_concern":
        assert re.search(r"at once|emergency number|crisis number", texts("advice.yaml", "advice")[symptom])


def test_every_symptom_has_a_plain_name_and_nothing_else_has() -> None:
    names = texts("symptoms.yaml", "symptom")
    assert sorted(names) == SYMPTOMS == sorted(texts("advice.yaml", "advice"))
    assert len(set(names.values())) == 61


def test_the_reason_texts_promise_nothing_either() -> None:
    for rule in book().rules():
        if rule.id != "overdose_poisoning.emergency.paracetamol":
            assert not FORBIDDEN.search(rule.reason), rule.id


def test_the_version_is_the_hash_of_the_files(tmp_path: Path) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", book().version)


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_every_reason_tells_a_doctor_at_night_what_was_found_and_diagnoses_nothing(symptom: str) -> None:
    found = book().symptoms[symptom]
    every: list[Rule | MilderForm] = [found.floor, *found.milder, *found.rules]
    for told in every:
        assert 8 <= len(told.reason) <= 120, told.id
        assert "_" not in told.reason, told.id
        assert "mentioned as present" not in told.reason, told.id
        assert not re.search(r"\bnormal\b|harmless|not a clot|not cancer", told.reason, re.IGNORECASE), told.id


def test_no_two_symptoms_give_the_same_floor_reason() -> None:
    reasons = [symptom.floor.reason for symptom in book().symptoms.values()]
    assert len(set(reasons)) == len(reasons)
