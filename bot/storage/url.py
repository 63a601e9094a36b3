"""Which database a setting names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.core.errors import SettingsInvalid

MEMORY = ":memory:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """``sqlite`` is a file's path or ``:memory:``; ``postgresql`` a libpq connection URL. Exactly one is set."""

    sqlite: str | None = None
    postgresql: str | None = None

    @property
    def path(self) -> Path | None:
        """The SQLite file, where there is one."""
        return None if self.sqlite in {None, MEMORY} else Path(str(self.sqlite))


def parse_url(url: str) -> Address:
    """A file path, ``sqlite:///path`` (four slashes for an absolute one), or ``postgresql+psycopg://user@host/name``."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        if not url:
            raise SettingsInvalid("AFTERCARE_DATABASE_URL is empty: give a file name or a postgresql+psycopg:// address")
        return Address(sqlite=url)
    if scheme in {"sqlite", "sqlite+pysqlite"}:
        return Address(sqlite=rest.removeprefix("/") or MEMORY)
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return Address(postgresql=f"postgresql://{rest}")
    raise SettingsInvalid(f"AFTERCARE_DATABASE_URL begins with {scheme}://, which is neither sqlite:// nor postgresql+psycopg://")
