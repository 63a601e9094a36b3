"""Several networks as one: the same scores."""

from __future__ import annotations

import numpy as np

from bot.training.learn import as_one, clue_columns
from bot.training.network import Network

RANDOM = np.random.default_rng(7)
Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def network(features: int, hidden: int, heads: int) -> Network:
    def some(*shape: int) -> Floats:
        return RANDOM.normal(size=shape).astype(np.float32)

    return Network(some(features, hidden), some(hidden), some(hidden, heads), some(heads))


def scores(one: Network, features: Floats) -> Floats:
    found: Floats = np.maximum(features @ one.first + one.hidden_bias, 0) @ one.out + one.bias
    return found


def test_networks_as_one_give_the_mean_of_their_scores() -> None:
    several = [network(5, 4, 6) for _ in range(3)]
    features = RANDOM.normal(size=(9, 5)).astype(np.float32)
    whole = scores(as_one(several, heads=4), features)
    assert np.allclose(whole, np.mean([scores(one, features)[:, :4] for one in several], axis=0), atol=1e-4)


def test_clues_are_columns_and_unknown_ones_are_left_out() -> None:
    columns = clue_columns([frozenset({"b", "moon"}), frozenset(), frozenset({"a", "b"})], ("a", "b"))
    assert columns.tolist() == [[0, 1], [0, 0], [1, 1]]
