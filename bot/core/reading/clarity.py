"""Whether a message was understood well enough to act on, or one closed question must be asked first."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Status
from bot.core.reading.lexicon import Kind
from bot.core.reading.measures.page import number
from bot.core.reading.reader import Heard


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Points for and against that a message holds nothing worse than what was read; asked below ``enough``.

    The weights were fitted to the development replies and rounded; tests/golden and docs/triage.md show what they cost.
    """

    friendly: float
    """For the share of words of well-being, thanks, appointments, small talk, denial."""
    explained: float
    """For the share of the words of content that mean anything to a vocabulary."""
    length: float
    """Against, for each unit of the natural logarithm of the number of words: in a long message more can hide."""
    missed: float
    """Against, for each of the first two words of the body that nothing explains."""
    unknown: float = 0.0
    """Against, for the share of words that no vocabulary knows."""
    measured: float = 0.0
    """For a reading that calls for nothing."""
    question: float = 0.0
    """For a question to the clinic."""
    past: float = 0.0
    """For something of long ago."""
    enough: float = 0.0


NOTHING = Card(friendly=9.0, explained=3.0, length=1.7, missed=0.3, measured=2.4, question=1.3, past=1.8, enough=-0.8)
"""Whether nothing need be done."""
MILD = Card(friendly=5.0, explained=1.2, length=0.8, missed=0.6, unknown=1.6, measured=0.75, enough=-1.1)
"""Whether a mild finding may stand alone, where a clinician sees it the same day."""
ALONE = -0.4
"""The same points where nobody sees it at all, and half of the words of content mean nothing to any vocabulary."""


VITAL = frozenset({"temperature", "heart_rate", "systolic", "diastolic", "spo2", "respiratory_rate", "glucose"})
"""Kinds of readings that say how the body is; a size or a weight says only what was measured."""
UNREAD_FROM = 13
"""From here a number that begins a message is a reading rather than a count."""
FEVERS = (37.5, 42.9)
"""Degrees, where they are written with a decimal."""
SLIGHT = 3
"""A pain of so much in ten explains a message; more of it is weighed with the words around it."""


class Doubt(IntEnum):
    """Why one asks. Only MERE doubt may be lifted by a further reader that understands the message."""

    NONE = 0
    MERE = 1
    """Too little of the message was understood."""
    GRAVE = 2
    """A word of danger stands unexplained, a reading is impossible, somebody else seems to be in danger."""


def open_question(assessment: Assessment, heard: Heard, asked: str | None) -> tuple[bool, str | None]:
    """(unclear, the symptom to ask about or None). Urgent and emergency are never held up by a question."""
    if doubt(assessment, heard, asked) is Doubt.NONE:
        return False, None
    return True, None if assessment.reading_asked_again else _candidate(heard)


def doubt(assessment: Assessment, heard: Heard, asked: str | None) -> Doubt:
    """Whether something must be asked first, and whether a better reader could make the question needless."""
    reading = heard.reading
    if assessment.reading_asked_again or reading.alarmed or _grave_elsewhere(heard) or _of_a_child(heard):
        return Doubt.GRAVE
    if _number_unread(heard):
        return Doubt.MERE
    if assessment.disposition >= Disposition.SELF_MANAGE:
        unseen = assessment.disposition is Disposition.SELF_MANAGE and _half_unexplained(heard)
        enough = ALONE if unseen else MILD.enough
        return Doubt.NONE if _points(heard, MILD) >= enough else Doubt.MERE
    sure = _evidence(heard, asked) and _points(heard, NOTHING) >= NOTHING.enough
    return Doubt.NONE if sure and not heard.reading.figurative else Doubt.MERE


def _points(heard: Heard, card: Card) -> float:
    reading = heard.reading
    words = max(reading.words - _read_off(heard), 1)
    measured = any(m.kind != "duration" for m in heard.measures)
    asks = reading.context is not None and bool(reading.context.tokens.asks)
    past = any(f.status is Status.PAST for f in heard.findings)
    return (
        card.friendly * reading.friendly / words
        + card.explained * reading.explained / max(reading.content, 1)
        - card.length * math.log(words)
        - card.missed * min(len(reading.missed), 2)
        - card.unknown * reading.unknown / words
        + card.measured * measured
        + card.question * asks
        + card.past * past
    )


