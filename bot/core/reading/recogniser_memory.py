"""The learned reader's numbers alone, fast: what a word's pieces are to the model is worked out once per word, not once per message.

Patients repeat words, and four fifths of a message's features lie inside its words. The numbers are those of ``strengths_of`` on
``features_of`` (a test compares), but for the order in which they are summed; where each feature stood is not kept.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_features import buckets_of_words, features_of_word, words_of

REMEMBERED: Final = 30_000
"""Words whose rows are kept: words of strangers must not fill the memory."""

_I64 = NDArray[np.int64]
_Floats = NDArray[np.float32]
_NOTHING: Final = np.zeros(0, np.int64)


class Memory:
    """The rows of one model's ``keys`` (ascending) and how much each counts, with what was looked up so far."""

    def __init__(self, keys: NDArray[np.uint32], rarity: _Floats) -> None:
        self._keys = keys
        self._rarity = rarity
        self._once = rarity * np.log1p(np.float32(1))
        self._words: dict[str, tuple[_I64, int]] = {}
        """A word -> the rows of its pieces, and its hash."""

    def strengths(self, text: str) -> tuple[_I64, _Floats]:
        """The rows that the message's features have in the model, each once, and how much each counts in all."""
        words = words_of(text)
        if not words or not len(self._keys):
            return _NOTHING, np.zeros(0, np.float32)
        known = [self._words.get(word) or self._learn(word) for word in words]
        pieces, piece_strengths = self._weighed(np.concatenate([rows for rows, _ in known]))
        runs, run_strengths = self._weighed(self._rows(buckets_of_words([hashed for _, hashed in known]), of_words=True))
        return np.concatenate((pieces, runs)), np.concatenate((piece_strengths, run_strengths))

    def _weighed(self, rows: _I64) -> tuple[_I64, _Floats]:
        """One family: a feature that occurs n times counts log(1 + n) times what one would; the whole is of length 1."""
        rows.sort()
        new = rows[1:] != rows[:-1]
        if np.count_nonzero(new) == len(new):
            strengths = self._once.take(rows)
        else:
            first = np.concatenate(([True], new)).nonzero()[0]
            counts = np.diff(first, append=len(rows))
            rows = rows[first]
            strengths = np.log1p(counts, dtype=np.float32) * self._rarity[rows]
        length = float(strengths @ strengths) ** 0.5
        return rows, strengths / np.float32(length) if length > 0 else strengths

    def _learn(self, word: str) -> tuple[_I64, int]:
        buckets, hashed = features_of_word(word)
        learned = self._rows(buckets, of_words=False), hashed
        if len(self._words) < REMEMBERED:
            self._words[word] = learned
        return learned

    def _rows(self, buckets: _I64, *, of_words: bool) -> _I64:
        """The rows of those features that the model knows."""
        keys = ((buckets << 1) | of_words).astype(np.uint32)
        rows: _I64 = self._keys.searchsorted(keys)
        known: _I64 = rows[self._keys.take(rows, mode="clip") == keys]
        return known
