"""Which words of a message weighed most for one head of the recogniser."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_features import Features

ENOUGH: Final = 0.35
"""A neighbouring word is shown too while it weighs at least this share of the heaviest word."""
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
    weights = np.cumsum(along)[:-1]
    words = _words(features)
    if not words or not np.any(weights > 0):
        return 0, 0
    means = [float(weights[start:end].mean()) for start, end in words]
    best = int(np.argmax(means))
    first = last = best
    while first > 0 and means[first - 1] >= ENOUGH * means[best] and words[last][1] - words[first - 1][0] <= LONGEST:
        first -= 1
    while last + 1 < len(words) and means[last + 1] >= ENOUGH * means[best] and words[last + 1][1] - words[first][0] <= LONGEST:
        last += 1
    return features.source.span(words[first][0], words[last][1])


def _words(features: Features) -> list[tuple[int, int]]:
    return [span for span in features.words.tolist() if span[1] > span[0]]
