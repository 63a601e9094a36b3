"""Whatever happens to the files of a running bot, the last good content stays live until sound files are back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app.live_content import LiveContent
from bot.content import yaml_file
from tests.golden.test_schedule_problems import CLINIC, SCHEDULE
from tests.support.careplan import MESSAGES


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LiveContent]:
    folder = tmp_path_factory.mktemp("schedules")
    (folder / "clinic.yaml").write_text(CLINIC, encoding="utf-8")
    (folder / "small.yaml").write_text(SCHEDULE, encoding="utf-8")
    return folder, LiveContent(folder, MESSAGES)


def remove(path: Path) -> None:
    path.unlink()


def folder_in_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere.yaml")


SPOILED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "tabs": ("small.yaml", lambda path: path.write_text("\t" + SCHEDULE)),
    "latin-1": ("small.yaml", lambda path: path.write_bytes(SCHEDULE.replace("Small", "Größe").encode("latin-1"))),
    "alias bomb of 5 MB": ("small.yaml", lambda path: path.write_bytes(b"a: &a [x]\n" + b"b: [*a, *a]\n" * 450_000)),
    "python object": ("small.yaml", lambda path: path.write_text(SCHEDULE.replace('"Small"', "!!python/object:os.system ls"))),
    "empty": ("small.yaml", lambda path: path.write_bytes(b"")),
    "half written": ("small.yaml", lambda path: path.write_text(SCHEDULE[: len(SCHEDULE) // 2])),
    "folder": ("small.yaml", folder_in_place),
    "link to nowhere": ("small.yaml", link_to_nowhere),
    "clinic gone": ("clinic.yaml", remove),
    "clinic that nobody answers": (
        "clinic.yaml",
        lambda path: path.write_text(CLINIC.replace("last_resort: [ada]", "last_resort: []")),
    ),
    "unknown escalation": (
        "small.yaml",
        lambda path: path.write_text(SCHEDULE.replace("escalation: default", "escalation: night")),
    ),
    "language without texts": ("small.yaml", lambda path: path.write_text(SCHEDULE.replace("[en]", "[en, xx]"))),
    "threshold that loosens": (
        "small.yaml",
        lambda path: path.write_text(SCHEDULE + "thresholds: [{measure: temperature, at_least: 41, disposition: same_day}]\n"),
    ),
    "second file of one schedule": ("other.yaml", lambda path: path.write_text(SCHEDULE)),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_flawed_file_replaces_nothing_and_is_named(case: str, prepared: tuple[Path, LiveContent]) -> None:
    folder, live = prepared
    name, spoil = SPOILED[case]
    before = live.current
    path = folder / name
    spoil(path)
    try:
        assert live.reload() is False
        assert live.current is before
        assert live.problem is not None
        assert name in live.problem
        assert live.reload() is False, "it is said once"
    finally:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        if name != "other.yaml":
            path.write_text(CLINIC if name == "clinic.yaml" else SCHEDULE, encoding="utf-8")
    assert live.reload() is True
    assert live.problem is None


def test_a_file_that_is_being_written_is_waited_for(prepared: tuple[Path, LiveContent], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, live = prepared
    path = folder / "small.yaml"
    before = live.current
    path.write_text(SCHEDULE + "# 1\n", encoding="utf-8")
    read = yaml_file._all_of

    def reading(descriptor: int) -> bytes:
        data = read(descriptor)
        with path.open("a", encoding="utf-8") as file:
            file.write("# more\n")
        return data

    monkeypatch.setattr(yaml_file, "_all_of", reading)
    assert live.reload() is False
    assert live.current is before
    monkeypatch.setattr(yaml_file, "_all_of", read)
    assert live.reload() is True, "it changed after it was looked at, so it is looked at again"


def test_what_nobody_thought_of_replaces_nothing_either(
    prepared: tuple[Path, LiveContent], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, live = prepared
    before = live.current

    def broken(descriptor: int) -> bytes:
        raise MemoryError(descriptor)

    monkeypatch.setattr(yaml_file, "_all_of", broken)
    (folder / "small.yaml").write_text(SCHEDULE + "# 2\n", encoding="utf-8")
    assert live.reload() is False
    assert live.current is before
    assert live.problem == "the files cannot be read: MemoryError"
