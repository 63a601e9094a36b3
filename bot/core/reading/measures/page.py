"""The page that the readers of numbers share: each stretch of text is read once, and impossible values are remembered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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


@dataclass
class Page:
    """One message being read for numbers."""

    source: Normalised
    asked: str | None = None
    measures: list[Measure] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    _taken: list[tuple[int, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The folded text."""
        return self.source.text

    def free(self, start: int, end: int) -> bool:
        """Whether nobody has read these characters yet."""
        return all(end <= first or last <= start for first, last in self._taken)

    def take(self, start: int, end: int) -> None:
        """Marks them as read."""
        self._taken.append((start, end))

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
