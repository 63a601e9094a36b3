"""The measures reader: one message in, every reading out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.clinical.finding import Measure
from bot.core.reading.measures import amounts, others, sugar, temperature, vitals
from bot.core.reading.measures.amounts import Times
from bot.core.reading.measures.page import Page
from bot.core.reading.normalise import READ_IN_DETAIL, Normalised


@dataclass(frozen=True, slots=True)
class Readings:
    """What a message measures; ``impossible`` holds the kinds whose values cannot be; ``times`` are counts without a noun.

    ``unequal``: where girths of a limb stand of which one is larger than the other (offsets into the original text).
    """

    measures: tuple[Measure, ...] = ()
    impossible: tuple[str, ...] = ()
    times: tuple[Times, ...] = ()
    unequal: tuple[int, int] | None = None


def read_measures(
    source: Normalised,
    asked: str | None = None,
    *,
    diabetic: bool = False,
    things: Callable[[str], bool] = lambda _: False,
    plurals: Callable[[str], bool] = lambda _: False,
) -> Readings:
    """Every reading in the message. ``source`` has spelled numbers as digits already (numbers.in_digits).

    ``asked`` is the topic of the open question: it decides what a bare number means. ``things`` says that a word
    names something that is numbered or counted: a bare number beside it is no reading; ``plurals`` says so of the word
    behind it alone. Never fails.
    """
    if len(source.text) > READ_IN_DETAIL:
        source = Normalised(source.original, source.text[:READ_IN_DETAIL], source.offsets)
    page = Page(source, asked, things, plurals)
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
    return Readings(tuple(measures), tuple(dict.fromkeys(page.impossible)), tuple(times), page.unequal)


def _spoken(page: Page) -> tuple[tuple[Measure, ...], tuple[str, ...], tuple[Times, ...]]:
    """What a message without a single digit can say: "all day", "twice"."""
    times = amounts.spoken(page)
    return tuple(sorted(page.measures, key=lambda m: m.start)), tuple(page.impossible), tuple(times)
