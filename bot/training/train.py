"""`python -m bot.training.train`: trains both sizes of the recogniser from corpus/ and writes their weights and cards.

Learns from the train part; the dev part makes scores into probabilities. What the thresholds are chosen on are out-of-fold
probabilities of both (bot/training/folds.py), kept in build/. The test part is not opened.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.content.encoder import encoder_hash
from bot.content.library import CATALOGUE
from bot.content.recogniser import CARD, SECOND_CARD, SECOND_WEIGHTS, WEIGHTS, pack
from bot.core.reading.recogniser import Weights
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.training.calibrate import calibrated, probabilities
from bot.training.corpus import CORPUS, Part, digest, load
from bot.training.folds import Lesson, out_of_fold
from bot.training.learn import KEPT, examples_of, scores_of, slim
from bot.training.matrix import Floats, Labels, read_all
from bot.training.rulebook import clues_from, judged, rules_alone, senses_of

OUT_OF_FOLD = Path(__file__).parents[2] / "build" / "out_of_fold.npz"
"""Of every reply of train and dev, by id: the probabilities of LEVELS by the small model and, as ``second``, by the larger one."""


@dataclass(frozen=True)
class Trained:
    """Calibrated weights, and the probabilities of LEVELS that models like them gave to replies that they had not seen."""

    weights: Weights
    unseen: Floats


def train(lesson: Lesson) -> Trained:
    """Learns from the train part of these replies; the dev part makes its scores into probabilities."""
    learning = np.array([reply.part is Part.TRAIN for reply in lesson.replies])
    check = lesson.part(np.flatnonzero(~learning))
    weights = slim(lesson.part(np.flatnonzero(learning)).learner().learn(), int(learning.sum()))
    examples = examples_of(weights, read_all(check.replies), check.replies, check.clues, check.senses)
    weights = calibrated(weights, scores_of(weights, examples), examples.labels)
    _say(f"trained: {len(weights.keys)} features, {len(weights.hidden_bias)} hidden units")
    scores = out_of_fold(lesson)
    _say("scored out of fold")
    unseen = probabilities(calibrated(weights, scores, Labels.of(lesson.replies, lesson.symptoms).matrix), scores)
    return Trained(weights, unseen[:, 2 * len(lesson.symptoms) :])


def write(weights: Weights, lesson: Lesson, names: tuple[str, str], encoder: str | None = None) -> None:
    """The weights file and its card, which holds no time: the same corpus gives the same bytes."""
    content = pack(weights)
    (CATALOGUE / names[0]).write_bytes(content)
    card = {
        "about": "A small network over hashed pieces of words, words and runs of words; see docs/recogniser.md.",
        "sha256": hashlib.sha256(content).hexdigest(),
        "features": FEATURES_VERSION,
        "encoder": encoder,
        "known_features": len(weights.keys),
        "seen_at_least": KEPT,
        "hidden_units": len(weights.hidden_bias),
        "heads": len(weights.bias),
        "clues": len(weights.clues),
        "corpus": digest(lesson.replies),
        "learned_from": sum(reply.part is Part.TRAIN for reply in lesson.replies),
        "calibrated_on": sum(reply.part is Part.DEV for reply in lesson.replies),
    }
    (CATALOGUE / names[1]).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def main(corpus: Path = CORPUS) -> None:
    """Trains and writes."""
    replies = load(corpus, Part.TRAIN, Part.DEV)
    knowledge = rules_alone()
    _say(f"reading {len(replies)} replies with the rules")
    lesson = Lesson(replies, clues_from(replies, judged(replies, knowledge)), sorted(knowledge.rules.symptoms))
    first = train(lesson)
    write(first.weights, lesson, (WEIGHTS, CARD))
    kept = {"ids": np.array([reply.id for reply in replies]), "first": first.unseen}
    encoder = encoder_hash()
    if encoder is None:
        _say("no sentence encoder is installed (the extra `encoder`): the weights for the second look stay as they are")
    else:
        _say("encoding")
        lesson = Lesson(lesson.replies, lesson.clues, lesson.symptoms, senses_of(replies))
        second = train(lesson)
        write(second.weights, lesson, (SECOND_WEIGHTS, SECOND_CARD), encoder)
        kept["second"] = second.unseen
    OUT_OF_FOLD.parent.mkdir(exist_ok=True)
    np.savez_compressed(OUT_OF_FOLD, allow_pickle=False, **kept)
    _say("written; now run `python -m bot.training.thresholds`")


def _say(line: str) -> None:
    sys.stderr.write(f"{time.perf_counter():7.1f} s  {line}\n")


if __name__ == "__main__":
    main()
