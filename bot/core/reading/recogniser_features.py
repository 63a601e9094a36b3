"""What the recogniser sees of a message: hashed pieces of words, words and short runs of words, each with its place.

Everything is arithmetic on whole arrays: about four hundred features of a usual message cost a fraction of a millisecond.
Training and reading share this file, so that both see the same; FEATURES_VERSION changes with any change of meaning.
Digits are hidden from it: what a number means is for the rules to say, and reaches the recogniser as a clue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.normalise import Normalised, normalise

FEATURES_VERSION: Final = 2
BUCKET_BITS: Final = 22
READ: Final = 2_000
"""Characters that are read: the rest of a very long message is left to the other readers."""
PIECES: Final = (2, 3, 4, 5)
"""Lengths of the pieces of words, in characters; a word's edge counts as one."""

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_SPACE: Final = 32
_HIDDEN: Final = str.maketrans("123456789", "000000000")
_MULTIPLIER: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1
_INVERSE: Final = pow(_MULTIPLIER, -1, 1 << 64)
_SEEDS: Final = tuple(length * pow(_MULTIPLIER, length, 1 << 64) for length in range(PIECES[-1] + 1))
"""What the length that a piece's hash begins with comes to at its end."""
_ONE, _TWO, _THREE = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9), np.uint64(0x27D4EB2F165667C5)

_U64 = NDArray[np.uint64]
_I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Features:
    """``buckets[i]`` is a hash of BUCKET_BITS bits; it was seen at ``starts[i]:ends[i]`` of the folded text.

    The first ``pieces`` of them are pieces of words, the others words and runs of words: two families, weighed apart.
    ``words`` holds the place of every word, one row each.
    """

    source: Normalised
    buckets: _I64
    starts: _I64
    ends: _I64
    pieces: int
    words: _I64


def features_of(text: str) -> Features:
    """The features of a message; none of an empty one. Never fails."""
    source = normalise(text[:READ])
    spans = [match.span() for match in _TOKEN.finditer(source.text)]
    if not spans:
        nothing = np.zeros(0, np.int64)
        return Features(source, nothing, nothing, nothing, 0, nothing.reshape(0, 2))
    bounds = np.array(spans, np.int64)
    chars, places, starts, ends = _joined(source.text, spans, bounds)
    pieces = [_pieces(chars, places, length) for length in PIECES]
    words = _words(chars, starts, ends, bounds)
    count = sum(len(part[0]) for part in pieces)
    columns = [np.concatenate(column) for column in zip(*pieces, *words, strict=True)]
    return Features(source, _buckets(columns[0]), columns[1], columns[2], count, bounds)


def words_of(text: str) -> list[str]:
    """The words that ``features_of`` would look at, folded, their digits hidden."""
    return _TOKEN.findall(normalise(text[:READ]).text.translate(_HIDDEN))


def features_of_word(word: str) -> tuple[_I64, int]:
    """The buckets of the pieces of one of ``words_of``, and the hash that runs of words are made of.

    The same arithmetic as below on plain numbers: for one word they are faster than arrays.
    """
    chars = [_SPACE, *map(ord, word), _SPACE]
    hashes = []
    for start in range(len(chars) - 1):
        hashed = chars[start]
        for length, char in enumerate(chars[start + 1 : start + PIECES[-1]], 2):
            hashed = hashed * _MULTIPLIER + char
            if length > PIECES[0] or _SPACE not in {chars[start], char}:
                hashes.append(hashed + _SEEDS[length] & _MASK)
    whole = 0
    for char in reversed(chars[1:-1]):
        whole = whole * _MULTIPLIER + char & _MASK
    return _buckets(np.array(hashes, np.uint64)), whole + 11 & _MASK


def buckets_of_words(hashes: list[int]) -> _I64:
    """The buckets of words and runs of words, from the hashes of the words in their order."""
    return _buckets(np.concatenate(_runs(np.array(hashes, np.uint64))))


