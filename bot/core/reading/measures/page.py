"""The page that the readers of numbers share: each stretch of text is read once, and impossible values are remembered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from bot.core.clinical.finding import Measure
from bot.core.reading.normalise import Normalised
from bot.core.reading.numbers import MAX_DIGITS

UNITS: Final = {
    "temperature": "Cel",
    "heart_rate": "/min",
    "systolic": "mm[Hg]",
    "diastolic": "mm[Hg]",
    "spo2": "%",
    "respiratory_rate": "/min",
    "urine_gap": "h",
    "redness": "cm",
    "pain": "{score}",
    "glucose": "mmol/L",
    "ketones": "mmol/L",
    "duration": "h",
    "vomits": "/d",
    "stools": "/d",
    "weight_gain": "kg",
    "bleeding_time": "min",
    "paracetamol": "g",
}
"""One unit a kind, as bot/catalogue/vitals.yaml declares them (a test compares)."""

PLAUSIBLE: Final = {
    "temperature": (25.0, 45.0),
    "heart_rate": (20, 300),
    "systolic": (40, 300),
    "diastolic": (20, 200),
    "spo2": (50, 100),
    "respiratory_rate": (3, 80),
    "urine_gap": (0, 96),
    "redness": (0, 100),
    "pain": (0, 10),
    "glucose": (0.5, 80),
    "ketones": (0, 20),
    "duration": (0, 200_000),
    "vomits": (0, 100),
    "stools": (0, 100),
    "weight_gain": (0, 50),
    "bleeding_time": (0, 1440),
    "paracetamol": (0, 200),
}
"""A value outside is impossible and asked again; as in bot/catalogue/vitals.yaml."""

NUMBER: Final = r"(?<![\d.,])(\d+(?:[.,]\d+)?)(?![\d]|[.,]\d)"
_START = re.compile(r"(?<![\d.,])\d")
BEFORE: Final = 150
"""Characters before a number in which a pattern that ends with it may begin."""
AFTER: Final = 80
"""Characters from a number's first digit on that a pattern may look at."""


class Cued:
    """A pattern of words that a number follows. It is looked for only in a message that holds one of the words."""

    def __init__(self, words: str, rest: str, flags: int = 0) -> None:
        """``words`` is one group of alternatives: ``(?:a|b|c)``."""
        self.pattern = re.compile(words + rest, flags)
        needles = {_needle(word) for word in _alternatives(words)}
        self.needles = () if "" in needles else tuple(sorted(needles, key=len))
        """One of these is in every match; none: nothing can be said."""

    def may_be_in(self, text: str) -> bool:
        """Whether looking is worth it."""
        return not self.needles or any(needle in text for needle in self.needles)


def _alternatives(group: str) -> list[str]:
    """The alternatives of ``(?:a|b(?:c|d)|e)``: three."""
    if not (group.startswith("(?:") and group.endswith(")")):
        return [""]
    parts, depth = [""], 0
    for character in group[3:-1]:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _needle(alternative: str) -> str:
    """The letters that it begins with; empty where it does not begin with letters of its own."""
    found = _LITERAL.match(alternative)
    return found[1].replace("\\", "") if found else ""


_LITERAL = re.compile(r"(?:\\b|\\w\*)*((?:(?:[\w' ]|\\[.+])(?![?*{]))+)")


_WORD_BEFORE = re.compile(r"([^\W\d_]{3,}) \Z")
_WORD_BEHIND = re.compile(r" ([^\W\d_]{3,})")


@dataclass
class Page:
    """One message being read for numbers.

    ``things`` tells the words that are numbered or counted, ``plurals`` those that are counted where they stand behind a number.
    """

    source: Normalised
    asked: str | None = None
    things: Callable[[str], bool] = field(default=lambda _: False, repr=False)
    plurals: Callable[[str], bool] = field(default=lambda _: False, repr=False)
    measures: list[Measure] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    unequal: tuple[int, int] | None = None
    """Where (offsets into the original) two girths of a limb stand that differ."""
    _taken: list[tuple[int, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The folded text."""
        return self.source.text

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(m.start() for m in _START.finditer(self.text))

    @cached_property
    def _stretch(self) -> tuple[int, int, int]:
        """Where a pattern around the numbers may begin and must end, and where the last number begins."""
        starts = self._starts
        return (max(0, starts[0] - BEFORE), starts[-1] + AFTER, starts[-1]) if starts else (0, 0, 0)

    def from_number(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match of a pattern that begins with NUMBER: tried where a number begins, and nowhere else."""
        done = 0
        for start in self._starts:
            match = pattern.match(self.text, start) if start >= done else None
            if match:
                done = match.end()
                yield match

    def to_number(self, cued: Cued) -> Iterator[re.Match[str]]:
        """Every match of words that NUMBER follows: looked for around the numbers only."""
        first, end, last = self._stretch
        return cued.pattern.finditer(self.text, first, end) if last and cued.may_be_in(self.text) else iter(())

    def free(self, start: int, end: int) -> bool:
        """Whether nobody has read these characters yet."""
        return all(end <= first or last <= start for first, last in self._taken)

    def take(self, start: int, end: int) -> None:
        """Marks them as read."""
        self._taken.append((start, end))

    def counted(self, start: int, end: int) -> bool:
        """Whether a bare number belongs to a thing: its name stands right beside it ("crane 39", "39 loaves")."""
        before, behind = _WORD_BEFORE.search(self.text, 0, start), _WORD_BEHIND.match(self.text, end)
        if behind is not None and self.plurals(behind[1]):
            return True
        return any(found is not None and self.things(found[1]) for found in (before, behind))

    def covered(self) -> tuple[tuple[int, int], ...]:
        """What was read or set aside, as offsets into the folded text."""
        return tuple(self._taken)

    def put(
        self, kind: str, value: float | None, match: re.Match[str], *groups: int, qualities: frozenset[str] = frozenset()
    ) -> bool:
        """Notes the measure that stands in these groups of the match, or that it is impossible. False: it was read before."""
        start = min(match.start(g) for g in groups or (0,))
        end = max(match.end(g) for g in groups or (0,))
        if not self.free(start, end):
            return False
        self.take(start, end)
        low, high = PLAUSIBLE[kind]
        if value is None or not low <= value <= high:
            self.impossible.append(kind)
            return True
        first, last = self.source.span(start, end)
        self.measures.append(
            Measure(
                kind=kind,
                value=value,
                unit=UNITS[kind],
                text=self.source.original[first:last],
                start=first,
                end=last,
                qualities=qualities,
            )
        )
        return True

    def near(self, pattern: re.Pattern[str], match: re.Match[str], before: int = 40, after: int = 40) -> bool:
        """Whether the pattern occurs close by, in the same sentence."""
        left = self.text[max(0, match.start() - before) : match.start()]
        right = self.text[match.end() : match.end() + after]
        return bool(pattern.search(_sentence_end(left)) or pattern.search(re.split(r"[.!?;\n](?!\d)", right, maxsplit=1)[0]))


def _sentence_end(left: str) -> str:
    return re.split(r"[.!?;\n](?!\d)", left)[-1]


def number(text: str) -> float | None:
    """The value of a plain number with a point or comma; None where it is too long to be a reading."""
    if len(text) > MAX_DIGITS + 3:
        return None
    return float(text.replace(",", "."))
