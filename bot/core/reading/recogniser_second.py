"""Two sizes of the learned reader: the small one glances first, and only where it leaves a doubt does the larger one look too.

The larger one, a transformer, costs some twenty times as much. What the small one is sure of, both together would hardly see
otherwise; how sure that is stands with the thresholds. Where both look, each head's odds are joined: they go wrong in different
ways, and together they read better than either.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser import Recogniser, Recognition, Weights, sigmoid
from bot.core.reading.recogniser_transformer import Transformer

_Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Joined:
    """How the odds of both are joined, for every head: log odds = ``first`` * the small one's + ``second`` * the larger one's score + ``offset``."""

    first: _Floats
    second: _Floats
    offset: _Floats

    def log_odds(self, first: _Floats, second: _Floats) -> _Floats:
        """The logarithms of the odds."""
        joined: _Floats = self.first * first + self.second * second + self.offset
        return joined


class SecondLook:
    """Reads as a Recogniser does. ``low`` and ``high``: the small one's probabilities of a red flag between which both look.

    ``low_if_settled`` takes the place of ``low`` where the rules settled the message: there far more must be feared before anything follows.
    """

    def __init__(
        self, first: Recogniser, second: Transformer, joined: Joined, *, low: float, low_if_settled: float, high: float
    ) -> None:
        self.first = first
        self.second = second
        self.joined = joined
        self.low = low
        self.low_if_settled = low_if_settled
        self.high = high

    @property
    def weights(self) -> Weights:
        """Those of the small one: they name the symptoms, and the words that weighed most."""
        return self.first.weights

    @property
    def version(self) -> str:
        """Of both."""
        return f"{self.first.weights.version}+{self.second.weights.version}"

    def glance(self, text: str, clues: Collection[str] = (), *, settled: bool = False) -> Recognition:
        """The probabilities alone."""
        log_odds = self.first.log_odds(text, clues)
        low = self.low_if_settled if settled else self.low
        if low <= float(sigmoid(log_odds[2 * len(self.weights.symptoms)])) < self.high:
            log_odds = self.joined.log_odds(log_odds, self.second.scores(text, clues))
        return self.first.recognition(log_odds)

    def read(self, text: str, clues: Collection[str] = (), *, named: Collection[str] | None = None) -> Recognition:
        """The same, with the words that weighed most for the small one."""
        return self.with_words(self.glance(text, clues), text, clues, named=named)

    def with_words(
        self, glanced: Recognition, text: str, clues: Collection[str] = (), *, named: Collection[str] | None = None
    ) -> Recognition:
        """A glance at the text, with the words that weighed most for the small one."""
        return self.first.with_words(glanced, text, clues, named=named)
