"""`python -m bot.training.train`: trains the recogniser from corpus/ and writes its weights and its card.

Learns from the train part alone; the dev part only makes scores into probabilities. The test part is not opened.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path

from bot.content.library import CATALOGUE
from bot.content.recogniser import CARD, WEIGHTS, load_thresholds, pack
from bot.core.reading.recogniser import Recogniser, Weights
from bot.core.reading.recogniser_features import FEATURES_VERSION
from bot.core.reading.recogniser_join import clues_of
from bot.training.calibrate import calibrated
from bot.training.corpus import CORPUS, Part, Reply, digest, load
from bot.training.evaluate import outcomes_of
from bot.training.learn import Learner
from bot.training.matrix import SEEN
from bot.training.measure import BARS
from bot.training.rulebook import judged, rules_alone


def train(learn: list[Reply], check: list[Reply]) -> Weights:
    """A calibrated model that learned from ``learn`` and was calibrated on ``check``."""
    knowledge = rules_alone()
    _say(f"reading {len(learn) + len(check)} replies with the rules")
    clues = [clues_of(j.assessment) for j in judged(learn, knowledge)]
    learner = Learner(learn, clues, sorted(knowledge.rules.symptoms))
    _say(f"{len(learner.empty.keys)} features; training")
    weights = learner.learn(progress=lambda number: _say(f"pass {number}"))
    return calibrated(weights, learner.prepare(check, [clues_of(j.assessment) for j in judged(check, knowledge)]))


def figures(weights: Weights, check: list[Reply]) -> dict[str, float]:
    """What rules and this model together reach on ``check``, bar by bar, with the thresholds of the catalogue."""
    outcomes = outcomes_of(check, Recogniser(weights), load_thresholds(CATALOGUE))
    return {bar.name: round(bar.share(outcomes).value, 4) for bar in BARS}


def write(weights: Weights, learn: list[Reply], check: list[Reply], directory: Path = CATALOGUE) -> None:
    """The weights file and its card, which holds no time: the same corpus gives the same bytes."""
    content = pack(weights)
    (directory / WEIGHTS).write_bytes(content)
    card = {
        "about": "A small network over hashed pieces of words, words and runs of words; see docs/recogniser.md.",
        "sha256": hashlib.sha256(content).hexdigest(),
        "features": FEATURES_VERSION,
        "known_features": len(weights.keys),
        "seen_at_least": SEEN,
        "hidden_units": len(weights.hidden_bias),
        "heads": len(weights.bias),
        "corpus": digest([*learn, *check]),
        "learned_from": len(learn),
        "calibrated_on": len(check),
        "dev": figures(weights, check),
    }
    (directory / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def main(corpus: Path = CORPUS) -> None:
    """Trains and writes."""
    learn, check = load(corpus, Part.TRAIN), load(corpus, Part.DEV)
    weights = train(learn, check)
    write(weights, learn, check)
    _say(f"wrote {CATALOGUE / WEIGHTS} ({(CATALOGUE / WEIGHTS).stat().st_size / 1e6:.1f} MB)")


_STARTED = time.monotonic()


def _say(text: str) -> None:
    sys.stderr.write(f"{time.monotonic() - _STARTED:6.0f} s  {text}\n")


if __name__ == "__main__":
    main()
