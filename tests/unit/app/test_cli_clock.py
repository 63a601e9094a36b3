"""`aftercare clock`: an operator sees that check-ins pause, and says that the time is right."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.app.cli.root import aftercare
from bot.core.timekeeping import Anchor
from bot.services import clock_watch
from bot.storage import open_store
from tests.support.course import ROOT, Course


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    url = f"sqlite:///{tmp_path / 'a.db'}"
    monkeypatch.setenv("AFTERCARE_DATABASE_URL", url)
    open_store(url).close()
    return url


def run(*arguments: str) -> Result:
    return CliRunner().invoke(aftercare, ["clock", *arguments])


def jumps(url: str) -> None:
    store, now, world = open_store(url), datetime.now(UTC), Course().world
    anchor = Anchor(shown=now - timedelta(days=1), passed=timedelta())
    store.transact(lambda uow: clock_watch.look(uow, world, now, anchor, timedelta(seconds=1)))
    store.close()


def test_a_clock_that_is_not_in_doubt_is_no_problem(database: str) -> None:
    assert database
    result = run()
    assert (result.exit_code, "not in doubt" in result.output) == (0, True)
    assert json.loads(run("--confirm", "--json").output)["paused"] is False


def test_a_jump_is_a_problem_until_it_is_confirmed(database: str) -> None:
    jumps(database)
    result = run()
    assert result.exit_code == 1
    assert "went ahead by 24.0 h at once" in result.output
    assert "aftercare clock --confirm" in result.output
    assert run("--confirm").exit_code == 0
    assert run().exit_code == 0
