"""A file's text, or a problem that says why there is none: not there, a folder, too large, not UTF-8, being written just now."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bot.content.problems import Problem, ProblemsFound

MAX_BYTES = 2_000_000
TRIES = 3
"""How often a file that changes while it is read is read again."""


def read_text(path: Path, shown: str) -> str:
    """The whole text, without a byte order mark, its lines ended by line feeds alone. ``shown`` is how problems name the file.

    Raises ProblemsFound. What is returned was read while the file did not change.
    """
    try:
        data = _read_still(path, shown)
    except OSError as error:
        hint = "is it still there? is it a file?" if path.is_dir() or not path.exists() else ""
        raise ProblemsFound([_problem(shown, f"cannot be read: {error.strerror}", hint, "file")]) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemsFound([_not_utf8(data, error.start, shown)]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_still(path: Path, shown: str) -> bytes:
    for _ in range(TRIES):
        with path.open("rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise ProblemsFound([_problem(shown, "is no file", "only plain files are read", "file")])
            if before.st_size > MAX_BYTES:
                raise ProblemsFound([_problem(shown, f"is larger than {MAX_BYTES} bytes", "split it into several files", "file")])
            data = _all_of(file.fileno())
            if _stamp(os.fstat(file.fileno())) == _stamp(before) and len(data) == before.st_size:
                return data
    raise ProblemsFound(
        [_problem(shown, "changes while it is read", "save it once more when the other program is done", "changing")]
    )


def _all_of(descriptor: int) -> bytes:
    """Up to one byte more than may be."""
    parts, left = [], MAX_BYTES + 1
    while left and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_mtime_ns, found.st_size


def _not_utf8(data: bytes, at: int, shown: str) -> Problem:
    before = data[:at]
    line = before.count(b"\n") + 1
    start = before.rfind(b"\n") + 1
    end = data.find(b"\n", at)
    text = data[start : end if end >= 0 else len(data)].decode("utf-8", "replace").rstrip("\r")
    col = len(data[start:at].decode("utf-8", "replace")) + 1
    hint = "save the file as UTF-8"
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return Problem(path=shown, line=1, col=1, message="is not UTF-8 but UTF-16", hint=hint, rule="encoding")
    message = f"is not UTF-8: the byte {data[at]:02X} here is none of its letters"
    return Problem(path=shown, line=line, col=col, message=message, hint=hint, rule="encoding", source_line=text)


def _problem(path: str, message: str, hint: str, rule: str) -> Problem:
    return Problem(path=path, line=1, col=1, message=message, hint=hint, rule=rule)
