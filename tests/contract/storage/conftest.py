"""Every contract test here runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import Store
from bot.storage import open_store
from tests.support.stores import KEY, PostgresServer, postgres_server

__all__ = ["postgres_server"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database of this test's own."""
    if request.param == "sqlite":
        return str(tmp_path / "aftercare.db")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store on it."""
    opened = open_store(url, key=KEY)
    yield opened
    opened.close()


@pytest.fixture
def other(url: str, store: Store) -> Iterator[Store]:
    """A second process's store on the same database."""
    opened = open_store(url, key=KEY)
    yield opened
    opened.close()
