"""The page that clinicians sign: complete, dated by its content, and never older than the catalogue."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from bot.app.triage_page import PAGE, subject
from bot.content.examples import FILE, load_examples
from bot.content.problems import ProblemsFound
from bot.core.clinical.conditions import Reading, leaves
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import Rule
from bot.reports.condition_words import Phrasing, duration
from bot.reports.number_bands import bands
from bot.reports.triage_page import DAY_5, dated, stamp, triage_page
from bot.reports.triage_text import CURVES
from tests.support.clinical import CATALOGUE, book, level, measure, recipient

SUBJECT = subject()
TODAY = date(2026, 1, 2)
FRESH = triage_page(SUBJECT, TODAY)


def test_the_committed_page_is_the_one_that_make_triage_page_writes() -> None:
    committed = PAGE.read_text(encoding="utf-8")
    known = stamp(committed)
    assert known is not None
    assert known[0] == SUBJECT.version, "the catalogue has changed: run `make triage-page`"
    assert committed == triage_page(SUBJECT, known[1]), "run `make triage-page`"


@pytest.mark.parametrize("rule", book().rules(), ids=lambda rule: rule.id)
def test_every_rule_stands_on_the_page_with_its_reason_and_each_of_its_limits(rule: Rule) -> None:
    lines = [line for line in FRESH.split("\n") if f"| `{rule.id}` |" in line]
    assert len(lines) == 1
    assert rule.reason in lines[0]
    for leaf in leaves(rule.when):
        if isinstance(leaf, Reading):
            assert Phrasing(book(), SUBJECT.names).number(leaf) in lines[0]


def test_milder_forms_modifiers_allowance_and_tally_stand_there_too() -> None:
    milder = [form.id for symptom in book().symptoms.values() for form in symptom.milder]
    others = [modifier.id for modifier in book().modifiers]
    assert book().allowance is not None
    for rule_id in (*milder, *others, "B01", "B32"):
        assert f"`{rule_id}`" in FRESH, rule_id


def test_every_symptom_has_a_part_with_its_plain_name_and_every_example() -> None:
    assert FRESH.count("\n### ") == 61
    for symptom, name in SUBJECT.names.items():
        assert f"\n### {name.capitalize()}\n\n`{symptom}` ·" in FRESH
    for example in SUBJECT.examples:
        assert f"“{example.says}”" in FRESH


def test_the_numbers_on_the_page_are_those_of_the_engine_and_leave_no_gap() -> None:
    for kind in book().measures.values():
        found = bands(kind, DAY_5, book())
        assert found[0].first == kind.lowest
        for band in found:
            assert {level(DAY_5, measure(kind.id, v)) for v in (band.first, band.last)} == {band.disposition.word}
        for below, above in pairwise(found):
            assert 0 < above.first - below.last <= 1
    temperatures = bands(book().measures["temperature"], recipient(120), book())
    assert [(b.first, b.disposition) for b in temperatures][-2:] == [(39.0, Disposition.URGENT), (40.0, Disposition.EMERGENCY)]


def test_the_page_can_be_signed_and_says_what_was_signed() -> None:
    assert stamp(FRESH) == (SUBJECT.version, TODAY)
    signature = FRESH.split("## Signature")[1]
    assert f"`{SUBJECT.version}`, of {TODAY.isoformat()}" in signature
    assert "| Signature | |" in signature


def test_the_date_is_that_of_the_content_and_not_of_the_run() -> None:
    later = date(2026, 5, 5)
    assert dated(SUBJECT.version, FRESH, later) == TODAY
    assert dated("0123456789ab", FRESH, later) == later
    assert dated(SUBJECT.version, "", later) == later


def test_the_thresholds_of_the_learned_reader_stand_there_only_where_they_are_shipped() -> None:
    assert "None is shipped" in triage_page(replace(SUBJECT, thresholds=()), TODAY)
    shown = triage_page(replace(SUBJECT, thresholds=[("red", 0.8, "escalated")], curves=["recogniser.svg"]), TODAY)
    assert "| `red` | 0.8 | escalated |" in shown
    assert "![Recogniser](recogniser.svg)" in shown


def test_each_picture_stands_with_what_it_shows() -> None:
    section = FRESH.split("## The learned reader")[1].split("\n## ")[0]
    assert set(CURVES) == {path for path in SUBJECT.curves if path.endswith(".svg")}
    for path, told in CURVES.items():
        assert f"]({path})\n\n{told}" in section
    assert "is not trained again" in CURVES["learning-curve.svg"]


def test_what_is_only_suspected_is_told_to_whoever_signs() -> None:
    row = next(line for line in FRESH.split("\n") if line.startswith("| `believe` |"))
    assert "only suspect" in row
    assert "`believe`" in FRESH.split("## What is asked back")[1].split("\n## ")[0]


def test_every_threshold_comes_with_what_it_means() -> None:
    assert SUBJECT.thresholds
    for name, value, meaning in SUBJECT.thresholds:
        assert 0 <= value <= 1
        assert len(meaning) > 15, name


def test_lengths_of_time_read_as_people_say_them() -> None:
    assert [duration(hours) for hours in (8, 24, 72, 2160, 100)] == ["8 h", "24 h", "3 days", "90 days", "100 h"]


@pytest.mark.parametrize(
    ("found", "wrong", "message"),
    [
        ("  fever:\n", "  fevr:\n", "fevr"),
        ('    self_manage: {says: "my temperature is 37.6"}\n', "", "no example of self_manage"),
        ("  sepsis:\n", '  sepsis:\n    urgent: {says: "x"}\n', "no rule of sepsis gives urgent"),
    ],
)
def test_an_example_too_many_or_too_few_is_a_problem(tmp_path: Path, found: str, wrong: str, message: str) -> None:
    text = (CATALOGUE / FILE).read_text(encoding="utf-8")
    assert found in text
    shutil.copy(CATALOGUE / FILE, tmp_path)
    (tmp_path / FILE).write_text(text.replace(found, wrong), encoding="utf-8")
    with pytest.raises(ProblemsFound, match=message):
        load_examples(tmp_path, book())
