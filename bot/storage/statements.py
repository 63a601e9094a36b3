"""Statements, built with SQLAlchemy Core on the tables and compiled once per dialect to SQL text.

The text runs straight on the DBAPI cursor: no ORM session and no compilation on the message path. Constants that choose a
partial index are rendered into the text: a planner cannot match an index's condition against a parameter.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Insert, Select, String, Table, bindparam, func, insert, literal_column
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.postgresql import psycopg as postgresql_psycopg
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql import ClauseElement


class Dialect(StrEnum):
    """The databases that we speak."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


_SQLITE = sqlite.dialect(paramstyle="named")
_POSTGRESQL = postgresql_psycopg.dialect()  # type: ignore[no-untyped-call]


class Prepared:
    """One statement, compiled when a database first uses it. Parameters are the names of its ``bindparam``s."""

    def __init__(self, statement: ClauseElement, *, on_postgresql: ClauseElement | None = None) -> None:
        self._statement = statement
        self._on_postgresql = statement if on_postgresql is None else on_postgresql

    @cached_property
    def sqlite(self) -> str:
        """SQL text with ``:name`` parameters."""
        return _text(self._statement, _SQLITE)

    @cached_property
    def postgresql(self) -> str:
        """SQL text with ``%(name)s`` parameters."""
        return _text(self._on_postgresql, _POSTGRESQL)


def _text(statement: ClauseElement, dialect: Any) -> str:  # noqa: ANN401 - SQLAlchemy's dialect modules are untyped
    compiled = statement.compile(dialect=dialect)
    hidden = {name for name, value in (compiled.params or {}).items() if value is not None}
    if hidden:
        raise TypeError(f"values hidden in a statement, name them or make them constants: {sorted(hidden)} in {compiled}")
    return str(compiled)


def const(value: str | int) -> ColumnElement[Any]:
    """A constant of ours, rendered into the SQL text. Never for anything that came from outside."""
    return literal_column(str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'")


def param(name: str) -> BindParameter[Any]:
    """A named parameter; its type is that of the column which it is compared with."""
    return bindparam(name)


def text_param(name: str) -> BindParameter[str]:
    """A named parameter that is a text, where no column says so."""
    return bindparam(name, type_=String())


def adding(table: Table, *without: str) -> Insert:
    """An INSERT with one parameter per column, but for ``without``."""
    return insert(table).values({c.name: bindparam(c.name) for c in table.columns if c.name not in without})


def adding_if_new(table: Table, *without: str, returning: str | None = None) -> Prepared:
    """The same, doing nothing where a unique key is there already."""
    values: dict[str, Any] = {c.name: bindparam(c.name) for c in table.columns if c.name not in without}
    lite = sqlite_insert(table).values(values).on_conflict_do_nothing()
    post = postgresql_insert(table).values(values).on_conflict_do_nothing()
    if returning is None:
        return Prepared(lite, on_postgresql=post)
    return Prepared(lite.returning(table.c[returning]), on_postgresql=post.returning(table.c[returning]))


def putting(table: Table, key: str) -> Prepared:
    """An INSERT that replaces the row of the same ``key``."""
    values: dict[str, Any] = {c.name: bindparam(c.name) for c in table.columns}
    lite, post = sqlite_insert(table).values(values), postgresql_insert(table).values(values)
    others = [name for name in values if name != key]
    return Prepared(
        lite.on_conflict_do_update(index_elements=[key], set_={n: lite.excluded[n] for n in others}),
        on_postgresql=post.on_conflict_do_update(index_elements=[key], set_={n: post.excluded[n] for n in others}),
    )


def first(statement: Select[Any], limit: ColumnElement[Any]) -> Select[Any]:
    """At most that many rows (SQLAlchemy hides a parameter in SQLite's LIMIT unless there is an OFFSET too)."""
    return statement.limit(limit).offset(const(0))


def address_key(channel: ColumnElement[Any], address: ColumnElement[Any], *, space: int) -> ColumnElement[Any]:
    """PostgreSQL's 64-bit advisory lock key of an address, in one of several spaces that do not hinder each other."""
    return func.hashtextextended(channel + func.chr(const(31)) + address, const(space))
