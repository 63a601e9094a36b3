"""Frozen dataclasses of the core as JSON text, by their own type hints.

A field that is added to a core type with a default is stored from then on, and older rows read it as that default. A reader
and a writer are built once per type, so the message path pays no reflection. The JSON is ASCII: lone surrogates and NUL
survive as escapes in both databases.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import Enum, IntEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from bot.storage.values import micros, moment

_Convert = Callable[[Any], Any]
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode
_decode = json.JSONDecoder().decode


def text_pair(hint: Any) -> tuple[_Convert, _Convert]:  # noqa: ANN401 - type hints have no common type
    """(value -> JSON text, JSON text -> value) for a type."""
    write, read = _writer(hint), _reader(hint)
    return lambda value: _encode(write(value)), lambda text: read(_decode(text))


class Part:
    """Some fields of a dataclass as a JSON object; a field that has its default is left out."""

    def __init__(self, kind: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - any dataclass
        hints = get_type_hints(kind)
        defaults = {f.name: f.default for f in dataclasses.fields(kind)}
        self._writers = [(name, defaults[name], _writer(hints[name])) for name in names]
        self._readers = {name: _reader(hints[name]) for name in names}

    def dumps(self, value: object) -> str:
        """The JSON text; ``{}`` where every field has its default."""
        if not self._writers:
            return "{}"
        found = ((name, default, write, getattr(value, name)) for name, default, write in self._writers)
        return _encode({name: write(held) for name, default, write, held in found if held != default})

    def loads(self, text: str) -> dict[str, Any]:
        """The fields in it. Names that the type does not know any more are ignored."""
        return {name: self._readers[name](value) for name, value in _decode(text).items() if name in self._readers}


def same(value: Any) -> Any:  # noqa: ANN401 - it hands through whatever it gets
    """The value itself."""
    return value


def optional(convert: _Convert) -> _Convert:
    """The conversion where there may be None."""
    if convert is same:
        return same
    return lambda value: None if value is None else convert(value)


def unwrapped(hint: Any) -> Any | None:  # noqa: ANN401 - type hints have no common type
    """The hint inside ``X | None``, or None where it is no such union. Raises TypeError for any other union."""
    if get_origin(hint) not in {Union, types.UnionType}:
        return None
    rest = [a for a in get_args(hint) if a is not types.NoneType]
    if len(rest) != 1:
        raise TypeError(f"no codec for {hint}")
    return rest[0]


_WRITE: Mapping[type, _Convert] = {datetime: micros, timedelta: timedelta.total_seconds, time: time.isoformat}
_READ: Mapping[type, _Convert] = {
    datetime: moment,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    time: time.fromisoformat,
}


@cache
def _writer(hint: Any) -> _Convert:  # noqa: ANN401 - type hints have no common type
    inner = unwrapped(hint)
    if inner is not None:
        return optional(_writer(inner))
    origin = get_origin(hint)
    if origin is not None:
        return _group_writer(origin, hint)
    if dataclasses.is_dataclass(hint):
        return _object_writer(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return int if issubclass(hint, IntEnum) else str
    return _WRITE.get(hint, same)


@cache
def _reader(hint: Any) -> _Convert:  # noqa: ANN401 - type hints have no common type
    inner = unwrapped(hint)
    if inner is not None:
        return optional(_reader(inner))
    origin = get_origin(hint)
    if origin in {tuple, frozenset}:
        read, build = _reader(get_args(hint)[0]), origin
        return build if read is same else lambda value: build([read(v) for v in value])
    if dataclasses.is_dataclass(hint):
        return _object_reader(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _READ.get(hint, same)


def _group_writer(origin: type, hint: Any) -> _Convert:  # noqa: ANN401 - type hints have no common type
    if issubclass(origin, Mapping):
        return dict
    write = _writer(get_args(hint)[0])
    if origin is frozenset:
        return lambda value: sorted(write(v) for v in value)
    return list if write is same else lambda value: [write(v) for v in value]


def _fields(kind: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - any dataclass
    hints = get_type_hints(kind)
    return [(f.name, hints[f.name]) for f in dataclasses.fields(kind) if f.init]


def _object_writer(kind: Any) -> _Convert:  # noqa: ANN401 - any dataclass
    parts = [(name, _writer(hint)) for name, hint in _fields(kind)]
    return lambda value: {name: write(getattr(value, name)) for name, write in parts}


def _object_reader(kind: Any) -> _Convert:  # noqa: ANN401 - any dataclass
    parts = {name: _reader(hint) for name, hint in _fields(kind)}
    return lambda data: kind(**{name: parts[name](value) for name, value in data.items() if name in parts})
