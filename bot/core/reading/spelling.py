"""Typing errors, repaired only towards words of symptoms: a repair can raise an alarm, never take one away.

A word that is known, or that the vocabulary lists as no typo, is left alone. The first letter must be right, except where
the first two are swapped. One error is repaired in words of six letters or more (of five: two swapped letters or a forgotten one), two in words of
nine or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

ONE_ERROR_FROM = 5
TWO_ERRORS_FROM = 9


@dataclass(frozen=True, slots=True)
class Speller:
    """``_near`` maps every word with one letter left out to the words it came from; ``_far`` with two left out."""

    _near: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _far: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _known: frozenset[str] = frozenset()
    _longest: int = 0
    """Letters of the longest word that may be meant: what is much longer is none of them, and costs its square to try."""
    _seen: dict[str, str | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, targets: Iterable[str], known: Iterable[str]) -> Speller:
        """Repairs towards ``targets``; leaves ``known`` alone."""
        near: dict[str, set[str]] = {}
        far: dict[str, set[str]] = {}
        longest = 0
        for word in targets:
            if not word.isalpha() or len(word) < ONE_ERROR_FROM:
                continue
            longest = max(longest, len(word))
            for short in {word, *_deletes(word)}:
                near.setdefault(short, set()).add(word)
            if len(word) >= TWO_ERRORS_FROM:
                for short in _deletes(word):
                    for shorter in {short, *_deletes(short)}:
                        far.setdefault(shorter, set()).add(word)
        return cls(_closed(near), _closed(far), frozenset(known), longest)

    def repair(self, word: str) -> str | None:
        """The word that was probably meant, or None."""
        if not ONE_ERROR_FROM <= len(word) <= self._longest + 2 or word in self._known or not word.isalpha():
            return None
        if word not in self._seen:
            found = self._search(word)
            if len(self._seen) < 50_000:
                self._seen[word] = found
            return found
        return self._seen[word]

    def _search(self, word: str) -> str | None:
        short = {word, *_deletes(word)}
        candidates = {target for s in short for target in self._near.get(s, ()) if _plausible(word, target, 1)}
        if not candidates and len(word) >= TWO_ERRORS_FROM - 1:
            shorter = short | {d for s in short for d in _deletes(s)}
            candidates = {target for s in shorter for target in self._far.get(s, ()) if _plausible(word, target, 2)}
        return min(candidates, key=lambda target: (abs(len(target) - len(word)), target)) if candidates else None


def _closed(index: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {short: tuple(sorted(words)) for short, words in index.items()}


def _deletes(word: str) -> set[str]:
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def _plausible(word: str, target: str, errors: int) -> bool:
    swapped = sorted(word) == sorted(target)
    forgotten = len(target) > len(word) and not word.endswith("s")
    if len(word) == ONE_ERROR_FROM and not (swapped or forgotten):
        return False
    first = word[0] == target[0] or word[:2] == target[1::-1]
    return first and distance(word, target) <= errors


def distance(left: str, right: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
