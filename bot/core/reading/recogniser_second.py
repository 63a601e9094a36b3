"""Two sizes of the learned reader: the small one glances first, and only where it leaves a doubt does the larger one look again.

The larger one also has a sentence encoder, which costs some thirty times as much. What the small one is sure of, the larger one
would hardly see otherwise; how sure that is stands with the thresholds.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.core.reading.recogniser import Recogniser, Recognition, Weights


class SecondLook:
    """Reads as a Recogniser does. ``low`` and ``high``: the probabilities of a red flag between which the second one is asked."""

    def __init__(self, first: Recogniser, second: Recogniser, *, low: float, high: float) -> None:
        self.first = first
        self.second = second
        self.low = low
        self.high = high

    @property
    def weights(self) -> Weights:
        """Those of the larger one: they decide wherever there is a doubt."""
        return self.second.weights

    def glance(self, text: str, clues: Collection[str] = ()) -> Recognition:
        """The probabilities alone."""
        found = self.first.glance(text, clues)
        return self.second.glance(text, clues) if self._doubtful(found) else found

    def read(self, text: str, clues: Collection[str] = (), *, named: Collection[str] | None = None) -> Recognition:
        """The same, with the words that weighed most."""
        doubtful = self._doubtful(self.first.glance(text, clues))
        return (self.second if doubtful else self.first).read(text, clues, named=named)

    def _doubtful(self, found: Recognition) -> bool:
        return self.low <= found.red < self.high
