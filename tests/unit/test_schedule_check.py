from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content.catalogue import load_rule_book
from bot.content.check import Checking, as_json, as_sarif, as_text, check
from bot.content.problems import Problem, ProblemsFound
from bot.content.schedules import load_schedule
from tests.golden.test_schedule_problems import CLINIC, SCHEDULE
from tests.support.careplan import CATALOGUE, MESSAGES, SCHEDULES, questions

BROKEN = SCHEDULE.replace("lumps]", "lumpz]").replace("late_enrolment: catch_up\n", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(SCHEDULE, encoding="utf-8")
    return tmp_path


def found(*paths: Path, schedules: Path = SCHEDULES) -> list[Problem]:
    return check(paths, schedules=schedules, messages=MESSAGES)


def test_the_shipped_schedules_and_clinic_have_no_problem() -> None:
    assert found(SCHEDULES) == []


def test_one_sound_file_has_no_problem(folder: Path) -> None:
    assert found(folder / "small.yaml") == []


def test_a_folder_is_checked_with_all_its_files_and_every_problem_is_told_at_once(folder: Path) -> None:
    (folder / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    (folder / "clinic.yaml").write_text(CLINIC.replace("Europe/London", "Europe/Londn"), encoding="utf-8")
    assert [(Path(p.path).name, p.line, p.rule) for p in found(folder)] == [
        ("broken.yaml", 1, "missing-field"),
        ("broken.yaml", 21, "unknown-question"),
        ("clinic.yaml", 7, "time-zone"),
    ]


def test_a_folders_own_clinic_decides_which_escalations_there_are(folder: Path) -> None:
    (folder / "clinic.yaml").write_text(
        CLINIC + CLINIC[CLINIC.index("  default:") :].replace("default", "night"), encoding="utf-8"
    )
    (folder / "small.yaml").write_text(SCHEDULE.replace("escalation: default", "escalation: night"), encoding="utf-8")
    assert found(folder) == []
    shutil.copy(SCHEDULES / "clinic.yaml", folder / "clinic.yaml")
    assert [problem.rule for problem in found(folder)] == ["unknown-escalation"]


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    assert [problem.message for problem in found(tmp_path)] == ["holds no schedule"]


def test_without_paths_messages_and_catalogue_are_checked_too(tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, catalogue)
    text = (catalogue / "questions.yaml").read_text(encoding="utf-8")
    (catalogue / "questions.yaml").write_text(
        text.replace("says: {chest_pain: []}", "says: {chest_pian: []}", 1), encoding="utf-8"
    )
    problems = check([], schedules=SCHEDULES, messages=MESSAGES, catalogue=catalogue)
    assert [p.rule for p in problems if p.path.endswith("questions.yaml")] == ["unknown-symptom"]
    assert not [p for p in problems if Path(p.path).parent.name == "schedules"]


def test_a_threshold_that_the_catalogue_outdoes_already_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        SCHEDULE
        + "thresholds:\n"
        + "  - {measure: temperature, at_least: 38.0, disposition: urgent}\n"
        + "  - {measure: temperature, at_least: 39.5, disposition: urgent}\n"
        + "  - {measure: systolic, at_most: 80, disposition: same_day}\n"
        + "  - {measure: tempreature, at_least: 38.0, disposition: urgent}\n",
        encoding="utf-8",
    )
    with pytest.raises(ProblemsFound) as refused:
        load_schedule(path, questions(), rules=load_rule_book(CATALOGUE))
    lines = SCHEDULE.count("\n")
    assert [(p.line - lines, p.rule) for p in refused.value.problems] == [
        (3, "threshold"),
        (4, "threshold"),
        (5, "unknown-value"),
    ]


PROBLEMS = [
    Problem(path="a.yaml", line=2, col=3, message="is wrong", hint="put it right", rule="type", source_line="  x: 1"),
    Problem(path="b.yaml", line=1, col=1, message="is worse", rule="file"),
]


def test_as_text_shows_the_line_a_caret_a_hint_and_a_count() -> None:
    assert as_text(PROBLEMS) == (
        "a.yaml:2:3: is wrong [type]\n      x: 1\n      ^\n    hint: put it right\n    see:  docs/operators.md#type\n"
        "b.yaml:1:1: is worse [file]\n    see:  docs/operators.md#file\n\n2 problems in 2 files.\n"
    )
    assert as_text(PROBLEMS[:1]).endswith("\n\n1 problem in 1 file.\n")
    assert as_text([]) == "No problems.\n"


def test_as_json_holds_every_field() -> None:
    first, second = json.loads(as_json(PROBLEMS))["problems"]
    assert first == {
        "path": "a.yaml",
        "line": 2,
        "col": 3,
        "message": "is wrong",
        "hint": "put it right",
        "rule": "type",
        "source_line": "  x: 1",
        "severity": "error",
        "page": "docs/operators.md#type",
    }
    assert second["hint"] == ""
    assert json.loads(as_json([])) == {"problems": []}


def test_as_sarif_names_each_rule_and_place() -> None:
    log = json.loads(as_sarif(PROBLEMS))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["file", "type"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "a.yaml"}, "region": {"startLine": 2, "startColumn": 3}}
    assert run["results"][0]["message"] == {"text": "is wrong (put it right)"}
    assert run["results"][0]["ruleId"] == "type"
    assert json.loads(as_sarif([]))["runs"][0]["results"] == []


def test_what_an_operator_edits_is_told_before_anything_slow_is_read(folder: Path) -> None:
    (folder / "small.yaml").write_text(BROKEN, encoding="utf-8")
    checking = Checking((), schedules=folder, messages=MESSAGES)
    first = next(problems for _, problems in checking.run() if problems)
    assert [problem.rule for problem in first] == ["missing-field", "unknown-question"]
    assert checking._knowledge is None, "the vocabularies have not been read yet"


def test_a_schedule_of_2000_lines_takes_less_than_three_seconds_of_the_processor(tmp_path: Path) -> None:
    head, _, tail = SCHEDULE.partition("check_ins:\n")
    silence = "{remind_after: 1h, task_after: 2h}"
    check_in = (
        "  - id: d{0}\n    at: {0}d 10:00\n    window: 5h\n    silence: "
        + silence
        + "\n    asks:\n      - red_flags\n      - legs\n"
    )
    days = "".join(check_in.replace("{0}", str(day)) for day in range(1, 285))
    path = tmp_path / "long.yaml"
    path.write_text(
        head + "check_ins:\n" + days + tail[tail.index("escalation:") :].replace("escalation: default", "escalation: nihgt")
    )
    assert path.read_text().count("\n") > 2000
    command = [sys.executable, "-m", "bot", "check", str(path)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, capture_output=True, text=True, cwd=SCHEDULES.parent, check=False)  # noqa: S603 - our own command
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert result.returncode == 1
    assert "clinic.yaml has no escalation 'nihgt'" in result.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
