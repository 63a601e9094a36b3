"""Row <-> core, by name: each column that is called like a field holds that field; a field without a column goes to ``extra``.

So a core type that grows a field with a default loses nothing on its way through the database, and older rows read it as that
default. Enums are stored by value, moments as microseconds, structured values as JSON.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

from sqlalchemy import ColumnElement, Table

from bot.storage import codec
from bot.storage.database import Record
from bot.storage.values import micros, micros_or_none, moment, moment_or_none

T = TypeVar("T")
Convert = Callable[[Any], Any]
Pair = tuple[Convert, Convert]
EXTRA = "extra"
_NOTHING = "{}"


class Mapper(Generic[T]):
    """Turns objects of one core type into parameters and rows into objects, in the order of ``columns``."""

    def __init__(
        self, kind: type[T], table: Table, *, apart: tuple[str, ...] = (), special: Mapping[str, Pair] | None = None
    ) -> None:
        """``apart`` are fields that the repository stores by itself; ``special`` gives (write, read) for a column."""
        hints = get_type_hints(kind)
        own = [name for name in _init_fields(kind) if name not in apart]
        self._kind: Callable[..., T] = kind
        self._pairs = {n: (special or {}).get(n) or _pair(hints[n]) for n in own if n in table.c}
        self.columns: list[ColumnElement[Any]] = [table.c[name] for name in self._pairs]
        self._names = tuple(self._pairs)
        self._cells = attrgetter(*self._names)
        self._writers = [(name, write) for name, (write, _) in self._pairs.items() if write is not codec.same]
        self._readers = [(name, read) for name, (_, read) in self._pairs.items() if read is not codec.same]
        rest = [name for name in own if name not in table.c]
        self._has_extra = EXTRA in table.c
        if self._has_extra:
            self.columns.append(table.c[EXTRA])
        elif rest:
            raise TypeError(f"{kind.__name__} has fields that table {table.name} does not store: {rest}")
        self._extra = codec.Part(kind, rest)

    def params(self, value: T, **more: object) -> dict[str, Any]:
        """A parameter for each column; ``more`` adds those that are no fields."""
        params: dict[str, Any] = dict(zip(self._names, self._cells(value), strict=True))
        for name, write in self._writers:
            params[name] = write(params[name])
        if self._has_extra:
            params[EXTRA] = self._extra.dumps(value)
        params.update(more)
        return params

    def core(self, row: Record, **more: object) -> T:
        """The object in a row of ``columns``; ``more`` are the fields kept apart."""
        fields: dict[str, Any] = dict(zip(self._names, row, strict=False))
        for name, read in self._readers:
            fields[name] = read(fields[name])
        if self._has_extra and row[len(self._names)] != _NOTHING:
            fields.update(self._extra.loads(row[len(self._names)]))
        return self._kind(**fields, **more)

    def maybe(self, row: Record | None) -> T | None:
        """The same where there may be no row."""
        return None if row is None else self.core(row)


def _init_fields(kind: Any) -> list[str]:  # noqa: ANN401 - any dataclass
    return [f.name for f in dataclasses.fields(kind) if f.init]


def _pair(hint: Any) -> Pair:  # noqa: ANN401 - type hints have no common type
    inner = codec.unwrapped(hint)
    if inner is None:
        return _required(hint)
    if inner is datetime:
        return micros_or_none, moment_or_none
    write, read = _required(inner)
    return codec.optional(write), codec.optional(read)


def _required(hint: Any) -> Pair:  # noqa: ANN401 - type hints have no common type
    if hint is datetime:
        return micros, moment
    if hint in {int, str, float, bytes}:
        return codec.same, codec.same
    if hint is bool:
        return codec.same, bool
    if isinstance(hint, type) and issubclass(hint, Enum):
        return codec.enum_pair(hint)
    return codec.text_pair(hint)
