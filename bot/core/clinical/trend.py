"""One measure over time: which one an alert is about, its readings, and the same as a line of text.

A scale never zooms in below what matters: 36.6 to 36.8 is a flat line, not a cliff.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.rules import RuleBook
from bot.core.errors import InvalidValue

LEAST_SPAN = {
    "temperature": (36.0, 40.0),
    "heart_rate": (50.0, 130.0),
    "systolic": (90.0, 180.0),
    "diastolic": (50.0, 110.0),
    "spo2": (88.0, 100.0),
    "respiratory_rate": (10.0, 30.0),
    "pain": (0.0, 10.0),
    "glucose": (3.0, 15.0),
}
"""The values that a scale shows at least, by measure; a measure without an entry starts at 0."""
UNITS = {"Cel": "°C", "mm[Hg]": "mmHg", "{score}": "/10", "/d": "/day"}
"""UCUM as people write it; any other unit stays as it is."""
NOT_A_TREND = frozenset({"duration", "urine_gap", "paracetamol", "bleeding_time"})
"""Measures of one event: their readings make no line."""
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One value at the moment when it was told (aware)."""

    at: datetime
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """The readings of one measure, oldest first, in its one unit (UCUM)."""

    kind: str
    unit: str
    readings: tuple[Reading, ...]

    def __post_init__(self) -> None:
        if not self.readings:
            raise InvalidValue("a series has at least one reading")

    @property
    def values(self) -> tuple[float, ...]:
        """The figures alone."""
        return tuple(reading.value for reading in self.readings)

    @property
    def lasted(self) -> timedelta:
        """From the first reading to the last."""
        return self.readings[-1].at - self.readings[0].at

    @property
    def shown_unit(self) -> str:
        """The unit as people write it."""
        return UNITS.get(self.unit, self.unit)

    def scale(self) -> tuple[float, float]:
        """The lowest and the highest value that a picture of it shows; the second is larger."""
        low, high = LEAST_SPAN.get(self.kind, (0.0, 1.0))
        return min(low, *self.values), max(high, *self.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """What a picture of a patient's course shows: code and figures, never a name. ``timezone`` is the clinic's."""

    code: str
    series: tuple[Series, ...]
    treated_at: datetime | None
    timezone: str
    now: datetime

    def __post_init__(self) -> None:
        if not self.series:
            raise InvalidValue("a chart has at least one series")


def subjects(assessment: Assessment, rules: RuleBook) -> tuple[str, ...]:
    """The measures that this assessment is about, the most telling first: what the gravest reason's rules read, then whatever
    was measured in the message."""
    told = dict.fromkeys(measure.kind for measure in assessment.measures)
    found: dict[str, None] = {}
    for reason in sorted(assessment.reasons, key=lambda reason: -reason.disposition):
        kinds = _kinds_of(reason.symptom, rules)
        found.update(dict.fromkeys([kind for kind in kinds if kind in told] + kinds))
    return tuple(kind for kind in (found | told) if kind not in NOT_A_TREND)


def series_of(kind: str, told: Iterable[tuple[datetime, Assessment]]) -> Series | None:
    """The readings of that measure in these messages (oldest first); None where there is none. The last value of a message counts."""
    readings: list[Reading] = []
    unit = ""
    for at, assessment in told:
        last = next((m for m in reversed(assessment.measures) if m.kind == kind), None)
        if last is not None:
            readings.append(Reading(at=at, value=last.value))
            unit = last.unit
    return Series(kind=kind, unit=unit, readings=tuple(readings)) if readings else None


def sparkline(series: Series, width: int = 12) -> str:
    """The newest ``width`` values as bars, the lowest of the scale ▁ and its highest █."""
    low, high = series.scale()
    top = len(_BARS) - 1
    return "".join(_BARS[round((value - low) / (high - low) * top)] for value in series.values[-width:])


def figure(value: float) -> str:
    """A value as people write it: 39.2, 72."""
    return f"{value:.1f}".removesuffix(".0")


def _kinds_of(symptom: str | None, rules: RuleBook) -> list[str]:
    known = rules.symptoms.get(symptom or "")
    if known is None:
        return []
    measured = [limit.measure for limit in known.measured]
    scored = [known.scored.measure] if known.scored else []
    read = [kind for rule in known.rules for kind in sorted(rule.measures)]
    return list(dict.fromkeys([*measured, *scored, *read]))
