"""The learned reader: one small network over all six languages. It raises a suspicion or asks for a question, and decides nothing.

For each symptom it says how probable it is that the message speaks of it as there, and as not there, with the words that
weighed most; and for the message as a whole how probable it is that it is a red flag, an emergency, or needs nothing. The
weights come in as an argument; the same text always gives the same numbers.

It also looks at clues: what the rules made of the message, and what had been asked. That a rule understood it as mild, or found
nothing at all, tells something about the words that no rule knows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_features import Features, features_of
from bot.core.reading.recogniser_memory import Memory
from bot.core.reading.recogniser_words import heaviest

_Floats = NDArray[np.float32]

RED: Final = "red"
EMERGENCY: Final = "emergency"
NOTHING: Final = "none"
LEVELS: Final = (RED, EMERGENCY, NOTHING)
"""The heads that look at the message as a whole: a red flag (an urgent reply or an emergency); an emergency, if it is a red
flag; nothing to do."""
MENTIONED: Final = 0.05
"""Symptoms below this probability, present and denied alike, are not reported: the message does not mention them."""

CLUE_SETS: Final = 1_000
"""Sets of clues whose sum is kept."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A trained model: known features and clues feed hidden units, and these the heads.

    ``keys`` are the known features, ascending: a bucket, plus one bit that tells words from pieces; ``rarity`` is how much each
    counts. A row of ``table`` (bytes; a column's ``scales`` make them numbers) is what the feature adds to the hidden units, a row
    of ``clue_table`` what a clue adds. Heads are the columns of ``out``: present of each symptom, denied of each, LEVELS.
    ``slopes`` and ``offsets`` calibrate: probability = sigmoid(slope * score + offset).
    """

    symptoms: tuple[str, ...]
    keys: NDArray[np.uint32]
    rarity: _Floats
    table: NDArray[np.int8]
    scales: _Floats
    clues: tuple[str, ...]
    clue_table: _Floats
    hidden_bias: _Floats
    out: _Floats
    bias: _Floats
    slopes: _Floats
    offsets: _Floats
    version: str = ""

    def __post_init__(self) -> None:
        heads = 2 * len(self.symptoms) + len(LEVELS)
        hidden = len(self.hidden_bias)
        shapes = {
            "rarity": (len(self.keys),),
            "table": (len(self.keys), hidden),
            "scales": (hidden,),
            "clue_table": (len(self.clues), hidden),
            "out": (hidden, heads),
            "bias": (heads,),
            "slopes": (heads,),
            "offsets": (heads,),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name}: expected the shape {shape}, got {getattr(self, name).shape}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """One symptom that the message seems to mention. ``words`` weighed most; ``start`` and ``end`` are offsets into the original.

    A glance leaves all three out.
    """

    symptom: str
    present: float
    denied: float
    words: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Recognition:
    """What the recogniser makes of a message: the most probable suspicion first, and the probabilities of the whole."""

    suspicions: tuple[Suspicion, ...] = ()
    red: float = 0.0
    emergency: float = 0.0
    """If it is a red flag."""
    nothing: float = 0.0
    words: str = ""
    """The words that weighed most for a red flag."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Scores:
    """One message against the model: the known features, their weights in the message, and the probability of every head."""

    features: Features
    known: NDArray[np.int64]
    """Which of the features the model knows."""
    strengths: _Floats
    added: _Floats
    """What each known feature, at full strength, adds to each hidden unit."""
    active: NDArray[np.bool_]
    """The hidden units that the message wakes."""
    probabilities: _Floats


class Recogniser:
    """Reads messages with one set of weights."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self._red = 2 * len(weights.symptoms)
        self._clues = {clue: at for at, clue in enumerate(weights.clues)}
        self._memory = Memory(weights.keys, weights.rarity)
        self._starts: dict[frozenset[str], _Floats] = {}

    @property
    def version(self) -> str:
        """Of the weights."""
        return self.weights.version

    def glance(self, text: str, clues: Collection[str] = (), *, settled: bool = False) -> Recognition:
        """The probabilities alone, at a fifth of the cost; ``clues`` are what the rules made of the message. Never fails.

        ``settled``: the rules settled it; only a reader that looks twice minds.
        """
        del settled
        return self.recognition(self.log_odds(text, clues))

    def log_odds(self, text: str, clues: Collection[str] = ()) -> _Floats:
        """The logarithm of the odds of every head, in the order of the weights' columns."""
        weights = self.weights
        rows, strengths = self._memory.strengths(text)
        hidden = strengths @ weights.table.take(rows, axis=0).astype(np.float32) * weights.scales
        return self._judged(hidden, clues)[1]

    def recognition(self, log_odds: _Floats) -> Recognition:
        """What these odds come to, without words."""
        probabilities = sigmoid(log_odds)
        red, emergency, nothing = probabilities[self._red :].tolist()
        return Recognition(suspicions=self._suspicions(probabilities), red=red, emergency=emergency, nothing=nothing)

    def read(self, text: str, clues: Collection[str] = (), *, named: Collection[str] | None = None) -> Recognition:
        """The same, with the words that weighed most for a red flag and for the symptoms ``named`` (None: all). Never fails."""
        return self.with_words(self.glance(text, clues), text, clues, named=named)

    def with_words(
        self, glanced: Recognition, text: str, clues: Collection[str] = (), *, named: Collection[str] | None = None
    ) -> Recognition:
        """A glance at the text, with the words that weighed most."""
        scores = self.scores(features_of(text), clues)
        start, end = self._place(scores, self._red)
        suspicions = tuple(
            self._placed(suspicion, scores) if named is None or suspicion.symptom in named else suspicion
            for suspicion in glanced.suspicions
        )
        words = scores.features.source.original[start:end]
        return replace(glanced, suspicions=suspicions, words=words, start=start, end=end)

    def scores(self, features: Features, clues: Collection[str] = ()) -> Scores:
        """The probabilities of every head, in the order of the weights' columns."""
        weights = self.weights
        known, rows, strengths = strengths_of(features, weights)
        added = weights.table[rows] * weights.scales
        active, log_odds = self._judged(strengths @ added, clues)
        return Scores(features, known, strengths, added, active, sigmoid(log_odds))

    def _judged(self, hidden: _Floats, clues: Collection[str]) -> tuple[NDArray[np.bool_], _Floats]:
        """The hidden units that wake, and the logarithms of the odds, from what the features alone give to the hidden units."""
        hidden = hidden + self._given(frozenset(clues))
        raw = np.maximum(hidden, np.float32(0)) @ self.weights.out + self.weights.bias
        return hidden > 0, raw * self.weights.slopes + self.weights.offsets

    def _given(self, clues: frozenset[str]) -> _Floats:
        """What the hidden units start from, worked out once for each set of clues: there are only some dozens."""
        found = self._starts.get(clues)
        if found is None:
            found = self.weights.hidden_bias.copy()
            for clue in sorted(self._clues.keys() & clues):
                found += self.weights.clue_table[self._clues[clue]]
            if len(self._starts) < CLUE_SETS:
                self._starts[clues] = found
        return found

    def _suspicions(self, probabilities: _Floats) -> tuple[Suspicion, ...]:
        count = len(self.weights.symptoms)
        present, denied = probabilities[:count], probabilities[count : 2 * count]
        likely = np.maximum(present, denied)
        ordered = sorted((likely >= MENTIONED).nonzero()[0].tolist(), key=lambda at: (-likely[at], at))
        return tuple(
            Suspicion(symptom=self.weights.symptoms[at], present=float(present[at]), denied=float(denied[at])) for at in ordered
        )

    def _placed(self, suspicion: Suspicion, scores: Scores) -> Suspicion:
        at = self.weights.symptoms.index(suspicion.symptom)
        head = at if suspicion.present >= suspicion.denied else at + len(self.weights.symptoms)
        start, end = self._place(scores, head)
        return replace(suspicion, words=scores.features.source.original[start:end], start=start, end=end)

    def _place(self, scores: Scores, head: int) -> tuple[int, int]:
        pull = np.where(scores.active, self.weights.out[:, head], np.float32(0))
        return heaviest(scores.features, scores.known, scores.strengths * (scores.added @ pull))


def strengths_of(features: Features, weights: Weights) -> tuple[NDArray[np.int64], NDArray[np.int64], _Floats]:
    """The features that the model knows, their rows, and how much each counts: rare ones more, both families alike.

    A feature that occurs n times is listed n times; together the n count log(1 + n) times what one would.
    """
    keys = keys_of(features)
    rows = np.searchsorted(weights.keys, keys)
    rows[rows == len(weights.keys)] = 0
    known = np.flatnonzero(weights.keys[rows] == keys) if len(weights.keys) else np.zeros(0, np.int64)
    rows = rows[known]
    _, inverse, counts = np.unique(rows, return_inverse=True, return_counts=True)
    strengths = (np.log1p(counts) / counts)[inverse].astype(np.float32) * weights.rarity[rows]
    whole = (strengths * counts[inverse]) ** 2 / counts[inverse]
    words = known >= features.pieces
    for family in (words, ~words):
        length = float(np.sqrt(whole[family].sum()))
        if length > 0:
            strengths[family] /= length
    return known, rows, strengths


def keys_of(features: Features) -> NDArray[np.uint32]:
    """The buckets with the family as their lowest bit."""
    words = np.arange(len(features.buckets)) >= features.pieces
    return ((features.buckets << 1) | words).astype(np.uint32)


def most_suspect(suspicions: Sequence[Suspicion]) -> Suspicion | None:
    """The suspicion that is most probably present, or None."""
    return max(suspicions, key=lambda s: s.present, default=None)


def sigmoid(scores: _Floats) -> _Floats:
    """The probabilities that these logarithms of odds stand for."""
    return (1.0 / (1.0 + np.exp(-np.minimum(np.maximum(scores, np.float32(-30)), np.float32(30))))).astype(np.float32)
