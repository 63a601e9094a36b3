"""What all tables share. Moments are BIGINT microseconds since 1970 in UTC, structured values are JSON as text."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from sqlalchemy import BigInteger, Dialect, Index, Integer, MetaData, Table, text
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

AUTOINCREMENT = {"sqlite_autoincrement": True}
"""An id is never used again, not even after an erasure: the audit skeleton still names it."""


class Id(TypeDecorator[int]):
    """BIGINT, but INTEGER on SQLite, where only that is the row's own key."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """The column's type in that database."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Row(SQLModel):
    """A table's row. It validates nothing: the core's dataclasses do."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )


def table(row: type[Row]) -> Table:
    """The table that the class declares."""
    return cast("Table", cast("Any", row).__table__)


def partial(name: str, *columns: str, where: str) -> Index:
    """An index over the rows that are still work: an empty tick costs the same however many others there are."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
