"""The network learns what a linear model cannot, and the same from the same."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from bot.training.network import Given, train_network

Array = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def exclusive_or() -> tuple[sparse.csr_matrix, Array]:
    """Two features; the label is true where exactly one is there."""
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 200, np.float32)
    return sparse.csr_matrix(rows), (rows.sum(axis=1, keepdims=True) == 1).astype(np.float32)


def given(matrix: sparse.csr_matrix, labels: Array, weights: Array | None = None) -> Given:
    """All labels count alike unless said otherwise."""
    return Given(matrix, labels, np.ones_like(labels) if weights is None else weights)


def scores(matrix: sparse.csr_matrix, network: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    first, bias, out, last = (getattr(network, name) for name in ("first", "hidden_bias", "out", "bias"))
    found: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = np.maximum(matrix.toarray() @ first + bias, 0) @ out + last
    return found


def test_it_learns_that_two_together_mean_something_else() -> None:
    matrix, labels = exclusive_or()
    network = train_network(given(matrix, labels), hidden=16, passes=60)
    assert np.mean((scores(matrix, network) > 0) == (labels > 0)) == 1.0


def test_a_label_that_counts_for_nothing_teaches_nothing() -> None:
    matrix, labels = exclusive_or()
    both = np.hstack([labels, labels])
    weights = np.hstack([np.ones_like(labels), np.zeros_like(labels)])
    network = train_network(given(matrix, both, weights), hidden=16, passes=60)
    right = (scores(matrix, network) > 0) == (both > 0)
    assert right[:, 0].mean() == 1.0
    assert right[:, 1].mean() < 1.0


def test_the_same_seed_gives_the_same_network() -> None:
    matrix, labels = exclusive_or()
    one, other = (train_network(given(matrix, labels), hidden=4, passes=2, seed=3) for _ in range(2))
    assert np.array_equal(one.first, other.first)
    assert np.array_equal(one.out, other.out)