def _read_off(heard: Heard) -> int:
    """How many words are the readings themselves: in "HR 66 SpO2 98" nothing hides."""
    context = heard.reading.context
    spans = [(m.start, m.end) for m in heard.measures if m.kind in VITAL or (m.kind == "pain" and m.value <= SLIGHT)]
    if context is None or not spans:
        return 0
    source = context.tokens.source
    places = (source.span(start, end) for start, end in zip(context.tokens.start, context.tokens.end, strict=True))
    return sum(any(first < end and start < last for start, end in spans) for first, last in places)


def _half_unexplained(heard: Heard) -> bool:
    reading = heard.reading
    numbers = sum(word.isdigit() for word in reading.context.tokens.words) if reading.context is not None else 0
    return 2 * (reading.content - reading.explained - numbers) >= reading.content


_PLAIN_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
"""Not "3.2.3", nor "²"."""


def _number_unread(heard: Heard) -> bool:
    """Whether a number that nobody read begins the message, or is one of a fever: "390 and I feel fine", "22 auf der Anzeige"."""
    context = heard.reading.context
    if context is None or not context.tokens.words:
        return False
    tokens, read = context.tokens, [(m.start, m.end) for m in heard.measures]
    named = [s.match for s in context.of_kind(Kind.LOGISTICS, Kind.NEUTRAL, Kind.IDIOM, Kind.FINE)]
    for at, word in enumerate(tokens.words):
        value = number(word) if _PLAIN_NUMBER.fullmatch(word) else None
        if value is None or not (value >= UNREAD_FROM if at == 0 else _of_fever(word, value)):
            continue
        first, last = tokens.source.span(tokens.start[at], tokens.end[at])
        if not any(start < last and first < end for start, end in read) and not any(m.mask >> at & 1 for m in named):
            return True
    return False


def _of_fever(word: str, value: float) -> bool:
    return not word.isdigit() and FEVERS[0] <= value <= FEVERS[1]


def _evidence(heard: Heard, asked: str | None) -> bool:
    """Whether anything at all in the message says that there is nothing to do: silence and gibberish say nothing."""
    reading = heard.reading
    if reading.commands or reading.fine or reading.logistics or any(m.kind != "duration" for m in heard.measures):
        return True
    if any(f.status is not Status.OTHER_PERSON for f in heard.findings):
        return True
    if heard.findings and reading.explained >= reading.content:
        return True  # all of it is about somebody else, and the conversation asks whether that is the patient (B46)
    return asked is not None and reading.no and not reading.yes


def _grave_elsewhere(heard: Heard) -> bool:
    """Whether another person seems to be in danger: is it the patient (B46)?"""
    return any(f.status is Status.OTHER_PERSON and f.symptom in GRAVE for f in heard.findings) and not any(
        f.status is Status.PAST for f in heard.findings
    )


def _of_a_child(heard: Heard) -> bool:
    """Whether a baby is ill: it may be the patient, and if it is not, it needs a doctor of its own all the same."""
    context = heard.reading.context
    ill = any(f.status is Status.OTHER_PERSON for f in heard.findings)
    return ill and context is not None and not BABY.isdisjoint(context.tokens.words)


BABY = frozenset(
    ["baby", "newborn", "infant", "bebe", "bebek", "bebegim", "младенец", "малыш", "грудничок", "رضيع", "رضيعي", "saugling"]
)
"""Words for one, folded, in every language."""
GRAVE = frozenset(
    {
        "anaphylaxis",
        "dyspnea",
        "chest_pain",
        "syncope",
        "stroke_tia",
        "sepsis",
        "confusion_drowsiness",
        "seizure",
        "self_harm_crisis",
    }
)
"""Symptoms of which one asks at once whose they are."""


def _candidate(heard: Heard) -> str | None:
    for finding in heard.findings:
        if finding.status is Status.HYPOTHETICAL:
            return finding.symptom
    return None
