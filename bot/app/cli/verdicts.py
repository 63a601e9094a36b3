"""Remembers that exactly these files were sound, so that looking again costs a hash and not the vocabularies and the examples.

Only "no problem and no warning" is remembered, under a hash of every byte that could change it: the files, and the program's own.
Nothing of it is needed: without a place to keep it, everything is simply looked at again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from bot.content.folder import CATALOGUE, files_of

PROGRAM = Path(__file__).parents[2]
KEPT = 20
"""As many verdicts are kept; older ones go."""


class Verdicts:
    """A folder with one empty file for each set of files that was found sound."""

    def __init__(self, folder: Path | None = None) -> None:
        cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        self._folder = folder or Path(cache).expanduser() / "aftercare" / "sound"

    def knows(self, key: str) -> bool:
        """Whether these files were found sound before."""
        return (self._folder / key).is_file()

    def remember(self, key: str) -> None:
        """From now on they are known; silently nothing where there is no room for it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / key).touch()
            for old in sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            return


def key_of(schedules: Path, messages: Path) -> str:
    """A hash over everything that `aftercare check` without a path looks at."""
    digest = hashlib.sha256()
    for path in _content(schedules, messages):
        digest.update(str(path.resolve()).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for path in sorted(PROGRAM.rglob("*.py")):
        stat = path.stat()
        digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _content(schedules: Path, messages: Path) -> Iterator[Path]:
    yield from (path for path in files_of(schedules) if path.is_file())
    for folder in (messages, CATALOGUE):
        yield from (path for path in sorted(folder.rglob("*")) if path.is_file())
