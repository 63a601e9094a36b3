"""`python -m bot.training.curve`: how many red flags are found from an eighth of the corpus, a quarter, a half, all of it.

Prints the learning curve on the dev part and draws it into docs/learning-curve.svg. Each point is a training of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.core.clinical.disposition import Disposition
from bot.training.clusters import part_of
from bot.training.corpus import CORPUS, Part, Reply, load
from bot.training.drawing import GOOD, PLAIN, Axes, curved, dot, levels, picture, stroke, words
from bot.training.learn import Examples, Learner, scores_of
from bot.training.matrix import Floats
from bot.training.measure import Share
from bot.training.rulebook import clues_from, judged, rules_alone

SHARES = (0.125, 0.25, 0.5, 1.0)
FALSE_ALARMS = 0.04
"""The share of ordinary replies that the recogniser may escalate beyond what the rules do: every point is read off there."""
DRAWING = Path(__file__).parents[2] / "docs" / "learning-curve.svg"
WIDTH, HEIGHT = 560, 340


@dataclass(frozen=True)
class Point:
    """Trained on ``replies``: the red flags escalated at once by the recogniser alone, and by rules and recogniser together."""

    replies: int
    alone: Share
    together: Share


def points(learn: Sequence[Reply], check: Sequence[Reply]) -> list[Point]:
    """One point for each of SHARES; whole units are taken, so that voices stay together."""
    knowledge = rules_alone()
    clues = clues_from(learn, judged(learn, knowledge))
    base = judged(check, knowledge)
    ruled = np.array([one.assessment.disposition.red for one in base])
    found = []
    for share in SHARES:
        taken = [at for at, reply in enumerate(learn) if part_of(f"curve {reply.unit}", share, 0.0) is Part.TEST or share >= 1]
        learner = Learner([learn[at] for at in taken], [clues[at] for at in taken], sorted(knowledge.rules.symptoms))
        examples = learner.prepare(check, clues_from(check, base))
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
    axes = Axes(left=70, right=WIDTH - 20, top=30, bottom=HEIGHT - 46, across=(0, max(1, len(curve) - 1)), up=(0, 1))
    parts = levels(axes, (tenth / 10 for tenth in range(0, 11, 2)))
    parts += [words((axes.x(at), HEIGHT - 26), str(point.replies), anchor="middle") for at, point in enumerate(curve)]
    parts.append(words((WIDTH / 2, HEIGHT - 8), "replies learned from", anchor="middle"))
    parts += _line(axes, "rules and small network together", GOOD, [point.together for point in curve], named=-12)
    parts += _line(axes, "small network alone", PLAIN, [point.alone for point in curve], named=24)
    return picture(WIDTH, HEIGHT, parts, size=12)


def _line(axes: Axes, name: str, colour: str, shares: Sequence[Share], *, named: float) -> Iterator[str]:
    """``named``: how far below its end the line's name stands."""
    points = [axes.at((at, share.value)) for at, share in enumerate(shares)]
    yield curved(points, colour)
    for (x, y), share in zip(points, shares, strict=True):
        low, high = share.interval
        yield stroke((x, axes.y(low)), (x, axes.y(high)), colour=colour)
        yield dot((x, y), colour)
    yield words((axes.right - 10, points[-1][1] + named), name, anchor="end", colour=colour)


def main(corpus: Path = CORPUS) -> None:
    """Prints and draws."""
    curve = points(load(corpus, Part.TRAIN), load(corpus, Part.DEV))
    sys.stdout.write(f"learning curve, {FALSE_ALARMS:.0%} of ordinary replies escalated by the recogniser\n")
    for point in curve:
        sys.stdout.write(f"{point.replies:>7}  alone {point.alone}  with the rules {point.together}\n")
    DRAWING.write_text(drawing(curve), encoding="utf-8")


if __name__ == "__main__":
    main()
