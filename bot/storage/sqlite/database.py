"""The SQLite connection: its settings, its errors, and prepared statements straight on the cursor."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NoReturn

from bot.core.errors import AftercareError, AlreadyThere, StorageBusy, StorageFailed
from bot.storage.database import Params, Record
from bot.storage.statements import Dialect, Prepared
from bot.storage.values import storable_params

BUSY_SECONDS: Final = 5.0
"""How long we wait for another process that holds the file."""
_NONE: Final[Params] = {}
_SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -65536",
)
_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def refuse_damaged(connection: sqlite3.Connection) -> None:
    """Raises StorageFailed where a page of the file is damaged: writing on would spread it. Reads the whole file."""
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise typed(error) from error
    if verdict != "ok":
        raise StorageFailed(f"SQLite: the file is damaged: {verdict}")


def connect(path: str) -> sqlite3.Connection:
    """A connection that any one thread may own. Raises StorageFailed for what is no usable database, StorageBusy if locked."""
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        for setting in _SETTINGS:
            connection.execute(setting)
    except sqlite3.Error as error:
        raise typed(error) from error
    return connection


class SqliteDatabase:
    """``bot.storage.database.Database`` over one sqlite3 connection."""

    dialect = Dialect.SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute
        self._depth = 0
        self._broken: AftercareError | None = None

    def one(self, statement: Prepared, params: Params = _NONE) -> Record | None:
        """The first row, or None."""
        rows = self.all(statement, params)
        return rows[0] if rows else None

    def all(self, statement: Prepared, params: Params = _NONE) -> list[Record]:
        """Every row."""
        if self._broken:
            raise self._broken
        try:
            return self._execute(statement.sqlite, storable_params(params)).fetchall()
        except sqlite3.Error as error:
            self._failed(error)

    def run(self, statement: Prepared, params: Params = _NONE) -> int:
        """How many rows it touched."""
        if self._broken:
            raise self._broken
        try:
            return self._execute(statement.sqlite, storable_params(params)).rowcount
        except sqlite3.Error as error:
            self._failed(error)

    def many(self, statement: Prepared, params: Sequence[Params]) -> int:
        """The statement once for each; how many rows were touched in all."""
        if self._broken:
            raise self._broken
        if not params:
            return 0
        try:
            return self._connection.executemany(statement.sqlite, [storable_params(p) for p in params]).rowcount
        except sqlite3.Error as error:
            self._failed(error)

    def _failed(self, error: sqlite3.Error) -> NoReturn:
        what = typed(error)
        if not self._connection.in_transaction:
            # SQLite rolled the whole transaction back by itself (disk full, I/O error): what follows must not commit alone.
            self._broken = StorageFailed(str(what))
        raise what from error

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """An exception inside undoes what was done inside."""
        self._depth += 1
        name = f"s{self._depth}"
        try:
            self.command(f"SAVEPOINT {name}")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self.command(f"ROLLBACK TO {name}")
                    self.command(f"RELEASE {name}")
                raise
            self.command(f"RELEASE {name}")
        finally:
            self._depth -= 1

    def command(self, sql: str) -> None:
        """BEGIN, COMMIT, SAVEPOINT ...: no parameters, no rows."""
        if self._broken:
            raise self._broken
        try:
            self._execute(sql)
        except sqlite3.Error as error:
            self._failed(error)

    def begin(self) -> None:
        """Takes the write lock. Raises StorageBusy where another process holds it for over 5 s."""
        self._broken = None
        try:
            self._execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise typed(error) from error

    def roll_back(self) -> None:
        """Ends the transaction and undoes it, if there still is one."""
        self._broken = None
        if self._connection.in_transaction:
            self.command("ROLLBACK")

    def empty_wal(self) -> bool:
        """Moves the WAL into the file and cuts it to nothing; False where a reader elsewhere still needs it.

        It does not wait for that reader: everybody else's work would wait with it.
        """
        try:
            self._execute("PRAGMA busy_timeout = 0")
            busy, _, _ = self._execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        finally:
            self._execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        return not busy

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()


def typed(error: sqlite3.Error) -> AftercareError:
    """The error of ours that says what can be done."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    text = f"SQLite: {error}"
    if code in _BUSY:
        return StorageBusy(text)
    if isinstance(error, sqlite3.IntegrityError):
        return AlreadyThere(text)
    return StorageFailed(text)
