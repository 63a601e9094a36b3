"""The recogniser's network, trained in numpy: features -> hidden units (ReLU) -> heads, by Adam; the same result every time.

Only the rows of features that a batch holds are touched, so that a pass over fifteen thousand replies takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.training.matrix import Floats

HIDDEN = 32
PASSES = 8
BATCH = 256
RATE = 6e-3
"""Adam's step at the start; it falls to zero in a straight line."""
DROP_FEATURES = 0.3
DROP_HIDDEN = 0.2
SPREAD = 0.1
"""Of the first weights of features."""
MEAN, SQUARE, TINY = 0.9, 0.99, 1e-7

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Network:
    """``first[f, u]``: what feature f adds to unit u. ``out[u, h]``: what unit u adds to head h."""

    first: Floats
    hidden_bias: Floats
    out: Floats
    bias: Floats


class _Adam:
    """One array with the running mean and square of its gradient."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        self.mean, self.square = np.zeros_like(values), np.zeros_like(values)

    def step(self, gradient: Floats, rate: float) -> None:
        _adam(self.values, self.mean, self.square, gradient, rate)


class _Rows:
    """The same for a large table of which a step touches some rows: each row's three parts lie beside each other."""

    def __init__(self, values: Floats) -> None:
        self._width = values.shape[1]
        self._all = np.hstack([values, np.zeros((len(values), 2 * self._width), np.float32)])

    @property
    def values(self) -> Floats:
        return self._all[:, : self._width].copy()

    def taken(self, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Those rows with all their parts, for ``step``, and their values alone."""
        own: Floats = self._all[rows]
        return own, np.ascontiguousarray(own[:, : self._width])

    def step(self, own: Floats, gradient: Floats, rate: float, rows: NDArray[np.int64]) -> None:
        width = self._width
        _adam(own[:, :width], own[:, width : 2 * width], own[:, 2 * width :], gradient, rate)
        self._all[rows] = own


def _adam(values: Floats, mean: Floats, square: Floats, gradient: Floats, rate: float) -> None:
    """One step of Adam without its correction for the start, in place."""
    mean *= np.float32(MEAN)
    mean += np.float32(1 - MEAN) * gradient
    square *= np.float32(SQUARE)
    square += np.float32(1 - SQUARE) * gradient * gradient
    step = np.sqrt(square)
    step += np.float32(TINY)
    np.divide(mean, step, out=step)
    step *= np.float32(rate)
    values -= step


@dataclass(frozen=True)
class Given:
    """What a network learns from, one row a reply: features, the labels (0 or 1, one column a head), and how much each label counts."""

    matrix: sparse.csr_matrix
    labels: Floats
    weights: Floats


@dataclass(frozen=True)
class _Batch:
    """Some rows, in the columns that they hold."""

    matrix: sparse.csr_matrix
    columns: NDArray[np.int64]
    labels: Floats
    weights: Floats


class _Training:
    """A network under way."""

    def __init__(self, features: int, labels: Floats, seed: int, hidden: int) -> None:
        self.random = np.random.default_rng(seed)
        share = np.clip(labels.mean(axis=0), 1e-4, 1 - 1e-4)
        heads = labels.shape[1]
        self.first = _Rows((self.random.standard_normal((features, hidden)) * SPREAD).astype(np.float32))
        self.hidden_bias = _Adam(np.zeros(hidden, np.float32))
        self.out = _Adam((self.random.standard_normal((hidden, heads)) / np.sqrt(hidden)).astype(np.float32))
        self.bias = _Adam(np.log(share / (1 - share)).astype(np.float32))

    def batch(self, given: Given, rows: NDArray[np.int64]) -> _Batch:
        """Those rows, with a share of their features left out by chance."""
        taken = given.matrix[rows]
        kept = self._kept(taken.data.shape, DROP_FEATURES)
        columns, places = np.unique(taken.indices, return_inverse=True)
        own = sparse.csr_matrix((taken.data * kept, places, taken.indptr), shape=(len(rows), len(columns)))
        return _Batch(own, columns.astype(np.int64), given.labels[rows], given.weights[rows])

    def learn(self, batch: _Batch, rate: float) -> None:
        """One step against the gradient of the weighed log-loss."""
        rows, first = self.first.taken(batch.columns)
        added = np.asarray(batch.matrix @ first)
        hidden = np.maximum(added + self.hidden_bias.values, 0)
        kept = self._kept(hidden.shape, DROP_HIDDEN)
        scores = (hidden * kept) @ self.out.values + self.bias.values
        wrong = (1 / (1 + np.exp(-np.clip(scores, -30, 30))) - batch.labels) * batch.weights / len(batch.labels)
        wrong = wrong.astype(np.float32)
        back = (wrong @ self.out.values.T) * kept * (hidden > 0)
        self.first.step(rows, np.asarray(batch.matrix.T @ back), rate, batch.columns)
        self.hidden_bias.step(back.sum(axis=0), rate)
        self.out.step((hidden * kept).T @ wrong, rate)
        self.bias.step(wrong.sum(axis=0), rate)

    def _kept(self, shape: tuple[int, ...], dropped: float) -> Floats:
        return ((self.random.random(shape, dtype=np.float32) >= dropped) / np.float32(1 - dropped)).astype(np.float32)


def train_network(
    given: Given, *, seed: int = 1, hidden: int = HIDDEN, passes: int = PASSES, progress: Progress | None = None
) -> Network:
    """A network that gives the labels."""
    training = _Training(given.matrix.shape[1], given.labels, seed, hidden)
    order = np.arange(given.matrix.shape[0])
    starts = range(0, len(order), BATCH)
    done, total = 0, passes * len(starts)
    for number in range(passes):
        training.random.shuffle(order)
        for start in starts:
            training.learn(training.batch(given, order[start : start + BATCH]), RATE * (1 - done / total))
            done += 1
        if progress is not None:
            progress(number + 1)
    return Network(training.first.values, training.hidden_bias.values, training.out.values, training.bias.values)
