"""Both sizes together: what each counts for is found from replies, and neither ever counts against a head."""

from __future__ import annotations

import numpy as np

from bot.core.reading.recogniser import LEVELS
from bot.training.joining import fitted, joined

RANDOM = np.random.default_rng(5)
SYMPTOMS = 2
HEADS = 2 * SYMPTOMS + len(LEVELS)
ROWS = 4_000
Table = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def tables(first: float, second: float) -> tuple[Table, Table, Table]:
    """Scores of both and labels that were drawn with these weights."""
    a, b = (RANDOM.standard_normal((ROWS, HEADS)).astype(np.float32) * 2 for _ in range(2))
    odds = 1 / (1 + np.exp(-(first * a + second * b - 0.5)))
    return a, b, (RANDOM.random((ROWS, HEADS)) < odds).astype(np.float32)


def test_the_weights_that_made_the_labels_are_found() -> None:
    how = fitted(*tables(0.4, 0.9), SYMPTOMS)
    for kind, (one, other, offset) in how.items():
        assert abs(one - 0.4) < 0.15, kind
        assert abs(other - 0.9) < 0.15, kind
        assert abs(offset + 0.5) < 0.15, kind


def test_a_reader_that_is_wrong_is_left_out_and_never_turned_round() -> None:
    assert all(one >= 0 for one, _, _ in fitted(*tables(-0.6, 0.9), SYMPTOMS).values())


def test_each_kind_of_head_is_joined_in_its_own_way() -> None:
    how = {"present": [1.0, 0.0, 0.0], "denied": [0.0, 1.0, 0.0]} | {level: [0.5, 0.5, 1.0] for level in LEVELS}
    first, second = np.full((1, HEADS), 2.0, np.float32), np.full((1, HEADS), 4.0, np.float32)
    assert joined(first, second, how, SYMPTOMS).tolist() == [[2.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0]]
