"""What was sound is remembered by its bytes: the second look costs a hash, and any change is looked at again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.app.cli.root import aftercare
from bot.app.cli.verdicts import KEPT, Verdicts
from tests.support.careplan import MESSAGES, SCHEDULES


def test_any_change_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SCHEDULES, tmp_path / "schedules")
    monkeypatch.setenv("AFTERCARE_SCHEDULES", str(tmp_path / "schedules"))
    monkeypatch.setenv("AFTERCARE_MESSAGES", str(MESSAGES))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def check() -> tuple[int, str, str]:
        result = CliRunner().invoke(aftercare, ["check"], catch_exceptions=False)
        return result.exit_code, result.stdout, result.stderr

    assert check()[:2] == (0, "No problems.\n")
    code, told, aside = check()
    assert (code, told) == (0, "No problems.\n")
    assert "as it was when it was looked at last" in aside
    path = tmp_path / "schedules" / "msc-donor.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("late_enrolment: catch_up", "late_enrolment: later"), encoding="utf-8"
    )
    code, told, aside = check()
    assert code == 1
    assert "'later' is not known here" in told
    assert check()[0] == 1, "a problem is never remembered away"


def test_only_the_newest_are_kept_and_no_room_is_no_error(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "sound")
    for number in range(KEPT + 5):
        verdicts.remember(f"key{number:03}")
    assert verdicts.knows(f"key{KEPT + 4:03}")
    assert len(list((tmp_path / "sound").iterdir())) == KEPT
    (tmp_path / "file").touch()
    nowhere = Verdicts(tmp_path / "file" / "sound")
    nowhere.remember("key")
    assert not nowhere.knows("key")
