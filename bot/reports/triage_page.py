"""docs/triage.md: the whole clinical content on one page that a clinician can read and sign. Written by `make triage-page`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.example import Example
from bot.core.clinical.patient import PatientContext
from bot.core.clinical.rules import RuleBook
from bot.reports.condition_words import UNITS, Phrasing
from bot.reports.number_bands import Band, bands
from bot.reports.triage_rules import combinations, lowering, modifiers, table
from bot.reports.triage_symptoms import symptom_section
from bot.reports.triage_text import ASKED_BACK, CURVES, DECIDED, HEAD, LEARNED, LEVELS, NUMBERS, SIGNATURE

STAMP = re.compile(r"^Content `([0-9a-f]+)`, of (\d{4}-\d{2}-\d{2})\.$", re.MULTILINE)
DAY_5, FIRST_DAY = PatientContext(hours_since_treatment=120.0), PatientContext(hours_since_treatment=8.0)
ORDER = (Disposition.NONE, Disposition.SELF_MANAGE, Disposition.SAME_DAY, Disposition.URGENT, Disposition.EMERGENCY)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What the page is about. ``names`` are the symptoms' plain names; ``version`` is the hash of rules and examples together.

    ``thresholds`` are those of the learned reader, each with what it means; empty where none is shipped. ``curves`` are the
    pictures and pages, relative to docs/, that justify them.
    """

    book: RuleBook
    examples: Sequence[Example]
    names: Mapping[str, str]
    version: str
    thresholds: Sequence[tuple[str, float, str]] = ()
    curves: Sequence[str] = field(default=())


def stamp(page: str) -> tuple[str, date] | None:
    """The content hash and the date that a written page bears; None where it bears none."""
    found = STAMP.search(page)
    return (found[1], date.fromisoformat(found[2])) if found else None


def dated(version: str, before: str, today: date) -> date:
    """The date of the content: that of the page as it was while the content is the same, today once it has changed."""
    known = stamp(before)
    return known[1] if known is not None and known[0] == version else today


def triage_page(subject: Subject, of: date) -> str:
    """The page as Markdown. The same content and date always give the same page."""
    phrasing = Phrasing(subject.book, subject.names)
    symptoms = sorted(subject.book.symptoms.values(), key=lambda symptom: subject.names.get(symptom.id, symptom.id))
    sections = [symptom_section(symptom, phrasing, subject.examples) for symptom in symptoms]
    parts = [
        f"{HEAD}\n\nContent `{subject.version}`, of {of.isoformat()}.",
        DECIDED,
        LEVELS,
        _numbers(subject.book),
        combinations(subject.book, phrasing),
        modifiers(subject.book, phrasing),
        lowering(subject.book, phrasing),
        ASKED_BACK,
        _learned(subject),
        f"## The {len(symptoms)} symptoms",
        *sections,
        SIGNATURE.format(version=subject.version, of=of.isoformat()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _numbers(book: RuleBook) -> str:
    rows = [_row(kind.words, kind.unit, bands(kind, DAY_5, book)) for kind in book.measures.values() if kind.id not in _SILENT]
    temperature = book.measures["temperature"]
    rows.insert(1, _row(f"{temperature.words}, first 24 h, well", temperature.unit, bands(temperature, FIRST_DAY, book)))
    impossible = "; ".join(
        f"{kind.words} below {kind.lowest:g} or above {kind.highest:g} {UNITS.get(kind.unit, kind.unit)}"
        for kind in book.measures.values()
        if kind.id not in _SILENT
    )
    head = ("measure", *(level.word.replace("_", " ") for level in ORDER))
    asked_again = f"**Impossible values are asked again**, never used: {impossible}."
    return "\n\n".join(("## Numbers", NUMBERS, table(head, rows), _early_warning(book), asked_again))


_SILENT = {"duration", "bleeding_time"}
"""A length of time says nothing without its symptom."""


def _row(words: str, unit: str, found: Sequence[Band]) -> tuple[str, ...]:
    lowest, highest = found[0].first, found[-1].last
    cells = ["; ".join(_range(b, lowest, highest) for b in found if b.disposition is level) for level in ORDER]
    return (f"{words} ({UNITS.get(unit, unit)})", *cells)


def _range(band: Band, lowest: float, highest: float) -> str:
    if band.first == lowest and band.last == highest:
        return "any"
    if band.first == lowest:
        return f"≤ {band.last:g}"
    if band.last == highest:
        return f"≥ {band.first:g}"
    return f"{band.first:g}" if band.first == band.last else f"{band.first:g} to {band.last:g}"


def _early_warning(book: RuleBook) -> str:
    score = book.early_warning
    if score is None:
        return ""
    rows = []
    for scale in score.scales:
        *ends, (_, above) = scale.bands
        told = [*(f"≤ {highest:g}: {points}" for highest, points in ends), f"above: {above}"]
        rows.append((book.measures[scale.measure].words, ", ".join(told)))
    single, level = score.single
    totals = ", ".join(f"{points} or more: {to.word.replace('_', ' ')}" for points, to in sorted(score.totals))
    without = ", ".join(sorted(risk.value for risk in score.unless_risks))
    return (
        f"**Several numbers together (NEWS2, Royal College of Physicians 2017).** {score.reason}. One number with {single} points: "
        f"{level.word}. Sum of {totals}. A sum may raise and never reassures. Not used with: {without}. Source {score.source}.\n\n"
        + table(("number", "points"), rows)
    )


def _learned(subject: Subject) -> str:
    if not subject.thresholds:
        return "## The learned reader\n\nNone is shipped with this content: measures and vocabulary read alone."
    rows = [(f"`{name}`", f"{value:g}", meaning) for name, value, meaning in subject.thresholds]
    return "\n\n".join(
        ["## The learned reader", LEARNED, table(("threshold", "probability", "what it does"), rows), *_pages(subject)]
    )


def _pages(subject: Subject) -> list[str]:
    """The pictures, each with what it shows, in the order of the thresholds' own; then the pages."""
    pictures = [path for path in subject.curves if path.endswith((".svg", ".png"))]
    pictures.sort(key=lambda path: list(CURVES).index(path) if path in CURVES else len(CURVES))
    shown = [f"![{_title(path)}]({path})\n\n{CURVES.get(path, '')}".rstrip() for path in pictures]
    return [*shown, *(f"The curves: [{path}]({path})." for path in subject.curves if path not in pictures)]


def _title(path: str) -> str:
    return path.rsplit(".", 1)[0].replace("-", " ").capitalize()
