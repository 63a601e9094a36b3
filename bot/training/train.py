"""`python -m bot.training.train`: trains the small recogniser from corpus/, and joins it with the larger one.

Learns from the train part; the dev part makes scores into probabilities and says how both sizes are joined. The test part is not
opened. The larger one's weights come from `python -m bot.training.transformer.fine_tune`; its card is completed here.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.library import CATALOGUE
from bot.content.recogniser import CARD, SECOND_CARD, SECOND_WEIGHTS, WEIGHTS, pack
from bot.content.transformer_file import unpack_transformer
from bot.core.reading.recogniser import Weights
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.core.reading.recogniser_transformer import Transformer
from bot.training.calibrate import calibrated
from bot.training.corpus import CORPUS, Part, Reply, digest, load
from bot.training.joining import fitted, joined
from bot.training.learn import KEPT, Learner, examples_of, scores_of, slim
from bot.training.matrix import Floats, Labels, read_all
from bot.training.rulebook import clues_from, judged, rules_alone

UNSEEN = Path(__file__).parents[2] / "build" / "unseen.npz"
"""Of every reply of the dev part, by id: the probabilities of LEVELS by the small model (``first``) and by both (``second``)."""


@dataclass(frozen=True)
class Lesson:
    """Replies with what the rules made of each."""

    replies: Sequence[Reply]
    clues: Sequence[frozenset[str]]
    symptoms: Sequence[str]

    def part(self, part: Part) -> Lesson:
        """Those of one part."""
        rows = [at for at, reply in enumerate(self.replies) if reply.part is part]
        return Lesson([self.replies[at] for at in rows], [self.clues[at] for at in rows], self.symptoms)


def train(lesson: Lesson) -> tuple[Weights, Floats]:
    """Calibrated weights, and the log odds of every head for the dev part."""
    learning, check = lesson.part(Part.TRAIN), lesson.part(Part.DEV)
    weights = slim(Learner(learning.replies, learning.clues, learning.symptoms).learn(), len(learning.replies))
    examples = examples_of(weights, read_all(check.replies), check.replies, check.clues)
    scores = scores_of(weights, examples)
    weights = calibrated(weights, scores, examples.labels)
    return weights, (scores * weights.slopes + weights.offsets).astype(np.float32)


def write(weights: Weights, lesson: Lesson) -> None:
    """The weights file and its card, which holds no time: the same corpus gives the same bytes."""
    content = pack(weights)
    (CATALOGUE / WEIGHTS).write_bytes(content)
    card = {
        "about": "A small network over hashed pieces of words, words and runs of words; see docs/recogniser.md.",
        "sha256": hashlib.sha256(content).hexdigest(),
        "features": FEATURES_VERSION,
        "known_features": len(weights.keys),
        "seen_at_least": KEPT,
        "hidden_units": len(weights.hidden_bias),
        "heads": len(weights.bias),
        "clues": len(weights.clues),
        "corpus": digest(lesson.replies),
        "learned_from": sum(reply.part is Part.TRAIN for reply in lesson.replies),
        "calibrated_on": sum(reply.part is Part.DEV for reply in lesson.replies),
    }
    (CATALOGUE / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def join(first: Floats, check: Lesson) -> Floats:
    """Fits how both are joined, writes it into the larger one's card, and gives the log odds of both for the dev part."""
    second = larger_scores(check)
    symptoms = len(check.symptoms)
    how = fitted(first, second, Labels.of(check.replies, check.symptoms).matrix, symptoms)
    path = CATALOGUE / SECOND_CARD
    card = json.loads(path.read_text(encoding="utf-8")) | {"joined": how, "joined_on": digest(check.replies)}
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return joined(first, second, how, symptoms)


def larger_scores(check: Lesson) -> Floats:
    """The raw scores of the larger model, as reading gives them: a row a reply."""
    transformer = Transformer(unpack_transformer((CATALOGUE / SECOND_WEIGHTS).read_bytes()))
    return np.stack([transformer.scores(reply.text, own) for reply, own in zip(check.replies, check.clues, strict=True)])


def main(corpus: Path = CORPUS) -> None:
    """Trains, joins and writes."""
    replies = load(corpus, Part.TRAIN, Part.DEV)
    knowledge = rules_alone()
    _say(f"reading {len(replies)} replies with the rules")
    lesson = Lesson(replies, clues_from(replies, judged(replies, knowledge)), sorted(knowledge.rules.symptoms))
    _say("training")
    weights, first = train(lesson)
    write(weights, lesson)
    _say(f"trained: {len(weights.keys)} features, {len(weights.hidden_bias)} hidden units; joining it with the larger one")
    check = lesson.part(Part.DEV)
    both = join(first, check)
    UNSEEN.parent.mkdir(exist_ok=True)
    ids = np.array([reply.id for reply in check.replies])
    np.savez_compressed(UNSEEN, allow_pickle=False, ids=ids, first=_levels(first, lesson), second=_levels(both, lesson))
    _say("written; now run `python -m bot.training.thresholds`")


def _levels(log_odds: Floats, lesson: Lesson) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (1 / (1 + np.exp(-log_odds[:, 2 * len(lesson.symptoms) :]))).astype(np.float32)
    return found


def _say(line: str) -> None:
    sys.stderr.write(f"{time.perf_counter():7.1f} s  {line}\n")


if __name__ == "__main__":
    main()
