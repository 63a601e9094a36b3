"""Which words of a message weighed most for one head of the recogniser."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_features import Features

ENOUGH: Final = 0.25
"""A neighbouring word is shown too while each of its characters weighs at least this share of the heaviest word's."""
LONGEST: Final = 80
"""Characters shown at most."""


def heaviest(features: Features, known: NDArray[np.int64], shares: NDArray[np.float32]) -> tuple[int, int]:
    """The original offsets (end exclusive) of the heaviest word and of the neighbours that weigh nearly as much.

    ``shares`` are what each feature named in ``known`` adds to the head's score. (0, 0) where nothing weighs.
    """
    starts, ends = features.starts[known], features.ends[known]
    text = features.source.text
    along = np.zeros(len(text) + 1)
    per_character = shares / np.maximum(ends - starts, 1)
    np.add.at(along, starts, per_character)
    np.add.at(along, ends, -per_character)
    sums = np.concatenate([np.zeros(1), np.cumsum(np.cumsum(along)[:-1])])
    words = features.words
    if not len(words):
        return 0, 0
    means = (sums[words[:, 1]] - sums[words[:, 0]]) / (words[:, 1] - words[:, 0])
    best = int(np.argmax(means))
    if means[best] <= 0:
        return 0, 0
    heavy = means >= ENOUGH * means[best]
    first, last = _reach(heavy, best, -1), _reach(heavy, best, 1)
    while words[last][1] - words[first][0] > LONGEST and first < last:
        first, last = (first + 1, last) if best - first > last - best else (first, last - 1)
    return features.source.span(int(words[first][0]), int(words[last][1]))


def _reach(heavy: NDArray[np.bool_], best: int, step: int) -> int:
    """How far heavy words go on from the best one; a single light word in between does not end them."""
    at = best
    while True:
        if 0 <= at + step < len(heavy) and heavy[at + step]:
            at += step
        elif 0 <= at + 2 * step < len(heavy) and heavy[at + 2 * step]:
            at += 2 * step
        else:
            return at
