"""Replies as a sparse matrix, with the very arithmetic that reads messages; and their labels as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser import LEVELS, Weights, keys_of, strengths_of
from bot.core.reading.recogniser_features import Features, features_of
from bot.training.corpus import Reply

SEEN = 2
"""Replies that must hold a feature before the model knows it."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Labels:
    """``matrix[i, h]`` is 1 where head h is true of reply i. Columns: present, denied (each in the order of ``symptoms``), LEVELS."""

    symptoms: tuple[str, ...]
    matrix: Floats

    @classmethod
    def of(cls, replies: Sequence[Reply], symptoms: Sequence[str]) -> Labels:
        """The labels of these replies for these symptoms."""
        column = {symptom: at for at, symptom in enumerate(symptoms)}
        count = len(symptoms)
        matrix = np.zeros((len(replies), 2 * count + len(LEVELS)), np.float32)
        for row, reply in enumerate(replies):
            for symptom in reply.symptoms:
                matrix[row, column[symptom]] = 1
            for symptom in reply.absent:
                matrix[row, count + column[symptom]] = 1
            matrix[row, 2 * count :] = (
                reply.red,
                reply.expected is Disposition.EMERGENCY,
                reply.expected is Disposition.NONE,
            )
        return cls(tuple(symptoms), matrix)


def read_all(replies: Sequence[Reply]) -> list[Features]:
    """The features of every reply."""
    return [features_of(reply.text) for reply in replies]


def untrained(features: Sequence[Features], symptoms: Sequence[str], clues: tuple[str, ...], hidden: int) -> Weights:
    """Weights that know the features seen in at least SEEN of these messages, how rare each is, and nothing else yet."""
    keys, counts = np.unique(np.concatenate([np.unique(keys_of(one)) for one in features]), return_counts=True)
    kept = counts >= SEEN
    rarity = np.log((1 + len(features)) / (1 + counts[kept])) + 1
    heads = 2 * len(symptoms) + len(LEVELS)
    return Weights(
        symptoms=tuple(symptoms),
        keys=keys[kept],
        rarity=rarity.astype(np.float16).astype(np.float32),
        table=np.zeros((int(kept.sum()), hidden), np.int8),
        scales=np.ones(hidden, np.float32),
        clues=clues,
        clue_table=np.zeros((len(clues), hidden), np.float32),
        hidden_bias=np.zeros(hidden, np.float32),
        out=np.zeros((hidden, heads), np.float32),
        bias=np.zeros(heads, np.float32),
        slopes=np.ones(heads, np.float32),
        offsets=np.zeros(heads, np.float32),
    )


def matrix_of(features: Sequence[Features], weights: Weights) -> sparse.csr_matrix:
    """One row a message, one column a known feature."""
    parts = [strengths_of(one, weights) for one in features]
    lengths = [len(rows) for _, rows, _ in parts]
    pointers = np.concatenate([[0], np.cumsum(lengths)])
    columns = np.concatenate([rows for _, rows, _ in parts])
    values = np.concatenate([strengths for _, _, strengths in parts])
    matrix = sparse.csr_matrix((values, columns, pointers), shape=(len(features), len(weights.keys)))
    matrix.sum_duplicates()
    return matrix
