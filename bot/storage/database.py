"""What a repository sees of a database: run a prepared statement, get tuples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from bot.storage.statements import Dialect, Prepared

Params = Mapping[str, Any]
Record = tuple[Any, ...]


class Database(Protocol):
    """One open transaction. Every failure comes out as an error of ``bot.core.errors``."""

    dialect: Dialect

    def one(self, statement: Prepared, params: Params = ...) -> Record | None:
        """The first row, or None."""
        ...

    def all(self, statement: Prepared, params: Params = ...) -> list[Record]:
        """Every row."""
        ...

    def run(self, statement: Prepared, params: Params = ...) -> int:
        """How many rows it touched."""
        ...

    def many(self, statement: Prepared, params: Sequence[Params]) -> int:
        """The statement once for each; how many rows were touched in all."""
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """An exception inside undoes what was done inside."""
        ...
