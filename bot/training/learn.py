"""From labelled replies to weights: what each head learns from, and how a trained network is packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from bot.core.reading.recogniser import LEVELS, Weights
from bot.training.corpus import Reply
from bot.training.matrix import Floats, Labels, matrix_of, read_all, untrained
from bot.training.network import HIDDEN, PASSES, Network, Progress, train_network

ENOUGH = 6
"""Replies that a symptom's head needs; one with fewer stays silent."""
SILENT = -9.0
"""The score of a silent head."""
MILD, SAME_DAY = 0.3, 0.05
"""What a mild and a same-day reply count for as "no red flag": less than an ordinary one, as a false alarm there costs less."""
MENTIONS = 0.3
"""What a symptom's label counts for, beside the 1 of a red flag: the symptoms serve the red flags."""
NOTHING = 0.5


@dataclass(frozen=True)
class Examples:
    """Replies ready to learn from or to score: one row each. The last columns of ``matrix`` are the clues."""

    replies: Sequence[Reply]
    matrix: sparse.csr_matrix
    labels: Floats


class Learner:
    """Learns from one set of replies; everything afterwards uses its features and symptoms."""

    def __init__(
        self, replies: Sequence[Reply], clues: Sequence[frozenset[str]], symptoms: Sequence[str], hidden: int = HIDDEN
    ) -> None:
        self.symptoms = tuple(symptoms)
        features = read_all(replies)
        self.empty = untrained(features, symptoms, tuple(sorted(frozenset[str]().union(*clues))), hidden)
        self.examples = self._examples(replies, matrix_of(features, self.empty), clues)

    def prepare(self, replies: Sequence[Reply], clues: Sequence[frozenset[str]]) -> Examples:
        """Other replies in the same columns."""
        return self._examples(replies, matrix_of(read_all(replies), self.empty), clues)

    def learn(self, passes: int = PASSES, progress: Progress | None = None, seed: int = 1) -> Weights:
        """Trains on the learner's own replies. Not calibrated yet."""
        own = self.examples
        trained = own.labels.sum(axis=0) >= ENOUGH
        trained[-len(LEVELS) :] = True
        weights = label_weights(own.replies, own.labels.shape[1])[:, trained]
        network = train_network(
            own.matrix,
            own.labels[:, trained],
            weights,
            hidden=len(self.empty.hidden_bias),
            passes=passes,
            progress=progress,
            seed=seed,
        )
        return packed(self.empty, network, trained)

    def _examples(self, replies: Sequence[Reply], matrix: sparse.csr_matrix, clues: Sequence[frozenset[str]]) -> Examples:
        column = {clue: at for at, clue in enumerate(self.empty.clues)}
        given = np.zeros((len(replies), len(column)), np.float32)
        for row, own in enumerate(clues):
            for clue in own & column.keys():
                given[row, column[clue]] = 1
        whole = sparse.hstack([matrix, sparse.csr_matrix(given)]).tocsr().astype(np.float32)
        return Examples(replies, whole, Labels.of(replies, self.symptoms).matrix)


def label_weights(replies: Sequence[Reply], heads: int) -> Floats:
    """How much each label of each reply counts. "Emergency" is learned from red flags alone."""
    expected = np.array([int(reply.expected) for reply in replies])
    weights = np.full((len(replies), heads), MENTIONS, np.float32)
    red, emergency, nothing = range(heads - len(LEVELS), heads)
    weights[:, red] = np.where(expected == 1, MILD, np.where(expected == 2, SAME_DAY, 1.0))
    weights[:, emergency] = expected >= 3
    weights[:, nothing] = NOTHING
    return weights


def packed(empty: Weights, network: Network, trained: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Weights:
    """One model of bytes: each hidden unit's weights are divided by a scale of its own and rounded."""
    known = len(empty.keys)
    first = network.first[:known]
    scales = np.maximum(np.abs(first).max(axis=0), 1e-6) / 127
    out = np.zeros_like(empty.out)
    bias = np.full_like(empty.bias, SILENT)
    out[:, trained], bias[trained] = network.out, network.bias
    return replace(
        empty,
        table=np.rint(first / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        clue_table=network.first[known:].copy(),
        hidden_bias=network.hidden_bias,
        out=out,
        bias=bias,
    )


def scores_of(weights: Weights, examples: Examples) -> Floats:
    """The raw scores of every head, as reading gives them, before calibration."""
    first = np.vstack([weights.table * weights.scales, weights.clue_table])
    hidden = np.maximum(np.asarray(examples.matrix @ first) + weights.hidden_bias, 0)
    scores: Floats = (hidden @ weights.out + weights.bias).astype(np.float32)
    return scores
