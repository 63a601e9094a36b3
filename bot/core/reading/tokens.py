"""A normalised message cut into tokens: words, numbers, emoji; with the breaks between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from bot.core.reading.normalise import Normalised


class Break(IntEnum):
    """What stands before a token: nothing but space, a comma or dash, or the end of a sentence."""

    NONE = 0
    SOFT = 1
    HARD = 2


_UNITS = (
    r"(?:kilo|kilos|kilogram|gram|pound|stone|litre|liter|mmol|mins?|minut|dakika|hours?|hrs|horas?|saat|std|stunden?|days?|dias?|gun|tage?|weeks?|"
    r"hafta|semanas?|woche|months?|years?|times|veces|kez|kere|defa|mal|fach|tablet|pill|hap|units?|bpm|mcg|percent|grad|derece|degree|point|ish)"
)
"""What is written together with the number before it."""
_TOKEN = re.compile(
    r"(?P<year>(?<![\w'])'\d\d(?![\w']|[.,]\d))"
    rf"|(?P<arabizi>(?<![\w'.,])[235679](?!{_UNITS})[a-z]{{3,}}(?:[235679](?=[a-z])[a-z]+)*)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:(?:'|(?<=[a-z])[235679](?=[a-z]))[^\W\d_]+)*)"
    r"|(?P<hard>[.!?;\n]+)"
    r"|(?P<soft>[,:()\"/&+]|(?<=\s)-+(?=\s))"
    r"|(?P<emoji>[\u2190-\u2bff\U0001f000-\U0001faff])"
)
LAST_YEAR = "45"
"""``'45`` is 2045, ``'46`` is 1946: as the years that a vocabulary knows."""
_LL = re.compile(r"'ll\Z")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel tuples, for speed. ``start`` and ``end`` are offsets into the normalised text.

    ``sentence[i]`` numbers the sentences; ``breaks[i]`` is what stands before token i; ``emoji`` ones are words of their own.
    """

    source: Normalised
    words: tuple[str, ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    breaks: tuple[Break, ...]
    sentence: tuple[int, ...]
    asks: frozenset[int]
    """Numbers of the sentences that end in a question mark."""

    def __len__(self) -> int:
        return len(self.words)


def tokenise(source: Normalised, begin: int = 0, stop: int | None = None) -> Tokens:
    """The tokens of ``source.text[begin:stop]``; their offsets are those of the whole text."""
    words: list[str] = []
    start: list[int] = []
    end: list[int] = []
    breaks: list[Break] = []
    sentence: list[int] = []
    asks: set[int] = set()
    pending, number = Break.NONE, 0
    for match in _TOKEN.finditer(source.text, begin, len(source.text) if stop is None else stop):
        kind = match.lastgroup
        if kind == "hard":
            if "?" in match[0]:
                asks.add(number)
            pending = Break.HARD
            continue
        if kind == "soft":
            if pending is Break.NONE:
                pending = Break.SOFT
            continue
        if pending is Break.HARD and words:
            number += 1
        words.append(_canonical(match[0]) if kind == "word" else _year(match[0]) if kind == "year" else match[0])
        start.append(match.start())
        end.append(match.end())
        breaks.append(pending)
        sentence.append(number)
        pending = Break.NONE
    return Tokens(source, tuple(words), tuple(start), tuple(end), tuple(breaks), tuple(sentence), frozenset(asks))


def _year(short: str) -> str:
    """``'99`` in full."""
    return ("20" if short[1:] <= LAST_YEAR else "19") + short[1:]


def _canonical(word: str) -> str:
    """``can't`` and ``cant`` are one word, but ``I'll`` is not ``ill``, nor ``so's`` ``sos``."""
    if word == "so's":
        return "so_s"
    if "'" not in word:
        return word
    return _LL.sub("_ll", word).replace("'", "")


def canonical_words(text: str) -> tuple[str, ...]:
    """The words of a vocabulary phrase, cut as a patient's would be. ``text`` is already folded."""
    return tuple(_canonical(m[0]) if m.lastgroup == "word" else m[0] for m in _TOKEN.finditer(text) if m.lastgroup in _KEPT)


_KEPT = {"number", "word", "arabizi", "emoji"}
