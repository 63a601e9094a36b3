"""Strict YAML with positions.

Only PyYAML's parser is used (yaml_compose.py), never its constructor: no tag makes an object, and no scalar is guessed. A scalar is
the text as written; the reader of each field says what it must be, so ``no``, ``012`` and ``22:30`` mean what they say.
Refused: duplicate keys, anchors and aliases, tags, several documents, tabs, anything but UTF-8, files over 2 MB.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import yaml

from bot.content.problems import Problem, ProblemsFound, Severity, did_you_mean
from bot.content.yaml_compose import RefusedError, compose
from bot.content.yaml_file import read_text
from bot.content.yaml_words import in_our_words

T = TypeVar("T")

_DURATION = re.compile(r"(\d+)\s*(min|mo|h|d|w|y)\Z")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What YAML does not allow in a text."""
_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}


class FlawedError(Exception):
    """A field could not be read; its problem is already recorded."""


@dataclass
class Source:
    """One file being read, and the problems found in it so far."""

    path: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lines = self.text.split("\n")

    @classmethod
    def read(cls, path: Path, shown: str | None = None) -> Source:
        """Reads the file. ``shown`` is how messages name it. Raises ProblemsFound where it cannot be read as text."""
        name = shown or path.as_posix()
        return cls(name, read_text(path, name))

    def root(self) -> Node:
        """The file's single document. Raises ProblemsFound where it is no well-formed strict YAML."""
        try:
            node = compose(self.text)
        except RefusedError as error:
            raise ProblemsFound([self._problem(error.mark, str(error), error.hint, "yaml")]) from None
        except yaml.MarkedYAMLError as error:
            raise ProblemsFound([self._problem(*in_our_words(error, self.text), "yaml")]) from None
        except yaml.reader.ReaderError as error:
            raise ProblemsFound([self._unreadable(error)]) from None
        except yaml.YAMLError as error:
            raise ProblemsFound([self._problem(None, f"is no YAML: {error}", "", "yaml")]) from None
        if node is None:
            raise ProblemsFound([self._problem(None, "is empty", "start from the shipped example", "yaml")])
        return Node(self, node)

    def add(self, node: yaml.Node, message: str, hint: str = "", rule: str = "content") -> None:
        """Records a problem at the node."""
        self.problems.append(self._problem(node.start_mark, message, hint, rule))

    def warn(self, node: yaml.Node, message: str, hint: str, rule: str) -> None:
        """Records what should be put right, but keeps nothing from going live."""
        self.warnings.append(replace(self._problem(node.start_mark, message, hint, rule), severity=Severity.WARNING))

    def check(self) -> None:
        """Raises ProblemsFound where problems were recorded; warnings alone raise nothing."""
        if self.problems:
            raise ProblemsFound([*self.problems, *self.warnings])

    def _unreadable(self, error: yaml.reader.ReaderError) -> Problem:
        """A letter that no text should hold, such as NUL."""
        at = next((i for i, letter in enumerate(self.text) if _FORBIDDEN.match(letter)), 0)
        line, start = self.text.count("\n", 0, at), self.text.rfind("\n", 0, at) + 1
        shown = self.text[start:].split("\n", 1)[0]
        message = f"the invisible letter U+{ord(self.text[at]):04X} cannot stand in a text" if self.text else str(error.reason)
        hint = "remove it; it came in by copying"
        return Problem(
            path=self.path, line=line + 1, col=at - start + 1, message=message, hint=hint, rule="yaml", source_line=shown
        )

    def _problem(self, mark: Any, message: str, hint: str, rule: str) -> Problem:  # noqa: ANN401 - two Mark classes
        line, col = (mark.line, mark.column) if mark else (0, 0)
        shown = self._lines[line] if line < len(self._lines) else ""
        return Problem(path=self.path, line=line + 1, col=col + 1, message=message, hint=hint, rule=rule, source_line=shown)


