"""The numeric table, not copied from the rules but asked of the engine: which level each value gives on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bot.core.clinical.assess import assess
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Measure
from bot.core.clinical.patient import PatientContext
from bot.core.clinical.rules import MeasureKind, RuleBook

DECIMALS = {"temperature": 1, "glucose": 1, "ketones": 1, "redness": 1, "paracetamol": 1, "weight_gain": 1}
"""Digits behind the point with which a value is written; whole numbers for the others."""
MOST = 500
"""No value beyond this changes anything any more; the widest measure is days of a symptom."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """Values from ``first`` to ``last``, both included, that give the same level."""

    first: float
    last: float
    disposition: Disposition


def bands(kind: MeasureKind, patient: PatientContext, book: RuleBook) -> list[Band]:
    """Every possible value of the measure, ascending, in bands of one level. There is no value between two bands."""
    walked = [(value, _level(kind, value, patient, book)) for value in _values(kind)]
    found = []
    for disposition, group in groupby(walked, key=lambda pair: pair[1]):
        values = [value for value, _ in group]
        found.append(Band(first=values[0], last=values[-1], disposition=disposition))
    return found


def _values(kind: MeasureKind) -> Iterator[float]:
    step = 10 ** DECIMALS.get(kind.id, 0)
    first, last = round(kind.lowest * step), round(min(kind.highest, MOST) * step)
    return (number / step for number in range(first, last + 1))


def _level(kind: MeasureKind, value: float, patient: PatientContext, book: RuleBook) -> Disposition:
    return assess([], [Measure(kind=kind.id, value=value, unit=kind.unit)], patient, book).disposition
