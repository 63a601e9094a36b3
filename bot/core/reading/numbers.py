"""Numbers that patients spell out ("thirty eight point five") rewritten as digits, offsets kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.reading.normalise import Normalised

_WORD = re.compile(r"[^\W\d_]+")
MAX_DIGITS = 6
"""A longer run of digits is no reading of anything."""


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Spelled numbers of all languages: ``values`` ("thirty": 30), ``points`` ("point", "komma"), ``ands`` ("y", "und")."""

    values: Mapping[str, int] = field(default_factory=dict)
    points: frozenset[str] = frozenset()
    ands: frozenset[str] = frozenset()


def in_digits(source: Normalised, numbers: NumberWords) -> Normalised:
    """The same message with spelled numbers as digits; its offsets still lead to the patient's original text."""
    pieces: list[str] = []
    offsets: list[int] = []
    ends: list[int] = []
    done = 0
    for start, end, digits in _spelled(source.text, numbers):
        pieces.append(source.text[done:start])
        kept = [source.span(at, at + 1) for at in range(done, start)]
        first, last = source.span(start, end)
        kept += [(first, last)] * len(digits)
        pieces.append(digits)
        offsets.extend(begin for begin, _ in kept)
        ends.extend(stop for _, stop in kept)
        done = end
    if not done:
        return source
    pieces.append(source.text[done:])
    kept = [source.span(at, at + 1) for at in range(done, len(source.text))]
    offsets.extend(begin for begin, _ in kept)
    ends.extend(stop for _, stop in kept)
    return Normalised(source.original, "".join(pieces), tuple(offsets), tuple(ends))


def _spelled(text: str, numbers: NumberWords) -> list[tuple[int, int, str]]:
    words = [(m[0], m.start(), m.end()) for m in _WORD.finditer(text)]
    found, at = [], 0
    values = numbers.values
    while at < len(words):
        if words[at][0] not in values:  # nearly every word of nearly every message
            at += 1
            continue
        taken, digits = _read(words, at, numbers, text)
        if taken:
            found.append((words[at][1], words[at + taken - 1][2], digits))
        at += taken or 1
    return found


def _read(words: list[tuple[str, int, int]], at: int, numbers: NumberWords, text: str) -> tuple[int, str]:
    whole, after = _whole(words, at, numbers, text)
    if whole is None:
        return 0, ""
    decimals, end = _decimals(words, after, numbers, text)
    if decimals:
        return end - at, f"{whole}.{decimals}"
    if 34 <= whole <= 42 or 95 <= whole <= 108:  # a temperature as it is spoken: "thirty eight five"
        value = _value(words, after, numbers, text)
        value = _fused(words, after, numbers, text) if value is None else value
        if value is not None and value <= 9:
            return after + 1 - at, f"{whole}.{value}"
    return after - at, str(whole)


def _whole(words: list[tuple[str, int, int]], at: int, numbers: NumberWords, text: str) -> tuple[int | None, int]:
    value = numbers.values.get(words[at][0])
    if value is None:
        return None, at
    at += 1
    while True:
        ten = value % 100 == 0 and words[at - 1][0] == "yuz" and at < len(words) and words[at][0] == "on"
        if ten and _adjacent(words, at, text):
            value, at = value + 10, at + 1  # Turkish ten is English "on": a number only behind a Turkish hundred
            continue
        skip = at < len(words) and words[at][0] in numbers.ands and _adjacent(words, at, text)
        following = _value(words, at + skip, numbers, text)
        fused = _fused(words, at, numbers, text) if following is None and not skip else None
        following = fused if following is None else following
        if following is None or not _adds(value, following, joined=bool(skip) or fused is not None):
            return value, at
        value = value * 100 if following == 100 else value + following
        at += 1 + skip


def _fused(words: list[tuple[str, int, int]], at: int, numbers: NumberWords, text: str) -> int | None:
    """The value of a number that Arabic writes together with its "and": وثلاثين."""
    if at >= len(words) or not _adjacent(words, at, text) or words[at][0][:1] not in numbers.ands:
        return None
    return numbers.values.get(words[at][0][1:])


def _adds(value: int, following: int, *, joined: bool) -> bool:
    if following == 100:
        return value < 10
    if 0 < value % 100 < 10 and following in range(20, 100, 10):
        return joined  # Arabic and German say the units first
    return value >= 20 and (value % 10 == 0) and following < (100 if value % 100 == 0 else 10)


def _value(words: list[tuple[str, int, int]], at: int, numbers: NumberWords, text: str) -> int | None:
    if at >= len(words) or not _adjacent(words, at, text):
        return None
    return numbers.values.get(words[at][0])


def _decimals(words: list[tuple[str, int, int]], at: int, numbers: NumberWords, text: str) -> tuple[str, int]:
    if at >= len(words) or words[at][0] not in numbers.points or not _adjacent(words, at, text):
        return "", at
    digits, at = "", at + 1
    while len(digits) < 2 and (value := _value(words, at, numbers, text)) is not None and value <= 9:
        digits, at = digits + str(value), at + 1
    return digits, at


def _adjacent(words: list[tuple[str, int, int]], at: int, text: str) -> bool:
    return at > 0 and text[words[at - 1][2] : words[at][1]].strip(" -") == ""
