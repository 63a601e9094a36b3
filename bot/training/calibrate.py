"""Scores to probabilities: a slope and an offset for each head, from replies that were scored without being learned from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser import LEVELS, Weights
from bot.training.learn import SILENT
from bot.training.matrix import Floats

ROUNDS = 60
RIDGE = 1e-3
CLOSE = 1e-8
START = np.array([1.0, 0.0])


def calibrated(weights: Weights, scores: Floats, labels: Floats) -> Weights:
    """The same weights with slopes and offsets that make ``scores`` probabilities of ``labels`` (a row a reply, a column a head).

    Each head of the whole message has its own. The symptoms share one slope and offset for "present" and one for "denied":
    a rare symptom has too few development replies for its own. "Emergency" is calibrated on red flags alone.
    """
    count = len(weights.symptoms)
    slopes, offsets = np.ones(scores.shape[1], np.float32), np.zeros(scores.shape[1], np.float32)
    trained = weights.bias > SILENT
    for first in (0, count):
        heads = np.flatnonzero(trained[first : first + count]) + first
        fitted = platt(scores[:, heads].ravel(), labels[:, heads].ravel())
        slopes[first : first + count], offsets[first : first + count] = fitted
    red = labels[:, 2 * count] > 0
    for level in range(len(LEVELS)):
        rows = red if LEVELS[level] == "emergency" else np.ones(len(red), bool)
        head = 2 * count + level
        slopes[head], offsets[head] = platt(scores[rows, head], labels[rows, head])
    return replace(weights, slopes=slopes, offsets=offsets)


def probabilities(weights: Weights, scores: Floats) -> Floats:
    """What these scores come to with the weights' slopes and offsets."""
    raw = np.clip(scores * weights.slopes + weights.offsets, -30, 30)
    found: Floats = (1 / (1 + np.exp(-raw))).astype(np.float32)
    return found


def platt(scores: Floats, truths: Floats) -> tuple[float, float]:
    """Slope and offset of a logistic regression on one score, by Newton's method; the slope is never negative.

    A step that would make it worse is halved until it does not: from far away a whole one can overshoot for ever.
    """
    x = np.stack([scores.astype(np.float64), np.ones(len(scores))], axis=1)
    signs = np.where(truths > 0, 1.0, -1.0)

    def loss(at: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0.0, -signs * (x @ at)).sum()) + RIDGE / 2 * float(((at - START) ** 2).sum())

    at = START
    for _ in range(ROUNDS):
        probability = 1 / (1 + np.exp(-np.clip(x @ at, -30, 30)))
        slope = x.T @ (probability - truths) + RIDGE * (at - START)
        bend = (x * (probability * (1 - probability))[:, None]).T @ x + RIDGE * np.eye(2)
        step = np.linalg.solve(bend, slope)
        while loss(at - step) > loss(at) and float(np.abs(step).max()) >= CLOSE:
            step = step / 2
        at = at - step
        if float(np.abs(step).max()) < CLOSE:
            break
    return max(float(at[0]), 1e-3), float(at[1])
