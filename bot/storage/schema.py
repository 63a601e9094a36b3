"""The schema's version: migrated on demand, and refused where a newer version of the code has written it.

A migration is one transaction that holds the database's write lock from its first statement: two processes that start at once
migrate once, and one that is killed half-way leaves the old schema.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, StaticPool, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.core.errors import AftercareError, SchemaMismatch, StorageFailed
from bot.storage.rows import METADATA
from bot.storage.sqlite.database import connect, typed
from bot.storage.url import Address, parse_url

HEAD: Final = "0006"
"""The revision that this code works with. Revisions are numbers of four digits, in order."""
_LOCK_KEY: Final = 5_134_208_814
_VERSION_TABLE: Final = (
    "CREATE TABLE alembic_version ( version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num) )"
)
"""Alembic's own table, as it makes it itself."""
_ALEMBIC: Final = threading.Lock()
"""Alembic keeps its context in module globals: one migration at a time in a process."""


def migrate(url: str) -> None:
    """Brings the schema to ``HEAD``. Raises SchemaMismatch for a newer one."""
    with _connection(parse_url(url)) as connection:
        _upgrade(connection)


def schema_version(url: str) -> str | None:
    """The revision of a database; None for an empty one."""
    address = parse_url(url)
    if address.path is not None and not address.path.exists():
        return None
    with _connection(address) as connection, connection.begin():
        return _version(connection)


def prepare_sqlite(connection: sqlite3.Connection, *, migrate: bool) -> None:
    """The same on the store's own connection, before the store uses it. SQLAlchemy and Alembic only run where there is work."""
    version = _sqlite_version(connection)
    if version == HEAD:
        return
    _refuse(version, migrate=migrate)
    with _over(connection) as over:
        if version is not None or not _created(over):
            _upgrade(over)


def prepare_postgresql(address: Address, *, migrate: bool) -> None:
    """The same for PostgreSQL."""
    with _connection(address) as connection:
        with connection.begin():
            version = _version(connection)
        _refuse(version, migrate=migrate)
        if version != HEAD:
            _upgrade(connection)


def _refuse(version: str | None, *, migrate: bool) -> None:
    """Raises SchemaMismatch for a schema that we must not touch."""
    if version is not None and version > HEAD:
        raise SchemaMismatch(f"the database has schema {version}, newer than this code's {HEAD}")
    if not migrate and version != HEAD:
        raise SchemaMismatch(f"the database has schema {version or 'none'}, this code needs {HEAD}")


def _created(connection: Connection) -> bool:
    """Gives an empty database the declared schema, which a test holds equal to the migrated one: Alembic takes a second to load.

    False where it is not empty.
    """
    try:
        with connection.begin():
            if inspect(connection).get_table_names():
                return False
            METADATA.create_all(connection, checkfirst=False)
            connection.execute(text(_VERSION_TABLE))
            connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})
    except DBAPIError as error:
        raise _undone(error) from error
    return True


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a start without a migration does not pay for Alembic
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        with _ALEMBIC, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})"))
            _refuse(_version(connection), migrate=True)
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise _undone(error) from error


def _undone(error: DBAPIError) -> AftercareError:
    if isinstance(error.orig, sqlite3.Error):
        return typed(error.orig)
    return StorageFailed(f"the migration was undone: {error.orig}")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _sqlite_version(connection: sqlite3.Connection) -> str | None:
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise typed(error) from error
    return row[0] if row else None


@contextmanager
def _connection(address: Address) -> Iterator[Connection]:
    if address.sqlite is not None:
        connection = connect(address.sqlite)
        try:
            with _over(connection) as over:
                yield over
        finally:
            connection.close()
        return
    engine = create_engine(str(address.postgresql).replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as opened:
            yield opened
    except DBAPIError as error:
        raise StorageFailed(f"PostgreSQL: {error.orig}") from error
    finally:
        engine.dispose()


@contextmanager
def _over(connection: sqlite3.Connection) -> Iterator[Connection]:
    """SQLAlchemy over our own sqlite3 connection, with BEGIN IMMEDIATE: DDL is then part of the transaction."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def _begin(begun: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event
        begun.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as opened:
        yield opened
