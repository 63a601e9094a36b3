"""How the scores of both sizes are joined: for each kind of head the log odds of a logistic regression on the two, fitted on the dev part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.content.recogniser import DENIED, PRESENT
from bot.core.reading.recogniser import EMERGENCY, LEVELS
from bot.training.matrix import Floats

ROUNDS = 60
RIDGE = 1.0
"""Pulls both towards a half: some thousand replies say little about which of the two is better at rare symptoms."""
CLOSE = 1e-8


def fitted(first: Floats, second: Floats, labels: Floats, symptoms: int) -> dict[str, list[float]]:
    """Kind of head -> what the small one's log odds count for, what the larger one's score counts for, and the offset.

    ``first``, ``second``, ``labels``: a row a reply, a column a head. "Emergency" is fitted on red flags alone; the symptoms share
    three numbers for "present" and three for "denied".
    """
    found = {
        PRESENT: _regression(*(table[:, :symptoms].ravel() for table in (first, second, labels))),
        DENIED: _regression(*(table[:, symptoms : 2 * symptoms].ravel() for table in (first, second, labels))),
    }
    red = labels[:, 2 * symptoms] > 0
    for head, level in enumerate(LEVELS, start=2 * symptoms):
        rows = red if level == EMERGENCY else np.ones(len(red), bool)
        found[level] = _regression(*(table[rows, head] for table in (first, second, labels)))
    return {kind: [round(float(number), 4) for number in numbers] for kind, numbers in found.items()}


def joined(first: Floats, second: Floats, how: dict[str, list[float]], symptoms: int) -> Floats:
    """The log odds of both together."""
    kinds: Sequence[str] = [PRESENT] * symptoms + [DENIED] * symptoms + list(LEVELS)
    table = np.array([how[kind] for kind in kinds], np.float32)
    both: Floats = first * table[:, 0] + second * table[:, 1] + table[:, 2]
    return both


def _regression(first: Floats, second: Floats, truths: Floats) -> NDArray[np.float64]:
    """Two slopes and an offset, by Newton's method; neither slope is negative, so that what both raise is raised."""
    x = np.stack([first, second, np.ones(len(first))], axis=1).astype(np.float64)
    middle, pull = np.array([0.5, 0.5, 0.0]), np.diag([RIDGE, RIDGE, 1e-3])
    at = middle
    for _ in range(ROUNDS):
        probability = 1 / (1 + np.exp(-np.clip(x @ at, -30, 30)))
        slope = x.T @ (probability - truths) + pull @ (at - middle)
        bend = (x * (probability * (1 - probability))[:, None]).T @ x + pull
        step = np.linalg.solve(bend, slope)
        at = at - step
        if float(np.abs(step).max()) < CLOSE:
            break
    found: NDArray[np.float64] = np.maximum(at, [0.0, 0.0, -np.inf])
    return found
