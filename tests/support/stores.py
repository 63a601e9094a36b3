"""Real stores for tests: a SQLite file, and databases on a PostgreSQL server of our own that is started once per session."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from bot.ports import Store
from bot.storage import migrate, open_store
from tests.support.require import require_or_skip

KEY = bytes(range(32))


def sqlite_store(tmp_path: Path, name: str = "aftercare.db") -> Store:
    """A migrated store in a file of its own. The caller closes it."""
    return open_store(str(tmp_path / name))


@dataclass
class PostgresServer:
    """A running server, reached through its socket directory."""

    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """The address of one database, as a setting would give it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.directory}"

    def execute(self, sql: str, database: str = "postgres") -> None:
        """Runs one statement outside any transaction."""
        with psycopg.connect(self.url(database).replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql.encode())

    def new_database(self, *, migrated: bool = True) -> str:
        """The address of a new database: empty, or a copy of a migrated one."""
        name = f"t{next(self._numbers)}"
        if migrated and name == "t0":
            self.execute("CREATE DATABASE migrated")
            migrate(self.url("migrated"))
        self.execute(f"CREATE DATABASE {name}" + (" TEMPLATE migrated" if migrated else ""))
        return self.url(name)


def _as_other_user() -> dict[str, object]:
    """PostgreSQL refuses root: root starts it as somebody else."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    other = names.get("postgres") or names["nobody"]
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server in a temporary directory, without a TCP port; skipped by name where PostgreSQL is not installed."""
    programs = {name: shutil.which(name) for name in ("initdb", "pg_ctl", "postgres")}
    require_or_skip(all(programs.values()), "PostgreSQL (initdb, pg_ctl, postgres)")
    other = _as_other_user()
    home = Path(tempfile.mkdtemp(prefix="aftercare-pg-"))
    if other:
        os.chown(home, int(str(other["user"])), int(str(other["group"])))
    data = home / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our own arguments
            [str(programs[program]), *arguments], check=True, capture_output=True, timeout=60, cwd=home, **other
        )

    try:
        run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off -c max_connections=60"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield PostgresServer(home)
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def dump(url: str) -> str:
    """Every row of every table as text, to look for what must not be there."""
    if "://" in url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
            rows = [connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall() for name in names]
        return repr(dict(zip(names, rows, strict=True)))
    with closing(sqlite3.connect(url)) as reader:
        return "\n".join(reader.iterdump())
