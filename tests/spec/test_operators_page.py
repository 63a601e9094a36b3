"""docs/operators.md is true: every kind of problem has its section, and whoever follows it word for word gets there."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.root import aftercare
from bot.content.problem_kinds import KINDS, page_of
from tests.support.careplan import MESSAGES, ROOT, SCHEDULES
from tests.support.clinic import new_clinic

PAGE = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def anchors() -> set[str]:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def kinds_in_code() -> set[str]:
    """Every text that is handed on as ``rule``, or stands third in a ``fail`` or fourth in an ``add`` or ``warn``."""
    found = set()
    for path in (ROOT / "bot" / "content").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            place = {"fail": 2, "add": 3, "warn": 3}.get(getattr(node.func, "attr", ""), 9)
            given = [word.value for word in node.keywords if word.arg == "rule"] + node.args[place : place + 1]
            found |= {value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return found


def test_every_kind_of_problem_is_declared_and_has_its_section() -> None:
    assert kinds_in_code() <= set(KINDS)
    assert {page_of(kind).partition("#")[2] for kind in KINDS} <= anchors()


def test_every_link_within_the_page_leads_somewhere() -> None:
    assert set(re.findall(r"\(#([a-z-]+)\)", PAGE)) <= anchors()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(SCHEDULES, tmp_path / "schedules")
    monkeypatch.setenv("AFTERCARE_SCHEDULES", str(tmp_path / "schedules"))
    monkeypatch.setenv("AFTERCARE_MESSAGES", str(MESSAGES))
    return tmp_path / "schedules"


def run(*words: str) -> Result:
    return CliRunner().invoke(aftercare, list(words), catch_exceptions=False)


def changed(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def test_a_check_in_on_day_4_about_sleep_takes_one_file(folder: Path) -> None:
    check_in, example, _, *_ = BLOCKS
    changed(folder / "msc-recipient.yaml", ("  - id: d5\n", check_in + "  - id: d5\n"), ("examples:\n", "examples:\n" + example))
    assert run("check").stdout == "No problems.\n"
    assert run("test").exit_code == 0
    assert re.search(r"4 d +d4 +red_flags, sleep", run("preview", "msc-recipient", "--days", "10").stdout)


def test_in_words_of_ones_own_in_two_languages_it_takes_two(folder: Path, tmp_path: Path) -> None:
    check_in, example, questions, *_ = (block.replace(" sleep", " own_sleep") for block in BLOCKS)
    changed(folder / "msc-recipient.yaml", ("  - id: d5\n", check_in + "  - id: d5\n"), ("examples:\n", "examples:\n" + example))
    (folder / "questions.yaml").write_text(questions, encoding="utf-8")
    refused = run("check", "--no-examples").stdout
    assert "Русский lacks question.own_sleep.option.poor, question.own_sleep.option.well, question.own_sleep.text" in refused
    assert "hint: add them under `ru:` in questions.yaml of this folder, or leave ru out here" in refused
    changed(folder / "msc-recipient.yaml", ("languages: [en, tr, es, ru, ar, de]", "languages: [en, tr]"))
    assert run("check").stdout == "No problems.\n"
    assert run("test").exit_code == 0
    page = tmp_path / "preview.html"
    run("preview", "msc-recipient", "--days", "10", "--html", str(page))
    assert "Dün gece nasıl uyudunuz?" in page.read_text(encoding="utf-8")


def test_a_new_clinic_passes_check_and_test_and_is_never_overwritten(tmp_path: Path) -> None:
    new = tmp_path / "my-clinic"
    made = run("init", str(new), "--name", "Linden Clinic", "--country", "DE", "--timezone", "Europe/Berlin", "--language", "de")
    assert made.exit_code == 0
    assert sorted(path.name for path in (new / "schedules").glob("*.yaml")) == [
        "clinic.yaml",
        "linden-clinic.yaml",
        "questions.yaml",
    ]
    assert run("check", str(new / "schedules")).stdout == "No problems.\n"
    assert run("test", str(new / "schedules")).stdout == "4 examples hold.\n"
    before = (new / "schedules" / "clinic.yaml").read_text(encoding="utf-8")
    again = run("init", str(new), "--name", "Linden Clinic")
    assert again.exit_code == 2
    assert "is there already" in again.output
    assert (new / "schedules" / "clinic.yaml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize("language", ["tr", "es", "ru", "ar", "de"])
def test_a_new_clinic_is_sound_in_each_language(tmp_path: Path, language: str) -> None:
    assert run("init", str(tmp_path / "c"), "--name", '3 "Äpfel" & Söhne', "--language", language).exit_code == 0
    assert run("check", "--no-examples", str(tmp_path / "c" / "schedules")).stdout == "No problems.\n"


@pytest.mark.parametrize("words", [("--country", "Germany"), ("--timezone", "Berlin"), ("--name", "")])
def test_what_cannot_be_is_refused_before_anything_is_written(tmp_path: Path, words: tuple[str, str]) -> None:
    assert run("init", str(tmp_path / "c"), *words).exit_code == 2
    assert not (tmp_path / "c").exists()


def test_the_walk_from_a_limit_to_publishing_and_back_goes_as_the_page_says(tmp_path: Path) -> None:
    section = PAGE[PAGE.index("## Publish: make it live") : PAGE.index("## A new clinic")]
    commands = re.findall(r"^    aftercare (.+)$", section, re.MULTILINE)
    clinic = new_clinic(tmp_path)
    assert clinic.schedule == "linden-clinic"
    clinic.patients(2)
    said = []
    for command in commands:
        words = shlex.split(command)
        if words[0] == "diff":
            clinic.edit(("at_least: 38.5", "at_least: 38.0"))
        result = clinic.run(*words)
        assert result.exit_code == 0, (command, result.output)
        said.append((words[0], result.output))
        limit = clinic.content().schedules[clinic.schedule].thresholds[0].at_least
        assert limit == (38.0 if len(said) in {4, 5} else 38.5), command
    assert [name for name, _ in said] == ["publish", "diff", "replay", "publish", "versions", "rollback"]
    assert "fever now alerts at 38.0 degC, was 38.5" in said[1][1]
    assert "change, 0 lose a check-in, 0 get one twice" in said[1][1]
    assert "after the talk with Dr Ada" in said[4][1]
