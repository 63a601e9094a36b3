"""Migrations: the migrated schema is the declared one, and an upgrade happens whole or not at all."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

import bot.storage
from bot.core.careplan.enrolment import Patient, PatientState
from bot.core.errors import SchemaMismatch, StorageFailed
from bot.core.escalation.policy import MAIN
from bot.storage import migrate, open_store, schema_version
from bot.storage.rows import METADATA
from bot.storage.schema import _VERSION_TABLE, HEAD
from tests.support.stores import KEY, PostgresServer

MIGRATIONS = Path(bot.storage.__file__).parent / "migrations"

KILLED_HALF_WAY = """
import os, signal, sys
from alembic import op
from bot.storage import migrate
real, calls = op.create_index, []
def create_index(*arguments, **options):
    calls.append(arguments)
    if len(calls) == 12:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **options)
op.create_index = create_index
migrate(sys.argv[1])
"""

NewDatabase = Callable[[], str]
PATIENT = Patient(
    id=0, code="K7-42", name="Ann", birth_year=1970, language="en", timezone="Europe/Berlin", state=PatientState.ACTIVE
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Addresses of new, empty databases."""
    if request.param == "sqlite":
        names = iter(range(9))
        return lambda: str(tmp_path / f"{next(names)}.db")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return lambda: server.new_database(migrated=False)


def engine(url: str) -> Engine:
    return create_engine(url if "://" in url else f"sqlite:///{url}")


def in_any_order(sql: str) -> list[str]:
    """A CREATE statement: its columns in their order, then its constraints in any."""
    columns, *constraints = " ".join(sql.split()).removesuffix(" )").split(", CONSTRAINT ")
    return [columns, *sorted(constraints)]


def declared(url: str) -> list[Any]:
    """Everything that the database itself says of its schema, but for Alembic's own table."""
    if "://" not in url:
        with closing(sqlite3.connect(url)) as reader:
            rows = reader.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name").fetchall()
        found = [(kind, name, of, in_any_order(sql or "")) for kind, name, of, sql in rows]
        return [row for row in found if "alembic" not in row[2]]
    questions = (
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 2",
        """SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default
           FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 3""",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
           FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    )
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        rows = [row for question in questions for row in connection.execute(question.encode())]
    return [row for row in rows if "alembic" not in row[0]]


def change_version(url: str, version: str) -> None:
    made = engine(url)
    with made.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")  # noqa: S608 - our own text
    made.dispose()


def test_a_migrated_schema_is_the_declared_one(empty: NewDatabase) -> None:
    migrated, fresh = empty(), empty()
    migrate(migrated)
    made = engine(fresh)
    METADATA.create_all(made)
    made.dispose()
    assert declared(migrated) == declared(fresh)
    assert len(declared(migrated)) > 30
    assert any(
        "state = 'waiting'" in str(row).replace("::text", "").replace('\\"', "") or "WHERE" in str(row) for row in declared(fresh)
    )
    seen = engine(migrated)
    with seen.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    seen.dispose()


def test_an_upgrade_is_done_once_and_can_be_asked_for_again(empty: NewDatabase) -> None:
    url = empty()
    assert schema_version(url) is None
    migrate(url)
    migrate(url)
    assert schema_version(url) == HEAD


def test_patients_from_before_there_were_several_clinics_belong_to_the_main_one(empty: NewDatabase) -> None:
    url, fresh = empty(), empty()
    made = engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
    store = open_store(fresh, key=KEY)
    store.transact(lambda uow: uow.patients.add(PATIENT))
    store.close()
    _copy_patient(fresh, made)
    made.dispose()
    store = open_store(url, key=KEY)
    try:
        found = store.transact(lambda uow: uow.patients.by_code(PATIENT.code))
        assert found is not None
        assert (found.name, found.clinic) == (PATIENT.name, MAIN)
        store.transact(lambda uow: uow.patients.save(replace(found, clinic="north")))
        assert store.transact(lambda uow: uow.patients.get(found.id)).clinic == "north"
    finally:
        store.close()


def _copy_patient(fresh: str, old: Engine) -> None:
    """The row as the code of 0005 wrote it: without a clinic."""
    columns = "id, code, identity, wrapped_key, language, timezone, state, channel, address, extra"
    new = engine(fresh)
    with new.connect() as source, old.begin() as target:
        row = source.exec_driver_sql(f"SELECT {columns} FROM patient").one()  # noqa: S608 - our own text
        target.execute(text(f"INSERT INTO patient ({columns}) VALUES (:{columns.replace(', ', ', :')})"), dict(row._mapping))  # noqa: S608 - our own text
    new.dispose()


def test_opening_a_store_migrates_an_empty_database(empty: NewDatabase) -> None:
    url = empty()
    open_store(url, key=KEY).close()
    assert schema_version(url) == HEAD


def test_without_leave_to_migrate_an_older_schema_is_refused(empty: NewDatabase) -> None:
    url = empty()
    with pytest.raises(SchemaMismatch):
        open_store(url, key=KEY, migrate=False)
    migrate(url)
    open_store(url, key=KEY, migrate=False).close()


def test_a_schema_newer_than_the_code_is_refused_and_left_alone(empty: NewDatabase) -> None:
    url = empty()
    migrate(url)
    change_version(url, "9999")
    for attempt in (lambda: migrate(url), lambda: open_store(url, key=KEY)):
        with pytest.raises(SchemaMismatch, match="9999"):
            attempt()
    assert schema_version(url) == "9999"


def test_a_migration_killed_half_way_leaves_nothing_and_runs_again(empty: NewDatabase) -> None:
    url = empty()
    killed = subprocess.run([sys.executable, "-c", KILLED_HALF_WAY, url], check=False, timeout=60)  # noqa: S603 - our own program
    assert killed.returncode == -signal.SIGKILL
    assert schema_version(url) is None
    assert declared(url) == []
    open_store(url, key=KEY).close()
    assert schema_version(url) == HEAD


def test_two_processes_that_start_at_once_migrate_once(empty: NewDatabase) -> None:
    url = empty()
    program = "import sys; from bot.storage import migrate; migrate(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(2)]  # noqa: S603 - our own program
    assert [process.wait(60) for process in both] == [0, 0]
    assert schema_version(url) == HEAD


def test_the_code_expects_the_newest_revision_there_is() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_asking_for_the_version_of_a_missing_file_makes_none(tmp_path: Path) -> None:
    assert schema_version(str(tmp_path / "none.db")) is None
    assert list(tmp_path.iterdir()) == []


def test_a_postgresql_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        open_store(f"postgresql+psycopg://postgres@/none?host={tmp_path}", key=KEY)


def test_a_new_file_gets_the_declared_schema_as_a_migration_would_have_made_it(tmp_path: Path) -> None:
    made, migrated = str(tmp_path / "made.db"), str(tmp_path / "migrated.db")
    open_store(made).close()
    migrate(migrated)
    assert declared(made) == declared(migrated)
    for of in (made, migrated):
        with closing(sqlite3.connect(of)) as reader:
            found = reader.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name = 'alembic_version' AND type = 'table'"
            ).fetchall()
            held = reader.execute("SELECT version_num FROM alembic_version").fetchall()
        assert held == [(HEAD,)]
        assert in_any_order(found[0][0]) == in_any_order(_VERSION_TABLE)
