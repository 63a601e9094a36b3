"""`python -m bot.training.transformer.fine_tune`: teaches the larger learned reader with the train part of corpus/.

Writes its weights and card; `python -m bot.training.train` afterwards fits how its scores and the smaller model's are joined, on the dev
part. Takes an hour on two cores that multiply half-precision numbers (AMX), many hours elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch.nn import functional

from bot.content.library import CATALOGUE
from bot.content.recogniser import SECOND_CARD, SECOND_WEIGHTS
from bot.content.transformer_file import pack_transformer, unpack_transformer
from bot.core.reading.recogniser_pieces import PADDING, Pieces
from bot.training.corpus import CORPUS, Part, Reply, digest, load
from bot.training.learn import LADDER, NOTHING, clue_columns, label_weights, usual
from bot.training.matrix import Labels
from bot.training.rulebook import clues_from, judged, rules_alone
from bot.training.transformer.agreement import ROUNDED, furthest_apart
from bot.training.transformer.base import BaseModel
from bot.training.transformer.batches import SIZE, Cut, as_typed, bare, batches, cut_all
from bot.training.transformer.network import Network
from bot.training.transformer.vocabulary import kept

RUNS: Final = 2
"""Networks that begin alike and see the replies in another order: the mean of their weights reads better than either (Wortsman et al. 2022)."""
PASSES: Final = 2
RATE, HEAD_RATE, DECAY = 1.5e-4, 1e-3, 0.01
WARM: Final = 0.06
"""The share of steps over which the rate rises; then it falls to zero in a straight line."""
CLIPPED: Final = 1.0
SEED: Final = 1


class Lesson:
    """Replies with their labels and clues as numbers."""

    def __init__(self, replies: Sequence[Reply], clues: Sequence[frozenset[str]], symptoms: Sequence[str]) -> None:
        ladder = np.array([[reply.expected >= level for level in LADDER] for reply in replies], np.float32)
        labels = Labels.of(replies, symptoms).matrix
        self.replies = replies
        self.heads = labels.shape[1]
        self.labels = torch.from_numpy(np.hstack([labels, ladder]))
        self.counts = torch.from_numpy(np.hstack([label_weights(replies, self.heads), np.full_like(ladder, NOTHING)]))
        self.clues = usual(clues)
        self.given = torch.from_numpy(clue_columns(clues, self.clues))


def tune(lesson: Lesson, base: BaseModel) -> Network:
    """A network that has learned the lesson; the same every time on the same machine."""
    texts = [reply.text for reply in lesson.replies]
    chosen = kept(base, (*texts, *map(bare, texts)))
    cuts = cut_all(lesson.replies, Pieces([base.pieces[at] for at in chosen], base.scores[chosen].tolist()))
    torch.manual_seed(SEED)
    network = Network(base, chosen, len(lesson.clues), lesson.labels.shape[1])
    share = lesson.labels.mean(0).clamp(1e-4, 1 - 1e-4)
    network.out.bias.data = torch.log(share / (1 - share))
    begun = {name: values.clone() for name, values in network.state_dict().items()}
    learned = []
    for run in range(RUNS):
        network.load_state_dict(begun)
        _say(f"run {run + 1} of {RUNS}")
        _learn(network, lesson, cuts, SEED + run)
        learned.append({name: values.clone() for name, values in network.state_dict().items()})
    network.load_state_dict(mean_of(learned))
    network.eval()
    return network


def mean_of(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The mean of the weights of several networks, one by one."""
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}


def _learn(network: Network, lesson: Lesson, cuts: Sequence[Cut], seed: int) -> None:
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network.train()
    heads = [*network.pooled.parameters(), *network.clues.parameters(), *network.out.parameters()]
    others = [own for own in network.parameters() if all(own is not head for head in heads)]
    groups = [{"params": others, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    total = PASSES * -(-len(cuts) // SIZE)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / (WARM * total), 1 - step / total))
    for number in range(PASSES):
        for rows in batches(cuts, random):
            loss = _loss(network, lesson, as_typed([cuts[at] for at in rows], random), rows)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), CLIPPED)
            optimiser.step()
            schedule.step()
        _say(f"pass {number + 1} of {PASSES}: the last batch's loss was {loss.item():.3f}")


def _loss(
    network: Network,
    lesson: Lesson,
    pieces: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> torch.Tensor:
    """The weighed log-loss of a batch, a message."""
    numbers = torch.from_numpy(pieces)
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(numbers, numbers != PADDING, lesson.given[rows])
    each = functional.binary_cross_entropy_with_logits(scores.float(), lesson.labels[rows], reduction="none")
    return (each * lesson.counts[rows]).sum(1).mean()


def write(network: Network, lesson: Lesson, base: BaseModel, directory: Path = CATALOGUE) -> None:
    """The weights file and its card. How the scores are joined with the smaller model's is not known yet."""
    weights = network.weights(lesson.clues, lesson.heads)
    content = pack_transformer(weights)
    (directory / SECOND_WEIGHTS).write_bytes(content)
    card = {
        "about": "A small transformer, tuned from multilingual-e5-small (MIT); see docs/recogniser.md.",
        "sha256": hashlib.sha256(content).hexdigest(),
        "base": base.sha256,
        "pieces": len(weights.pieces),
        "layers": len(weights.layers),
        "heads": lesson.heads,
        "clues": len(weights.clues),
        "corpus": digest(lesson.replies),
        "learned_from": len(lesson.replies),
    }
    (directory / SECOND_CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    apart = furthest_apart(network, unpack_transformer(content), [reply.text for reply in lesson.replies], lesson.given.numpy())
    _say(f"written; numpy and PyTorch differ by {apart:.3f} at most")
    if apart > ROUNDED:
        raise SystemExit("do not release it: bot/core/reading/recogniser_transformer.py does not compute what was taught")


def main(corpus: Path = CORPUS) -> None:
    """Tunes and writes."""
    torch.set_num_threads(os.cpu_count() or 1)
    base = BaseModel.installed()
    replies = load(corpus, Part.TRAIN)
    knowledge = rules_alone()
    _say(f"reading {len(replies)} replies with the rules")
    lesson = Lesson(replies, clues_from(replies, judged(replies, knowledge)), sorted(knowledge.rules.symptoms))
    write(tune(lesson, base), lesson, base)
    _say("now run `python -m bot.training.train`")


def _say(line: str) -> None:
    sys.stderr.write(f"{time.perf_counter():7.1f} s  {line}\n")


if __name__ == "__main__":
    main()
