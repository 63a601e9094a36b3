"""The strict loader: a bad catalogue is refused whole, with the file, the line and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.content.catalogue import load_rule_book
from bot.content.problems import Problem, ProblemsFound
from tests.support.clinical import CATALOGUE, book


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    copy = tmp_path / "bot" / "catalogue"
    shutil.copytree(CATALOGUE, copy)
    return copy


def edit(catalogue: Path, file: str, old: str, new: str) -> int:
    """Replaces the first ``old``; the line on which it stands."""
    path = catalogue / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(catalogue: Path) -> list[Problem]:
    with pytest.raises(ProblemsFound) as found:
        load_rule_book(catalogue)
    return found.value.problems


FEVER = "symptoms/fever.yaml"
FLAWS = [
    (FEVER, "floor: same_day", "floor: sameday", "unknown-value", "sameday"),
    (FEVER, "floor: same_day", "floor: none", "floor", "never none"),
    (FEVER, "  - id: urgent.39\n", "  - id: orange.39\n", "rule-id", "disposition"),
    (
        FEVER,
        "when: {measure: temperature, at_least: 39.0}",
        "when: {measure: temprature, at_least: 39.0}",
        "unknown-value",
        "temprature",
    ),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {measure: temperature}", "missing-field", "limit"),
    (
        FEVER,
        "when: {measure: temperature, at_least: 39.0}",
        "when: {measure: temperature, at_least: 390}",
        "unreachable",
        "impossible",
    ),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {risk: diabetes}", "unreachable", "never be reached"),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {risk: diabetic, has: fever}", "unknown-value", "diabetic"),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {quality: rigour}", "unknown-value", "rigour"),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {has: feaver}", "unknown-value", "feaver"),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {at_least: 39.0}", "missing-field", "needs a measure"),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {}", "empty-condition", "says nothing"),
    (
        FEVER,
        "when: {measure: temperature, at_least: 39.0}",
        "when: {measure: temperature, above: 39, below: 38}",
        "threshold-gap",
        "no value",
    ),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", 'when: {measure: temperature, at_least: "39,0"}', "type", "39,0"),
    (FEVER, "when: {measure: temperature, at_least: 39.0}", "when: {is: infektion}", "unknown-value", "infektion"),
    (FEVER, "when: {quality: high}", "when: {qualty: high}", "unknown-field", "qualty"),
    (FEVER, "term: ", "trem: ", "unknown-field", "trem"),
    (FEVER, "symptom: fever", "symptom: feaver", "file-name", "fever.yaml"),
    ("symptoms/edema.yaml", "quality: end_of_day", "quality: end_of_week", "unknown-value", "end_of_week"),
    ("symptoms/edema.yaml", "id: self_manage.end_of_day", "id: urgent.end_of_day", "milder", "below the floor"),
    ("symptoms/donor_fatigue_anemia.yaml", "id: same_day.pale", "id: self_manage.pale", "dead-rule", "never changes"),
    ("combinations.yaml", "until: 24h\n  measure", "until: 48h\n  measure", "allowance", "24 h"),
    ("combinations.yaml", "below: 39.0", "below: 39.5", "allowance", "39.0"),
    ("combinations.yaml", "waives: [fever.floor,", "waives: [fever.flor,", "unknown-value", "fever.flor"),
    ("combinations.yaml", "then: urgent\n    when: {all", "then: orange\n    when: {all", "unknown-value", "orange"),
    ("vitals.yaml", "plausible: [25.0, 45.0]", "plausible: [45.0, 25.0]", "type", "lowest"),
    ("vitals.yaml", "{up_to: 91, points: 3}", "{up_to: 94, points: 3}", "threshold-gap", "bands"),
]


@pytest.mark.parametrize(("file", "old", "new", "rule", "words"), FLAWS, ids=[f"{flaw[3]}-{i}" for i, flaw in enumerate(FLAWS)])
def test_a_flaw_is_refused_with_its_line(catalogue: Path, file: str, old: str, new: str, rule: str, words: str) -> None:
    line = edit(catalogue, file, old, new)
    matching = [p for p in problems(catalogue) if p.rule == rule and words in p.message]
    assert matching, [str(p) for p in problems(catalogue)]
    assert matching[0].path == f"bot/catalogue/{file}"
    assert abs(matching[0].line - line) <= (8 if rule in {"unknown-value", "rule-id"} and file == "combinations.yaml" else 1)


def test_problems_of_all_files_come_at_once(catalogue: Path) -> None:
    edit(catalogue, FEVER, "floor: same_day", "floor: sameday")
    edit(catalogue, "symptoms/edema.yaml", "quality: end_of_day", "quality: end_of_week")
    edit(catalogue, "combinations.yaml", "below: 39.0", "below: 39.5")
    assert {p.path.rpartition("/")[2] for p in problems(catalogue)} == {"fever.yaml", "edema.yaml", "combinations.yaml"}


def test_a_hint_names_what_was_meant(catalogue: Path) -> None:
    edit(catalogue, FEVER, "floor: same_day", "floor: sameday")
    assert problems(catalogue)[0].hint == "did you mean 'same_day'?"


def test_a_symptom_must_say_why_its_mention_alone_alerts(catalogue: Path) -> None:
    edit(catalogue, FEVER, "floor_because:", "floor_cause:")
    assert "the field 'floor_because' is missing" in {problem.message for problem in problems(catalogue)}


def test_a_rule_id_may_stand_only_once(catalogue: Path) -> None:
    edit(catalogue, FEVER, "id: urgent.high", "id: urgent.39")
    assert any(p.rule == "duplicate-id" and "fever.urgent.39" in p.message for p in problems(catalogue))


def test_broken_yaml_and_a_missing_file_are_problems_not_crashes(catalogue: Path) -> None:
    (catalogue / FEVER).write_text("symptom: [", encoding="utf-8")
    (catalogue / "vitals.yaml").unlink()
    assert {p.path for p in problems(catalogue)} == {f"bot/catalogue/{FEVER}", "bot/catalogue/vitals.yaml"}


def test_the_same_files_have_the_same_version_wherever_they_lie(catalogue: Path) -> None:
    assert load_rule_book(catalogue).version == book().version


def test_any_change_of_a_file_changes_the_version(catalogue: Path) -> None:
    edit(catalogue, FEVER, "at_least: 39.0", "at_least: 38.9")
    assert load_rule_book(catalogue).version != book().version


def test_a_clinic_may_switch_the_allowance_off(catalogue: Path) -> None:
    edit(catalogue, "combinations.yaml", "  id: B01\n", "  id: B01\n  enabled: false\n")
    assert load_rule_book(catalogue).allowance is None
