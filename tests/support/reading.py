"""The real knowledge, loaded once for all tests, and short ways to ask it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from bot.content.knowledge import load_knowledge
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.finding import Measure, Status
from bot.core.clinical.patient import PatientContext, Role, Route
from bot.core.reading.measures.reader import Readings, read_measures
from bot.core.reading.normalise import normalise
from bot.core.reading.numbers import in_digits
from bot.core.triage import Knowledge, triage

ROOT = Path(__file__).parent.parent.parent
THIRD_DAY = PatientContext(role=Role.RECIPIENT, route=Route.IV, hours_since_treatment=80)


@cache
def knowledge() -> Knowledge:
    """The shipped catalogue and vocabularies: the rules alone, whose readers are tested with it."""
    return replace(load_knowledge(ROOT / "bot" / "catalogue", ROOT / "messages"), recogniser=None)


def ask(text: str, asked: str | None = None, patient: PatientContext = THIRD_DAY) -> Assessment:
    """The assessment of a message, by default of a recipient on the third day."""
    return triage(text, asked=asked, patient=patient, knowledge=knowledge())


def statuses(text: str, symptom: str, asked: str | None = None) -> set[Status]:
    """How the message speaks of the symptom."""
    return {f.status for f in ask(text, asked).findings if f.symptom == symptom}


def readings(text: str, asked: str | None = None, *, diabetic: bool = False) -> Readings:
    """What the measures reader makes of the message."""
    return read_measures(in_digits(normalise(text), knowledge().lexicon.numbers), asked, diabetic=diabetic)


def values(text: str, asked: str | None = None) -> list[tuple[str, float]]:
    """The same as pairs of kind and value; lengths of time left out."""
    return [(m.kind, m.value) for m in readings(text, asked).measures if m.kind != "duration"]


def durations(text: str) -> list[float]:
    """The lengths of time in hours."""
    return [m.value for m in readings(text).measures if m.kind == "duration"]


def only(measures: tuple[Measure, ...]) -> Measure:
    """The single one."""
    (measure,) = measures
    return measure
