"""What took long to build from files, kept beside Python's own compiled files, for the next start of the same code on the same files.

It is read back only under the hash of everything that it was built from, our code included, and only whole. It lies in
``__pycache__``: whoever may write there may change what Python runs in any case. Where Python is told to write no compiled files
(or cannot), nothing is kept.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar, cast

from bot.content.undisturbed import undisturbed

T = TypeVar("T")

WORTH_IT: Final = 0.2
"""Seconds that building must take for its result to be kept."""
COPIES: Final = 3
"""Results of one name that are kept: the newest."""
_CODE: Final = Path(__file__).parent.parent
_DIGEST: Final = 32


def kept(name: str, sources: Iterable[bytes], build: Callable[[], T]) -> T:
    """What ``build`` gives, or gave last time. ``sources`` is everything that it depends on beside the package's code.

    Raises what ``build`` raises.
    """
    place = _folder() / f"{name}.{_hash(sources)}.kept"
    with undisturbed():
        found = _read(place)
        if found is not None:
            return cast("T", found)
        began = time.perf_counter()
        built = build()
        if time.perf_counter() - began >= WORTH_IT and not sys.dont_write_bytecode:
            with suppress(OSError):  # a read-only installation, a full disk: the next start builds it again
                _write(place, built)
    return built


def _folder() -> Path:
    return Path(importlib.util.cache_from_source(__file__)).parent


def _hash(sources: Iterable[bytes]) -> str:
    """Of the sources, of our own code of reading and loading, and of the Python that runs it."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted((*(_CODE / "content").glob("*.py"), *(_CODE / "core").rglob("*.py"))):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for source in sources:
        digest.update(hashlib.sha256(source).digest())
    return digest.hexdigest()[:24]


def _read(place: Path) -> object | None:
    """None where there is nothing, or not the whole of it."""
    try:
        data = place.read_bytes()
        if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
            return None
        found: object = pickle.loads(data[_DIGEST:])  # noqa: S301 - see the head of this file
    except (OSError, pickle.UnpicklingError, AttributeError, ImportError, EOFError):
        return None
    return found


def _write(place: Path, value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=place.parent, prefix=place.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(data).digest() + data)
        os.replace(unfinished, place)  # noqa: PTH105 - the name is a str
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    older = sorted(place.parent.glob(f"{place.name.split('.')[0]}.*.kept"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in older[COPIES:]:
        path.unlink(missing_ok=True)
