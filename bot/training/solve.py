"""Logistic regression of many heads at once on a sparse matrix: L-BFGS, in numpy, the same result every time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bot.training.matrix import Floats

MEMORY = 6
"""Steps that L-BFGS remembers."""
HALVINGS = 10
ARMIJO = 1e-4

Progress = Callable[[int, float], None]


@dataclass(frozen=True)
class Fitted:
    """``weights[f, h]`` and ``bias[h]``: score = features @ weights + bias."""

    weights: Floats
    bias: Floats

    def scores(self, matrix: sparse.csr_matrix) -> Floats:
        """The scores of every row for every head."""
        found: Floats = np.asarray(matrix @ self.weights) + self.bias
        return found


@dataclass(frozen=True)
class _Step:
    change: Floats
    """Of the parameters; ``slope`` of the gradient."""
    slope: Floats
    rho: float


class _Problem:
    """Penalised log-loss and its gradient. The last row of the parameters is the bias, which is not penalised."""

    def __init__(self, matrix: sparse.csr_matrix, labels: Floats, weights: Floats, trust: float) -> None:
        self.matrix, self.transposed = matrix, matrix.T.tocsr()
        self.signs = labels * 2 - 1
        self.weights = weights * np.float32(trust)

    def at(self, parameters: Floats) -> tuple[float, Floats]:
        margins = self.signs * (np.asarray(self.matrix @ parameters[:-1]) + parameters[-1])
        loss = float((self.weights * np.logaddexp(0, -margins)).sum(dtype=np.float64))
        pull = (-self.weights * self.signs / (1 + np.exp(np.minimum(margins, 60)))).astype(np.float32)
        gradient = np.empty_like(parameters)
        gradient[:-1] = self.transposed @ pull
        gradient[:-1] += parameters[:-1]
        gradient[-1] = pull.sum(axis=0)
        return loss + 0.5 * _dot(parameters[:-1], parameters[:-1]), gradient


def fit(
    matrix: sparse.csr_matrix,
    labels: Floats,
    *,
    trust: float,
    steps: int,
    start: Fitted | None = None,
    progress: Progress | None = None,
    row_weights: Floats | None = None,
) -> Fitted:
    """Fits one logistic regression for each column of ``labels``. ``trust`` (C) is how far data outweighs the penalty."""
    weights = np.ones((matrix.shape[0], 1), np.float32) if row_weights is None else row_weights.reshape(-1, 1)
    problem = _Problem(matrix, labels, weights, trust)
    parameters = np.zeros((matrix.shape[1] + 1, labels.shape[1]), np.float32)
    share = np.clip(labels.mean(axis=0), 1e-4, 1 - 1e-4)
    parameters[-1] = np.log(share / (1 - share))
    if start is not None:
        parameters[:-1], parameters[-1] = start.weights, start.bias
    history: deque[_Step] = deque(maxlen=MEMORY)
    loss, gradient = problem.at(parameters)
    for step in range(steps):
        direction = _direction(gradient, history)
        found = _search(problem, parameters, loss, gradient, direction)
        if found is None:
            break
        moved, lower, slope = found
        _remember(history, moved - parameters, slope - gradient)
        parameters, loss, gradient = moved, lower, slope
        if progress is not None:
            progress(step, loss)
    return Fitted(parameters[:-1], parameters[-1])


def _direction(gradient: Floats, history: deque[_Step]) -> Floats:
    """The two-loop recursion: the gradient turned and stretched by what the last steps showed of the curvature."""
    direction = gradient.copy()
    shares = []
    for step in reversed(history):
        share = step.rho * _dot(step.change, direction)
        shares.append(share)
        direction -= np.float32(share) * step.slope
    last = history[-1] if history else None
    scale = 1 / _dot(gradient, gradient) ** 0.5 if last is None else 1 / (last.rho * _dot(last.slope, last.slope))
    direction *= np.float32(scale)
    for step, share in zip(history, reversed(shares), strict=True):
        back = step.rho * _dot(step.slope, direction)
        direction += np.float32(share - back) * step.change
    return direction


def _search(
    problem: _Problem, parameters: Floats, loss: float, gradient: Floats, direction: Floats
) -> tuple[Floats, float, Floats] | None:
    """Backtracks until the loss falls enough; None where it does not fall any more."""
    descent = _dot(direction, gradient)
    length = 1.0
    for _ in range(HALVINGS):
        moved = parameters - np.float32(length) * direction
        lower, slope = problem.at(moved)
        if lower <= loss - ARMIJO * length * descent:
            return moved, lower, slope
        length /= 2
    return None


def _remember(history: deque[_Step], change: Floats, slope: Floats) -> None:
    curvature = _dot(change, slope)
    if curvature > 1e-10:
        history.append(_Step(change, slope, 1 / curvature))


def _dot(one: Floats, other: Floats) -> float:
    return float(np.vdot(one, other))
