"""What the readers found in a message: findings (a symptom, its status, the words) and measures (a number, its unit)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.errors import InvalidValue


class Status(StrEnum):
    """How the message speaks of the symptom."""

    PRESENT = "present"
    NEGATED = "negated"
    PAST = "past"
    OTHER_PERSON = "other_person"
    HYPOTHETICAL = "hypothetical"


class Reader(StrEnum):
    """Who found it."""

    MEASURES = "measures"
    VOCABULARY = "vocabulary"
    RECOGNISER = "recogniser"
    ANSWER = "answer"
    """A button that the patient pressed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One symptom as one stretch of the message mentions it.

    ``start`` and ``end`` are offsets in characters into the patient's original text, end exclusive. ``qualities`` are the
    catalogue's words for what makes it milder or worse: ``rigor``, ``one_sided``, ``pus``, ``resolved``.
    """

    symptom: str
    status: Status = Status.PRESENT
    text: str = ""
    start: int = 0
    end: int = 0
    qualities: frozenset[str] = frozenset()
    reader: Reader = Reader.VOCABULARY

    def __post_init__(self) -> None:
        if not self.symptom:
            raise InvalidValue("a finding needs a symptom id")
        if not 0 <= self.start <= self.end:
            raise InvalidValue(f"offsets must satisfy 0 <= start <= end, got {self.start}..{self.end}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One reading: ``kind`` (temperature, heart_rate, systolic, diastolic, spo2, ...), a finite value and its UCUM unit.

    Temperatures are in degrees Celsius (``Cel``) whatever the patient wrote; pressures in ``mm[Hg]``; ratios in ``%``.
    """

    kind: str
    value: float
    unit: str
    text: str = ""
    start: int = 0
    end: int = 0
    qualities: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise InvalidValue(f"a measure must be finite, got {self.value}")
