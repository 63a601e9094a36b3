"""A clinic's own questions: read beside the catalogue's, spoken in the languages that they have, refused where they do not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from bot.content.check import check
from bot.content.library import Library
from bot.content.own_questions import load_own_questions
from bot.content.problems import ProblemsFound, Severity
from tests.golden.test_schedule_problems import CLINIC, SCHEDULE
from tests.support.careplan import CATALOGUE, MESSAGES, SCHEDULES, assert_golden, rule_book
from tests.unit.test_schedule_schema import valid

GOLDEN = Path(__file__).parents[2] / "golden" / "own_questions"
OWN = """\
questions:
  own_sleep:
    text: {en: "How did you sleep?", tr: "Nasıl uyudunuz?"}
    if_yes: well
    options:
      well:
        label: {en: "Well", tr: "İyi"}
        denies: [insomnia]
      badly:
        label: {en: "Badly", tr: "Kötü"}
        says: {insomnia: [persistent]}
"""
CASES = {
    "id-of-no-own": ("own_sleep:", "sleep:"),
    "no-english": ('text: {en: "How did you sleep?", tr:', "text: {tr:"),
    "unknown-language": ('label: {en: "Well", tr:', 'label: {en: "Well", fr:'),
    "unknown-symptom": ("denies: [insomnia]", "denies: [insomia]"),
    "unknown-quality": ("[persistent]", "[persistant]"),
    "unknown-option-for-yes": ("if_yes: well", "if_yes: good"),
    "label-too-long": ('"Badly"', '"' + "Badly, because " * 12 + 'I was in pain"'),
    "unknown-tag": ('"How did you sleep?"', '"How did <u>you</u> sleep?"'),
    "said-and-denied": ("denies: [insomnia]", "denies: [insomnia]\n        says: {insomnia: []}"),
    "follow-up": ("says: {insomnia: [persistent]}", "follow_up: red_flags"),
    "no-options": (OWN[OWN.index("    options:") :], "    options: {}\n"),
}


def symptoms() -> dict[str, frozenset[str]]:
    return {symptom.id: frozenset(symptom.qualities) for symptom in rule_book().symptoms.values()}


@pytest.mark.parametrize("case", CASES)
def test_a_question_that_does_not_hold_is_refused_at_its_line(case: str, tmp_path: Path) -> None:
    old, new = CASES[case]
    path = tmp_path / "questions.yaml"
    path.write_text(OWN, encoding="utf-8")
    load_own_questions(path, symptoms())
    assert old in OWN
    path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProblemsFound) as refused:
        load_own_questions(path, symptoms(), shown="questions.yaml")
    assert_golden(GOLDEN / f"{case}.txt", "\n".join(str(problem) for problem in refused.value.problems) + "\n")


def test_every_golden_message_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


SCHEMA_CANNOT_KNOW = {"unknown-option-for-yes", "label-too-long", "unknown-tag", "said-and-denied"}


@pytest.mark.parametrize("case", CASES)
def test_the_schema_refuses_what_the_reader_refuses_but_for_what_it_cannot_know(case: str) -> None:
    schema = json.loads((SCHEDULES / "schema" / "questions.json").read_text(encoding="utf-8"))
    assert valid(schema, yaml.safe_load(OWN))
    old, new = CASES[case]
    assert valid(schema, yaml.safe_load(OWN.replace(old, new, 1))) == (case in SCHEMA_CANNOT_KNOW)


def library(folder: Path, own: str, languages: str = "en, tr") -> Library:
    (folder / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    schedule = SCHEDULE.replace("languages: [en]", f"languages: [{languages}]").replace(
        "[red_flags, lumps]", "[red_flags, own_sleep]"
    )
    (folder / "small.yaml").write_text(schedule, encoding="utf-8")
    (folder / "questions.yaml").write_text(own, encoding="utf-8")
    return Library.load(folder, MESSAGES, CATALOGUE)


def test_it_is_asked_in_the_patients_language_and_yields_what_the_catalogue_knows(tmp_path: Path) -> None:
    content = library(tmp_path, OWN)
    question = content.questions["own_sleep"]
    assert content.text("tr", "question.own_sleep.text") == "Nasıl uyudunuz?"
    assert content.text("de", "question.own_sleep.text") == "How did you sleep?", "English stands in"
    assert content.label("tr", "question.own_sleep.option.badly") == "Kötü"
    (finding,) = question.options[1].findings
    assert (finding.symptom, finding.qualities) == ("insomnia", frozenset({"persistent"}))
    assert "red_flags" in content.questions, "the catalogue's are there too"


def test_a_schedule_whose_language_the_question_lacks_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as refused:
        library(tmp_path, OWN, "en, tr, de")
    assert "Deutsch lacks question.own_sleep.option.badly" in str(refused.value)


def test_one_that_no_schedule_asks_is_a_warning_at_its_name(tmp_path: Path) -> None:
    library(tmp_path, OWN)
    other = OWN[OWN.index("  own_sleep:") :].replace("own_sleep:", "own_appetite:")
    (tmp_path / "questions.yaml").write_text(OWN + other, encoding="utf-8")
    (problem,) = check([tmp_path], schedules=SCHEDULES, messages=MESSAGES)
    assert (problem.line, problem.col, problem.severity) == (12, 3, Severity.WARNING)
    assert problem.message == "no schedule asks 'own_appetite'"
    Library.load(tmp_path, MESSAGES, CATALOGUE)
