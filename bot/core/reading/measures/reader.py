"""The measures reader: one message in, every reading out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.clinical.finding import Measure
from bot.core.reading.measures import amounts, others, sugar, temperature, vitals
from bot.core.reading.measures.amounts import Times
from bot.core.reading.measures.page import Page
from bot.core.reading.normalise import READ_IN_DETAIL, Normalised


@dataclass(frozen=True, slots=True)
class Readings:
    """What a message measures; ``impossible`` holds the kinds whose values cannot be; ``times`` are counts without a noun."""

    measures: tuple[Measure, ...] = ()
    impossible: tuple[str, ...] = ()
    times: tuple[Times, ...] = ()


def read_measures(source: Normalised, asked: str | None = None, *, diabetic: bool = False) -> Readings:
    """Every reading in the message. ``source`` has spelled numbers as digits already (numbers.in_digits).

    ``asked`` is the topic of the open question: it decides what a bare number means. Never fails.
    """
    if len(source.text) > READ_IN_DETAIL:
        source = Normalised(source.original, source.text[:READ_IN_DETAIL], source.offsets)
    page = Page(source, asked)
    others.set_aside(page)
    if not any(char.isdigit() for char in source.text):
        return Readings(*_spoken(page))
    vitals.read(page)
    sugar.read(page, diabetic=diabetic)
    times = amounts.read(page)
    temperature.read(page)
    vitals.bare(page)
    if asked in {"pain", "pain_other"}:
        amounts.bare_score(page)
    measures = sorted(page.measures, key=lambda m: (m.start, m.kind))
    return Readings(tuple(measures), tuple(dict.fromkeys(page.impossible)), tuple(times))


def _spoken(page: Page) -> tuple[tuple[Measure, ...], tuple[str, ...], tuple[Times, ...]]:
    """What a message without a single digit can say: "all day", "twice"."""
    times = amounts.spoken(page)
    return tuple(sorted(page.measures, key=lambda m: m.start)), tuple(page.impossible), tuple(times)
