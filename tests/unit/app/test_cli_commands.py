"""The command line: exit codes 0 done, 1 problems found, 2 wrong use; JSON where data is printed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.root import COMMANDS, aftercare

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", f"sqlite:///{tmp_path / 'a.db'}")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(aftercare, list(arguments), input=stdin)


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_help_lists_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"\n  {command}" in result.output


@pytest.mark.parametrize("arguments", [("nonsense",), ("run", "--role", "queen"), ("demo", "--port", "x"), ("triage",), ("db",)])
def test_wrong_use_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize("missing", ["--name", "--birth-year"])
def test_enrol_without_a_terminal_says_what_is_missing_and_waits_for_nobody(missing: str) -> None:
    given = {"--name": "Ann", "--birth-year": "1970", "--schedule": "msc-recipient", "--treated-at": "2026-03-02T10:00"}
    result = run("enrol", *(word for option, value in given.items() if option != missing for word in (option, value)))
    assert result.exit_code == 2
    assert missing in result.output


def test_the_shipped_files_are_valid() -> None:
    result = run("check")
    assert (result.exit_code, result.stdout) == (0, "No problems.\n")


def test_a_flawed_schedule_exits_with_1_and_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    shutil.copy(ROOT / "schedules" / "msc-recipient.yaml", path)
    path.write_text(path.read_text() + "\nsurprise: 1\n")
    result = run("check", str(path))
    assert result.exit_code == 1
    assert f"{path}:" in result.stdout
    assert "unknown field 'surprise'" in result.stdout
    assert json.loads(run("check", str(path), "--format", "json").stdout)["problems"][0]["rule"] == "unknown-field"
    assert json.loads(run("check", str(path), "--format", "sarif").stdout)["version"] == "2.1.0"


def test_preview_shows_the_calendar_in_the_patients_zone() -> None:
    shown = data(
        run(
            "preview",
            "msc-recipient",
            "--treated-at",
            "2026-03-02T10:00",
            "--timezone",
            "America/New_York",
            "--days",
            "2",
            "--json",
        )
    )
    assert shown["timezone"] == "America/New_York"
    first = shown["occurrences"][0]
    assert (first["time"], first["check_in"], first["phase"]) == ("2026-03-02T12:00:00-05:00", "h2", "immediate")
    assert "red_flags" in first["questions"]


def test_preview_of_an_unknown_schedule_lists_the_known_ones() -> None:
    result = run("preview", "msc-recipent")
    assert result.exit_code == 2
    assert "msc-recipient" in result.output


def test_explain_names_each_rule_with_its_place_and_who_is_paged() -> None:
    ways = data(run("explain", "fever", "--json"))["ways"]
    by_id = {way["id"]: way for way in ways}
    assert by_id["fever.urgent.39"]["disposition"] == "urgent"
    assert by_id["fever.urgent.39"]["where"].startswith("bot/catalogue/symptoms/fever.yaml:")
    assert by_id["fever.urgent.39"]["told"] == "pages rota nurses first"
    assert ways[0]["disposition"] == "emergency"
    assert data(run("explain", "fever.urgent.39", "--json"))["ways"][0]["id"] == "fever.urgent.39"


def test_explain_of_an_unknown_name_suggests_one() -> None:
    result = run("explain", "fevr")
    assert result.exit_code == 2
    assert "did you mean 'fever'?" in result.output


def test_triage_answers_line_by_line_in_the_contract_format() -> None:
    lines = [
        {
            "id": "x1",
            "text": "38.9 and my calf is swollen",
            "language": "en",
            "asked": "temperature",
            "context": {"hours_since_treatment": 30},
        },
        {"id": "x2", "text": "all good", "asked": None, "language": None},
        {"id": "x3", "text": "qwerty asdf"},
    ]
    result = run("triage", "--jsonl", "-", stdin="\n".join(map(json.dumps, lines)) + "\n")
    assert result.exit_code == 0, result.output
    first, second, third = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["id"], first["disposition"], first["escalates"]) == ("x1", "urgent", True)
    assert {"kind": "temperature", "value": 38.9, "unit": "Cel"} in first["measures"]
    assert {"deep_vein_thrombosis"} <= {f["symptom"] for f in first["findings"]}
    assert set(first["reasons"][0]) == {"rule", "disposition", "where"}
    assert set(first) == {"id", "disposition", "escalates", "asks", "findings", "measures", "reasons", "content"}
    assert (second["disposition"], second["asks"]) == ("none", False)
    assert (third["disposition"], third["asks"], third["escalates"]) == ("unclear", True, False)


def test_a_line_that_triage_cannot_read_is_answered_with_its_error_and_the_others_go_on() -> None:
    flawed = ["{", "[]", '{"id": "y"}', '{"id": "y", "text": "x", "context": {"role": "king"}}']
    good = ['{"id": "z", "text": "all good"}', '{"id": "s", "text": "\\ud800 fever 39.5"}']
    result = run("triage", "--jsonl", "-", stdin="\n".join(flawed + good))
    assert result.exit_code == 1
    answers = [json.loads(text) for text in result.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True] * 4 + [False] * 2
    assert [answer["disposition"] for answer in answers[4:]] == ["none", "urgent"]


def test_db_upgrade_can_be_run_again() -> None:
    assert "(was empty)" in run("db", "upgrade").output
    again = run("db", "upgrade")
    assert again.exit_code == 0
    assert "was" not in again.output


def test_backup_is_a_checked_copy_and_overwrites_nothing(tmp_path: Path) -> None:
    run("db", "upgrade")
    copy = tmp_path / "copy.db"
    assert run("backup", str(copy)).exit_code == 0
    with sqlite3.connect(copy) as opened:
        assert opened.execute("SELECT count(*) FROM patient").fetchone() == (0,)
    opened.close()
    assert run("backup", str(copy)).exit_code == 2


def test_backup_without_a_database_exits_with_1() -> None:
    result = run("backup")
    assert result.exit_code == 1
    assert "there is no database" in result.output


def test_doctor_names_what_is_wrong_and_what_to_do() -> None:
    run("db", "upgrade")
    result = run("doctor", "--json")
    assert result.exit_code == 1
    parts = {part["part"]: part for part in json.loads(result.stdout)["parts"]}
    assert parts["files"]["well"]
    assert "run `aftercare clinician add" in parts["database"]["remedy"]
    assert "AFTERCARE_TELEGRAM_TOKEN is missing" in parts["telegram"]["seen"]


def test_a_wrong_setting_exits_with_2_and_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_HTTP_PORT", "many")
    result = run("run")
    assert result.exit_code == 2
    assert "AFTERCARE_HTTP_PORT is 'many'" in result.output
    assert "Traceback" not in result.output


def test_simulate_prints_the_contract_json() -> None:
    result = data(run("simulate", "--patients", "3", "--days", "2", "--seed", "4", "--json"))
    assert set(result) >= {
        "patients",
        "patient_days",
        "seed",
        "check_ins",
        "red_flags",
        "messages",
        "crashes",
        "violations",
        "seconds",
    }
    assert set(result["check_ins"]) == {"due", "sent", "late", "missed_system", "duplicated"}
    assert set(result["red_flags"]) == {"said", "alerted", "acknowledged", "escalating", "lost"}
    assert (result["patients"], result["patient_days"], result["seed"]) == (3, 6, 4)
