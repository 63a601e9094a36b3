"""Out-of-fold scores: every reply of train and dev is scored by a model that learned from neither it nor anything like it.

Units (voices, near-duplicates) stay together. Twenty thousand such replies say far more about a threshold than the two thousand
of dev alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser import LEVELS
from bot.training.corpus import Reply
from bot.training.learn import Learner, scores_of
from bot.training.matrix import Floats

FOLDS = 4
PROCESSES = 2


@dataclass(frozen=True)
class Lesson:
    """Replies with all that a model may look at: what the rules made of each, and the encoder's vectors where there are some."""

    replies: Sequence[Reply]
    clues: Sequence[frozenset[str]]
    symptoms: Sequence[str]
    senses: Floats | None = None

    def part(self, rows: NDArray[np.int64]) -> Lesson:
        """Some of them."""
        senses = None if self.senses is None else self.senses[rows]
        return Lesson([self.replies[at] for at in rows], [self.clues[at] for at in rows], self.symptoms, senses)

    def learner(self) -> Learner:
        """Ready to learn from these."""
        return Learner(self.replies, self.clues, self.symptoms, self.senses)


def fold_of(unit: str) -> int:
    """The fold of a unit, from its name alone."""
    return int.from_bytes(hashlib.sha256(f"fold 1 {unit}".encode()).digest()[:4], "big") % FOLDS


def out_of_fold(lesson: Lesson) -> Floats:
    """The raw scores of every head for every reply, each by a single network of the other folds."""
    folds = np.array([fold_of(reply.unit) for reply in lesson.replies])
    own = [np.flatnonzero(folds == fold) for fold in range(FOLDS)]
    others = [np.flatnonzero(folds != fold) for fold in range(FOLDS)]
    scores = np.zeros((len(folds), 2 * len(lesson.symptoms) + len(LEVELS)), np.float32)
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = pool.map(_scored, [lesson.part(rows) for rows in others], [lesson.part(rows) for rows in own])
        for rows, part in zip(own, parts, strict=True):
            scores[rows] = part
    return scores


def _scored(learn: Lesson, check: Lesson) -> Floats:
    learner = learn.learner()
    return scores_of(learner.learn(networks=1), learner.prepare(check.replies, check.clues, check.senses))
