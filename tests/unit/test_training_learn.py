"""Several networks as one, and the encoder's scaling folded into the weights: the same scores."""

from __future__ import annotations

import numpy as np

from bot.training.folds import FOLDS, fold_of
from bot.training.learn import as_one
from bot.training.network import Network

RANDOM = np.random.default_rng(7)


def network(features: int, senses: int, hidden: int, heads: int) -> Network:
    def some(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return RANDOM.normal(size=shape).astype(np.float32)

    return Network(some(features, hidden), some(senses, hidden), some(hidden), some(hidden, heads), some(heads))


def scores(one: Network, features: object, senses: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    hidden = np.maximum(features @ one.first + senses @ one.senses + one.hidden_bias, 0)  # type: ignore[operator]
    found: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = hidden @ one.out + one.bias
    return found


def test_networks_as_one_give_the_mean_of_their_scores() -> None:
    several = [network(5, 3, 4, 6) for _ in range(3)]
    features, senses = RANDOM.normal(size=(9, 5)).astype(np.float32), RANDOM.normal(size=(9, 3)).astype(np.float32)
    whole = scores(as_one(several, heads=4), features, senses)
    assert np.allclose(whole, np.mean([scores(one, features, senses)[:, :4] for one in several], axis=0), atol=1e-4)


def test_a_unit_lies_in_one_fold_always() -> None:
    assert [fold_of(f"u{number}") for number in range(6)] == [fold_of(f"u{number}") for number in range(6)]
    assert {fold_of(f"u{number}") for number in range(200)} == set(range(FOLDS))