def _joined(text: str, spans: list[tuple[int, int]], bounds: _I64) -> tuple[_U64, _I64, _I64, _I64]:
    """The words with one space before, between and after them; the folded offset of each character; where each word is."""
    joined = " " + " ".join([text[start:end] for start, end in spans]).translate(_HIDDEN) + " "
    chars = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    lengths = bounds[:, 1] - bounds[:, 0]
    starts = np.cumsum(lengths + 1) - lengths
    ends = starts + lengths
    places = np.arange(len(chars)) - np.repeat(starts - bounds[:, 0], lengths + 1)[_clip(len(chars), int(ends[-1]))]
    return chars, places, starts, ends


def _clip(length: int, last: int) -> _I64:
    """Indices of the characters into the repeated list of words: the leading space belongs to the first word."""
    return np.clip(np.arange(length) - 1, 0, last - 1)


def _pieces(chars: _U64, places: _I64, length: int) -> tuple[_U64, _I64, _I64]:
    """Every run of ``length`` characters inside one word, the word's edges included."""
    count = len(chars) - length + 1
    if count <= 0:
        nothing = np.zeros(0, np.int64)
        return np.zeros(0, np.uint64), nothing, nothing
    hashed = np.full(count, length, np.uint64)
    inside = np.ones(count, np.bool_)
    for step in range(length):
        part = chars[step : step + count]
        hashed = hashed * np.uint64(_MULTIPLIER) + part
        if 0 < step < length - 1:
            inside &= part != _SPACE
    if length == PIECES[0]:
        inside &= (chars[:count] != _SPACE) & (chars[1:] != _SPACE)
    at = np.flatnonzero(inside)
    first = places[at + (chars[at] == _SPACE)]
    last = places[at + length - 1] + (chars[at + length - 1] != _SPACE)
    return hashed[at], first, np.maximum(last, first)


def _words(chars: _U64, starts: _I64, ends: _I64, spans: _I64) -> list[tuple[_U64, _I64, _I64]]:
    """Words, pairs, triples, and pairs with one word between them."""
    word, pair, triple, apart = _runs(_word_hashes(chars, starts, ends))
    begins, stops = spans[:, 0], spans[:, 1]
    return [
        (word, begins, stops),
        (pair, begins[:-1], stops[1:]),
        (triple, begins[:-2], stops[2:]),
        (apart, begins[:-2], stops[2:]),
    ]


def _word_hashes(chars: _U64, starts: _I64, ends: _I64) -> _U64:
    powers, inverses = _powers(len(chars))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(chars * powers, dtype=np.uint64)])
    hashes: _U64 = (sums[ends] - sums[starts]) * inverses[starts] + np.uint64(11)
    return hashes


def _runs(word: _U64) -> tuple[_U64, _U64, _U64, _U64]:
    """The hashes of words, pairs, triples, and pairs with one word between them, from those of the words."""
    one, two, three = word * _ONE, word * _TWO, word[2:] * _THREE
    pair = one[:-1] + two[1:] + np.uint64(12)
    triple = one[:-2] + two[1:-1] + three + np.uint64(13)
    apart = one[:-2] + two[2:] + np.uint64(14)
    return word, pair, triple, apart


def _grown(length: int) -> tuple[_U64, _U64]:
    powers, inverses = [1], [1]
    for _ in range(length - 1):
        powers.append(powers[-1] * _MULTIPLIER & _MASK)
        inverses.append(inverses[-1] * _INVERSE & _MASK)
    return np.array(powers, np.uint64), np.array(inverses, np.uint64)


_POWERS: Final = _grown(2 * READ + 8)


def _powers(length: int) -> tuple[_U64, _U64]:
    """Powers of the multiplier and of its inverse; folding may lengthen a text, so that more than READ can be asked for."""
    powers, inverses = _POWERS if length <= len(_POWERS[0]) else _grown(length)
    return powers[:length], inverses[:length]


def _buckets(hashed: _U64) -> _I64:
    mixed = hashed ^ (hashed >> np.uint64(31))
    mixed = mixed * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(29)
    return (mixed * np.uint64(0x94D049BB133111EB) >> np.uint64(64 - BUCKET_BITS)).astype(np.int64)
