"""Where a measure alerts by a schedule's thresholds and the catalogue together, and where two schedules differ in that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.content.schedule_thresholds import MILDEST
from bot.core.careplan.schedule import Threshold
from bot.core.clinical.assess import assess
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Measure
from bot.core.clinical.rules import MeasureKind, RuleBook

_FINE = 50.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """From where on readings reach ``level``, before and after; None: nowhere."""

    name: str
    kind: MeasureKind
    level: Disposition
    high: bool
    """Whether readings at or above it are meant."""
    before: float | None
    after: float | None

    @property
    def looser(self) -> bool:
        """Whether readings that reached the level do so no more."""
        if self.before is None:
            return False
        return self.after is None or (self.after > self.before if self.high else self.after < self.before)


def limits_that_differ(old: Sequence[Threshold], new: Sequence[Threshold], rules: RuleBook) -> Iterator[Limit]:
    """For each measure, direction and level that either names, where the two do not come to the same."""
    named = dict.fromkeys((t.measure, t.at_least is not None, t.disposition) for t in (*old, *new) if t.measure in rules.measures)
    for measure, high, level in named:
        before = limit_of(old, measure, level, rules, high=high)
        after = limit_of(new, measure, level, rules, high=high)
        if before != after:
            kind = rules.measures[measure]
            name = name_of(measure, rules, high=high)
            yield Limit(name=name, kind=kind, level=level, high=high, before=before, after=after)


def limit_of(thresholds: Sequence[Threshold], measure: str, level: Disposition, rules: RuleBook, *, high: bool) -> float | None:
    """The value from which on readings reach this level, for somebody without any risk on the first day."""
    own = [t.at_least if high else t.at_most for t in thresholds if t.measure == measure and t.disposition >= level]
    found = [limit for limit in (*own, catalogue_limit(rules, measure, level, high=high)) if limit is not None]
    if not found:
        return None
    return min(found) if high else max(found)


def catalogue_limit(rules: RuleBook, measure: str, level: Disposition, *, high: bool) -> float | None:
    """The same by the catalogue alone: the nearest value to what is healthy from which on every worse one reaches the level."""
    return _scanned(_Rules(rules), measure, level, high)


def name_of(measure: str, rules: RuleBook, *, high: bool) -> str:
    """What clinicians call it: the symptom that such a reading amounts to, else the measure."""
    for symptom, limits in rules.numbers.decide.items():
        if any(limit.measure == measure and (limit.at_least is not None) == high for limit in limits):
            return symptom.replace("_", " ")
    return f"a {'high' if high else 'low'} {rules.measures[measure].words}"


class _Rules:
    """A rule book as a key: itself, not what is in it."""

    __slots__ = ("rules",)

    def __init__(self, rules: RuleBook) -> None:
        self.rules = rules

    def __hash__(self) -> int:
        return hash(self.rules.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Rules) and other.rules.version == self.rules.version


@lru_cache(maxsize=256)
def _scanned(book: _Rules, measure: str, level: Disposition, high: bool) -> float | None:  # noqa: FBT001 - part of a key
    kind = book.rules.measures[measure]
    step = 0.1 if kind.highest - kind.lowest < _FINE else 1.0
    count = round((kind.highest - kind.lowest) / step)
    values = [round(kind.lowest + step * n, 1) for n in range(count + 1)]
    found: float | None = None
    for value in reversed(values) if high else values:
        reading = Measure(kind=measure, value=value, unit=kind.unit)
        if assess((), (reading,), MILDEST, book.rules).disposition < level:
            break
        found = value
    return found
