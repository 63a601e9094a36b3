"""`python -m bot.training.thresholds`: chooses the thresholds on the dev part, by cost, and prints the curve behind them.

Escalating: the threshold with the least cost. Asking: the fewest questions with which at least REACHED of the red flags reach a
person or are asked about. Nothing is written: a person looks at the curve and edits bot/catalogue/thresholds.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.library import CATALOGUE
from bot.content.recogniser import load_recogniser
from bot.core.reading.recogniser import Recogniser
from bot.core.reading.recogniser_join import clues_of
from bot.training.corpus import CORPUS, Part, Reply, load
from bot.training.rulebook import Judged, judged, rules_alone

REACHED = 0.995
NOT_AT_ONCE = 6.0
"""A red flag that is only asked about: minutes are lost. In units of one needless question to a well person."""
AS_URGENT = 2.0
"""An emergency given as urgent."""
FALSE_ALARM = (10.0, 4.0, 1.0)
"""An ordinary, a mild, a same-day reply that pages a clinician."""
KNOWN = 0.80
"""``known`` is set by hand: above it most of what the recogniser sees in replies that the rules understood is a red flag."""
GRID = np.round(np.arange(0.01, 1.0, 0.01), 2)
FINE = np.round(np.geomspace(0.001, 0.3, 80), 4)

_Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """The development replies as columns: what is true, what the rules made of each, and the recogniser's probabilities."""

    expected: NDArray[np.int64]
    ruled: NDArray[np.int64]
    unclear: _Bools
    may_rest: _Bools
    red: NDArray[np.float64]
    emergency: NDArray[np.float64]

    @classmethod
    def of(cls, replies: Sequence[Reply], judgements: Sequence[Judged], recogniser: Recogniser) -> Table:
        """Reads every reply with the recogniser."""
        assessments = [judgement.assessment for judgement in judgements]
        read = [recogniser.read(r.text, clues_of(a)) for r, a in zip(replies, assessments, strict=True)]
        return cls(
            expected=np.array([int(reply.expected) for reply in replies]),
            ruled=np.array([int(a.disposition) for a in assessments]),
            unclear=np.array([a.unclear or a.reading_asked_again is not None for a in assessments]),
            may_rest=np.array([judgement.may_rest for judgement in judgements]),
            red=np.array([one.red for one in read]),
            emergency=np.array([one.emergency for one in read]),
        )

    def escalated(self, threshold: float) -> _Bools:
        """Which replies page a clinician."""
        limit = np.where(self.understood, np.maximum(KNOWN, threshold), threshold)
        found: _Bools = (self.ruled >= 3) | (self.red >= limit)
        return found

    @property
    def understood(self) -> _Bools:
        """Which replies the rules understood as less than a red flag."""
        found: _Bools = ~self.unclear & (self.ruled < 3)
        return found

    def cost(self, threshold: float) -> float:
        """What this threshold for escalating costs."""
        at_once = self.escalated(threshold)
        late = NOT_AT_ONCE * float(np.sum((self.expected >= 3) & ~at_once))
        return late + sum(price * float(np.sum((self.expected == level) & at_once)) for level, price in enumerate(FALSE_ALARM))

    def asked(self, red: float, ask: float, doubt: float, at_ease: float) -> _Bools:
        """Which replies are asked back, where nobody of the clinic is told."""
        calm = (self.red < at_ease) & self.may_rest & (self.ruled == 0)
        found: _Bools = np.where(self.unclear, ~calm | (self.red >= ask), self.red >= doubt)
        return found & ~self.escalated(red) & (self.ruled < 2)

    def reached(self, red: float, asked: _Bools) -> float:
        """The share of red flags that reach a person or are asked about."""
        flags = self.expected >= 3
        return float(np.mean((self.escalated(red) | asked | (self.ruled >= 2))[flags]))


def choose(table: Table) -> dict[str, float]:
    """The thresholds of least cost."""
    red = float(min(GRID, key=lambda t: (table.cost(float(t)), -t)))
    best = (2.0, 0.0, 0.0)
    for at_ease in FINE:
        for doubt in FINE[at_ease <= FINE]:
            asked = table.asked(red, float(at_ease), float(doubt), float(at_ease))
            share = float(np.mean(asked[table.expected == 0]))
            if share < best[0] and table.reached(red, asked) >= REACHED:
                best = (share, float(at_ease), float(doubt))
    return {"red": red, "ask": best[1], "doubt": best[2], "at_ease": best[1], "emergency": _emergency(table, red)}


def _emergency(table: Table, red: float) -> float:
    """An emergency given as urgent costs AS_URGENT, an urgent reply given as emergency 1."""
    mine = (table.red >= red) & (table.expected >= 3)

    def cost(threshold: float) -> float:
        given = table.emergency >= threshold
        missed = AS_URGENT * float(np.sum(mine & ~given & (table.expected == 4)))
        return missed + float(np.sum(mine & given & (table.expected == 3)))

    return float(min(GRID, key=lambda t: (cost(float(t)), -t)))


def curve(table: Table) -> Iterator[tuple[float, float, float, float]]:
    """(threshold, red flags escalated, ordinary escalated, mild escalated), all shares, from strict to lenient."""
    for threshold in GRID[::-1]:
        at_once = table.escalated(float(threshold))
        yield (
            float(threshold),
            float(np.mean(at_once[table.expected >= 3])),
            float(np.mean(at_once[table.expected == 0])),
            float(np.mean(at_once[table.expected == 1])),
        )


def main(corpus: Path = CORPUS) -> None:
    """Prints the curve and the choice."""
    replies = load(corpus, Part.DEV)
    table = Table.of(replies, judged(replies, rules_alone()), load_recogniser(CATALOGUE))
    lines = [f"{'red >=':>8} {'red flags':>10} {'ordinary':>9} {'mild':>7} {'cost':>8}"]
    lines += [
        f"{t:8.2f} {r:10.1%} {o:9.1%} {m:7.1%} {table.cost(t):8.0f}" for t, r, o, m in curve(table) if round(t * 100) % 5 == 0
    ]
    chosen = choose(table)
    asked = table.asked(chosen["red"], chosen["ask"], chosen["doubt"], chosen["at_ease"])
    lines.append("chosen: " + ", ".join(f"{name} {value:g}" for name, value in chosen.items()))
    lines.append(
        f"reached {table.reached(chosen['red'], asked):.1%}, ordinary asked back {np.mean(asked[table.expected == 0]):.1%}"
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
