"""Near-duplicates, and the split: replies that resemble each other, or come from one voice, stay on one side."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.core.reading.normalise import fold
from bot.training.corpus import Part

SIMILAR = 0.5
"""Share of common words (of all words of both) from which two replies are near-duplicates."""
SHORT = 3
"""Replies of fewer different words ("ok thanks") resemble too many others: only equal ones are kept together."""
COMMON = 200
"""A word of more replies than this finds no candidates: it is too common to tell."""
_WORD = re.compile(r"\w+")


class Clusters:
    """Sets that can be joined; each is named by its smallest member."""

    def __init__(self, members: Iterable[str]) -> None:
        self._parent = {member: member for member in members}

    def name(self, member: str) -> str:
        """The name of the member's set."""
        root = member
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[member] != root:
            self._parent[member], member = root, self._parent[member]
        return root

    def join(self, one: str, other: str) -> None:
        """Makes their two sets one."""
        first, second = sorted((self.name(one), self.name(other)))
        self._parent[second] = first


def words_of(text: str) -> frozenset[str]:
    """The different words of a text, folded."""
    return frozenset(_WORD.findall(fold(text)))


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Every pair (i, j), i < j, of texts that share at least SIMILAR of their words, or are equal once folded."""
    sets = [words_of(text) for text in texts]
    holders: dict[str, list[int]] = defaultdict(list)
    for index, words in enumerate(sets):
        for word in words:
            holders[word].append(index)
    return [
        (index, other)
        for index, words in enumerate(sets)
        for other in sorted(_candidates(index, words, holders))
        if _similar(words, sets[other])
    ] + _equal(texts, sets)


def _candidates(index: int, words: frozenset[str], holders: dict[str, list[int]]) -> set[int]:
    if len(words) < SHORT:
        return set()
    found: set[int] = set()
    for word in words:
        if len(holders[word]) <= COMMON:
            found.update(other for other in holders[word] if other > index)
    return found


def _similar(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(other) >= SHORT and len(one & other) >= SIMILAR * len(one | other)


def _equal(texts: Sequence[str], sets: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    first: dict[object, int] = {}
    pairs = []
    for index, words in enumerate(sets):
        key = words or texts[index]
        if key in first:
            pairs.append((first[key], index))
        else:
            first[key] = index
    return pairs


def part_of(unit: str, test: float, dev: float) -> Part:
    """The part of a unit, from its name alone: it never changes when others come. ``test`` and ``dev`` are shares."""
    drawn = int.from_bytes(hashlib.sha256(f"split 1 {unit}".encode()).digest()[:8], "big") / 2**64
    if drawn < test:
        return Part.TEST
    return Part.DEV if drawn < test + dev else Part.TRAIN
