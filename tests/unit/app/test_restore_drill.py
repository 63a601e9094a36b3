"""A backup is proved by restoring it: with its key, whole, and in a place of its own."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.root import aftercare
from bot.core.careplan.enrolment import Patient, PatientState
from bot.ports import UnitOfWork
from bot.storage.store import open_store

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A live database with one patient and two rows of audit."""
    path = tmp_path / "live.db"
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", f"sqlite:///{path}")

    def fill(uow: UnitOfWork) -> None:
        ann = Patient(id=0, code="K7-42", name="Ann", birth_year=1980, language="en", timezone="UTC", state=PatientState.ACTIVE)
        uow.patients.add(ann)
        uow.audit.append(NOW, "test", "one", "patient:1")
        uow.audit.append(NOW, "test", "two", "patient:1")

    store = open_store(f"sqlite:///{path}")
    store.transact(fill)
    store.close()
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(aftercare, list(arguments))


def test_a_fresh_backup_is_restored_and_looked_through(database: Path) -> None:
    before = database.read_bytes()
    result = run("restore-drill", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["patients"], told["audit_chain"], told["problem"]) == (1, "whole", "")
    assert database.read_bytes() == before


def test_a_backup_of_a_file_can_be_drilled(tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.db")).exit_code == 0
    result = run("restore-drill", str(tmp_path / "copy.db"))
    assert result.exit_code == 0
    assert "1 patients" in result.output


def test_a_backup_whose_key_is_lost_is_none(database: Path, tmp_path: Path) -> None:
    run("backup", str(tmp_path / "copy.db"))
    database.with_name("live.db.key").write_bytes(b"0" * 64)
    result = run("restore-drill", str(tmp_path / "copy.db"))
    assert result.exit_code == 1
    assert "PROBLEM" in result.output
    assert "key" in result.output


@pytest.mark.parametrize("damage", ["not a database", ""])
def test_a_damaged_backup_is_told(tmp_path: Path, damage: str) -> None:
    (tmp_path / "copy.db").write_text(damage or "SQLite format 3\0" + "x" * 5000)
    assert run("restore-drill", str(tmp_path / "copy.db")).exit_code == 1


def test_a_changed_row_of_the_audit_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    run("backup", str(copy))
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE audit SET detail = 'changed' WHERE seq = 1")
    connection.close()
    result = run("restore-drill", str(copy))
    assert result.exit_code == 1
    assert "broken at row 1" in result.output
