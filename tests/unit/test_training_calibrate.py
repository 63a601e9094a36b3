"""Calibration: a score becomes the probability that it stands for."""

from __future__ import annotations

import numpy as np
import pytest

from bot.training.calibrate import platt


def test_the_slope_and_offset_that_made_the_labels_are_found() -> None:
    random = np.random.default_rng(5)
    scores = random.normal(0, 2, 60_000).astype(np.float32)
    truths = (random.random(60_000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))).astype(np.float32)
    slope, offset = platt(scores, truths)
    assert slope == pytest.approx(0.5, abs=0.03)
    assert offset == pytest.approx(-1, abs=0.03)


def test_a_score_that_misleads_never_turns_round() -> None:
    scores = np.linspace(-1, 1, 100, dtype=np.float32)
    assert platt(scores, (scores < 0).astype(np.float32))[0] > 0


def test_labels_that_are_all_alike_give_finite_numbers() -> None:
    scores = np.linspace(-1, 1, 50, dtype=np.float32)
    assert np.all(np.isfinite(platt(scores, np.ones(50, np.float32))))


def test_scores_that_are_far_too_sure_are_drawn_in() -> None:
    random = np.random.default_rng(6)
    scores = random.normal(-8, 6, 20_000).astype(np.float32)
    truths = (random.random(20_000) < 1 / (1 + np.exp(-(0.3 * scores + 1)))).astype(np.float32)
    slope, offset = platt(scores, truths)
    assert slope == pytest.approx(0.3, abs=0.03)
    assert offset == pytest.approx(1, abs=0.1)
