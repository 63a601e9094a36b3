"""`aftercare test`: an example that fails says where it stands, what came instead, and what the patient saw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.root import aftercare
from tests.golden.test_schedule_problems import CLINIC, SCHEDULE
from tests.support.careplan import MESSAGES, SCHEDULES

EXAMPLES = SCHEDULE[: SCHEDULE.index("examples:")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AFTERCARE_SCHEDULES", str(SCHEDULES))
    monkeypatch.setenv("AFTERCARE_MESSAGES", str(MESSAGES))
    (tmp_path / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    return tmp_path


def run(folder: Path, *examples: str, command: str = "test", options: tuple[str, ...] = ()) -> Result:
    body = "examples:\n" + "".join(f"  - {example}\n" for example in examples) if examples else ""
    (folder / "small.yaml").write_text(EXAMPLES + body, encoding="utf-8")
    return CliRunner().invoke(aftercare, [command, str(folder), *options], catch_exceptions=False)


def test_examples_that_hold_are_counted(folder: Path) -> None:
    result = run(
        folder,
        '{at: 5d, says: "all fine", expect: {disposition: none, alert: false}}',
        '{at: 10d, says: "my calf is swollen and sore", expect: {disposition: urgent, alert: true, told: [clinic_phone, "999"]}}',
    )
    assert (result.exit_code, result.stdout) == (0, "2 examples hold.\n")


def test_one_that_fails_says_where_what_came_and_what_the_patient_saw(folder: Path) -> None:
    result = run(
        folder, '{at: 10d, risks: [diabetes], says: "my calf is swollen and sore", expect: {disposition: none, alert: false}}'
    )
    assert result.exit_code == 1
    first, disposition, alert, because, *rest = result.stdout.splitlines()
    assert first == f"{folder.as_posix()}/small.yaml:25: on day 10, with diabetes, says 'my calf is swollen and sore'"
    assert disposition.split() == ["disposition", "expected", "none,", "got", "urgent"]
    assert alert.split() == ["alert", "expected", "no", "alert,", "got", "an", "alert"]
    assert "deep_vein_thrombosis" in because
    assert any(line.startswith("    patient saw  | Phone the clinic now: +44 20 7946 0000") for line in rest)
    assert rest[-1] == "1 of 1 examples fail."


def test_buttons_words_and_silence_answer_a_check_in(folder: Path) -> None:
    result = run(
        folder,
        '{at: 2h, check_in: h2, answers: {red_flags: none, temperature: "39.4"}, expect: {disposition: urgent, alert: true}}',
        "{at: 2h, answers: {red_flags: some, red_flags_which: chest_pain}, expect: {disposition: emergency}}",
        "{at: 2h, check_in: h2, answers: {red_flags: _}, expect: {disposition: same_day, alert: false, messages: [check_in.reminder]}}",
    )
    assert (result.exit_code, result.stdout) == (0, "3 examples hold.\n")


def test_what_was_expected_to_be_read_and_was_not_is_named(folder: Path) -> None:
    result = run(
        folder, '{at: 5d, says: "all fine", expect: {told: [emergency_number, "call a taxi"], messages: [advice.fever]}}'
    )
    assert "told         expected call a taxi, got the patient did not read it" in result.stdout
    assert "message      expected advice.fever, got the patient did not read it" in result.stdout
    assert "(999)" not in result.stdout


def test_a_question_that_was_never_put_to_this_patient_fails(folder: Path) -> None:
    result = run(folder, "{at: 3d, check_in: d3, answers: {glucose: _}, expect: {alert: false}}")
    assert "question     expected glucose is asked, got it was not" in result.stdout


def test_a_check_in_that_is_not_there_yet_fails(folder: Path) -> None:
    result = run(folder, "{at: 1h, answers: {red_flags: none}, expect: {alert: false}}")
    assert result.exit_code == 1
    assert "check-in     expected one by 1 hours" in result.stdout


def test_the_bot_that_asks_back_is_unclear(folder: Path) -> None:
    result = run(folder, '{at: 5d, says: "something is odd with my chest", expect: {disposition: none}}')
    assert "expected none, got" in result.stdout


def test_as_json_each_example_has_its_place_and_its_reasons(folder: Path) -> None:
    result = run(folder, '{at: 5d, says: "39.4", expect: {disposition: none}}', options=("--json",))
    (example,) = json.loads(result.stdout)["examples"]
    assert (example["where"], example["passed"], example["disposition"]) == (
        f"{folder.as_posix()}/small.yaml:25",
        False,
        "urgent",
    )
    assert example["failures"] == [{"what": "disposition", "expected": "none", "got": "urgent"}]
    assert {"rule", "where"} == set(example["reasons"][0])
    assert example["read"]


def test_check_refuses_an_example_that_fails(folder: Path) -> None:
    result = run(folder, '{at: 5d, says: "39.4", expect: {disposition: none}}', command="check")
    assert result.exit_code == 1
    assert "small.yaml:25:1: the example fails: on day 5, says '39.4': disposition: expected none, got urgent" in result.stdout
    assert "[example-fails]" in result.stdout


def test_a_file_that_is_not_sound_runs_nothing_and_says_why(folder: Path) -> None:
    result = run(folder, '{at: 5d, says: "39.4", expect: {dispositon: none}}')
    assert result.exit_code == 1
    assert "did you mean 'disposition'?" in result.stdout
    assert "examples hold" not in result.stdout
