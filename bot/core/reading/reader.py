"""Both rule-based readers on one message: findings, measures, and what was left unread.

A further reader (the learned recogniser) joins here: it adds findings, it takes none away, and it decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core.clinical.finding import Finding, Measure, Status
from bot.core.reading.answers import bare_answer
from bot.core.reading.context import Context
from bot.core.reading.lexicon import Kind, Lexicon
from bot.core.reading.measures.amounts import Times
from bot.core.reading.measures.page import PLAUSIBLE, UNITS
from bot.core.reading.measures.reader import Readings, read_measures
from bot.core.reading.normalise import READ_IN_DETAIL, Normalised, normalise
from bot.core.reading.numbers import in_digits
from bot.core.reading.patterns import Match
from bot.core.reading.tokens import tokenise
from bot.core.reading.vocabulary import Reading, read_vocabulary

PIECE = 1_500
"""Characters of a very long message that are scanned at a time, beyond what is read in detail."""
OVERLAP = 150
"""Characters that two pieces share, so that nothing is cut in half."""
NEAREST = 60
"""Characters within which a count or a duration belongs to a finding."""
_LASTING = {
    "urinary_symptoms": ("urine_gap", 1.0, frozenset({"no_urine", "cannot_pass", "little_urine"})),
    "sepsis": ("urine_gap", 1.0, frozenset({"no_urine"})),
    "bleeding_bruising": ("bleeding_time", 60.0, frozenset({"nose", "wont_stop", "spurting"})),
}
"""Symptoms whose duration is a measure of its own: kind, factor from hours, the qualities of which one must be there."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything that both readers made of one message."""

    findings: tuple[Finding, ...]
    measures: tuple[Measure, ...]
    impossible: tuple[str, ...]
    reading: Reading


def read(text: str, lexicon: Lexicon, asked: str | None = None, *, diabetic: bool = False) -> Heard:
    """Reads a message. ``asked`` is the topic of the open question or the symptom of a clarifying one; never fails."""
    source = normalise(text)
    reading = read_vocabulary(tokenise(source, stop=READ_IN_DETAIL), lexicon)
    detail = Normalised(source.original, source.text[:READ_IN_DETAIL], source.offsets)
    readings = read_measures(in_digits(detail, lexicon.numbers), asked, diabetic=diabetic)
    findings = reading.findings + _scanned(source, lexicon)
    if not any(f.status is Status.PRESENT for f in findings):
        findings += bare_answer(reading, readings, asked, text, lexicon)
    measures = [m for m in readings.measures if _own(m, reading.context)]
    measures += _derived(findings, measures, readings.times)
    return Heard(findings, tuple(measures), readings.impossible, reading)


def _scanned(source: Normalised, lexicon: Lexicon) -> tuple[Finding, ...]:
    """What the rest of a very long message mentions: piece by piece, the first mention of each kind only."""
    found: dict[tuple[str, Status, frozenset[str]], Finding] = {}
    for begin in range(READ_IN_DETAIL - OVERLAP, len(source.text) - OVERLAP, PIECE - OVERLAP):
        for finding in read_vocabulary(tokenise(source, begin, begin + PIECE), lexicon).findings:
            found.setdefault((finding.symptom, finding.status, finding.qualities), finding)
    return tuple(found.values())


def _own(measure: Measure, context: Context | None) -> bool:
    """Whether the reading is the patient's and of now: another person's or last year's is none."""
    if context is None or not len(context.tokens):
        return True
    at = _token_at(measure.start, context)
    place = Match(0, at, at, 1 << at)
    return context.status(place) not in {Status.OTHER_PERSON, Status.PAST} and not _supposed(place, context)


def _supposed(place: Match, context: Context) -> bool:
    return context.status(place) is Status.HYPOTHETICAL and bool(context.of_kind(Kind.SUPPOSED))


def _token_at(offset: int, context: Context) -> int:
    tokens = context.tokens
    at = 0
    for index in range(len(tokens)):
        if tokens.source.span(tokens.start[index], tokens.end[index])[0] <= offset:
            at = index
        else:
            break
    return at


def _derived(findings: Sequence[Finding], measures: Sequence[Measure], times: Sequence[Times]) -> list[Measure]:
    present = [f for f in findings if f.status is Status.PRESENT]
    made: list[Measure] = []
    for count in times:
        beside = _nearest(count.start, [f for f in present if f.symptom in {"nausea_vomiting", "diarrhoea"}])
        if beside is not None:
            kind = "vomits" if beside.symptom == "nausea_vomiting" else "stools"
            made.append(_measure(kind, count.value, count.start, count.end))
    for measure in measures:
        if measure.kind != "duration":
            continue
        for finding in present:
            kind, factor, needed = _LASTING.get(finding.symptom, ("", 0.0, frozenset()))
            if kind and finding.qualities & needed:
                made.append(_measure(kind, round(measure.value * factor, 2), measure.start, measure.end, measure.text))
    return [m for m in made if PLAUSIBLE[m.kind][0] <= m.value <= PLAUSIBLE[m.kind][1]]


def _nearest(start: int, findings: Sequence[Finding]) -> Finding | None:
    near = [f for f in findings if min(abs(f.start - start), abs(f.end - start)) <= NEAREST]
    return min(near, key=lambda f: min(abs(f.start - start), abs(f.end - start)), default=None)


def _measure(kind: str, value: float, start: int, end: int, text: str = "") -> Measure:
    return Measure(kind=kind, value=value, unit=UNITS[kind], text=text, start=start, end=end)


def merged(heard: Heard, *others: Sequence[Finding]) -> Heard:
    """What further readers found, added: a finding is never taken away."""
    extra = tuple(f for findings in others for f in findings if f not in heard.findings)
    return replace(heard, findings=heard.findings + extra)


__all__ = ["Heard", "Readings", "merged", "read"]
