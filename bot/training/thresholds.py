"""`python -m bot.training.thresholds`: chooses the thresholds by cost, and prints the curve behind them.

Chosen on the dev part, whose voices no model has learned from, shown for every source. Escalating: the threshold of least cost.
Asking: the fewest questions with which at least REACHED of the red flags reach a person or are asked about. Nothing is written: a
person looks at the curve and edits bot/catalogue/thresholds.yaml.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.core.triage import Ruled
from bot.training.corpus import CORPUS, Part, Reply, load
from bot.training.matrix import Floats
from bot.training.rulebook import judged, rules_alone
from bot.training.train import UNSEEN

REACHED = 0.996
"""A little more than the bar: what is chosen on some replies is a little worse on others."""
NOT_AT_ONCE = 6.0
"""A red flag that is only asked about: minutes are lost. In units of one needless question to a well person."""
AS_URGENT = 2.0
"""An emergency given as urgent."""
FALSE_ALARM = (10.0, 4.0, 1.0)
"""An ordinary, a mild, a same-day reply that pages a clinician."""
LOST = 0.001
"""The share of red flags that may lie below where the second look begins."""
GRID = np.round(np.arange(0.01, 1.0, 0.01), 2)
FINE = np.round(np.geomspace(0.001, 0.3, 160), 4)

_Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Table:
    """Replies as columns: what is true, what the rules made of each, and the recogniser's probabilities."""

    expected: NDArray[np.int64]
    ruled: NDArray[np.int64]
    unclear: _Bools
    may_rest: _Bools
    red: Floats
    emergency: Floats
    nothing: Floats

    @classmethod
    def of(cls, replies: Sequence[Reply], judgements: Sequence[Ruled], unseen: Floats) -> Table:
        """``unseen``: the probabilities of LEVELS, a row a reply."""
        assessments = [judgement.assessment for judgement in judgements]
        return cls(
            expected=np.array([int(reply.expected) for reply in replies]),
            ruled=np.array([int(a.disposition) for a in assessments]),
            unclear=np.array([a.unclear or a.reading_asked_again is not None for a in assessments]),
            may_rest=np.array([judgement.may_rest for judgement in judgements]),
            red=unseen[:, 0],
            emergency=unseen[:, 1],
            nothing=unseen[:, 2],
        )

    def where(self, chosen: _Bools) -> Table:
        """Some of the rows."""
        return replace(self, **{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    def escalated(self, threshold: float) -> _Bools:
        """Which replies page a clinician."""
        found: _Bools = (self.ruled >= 3) | (self.red >= threshold)
        return found

    def cost(self, threshold: float) -> float:
        """What this threshold for escalating costs."""
        at_once = self.escalated(threshold)
        late = NOT_AT_ONCE * float(np.sum((self.expected >= 3) & ~at_once))
        return late + sum(price * float(np.sum((self.expected == level) & at_once)) for level, price in enumerate(FALSE_ALARM))

    def asked(self, red: float, ask: float) -> _Bools:
        """Which replies are asked back, where nobody of the clinic is told: suspicious ones, and those with a grave doubt."""
        found: _Bools = (self.red >= ask) | (self.unclear & ~self.may_rest)
        return found & ~self.escalated(red) & (self.ruled < 2)

    def reached(self, red: float, asked: _Bools) -> float:
        """The share of red flags that reach a person or are asked about."""
        flags = self.expected >= 3
        return float(np.mean((self.escalated(red) | asked | (self.ruled >= 2))[flags]))


def choose(table: Table) -> dict[str, float]:
    """The thresholds of least cost."""
    red = float(min(GRID, key=lambda t: (table.cost(float(t)), -t)))
    enough = [float(ask) for ask in FINE if table.reached(red, table.asked(red, float(ask))) >= REACHED]
    return {"red": red, "ask": max(enough, default=0.0), "emergency": _emergency(table, red)}


def _emergency(table: Table, red: float) -> float:
    """An emergency given as urgent costs AS_URGENT, an urgent reply given as emergency 1."""
    mine = (table.red >= red) & (table.expected >= 3) & (table.ruled < 3)

    def cost(threshold: float) -> float:
        given = table.emergency >= threshold
        missed = AS_URGENT * float(np.sum(mine & ~given & (table.expected == 4)))
        return missed + float(np.sum(mine & given & (table.expected == 3)))

    return float(min(GRID, key=lambda t: (cost(float(t)), -t)))


def sure(first: Table, second: Table, red: float) -> tuple[float, float]:
    """Between which probabilities of the small model both look."""
    flags = np.sort(first.red[first.expected >= 3])
    low = float(flags[int(LOST * len(flags))])
    high = min((float(t) for t in GRID if np.mean(second.red[first.red >= t] < red) <= 0.01), default=1.0)
    return low, high


def curve(table: Table) -> Iterator[str]:
    """Red flags, ordinary and mild replies escalated, from strict to lenient."""
    yield f"{'red >=':>8} {'red flags':>10} {'ordinary':>9} {'mild':>7} {'cost':>8}"
    for threshold in GRID[::-1]:
        if round(threshold * 100) % 5 == 0:
            at_once = table.escalated(float(threshold))
            red, ordinary, mild = (
                at_once[among].mean() for among in (table.expected >= 3, table.expected == 0, table.expected == 1)
            )
            yield f"{threshold:8.2f} {red:10.1%} {ordinary:9.1%} {mild:7.1%} {table.cost(float(threshold)):8.0f}"


def emergencies(table: Table, red: float) -> Iterator[str]:
    """What each threshold for an emergency does: emergencies given as one, and urgent replies that are called one."""
    yield f"{'emerg. >=':>9} {'emergencies':>12} {'urgent ones':>12}"
    for threshold in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5):
        given = (table.ruled == 4) | ((table.ruled < 3) & (table.red >= red) & (table.emergency >= threshold))
        yield f"{threshold:9.2f} {given[table.expected == 4].mean():12.1%} {given[table.expected == 3].mean():12.1%}"


def outcome(table: Table, chosen: dict[str, float]) -> str:
    """One line: the bars."""
    at_once, asked = table.escalated(chosen["red"]), table.asked(chosen["red"], chosen["ask"])
    flags, ordinary, mild = table.expected >= 3, table.expected == 0, table.expected == 1
    return (
        f"reached {table.reached(chosen['red'], asked):.1%}, at once {at_once[flags].mean():.1%}, ordinary escalated"
        f" {at_once[ordinary].mean():.1%}, mild {at_once[mild].mean():.1%}, ordinary asked back {asked[ordinary].mean():.1%}"
    )


def described(name: str, table: Table, sources: NDArray[np.str_]) -> Iterator[str]:
    """The curve, the choice, and what it does to each source."""
    chosen = choose(table)
    yield f"== {name}"
    yield from curve(table)
    yield from emergencies(table, chosen["red"])
    yield "chosen: " + ", ".join(f"{key} {value:g}" for key, value in chosen.items())
    for source in sorted(set(sources.tolist())):
        yield f"{source:8} {outcome(table.where(sources == source), chosen)}"


def main(corpus: Path = CORPUS, kept: Path = UNSEEN) -> None:
    """Prints curves and choices."""
    replies = load(corpus, Part.DEV)
    sources = np.array([reply.source for reply in replies])
    judgements = judged(replies, rules_alone())
    with np.load(kept) as unseen:
        if unseen["ids"].tolist() != [reply.id for reply in replies]:
            raise SystemExit("the corpus has changed since `make train`: run it again")
        first, second = (Table.of(replies, judgements, unseen[name]) for name in ("first", "second"))
    low, high = sure(first, second, choose(second)["red"])
    again = (first.red >= low) & (first.red < high)
    pick = {name: np.where(again, getattr(second, name), getattr(first, name)) for name in ("red", "emergency", "nothing")}
    lines = [
        *described("the small model alone", first, sources),
        *described(f"both from {low:.4f} to {high:.2f}: {again.mean():.0%} of all", replace(first, **pick), sources),
        *described("always both", second, sources),
    ]
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
