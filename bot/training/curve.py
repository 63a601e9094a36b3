"""`python -m bot.training.curve`: how many red flags are found from an eighth of the corpus, a quarter, a half, all of it.

Prints the learning curve on the dev part and draws it into docs/learning-curve.svg. Each point is a training of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser_join import clues_of
from bot.training.clusters import part_of
from bot.training.corpus import CORPUS, Part, Reply, load
from bot.training.learn import Examples, Learner, scores_of
from bot.training.matrix import Floats
from bot.training.measure import Share
from bot.training.rulebook import judged, rules_alone

SHARES = (0.125, 0.25, 0.5, 1.0)
FALSE_ALARMS = 0.04
"""The share of ordinary replies that the recogniser may escalate beyond what the rules do: every point is read off there."""
DRAWING = Path(__file__).parents[2] / "docs" / "learning-curve.svg"


@dataclass(frozen=True)
class Point:
    """Trained on ``replies``: the red flags escalated at once by the recogniser alone, and by rules and recogniser together."""

    replies: int
    alone: Share
    together: Share


def points(learn: Sequence[Reply], check: Sequence[Reply]) -> list[Point]:
    """One point for each of SHARES; whole units are taken, so that voices stay together."""
    knowledge = rules_alone()
    clues = [clues_of(j.assessment) for j in judged(learn, knowledge)]
    base = [j.assessment for j in judged(check, knowledge)]
    ruled = np.array([a.disposition.red for a in base])
    found = []
    for share in SHARES:
        taken = [at for at, reply in enumerate(learn) if part_of(f"curve {reply.unit}", share, 0.0) is Part.TEST or share >= 1]
        learner = Learner([learn[at] for at in taken], [clues[at] for at in taken], sorted(knowledge.rules.symptoms))
        examples = learner.prepare(check, [clues_of(a) for a in base])
        scores = scores_of(learner.learn(), examples)[:, -3]
        found.append(Point(len(taken), _found(examples, scores, np.zeros(len(check), bool)), _found(examples, scores, ruled)))
        sys.stderr.write(f"{len(taken)} replies: {found[-1].together}\n")
    return found


def _found(examples: Examples, scores: Floats, ruled: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Share:
    red = np.array([reply.red for reply in examples.replies])
    ordinary = np.array([reply.expected is Disposition.NONE for reply in examples.replies])
    own = np.sort(scores[ordinary & ~ruled])[::-1]
    threshold = own[min(int(FALSE_ALARMS * ordinary.sum()), len(own) - 1)]
    return Share(int(((scores > threshold) | ruled)[red].sum()), int(red.sum()))


def drawing(curve: Sequence[Point]) -> str:
    """The curve as SVG: replies learned from (each step twice the last) against the share of red flags escalated at once."""
    width, height, left, bottom = 560, 340, 60, 46
    across = (width - left - 30) / max(1, len(curve) - 1)

    def x(at: int) -> float:
        return left + 10 + at * across

    def y(share: float) -> float:
        return (height - bottom) - share * (height - bottom - 30)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{width}" height="{height}" fill="white"/>')
    for tenth in range(0, 11, 2):
        parts.append(f'<line x1="{left}" x2="{width - 10}" y1="{y(tenth / 10):.1f}" y2="{y(tenth / 10):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(tenth / 10) + 4:.1f}" text-anchor="end">{tenth * 10} %</text>')
    for at, point in enumerate(curve):
        parts.append(f'<text x="{x(at):.1f}" y="{height - 26}" text-anchor="middle">{point.replies}</text>')
    parts.append(f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">replies learned from</text>')
    for name, colour, shares in (
        ("rules and recogniser together", "#0b6e4f", [p.together for p in curve]),
        ("recogniser alone", "#b5651d", [p.alone for p in curve]),
    ):
        line = " ".join(f"{x(at):.1f},{y(share.value):.1f}" for at, share in enumerate(shares))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for at, share in enumerate(shares):
            low, high = share.interval
            parts.append(f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{y(low):.1f}" y2="{y(high):.1f}" stroke="{colour}"/>')
            parts.append(f'<circle cx="{x(at):.1f}" cy="{y(share.value):.1f}" r="3.5" fill="{colour}"/>')
        last = shares[-1].value
        parts.append(f'<text x="{width - 30}" y="{y(last) - 10:.1f}" text-anchor="end" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(corpus: Path = CORPUS) -> None:
    """Prints and draws."""
    curve = points(load(corpus, Part.TRAIN), load(corpus, Part.DEV))
    sys.stdout.write(f"learning curve, {FALSE_ALARMS:.0%} of ordinary replies escalated by the recogniser\n")
    for point in curve:
        sys.stdout.write(f"{point.replies:>7}  alone {point.alone}  with the rules {point.together}\n")
    DRAWING.write_text(drawing(curve), encoding="utf-8")


if __name__ == "__main__":
    main()