@dataclass(frozen=True)
class Node:
    """One value of the file, not yet interpreted."""

    source: Source
    node: yaml.Node

    @property
    def line(self) -> int:
        """Where it stands, counted from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def where(self) -> str:
        """``path:line``"""
        return f"{self.source.path}:{self.line}"

    def fail(self, message: str, hint: str = "", rule: str = "content") -> FlawedError:
        """Records a problem here; to be raised by the caller."""
        self.source.add(self.node, message, hint, rule)
        return FlawedError(message)

    def fields(self, *, required: Iterable[str] = (), optional: Iterable[str] = ()) -> Fields:
        """This mapping's fields. Unknown, doubled and missing ones are recorded."""
        needed, allowed = list(required), {*required, *optional}
        found: dict[str, Node] = {}
        for key, value in self.pairs():
            if key not in allowed:
                self.source.add(_key_node(self.node, key), f"unknown field {key!r}", did_you_mean(key, allowed), "unknown-field")
            else:
                found[key] = value
        for key in needed:
            if key not in found:
                self.source.add(self.node, f"the field {key!r} is missing", f"add `{key}:` here", "missing-field")
        return Fields(self, found)

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """The mapping's keys and values in order; a doubled key is recorded and left out."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.fail(f"expected fields (`name: value`), found {_kind(self.node)}", rule="type")
        seen: set[str] = set()
        for key_node, value in self.node.value:
            key = Node(self.source, key_node).string()
            if key in seen:
                self.source.add(key_node, f"the field {key!r} stands here twice", "keep one of them", "duplicate-key")
                continue
            seen.add(key)
            yield key, Node(self.source, value)

    def key(self, name: str) -> Node:
        """The place of that field's name: what is wrong with the name itself is said there."""
        return Node(self.source, _key_node(self.node, name))

    def mapping(self, read: Callable[[Node], T]) -> dict[str, T]:
        """A mapping with free keys; entries that cannot be read are recorded and left out."""
        result: dict[str, T] = {}
        for key, value in self.pairs():
            try:
                result[key] = read(value)
            except FlawedError:
                continue
        return result

    def items(self, read: Callable[[Node], T]) -> tuple[T, ...]:
        """A list's entries; those that cannot be read are recorded and left out."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.fail(f"expected a list (`- ...`), found {_kind(self.node)}", rule="type")
        result = []
        for child in self.node.value:
            try:
                result.append(read(Node(self.source, child)))
            except FlawedError:
                continue
        return tuple(result)

    def is_mapping(self) -> bool:
        """Whether it has fields."""
        return isinstance(self.node, yaml.MappingNode)

    def is_empty(self) -> bool:
        """Whether it is a list or mapping with nothing in it."""
        return isinstance(self.node, yaml.CollectionNode) and not self.node.value

    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.node, yaml.SequenceNode)

    def string(self) -> str:
        """The scalar's text, whatever it looks like."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.fail(f"expected text, found {_kind(self.node)}", rule="type")
        return str(self.node.value)

    def words(self) -> str:
        """Text that is not empty."""
        text = self.string().strip()
        if not text:
            raise self.fail("expected text, found nothing", rule="type")
        return text

    def strings(self) -> tuple[str, ...]:
        """A list of texts."""
        return self.items(Node.words)

    def number(self) -> float:
        """A finite decimal number with a point."""
        text = self.string()
        if not re.fullmatch(r"-?\d+(\.\d+)?", text) or not math.isfinite(float(text)):
            raise self.fail(f"expected a number such as 38.5, found {text!r}", "use a decimal point", "type")
        return float(text)

    def integer(self) -> int:
        """A whole number without leading zeros."""
        text = self.string()
        if not re.fullmatch(r"-?(0|[1-9]\d*)", text):
            raise self.fail(f"expected a whole number, found {text!r}", rule="type")
        return int(text)

    def boolean(self) -> bool:
        """``true`` or ``false``, nothing else."""
        text = self.string()
        if text not in {"true", "false"}:
            raise self.fail(f"expected true or false, found {text!r}", "write true or false", "type")
        return text == "true"

    def choice(self, known: Mapping[str, T]) -> T:
        """One of the known words."""
        text = self.string()
        if text not in known:
            raise self.fail(f"{text!r} is not known here", did_you_mean(text, known), "unknown-value")
        return known[text]

    def duration(self) -> timedelta:
        """``30min``, ``2h``, ``3d`` or ``2w``."""
        text = self.string()
        match = _DURATION.match(text)
        if not match or match[2] not in _HOURS:
            raise self.fail(f"expected a length of time such as 30min, 2h or 3d, found {text!r}", rule="type")
        try:
            return timedelta(hours=int(match[1]) * _HOURS[match[2]])
        except (OverflowError, ValueError):
            raise self.fail(f"{text!r} is longer than anything lasts", rule="type") from None

    def time_of_day(self) -> time:
        """``22:30``, quoted or not."""
        text = self.string()
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
            raise self.fail(f"expected a time of day such as 09:30, found {text!r}", "hours 00 to 23, a colon, minutes", "type")
        return time.fromisoformat(text)

    def day(self) -> date:
        """``2026-11-30``."""
        try:
            return date.fromisoformat(self.string())
        except ValueError:
            raise self.fail(f"expected a date such as 2026-11-30, found {self.string()!r}", rule="type") from None

    def moment(self, zone: ZoneInfo) -> datetime:
        """``2026-11-30T18:00`` in the given zone, or with an offset of its own."""
        try:
            parsed = datetime.fromisoformat(self.string())
        except ValueError:
            raise self.fail(f"expected a moment such as 2026-11-30T18:00, found {self.string()!r}", rule="type") from None
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)

    def zone(self) -> str:
        """The name of a time zone, such as Europe/Istanbul."""
        text = self.string()
        try:
            ZoneInfo(text)
        except (KeyError, ValueError, OSError):
            raise self.fail(f"{text!r} is no time zone", "use a name such as Europe/Istanbul", "time-zone") from None
        return text


@dataclass(frozen=True)
class Fields:
    """A mapping's known fields. A flawed or missing field gives ``default``; its problem is recorded, so nothing uses it."""

    node: Node
    found: dict[str, Node]

    def get(self, key: str, read: Callable[[Node], T], default: T) -> T:
        """The field read by ``read``; ``default`` where it is absent or flawed."""
        value = self.found.get(key)
        if value is None:
            return default
        try:
            return read(value)
        except FlawedError:
            return default

    def at(self, key: str) -> Node:
        """The field's node, or the whole mapping's where it is absent."""
        return self.found.get(key, self.node)

    def has(self, key: str) -> bool:
        """Whether the file has this field."""
        return key in self.found


def field_of(node: Node, name: str) -> Node:
    """That field of a mapping, or the mapping itself where it has none."""
    try:
        return next((child for key, child in node.pairs() if key == name), node)
    except FlawedError:
        return node


def _key_node(mapping: yaml.Node, key: str) -> Any:  # noqa: ANN401 - PyYAML's stubs leave node values untyped
    assert isinstance(mapping, yaml.MappingNode)  # noqa: S101 - pairs() has checked it
    return next(key_node for key_node, _ in mapping.value if key_node.value == key)


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "fields"
    return "a list" if isinstance(node, yaml.SequenceNode) else f"{node.value!r}"
