"""From labelled replies to weights: what each head learns from, how its scores become probabilities, how they are packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from bot.core.reading.recogniser import LEVELS, Weights
from bot.training.corpus import Reply
from bot.training.matrix import Floats, Labels, matrix_of, read_all, untrained
from bot.training.solve import Fitted, fit

TRUST = 6.0
STEPS = 80
TOGETHER = 8
"""Heads that are fitted together: their weights then stay in the processor's cache."""
ENOUGH = 6
"""Replies that a head needs; one with fewer stays silent."""
MILD, SAME_DAY = 0.3, 0.05
"""What a mild and a same-day reply count for as "no red flag": less than an ordinary one, as a false alarm there costs less."""
CLUE_SCALE = 1.0


@dataclass(frozen=True)
class Examples:
    """Replies ready to learn from or to score: one row each."""

    replies: Sequence[Reply]
    matrix: sparse.csr_matrix
    labels: Floats
    clues: Floats

    @property
    def with_clues(self) -> sparse.csr_matrix:
        """Text and clues side by side: what the heads of the whole message see."""
        return sparse.hstack([self.matrix, sparse.csr_matrix(self.clues * CLUE_SCALE)]).tocsr().astype(np.float32)


class Learner:
    """Learns from one set of replies; everything afterwards uses its features and symptoms."""

    def __init__(self, replies: Sequence[Reply], clues: Sequence[frozenset[str]], symptoms: Sequence[str]) -> None:
        self.symptoms = tuple(symptoms)
        features = read_all(replies)
        seen = tuple(sorted(frozenset[str]().union(*clues)))
        nothing = np.zeros((len(seen), len(LEVELS)), np.float32)
        self.empty = replace(untrained(features, symptoms), clues=seen, clue_table=nothing)
        self.examples = self._examples(replies, matrix_of(features, self.empty), clues)

    def prepare(self, replies: Sequence[Reply], clues: Sequence[frozenset[str]]) -> Examples:
        """Other replies in the same columns."""
        return self._examples(replies, matrix_of(read_all(replies), self.empty), clues)

    def _examples(self, replies: Sequence[Reply], matrix: sparse.csr_matrix, clues: Sequence[frozenset[str]]) -> Examples:
        column = {clue: at for at, clue in enumerate(self.empty.clues)}
        given = np.zeros((len(replies), len(column)), np.float32)
        for row, own in enumerate(clues):
            for clue in own & column.keys():
                given[row, column[clue]] = 1
        return Examples(replies, matrix, Labels.of(replies, self.symptoms).matrix, given)

    def levels(self, examples: Examples | None = None) -> Fitted:
        """The heads of the whole message, each with its own weights of the replies."""
        own = examples or self.examples
        matrix, labels = own.with_clues, own.labels[:, -len(LEVELS) :]
        fitted = [
            fit(matrix, labels[:, [head]], trust=TRUST, steps=STEPS, row_weights=weights)
            for head, weights in enumerate(level_weights(own.replies))
        ]
        return _beside(fitted)

    def mentions(self) -> Fitted:
        """The heads of the symptoms, present and denied: from the text alone."""
        own, count = self.examples, 2 * len(self.symptoms)
        active = [head for head in range(count) if own.labels[:, head].sum() >= ENOUGH]
        weights = np.zeros((own.matrix.shape[1], count), np.float32)
        bias = np.full(count, -9.0, np.float32)
        for first in range(0, len(active), TOGETHER):
            heads = active[first : first + TOGETHER]
            fitted = fit(own.matrix, own.labels[:, heads], trust=TRUST, steps=STEPS)
            weights[:, heads], bias[heads] = fitted.weights, fitted.bias
        return Fitted(weights, bias)


def level_weights(replies: Sequence[Reply]) -> tuple[Floats, Floats, Floats]:
    """What each reply counts for, head by head in the order of LEVELS."""
    expected = np.array([int(reply.expected) for reply in replies])
    red = np.where(expected == 1, MILD, np.where(expected == 2, SAME_DAY, 1.0)).astype(np.float32)
    return red, (expected >= 3).astype(np.float32), np.ones(len(replies), np.float32)


def _beside(fitted: Sequence[Fitted]) -> Fitted:
    return Fitted(np.hstack([one.weights for one in fitted]), np.concatenate([one.bias for one in fitted]))


def packed(learner: Learner, mentions: Fitted, levels: Fitted, version: str) -> Weights:
    """One model of bytes: each head's weights are divided by a scale of its own and rounded."""
    known = learner.examples.matrix.shape[1]
    whole = np.hstack([mentions.weights, levels.weights[:known]])
    scales = np.maximum(np.abs(whole).max(axis=0), 1e-6) / 127
    return replace(
        learner.empty,
        table=np.rint(whole / scales).astype(np.int8),
        scales=scales.astype(np.float32),
        bias=np.concatenate([mentions.bias, levels.bias]).astype(np.float32),
        clue_table=levels.weights[known:].astype(np.float32) * np.float32(CLUE_SCALE),
        version=version,
    )


def scores_of(weights: Weights, examples: Examples) -> Floats:
    """The raw scores of every head, as reading gives them, before calibration."""
    table = weights.table.astype(np.float32) * weights.scales
    scores: Floats = np.asarray(examples.matrix @ table) + weights.bias
    scores[:, -len(LEVELS) :] += examples.clues @ weights.clue_table
    return scores
