"""What is kept between two starts: only under what it was built from, only whole, and only where Python may write."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import kept as module
from bot.content.kept import COPIES, kept

Built = Callable[[bytes], list[str]]


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Built, list[bytes]]:
    """Builds a list, slowly enough to be kept; and what it was asked to build."""
    monkeypatch.setattr(module, "_folder", lambda: tmp_path / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    asked: list[bytes] = []

    def build(source: bytes) -> list[str]:
        def slowly() -> list[str]:
            asked.append(source)
            time.sleep(module.WORTH_IT)
            return ["built from", source.decode()]

        return kept("list", [source], slowly)

    return build, asked


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "__pycache__").glob("*"))


def test_the_same_sources_are_built_once_and_others_anew(built: tuple[Built, list[bytes]]) -> None:
    build, asked = built
    assert build(b"a") == build(b"a") == ["built from", "a"]
    assert build(b"b") == ["built from", "b"]
    assert asked == [b"a", b"b"]


def test_a_changed_or_cut_file_is_built_again(built: tuple[Built, list[bytes]], tmp_path: Path) -> None:
    build, asked = built
    build(b"a")
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:-3] + b"xyz", b""):
        path.write_bytes(damaged)
        assert build(b"a") == ["built from", "a"]
    assert asked == [b"a"] * 4
    assert path.read_bytes() == whole


def test_code_that_changes_makes_it_new(
    built: tuple[Built, list[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build, asked = built
    build(b"a")
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "changed.py").write_text("x = 1")
    monkeypatch.setattr(module, "_CODE", tmp_path)
    build(b"a")
    assert asked == [b"a", b"a"]


def test_only_the_newest_few_are_kept(built: tuple[Built, list[bytes]], tmp_path: Path) -> None:
    build, _ = built
    for number in range(COPIES + 2):
        build(str(number).encode())
    assert len(files(tmp_path)) == COPIES


def test_where_python_writes_no_compiled_files_nothing_is_kept(
    built: tuple[Built, list[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build, asked = built
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert build(b"a") == build(b"a")
    assert asked == [b"a", b"a"]
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_written_costs_only_time(
    built: tuple[Built, list[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build, asked = built
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(module, "_folder", lambda: tmp_path / "file")
    assert build(b"a") == build(b"a") == ["built from", "a"]
    assert len(asked) == 2
