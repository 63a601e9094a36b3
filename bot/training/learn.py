"""From labelled replies to weights: what each head learns from, and how a trained network is packed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser import LEVELS, Weights
from bot.core.reading.recogniser_features import Features
from bot.training.corpus import Reply
from bot.training.matrix import Floats, Labels, matrix_of, read_all, untrained
from bot.training.network import HIDDEN, PASSES, Given, Network, Progress, train_network

ENOUGH = 6
"""Replies that a symptom's head needs; one with fewer stays silent."""
SILENT = -9.0
"""The score of a silent head."""
MILD, SAME_DAY = 0.3, 0.05
"""What a mild and a same-day reply count for as "no red flag": less than an ordinary one, as a false alarm there costs less."""
MENTIONS = 0.3
"""What a symptom's label counts for, beside the 1 of a red flag: the symptoms serve the red flags."""
NOTHING = 0.5
LADDER = (Disposition.SELF_MANAGE, Disposition.SAME_DAY)
"""Two heads that only training has: whether a reply calls for at least this. They teach the hidden units that levels are a ladder."""
KEPT = 3
"""Replies that must hold a feature for it to be shipped."""
NETWORKS = 2
"""Networks that differ by the seed alone; their scores are averaged, which one network of all their hidden units does."""


@dataclass(frozen=True)
class Examples:
    """Replies ready to learn from or to score: one row each. The last columns of ``matrix`` are the clues."""

    replies: Sequence[Reply]
    matrix: sparse.csr_matrix
    labels: Floats


class Learner:
    """Learns from one set of replies; everything afterwards uses its features, clues and symptoms."""

    def __init__(
        self,
        replies: Sequence[Reply],
        clues: Sequence[frozenset[str]],
        symptoms: Sequence[str],
        hidden: int = HIDDEN,
    ) -> None:
        self.symptoms = tuple(symptoms)
        features = read_all(replies)
        self.empty = untrained(features, symptoms, usual(clues), hidden)
        self.examples = examples_of(self.empty, features, replies, clues)

    def prepare(self, replies: Sequence[Reply], clues: Sequence[frozenset[str]]) -> Examples:
        """Other replies in the same columns."""
        return examples_of(self.empty, read_all(replies), replies, clues)

    def learn(self, passes: int = PASSES, progress: Progress | None = None, networks: int = NETWORKS) -> Weights:
        """Trains on the learner's own replies. Not calibrated yet."""
        own = self.examples
        trained = own.labels.sum(axis=0) >= ENOUGH
        trained[-len(LEVELS) :] = True
        weights = label_weights(own.replies, own.labels.shape[1])[:, trained]
        ladder = np.array([[reply.expected >= level for level in LADDER] for reply in own.replies], np.float32)
        given = Given(
            own.matrix,
            np.hstack([own.labels[:, trained], ladder]),
            np.hstack([weights, np.full_like(ladder, NOTHING)]),
        )
        hidden = len(self.empty.hidden_bias)
        found = [train_network(given, hidden=hidden, passes=passes, progress=progress, seed=seed + 1) for seed in range(networks)]
        return packed(self.empty, as_one(found, heads=int(trained.sum())), trained)


def examples_of(
    weights: Weights, features: Sequence[Features], replies: Sequence[Reply], clues: Sequence[frozenset[str]]
) -> Examples:
    """Replies in the columns of these weights."""
    given = sparse.csr_matrix(clue_columns(clues, weights.clues))
    whole = sparse.hstack([matrix_of(features, weights), given]).tocsr().astype(np.float32)
    return Examples(replies, whole, Labels.of(replies, weights.symptoms).matrix)


def clue_columns(clues: Sequence[frozenset[str]], names: Sequence[str]) -> Floats:
    """One row a reply, one column for each of these clues: 1 where the reply gives it."""
    column = {clue: at for at, clue in enumerate(names)}
    given = np.zeros((len(clues), len(column)), np.float32)
    for row, own in enumerate(clues):
        for clue in own & column.keys():
            given[row, column[clue]] = 1
    return given


def slim(weights: Weights, replies: int) -> Weights:
    """Without the features that fewer than KEPT of the ``replies`` held: they help to learn the others, and cost two fifths of the file."""
    kept = weights.rarity < np.log((1 + replies) / (KEPT + 0.5)) + 1
    return replace(weights, keys=weights.keys[kept], rarity=weights.rarity[kept], table=weights.table[kept])


def usual(clues: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """The clues that enough replies gave: a rarer one teaches nothing but those replies."""
    counts = Counter(clue for own in clues for clue in own)
    return tuple(sorted(clue for clue, count in counts.items() if count >= ENOUGH))


def as_one(networks: Sequence[Network], heads: int) -> Network:
    """One network that gives the mean of the scores of all; only the first ``heads`` are kept."""
    return Network(
        np.hstack([one.first for one in networks]),
        np.concatenate([one.hidden_bias for one in networks]),
        np.vstack([one.out[:, :heads] for one in networks]) / np.float32(len(networks)),
        np.mean([one.bias[:heads] for one in networks], axis=0, dtype=np.float32),
    )


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
    out = np.zeros((len(network.hidden_bias), empty.out.shape[1]), np.float32)
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
    added = np.asarray(examples.matrix @ first) + weights.hidden_bias
    scores: Floats = (np.maximum(added, 0) @ weights.out + weights.bias).astype(np.float32)
    return scores
