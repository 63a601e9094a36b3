"""The PostgreSQL connection: its settings, its transaction, and prepared statements straight on the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, NoReturn

import psycopg

from bot.core.errors import AftercareError
from bot.storage.database import Params, Record
from bot.storage.postgresql.failures import TransactionLost, typed
from bot.storage.statements import Dialect, Prepared
from bot.storage.values import storable_params

_NONE: Final[Params] = {}
_SETTINGS: Final = (
    "SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET lock_timeout = '5s'; SET statement_timeout = '60s';"
    " SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_isolation = 'read committed'"
)
_CONNECT_SECONDS: Final = 5


class PostgresDatabase:
    """``bot.storage.database.Database`` over one psycopg connection, opened again after a loss."""

    dialect = Dialect.POSTGRESQL

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Record] | None = None
        self._cursor: psycopg.Cursor[Record] | None = None
        self._depth = 0
        self._lost: TransactionLost | None = None

    def one(self, statement: Prepared, params: Params = _NONE) -> Record | None:
        """The first row, or None."""
        return self._execute(statement.postgresql, params).fetchone()

    def all(self, statement: Prepared, params: Params = _NONE) -> list[Record]:
        """Every row."""
        return self._execute(statement.postgresql, params).fetchall()

    def run(self, statement: Prepared, params: Params = _NONE) -> int:
        """How many rows it touched."""
        return self._execute(statement.postgresql, params).rowcount

    def many(self, statement: Prepared, params: Sequence[Params]) -> int:
        """The statement once for each, in one pipeline; how many rows were touched in all."""
        if not params:
            return 0
        cursor = self._open()
        try:
            cursor.executemany(statement.postgresql, [storable_params(p) for p in params])
        except psycopg.Error as error:
            self._failed(error)
        return cursor.rowcount

    def _execute(self, sql: str, params: Params | None = None) -> psycopg.Cursor[Record]:
        cursor = self._open()
        try:
            return cursor.execute(sql, None if params is None else storable_params(params))
        except psycopg.Error as error:
            self._failed(error)

    def _open(self) -> psycopg.Cursor[Record]:
        if self._lost is not None:
            raise self._lost
        if self._cursor is None:
            try:
                self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
                self._connection.execute(_SETTINGS)
            except psycopg.Error as error:
                self._failed(error)
            self._cursor = self._connection.cursor()
        return self._cursor

    def _failed(self, error: psycopg.Error) -> NoReturn:
        what = typed(error)
        if isinstance(what, TransactionLost):
            self._lost = what
        raise what from error

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """An exception inside undoes what was done inside."""
        self._depth += 1
        name = f"s{self._depth}"
        try:
            self._execute(f"SAVEPOINT {name}")
            try:
                yield
            except BaseException:
                if self._lost is None:
                    self._execute(f"ROLLBACK TO {name}; RELEASE {name}")
                raise
            self._execute(f"RELEASE {name}")
        finally:
            self._depth -= 1

    def begin(self) -> None:
        """Starts a transaction, on a new connection where the old one is gone."""
        self._lost = None
        if self._connection is not None and self._connection.closed:
            self.disconnect()
        self._execute("BEGIN")

    def transaction_id(self) -> str | None:
        """What PostgreSQL calls this transaction; None where it has written nothing.

        Raises StorageFailed where the work went on after a failed statement: PostgreSQL would take a COMMIT for a ROLLBACK.
        """
        row = self._execute("SELECT pg_current_xact_id_if_assigned()::text").fetchone()
        return row[0] if row else None

    def commit(self) -> None:
        """Ends the transaction and keeps it. Raises TransactionLost where PostgreSQL gives no answer."""
        self._execute("COMMIT")

    def status_of(self, transaction_id: str) -> str | None:
        """``committed``, ``aborted`` or ``in progress``: asked on a new connection after a COMMIT without an answer."""
        self.disconnect()
        self._lost = None
        row = self._execute("SELECT pg_xact_status(%(id)s::text::xid8)", {"id": transaction_id}).fetchone()
        return row[0] if row else None

    def roll_back(self) -> None:
        """Ends the transaction and undoes it; a connection that cannot even do that is dropped."""
        self._lost = None
        if self._connection is None:
            return
        try:
            self._execute("ROLLBACK")
        except AftercareError:
            self.disconnect()

    def disconnect(self) -> None:
        """Drops the connection; the next transaction opens another."""
        connection: Any = self._connection
        self._connection = self._cursor = None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()
