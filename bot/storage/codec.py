"""Frozen dataclasses of the core as JSON text, by their own type hints.

A field that is added to a core type with a default is stored from then on, and older rows read it as that default. A reader
and a writer are built once per type, so the message path pays no reflection. What orjson does not take is left to the standard
library: lone surrogates survive as escapes in both databases, as NUL does.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from bot.storage.values import micros, moment

_Convert = Callable[[Any], Any]
_slow_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True).encode
_slow_decode = json.JSONDecoder().decode


def _encode(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate, or a number over 64 bits
        return _slow_encode(value)


def _decode(text: str) -> Any:  # noqa: ANN401 - JSON is anything
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _slow_decode(text)


def enum_pair(kind: type[Enum]) -> tuple[_Convert, _Convert]:
    """(member -> value, value -> member) by one look into a table. Raises ValueError for a value that the enum has not."""
    members = {member.value: member for member in kind}

    def read(value: Any) -> Any:  # noqa: ANN401 - the type of the enum's values
        member = members.get(value)
        return kind(value) if member is None else member

    return attrgetter("_value_"), read


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
        return enum_pair(hint)[0]
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
        return enum_pair(hint)[1]
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
    names = [name for name, _ in _fields(kind)]
    parts = [(name, convert) for name, hint in _fields(kind) if (convert := _writer(hint)) is not same]
    cells = attrgetter(*names, names[0])  # one name alone would give no tuple

    def write(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
        data = dict(zip(names, cells(value), strict=False))
        for name, convert in parts:
            data[name] = convert(data[name])
        return data

    return write


def _object_reader(kind: Any) -> _Convert:  # noqa: ANN401 - any dataclass
    parts = {name: _reader(hint) for name, hint in _fields(kind)}
    converting = [(name, read) for name, read in parts.items() if read is not same]

    def read(data: dict[str, Any]) -> Any:  # noqa: ANN401 - any dataclass
        if not data.keys() <= parts.keys():
            data = {name: value for name, value in data.items() if name in parts}
        for name, convert in converting:
            if name in data:
                data[name] = convert(data[name])
        return kind(**data)

    return read
