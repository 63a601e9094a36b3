"""What repositories have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Table, select, update

from bot.core.errors import NotFound
from bot.storage.database import Database, Params
from bot.storage.mapper import Mapper
from bot.storage.statements import Prepared, adding, param

T = TypeVar("T")


def inserting(table: Table) -> Prepared:
    """An INSERT of every column but the id, which it returns."""
    return Prepared(adding(table, "id").returning(table.c.id))


def getting(mapper: Mapper[Any], table: Table, column: str = "id") -> Prepared:
    """A SELECT by one column."""
    return Prepared(select(*mapper.columns).where(table.c[column] == param(column)))


def saving(table: Table, *without: str) -> Prepared:
    """An UPDATE of every column but the id and ``without``, by the parameter ``row_id``."""
    changed = {c.name: param(c.name) for c in table.columns if c.name not in {"id", *without}}
    return Prepared(update(table).where(table.c.id == param("row_id")).values(changed))


def new_id(database: Database, statement: Prepared, params: Params) -> int:
    """The id that an INSERT returned."""
    row = database.one(statement, params)
    if row is None:
        raise NotFound("the new row has no id")
    return int(row[0])


def found(value: T | None, what: str, key: object) -> T:
    """The value. Raises NotFound where there is none."""
    if value is None:
        raise NotFound(f"no {what} {key}")
    return value


def changed(rows: int, what: str, key: object) -> None:
    """Raises NotFound where an UPDATE touched no row."""
    if not rows:
        raise NotFound(f"no {what} {key}")


def count(database: Database, statement: Prepared, params: Params | None = None) -> int:
    """The number in the first row of a counting SELECT."""
    row = database.one(statement, params or {})
    return int(row[0]) if row else 0
