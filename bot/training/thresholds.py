"""`python -m bot.training.thresholds`: chooses the thresholds by cost, and prints and draws the curve behind them.

Chosen on the dev part, whose voices no model has learned from, shown for every source. Escalating, and believing what the rules only
suspect: the thresholds of least cost. Asking: the fewest questions with which at least REACHED of the red flags reach a person or are
asked about. The thresholds that are not chosen here stay as released. None is written: a person looks at the curve and edits
bot/catalogue/thresholds.yaml. The picture (docs/threshold-curve.svg) marks what is released there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.library import CATALOGUE
from bot.content.recogniser import load_thresholds
from bot.core.clinical.disposition import Disposition
from bot.core.reading.recogniser_verdict import Thresholds
from bot.training.corpus import CORPUS, Part, load
from bot.training.rulebook import judged, rules_alone
from bot.training.table import FINE, GRID, Table, asking_from, share
from bot.training.threshold_picture import PICTURE, drawing
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
SHOWN = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
CHOSEN = ("red", "believe", "ask", "emergency")


def cost(table: Table, limits: Thresholds) -> float:
    """What paging with these thresholds costs."""
    at_once = table.escalated(limits)
    late = NOT_AT_ONCE * float(np.sum(table.flags & ~at_once))
    return late + sum(price * float(np.sum((table.expected == level) & at_once)) for level, price in enumerate(FALSE_ALARM))


def choose(table: Table, released: Thresholds) -> Thresholds:
    """The thresholds of least cost; those that are not in CHOSEN as ``released``.

    ``red`` is chosen where nothing is suspected and ``believe`` where something is, so that neither hangs on the other; ``believe``
    never lies above ``red``, from where on the learned reader escalates by itself.
    """
    suspected, limits = table.suspected, released
    sure, open_ = table.where(~suspected), table.where(suspected)
    limits = replace(limits, red=_cheapest(GRID, lambda t: cost(sure, replace(limits, red=t))))
    lower = np.append(0.0, GRID[limits.red >= GRID])
    limits = replace(limits, believe=_cheapest(lower, lambda t: cost(open_, replace(limits, believe=t))))
    enough = [ask for ask in FINE.tolist() if table.reached(asking_from(limits, ask)) >= REACHED]
    limits = asking_from(limits, max(enough, default=0.0))
    return replace(limits, emergency=_emergency(table, limits))


def _cheapest(grid: NDArray[np.float64], price: Callable[[float], float]) -> float:
    """Of equal ones the highest: the fewest pages."""
    values: list[float] = grid.tolist()
    return min(values, key=lambda t: (price(t), -t))


def _emergency(table: Table, limits: Thresholds) -> float:
    """An emergency given as urgent costs AS_URGENT, an urgent reply given as emergency 1; what the rules say of either stands."""
    mine = table.where(table.escalated(limits) & (table.counted(limits) < Disposition.URGENT))

    def price(threshold: float) -> float:
        given = mine.emergency >= threshold
        missed = AS_URGENT * float(np.sum(~given & (mine.expected == Disposition.EMERGENCY)))
        return missed + float(np.sum(given & (mine.expected == Disposition.URGENT)))

    return _cheapest(GRID, price)


def looks(first: Table, second: Table, red: float) -> tuple[float, float]:
    """Between which probabilities of the small model both look."""
    flags = np.sort(first.red[first.flags])
    low = float(flags[int(LOST * len(flags))])
    high = min((float(t) for t in GRID if np.mean(second.red[first.red >= t] < red) <= 0.01), default=1.0)
    return low, high


def curve(table: Table, limits: Thresholds) -> Iterator[str]:
    """Red flags, ordinary and mild replies escalated, from strict to lenient."""
    yield f"{'red >=':>10} {'red flags':>10} {'ordinary':>9} {'mild':>7} {'cost':>8}"
    mild = table.expected == Disposition.SELF_MANAGE
    for threshold in GRID[4::5][::-1].tolist():
        now = replace(limits, red=threshold)
        at_once = table.escalated(now)
        shares = (share(at_once, table.flags), share(at_once, table.ordinary), share(at_once, mild))
        yield "{:10.2f} {:10.1%} {:9.1%} {:7.1%} {:8.0f}".format(threshold, *shares, cost(table, now))


def believing(table: Table, limits: Thresholds) -> Iterator[str]:
    """What each threshold for believing a suspicion does."""
    of_flags, of_ordinary = share(table.suspected, table.flags), share(table.suspected, table.ordinary)
    yield f"suspected only: {of_flags:.1%} of the red flags, {of_ordinary:.1%} of the ordinary replies"
    yield f"{'believe >=':>10} {'red flags':>10} {'emergencies':>12} {'ordinary':>9} {'cost':>8}"
    for threshold in SHOWN:
        now = replace(limits, believe=threshold)
        at_once, grave = table.escalated(now), share(table.emergencies(now), table.expected == Disposition.EMERGENCY)
        flags, ordinary = share(at_once, table.flags), share(at_once, table.ordinary)
        yield f"{threshold:10.2f} {flags:10.1%} {grave:12.1%} {ordinary:9.1%} {cost(table, now):8.0f}"


def emergencies(table: Table, limits: Thresholds) -> Iterator[str]:
    """What each threshold for an emergency does: emergencies given as one, and urgent replies that are called one."""
    yield f"{'emerg. >=':>10} {'emergencies':>12} {'urgent ones':>12}"
    for threshold in SHOWN:
        given = table.emergencies(replace(limits, emergency=threshold))
        grave, urgent = (share(given, table.expected == level) for level in (Disposition.EMERGENCY, Disposition.URGENT))
        yield f"{threshold:10.2f} {grave:12.1%} {urgent:12.1%}"


def outcome(table: Table, limits: Thresholds) -> str:
    """One line: the bars."""
    at_once, mild = table.escalated(limits), table.expected == Disposition.SELF_MANAGE
    return (
        f"reached {table.reached(limits):.1%}, at once {share(at_once, table.flags):.1%}, ordinary escalated"
        f" {share(at_once, table.ordinary):.1%}, mild {share(at_once, mild):.1%}, ordinary asked back"
        f" {share(table.asked(limits), table.ordinary):.1%}"
    )


def described(name: str, table: Table, sources: NDArray[np.str_], released: Thresholds) -> Iterator[str]:
    """The curves, the choice, and what it does to each source, beside what is released."""
    chosen = choose(table, released)
    yield f"== {name}"
    yield from curve(table, chosen)
    yield from believing(table, chosen)
    yield from emergencies(table, chosen)
    yield "chosen: " + ", ".join(f"{key} {getattr(chosen, key):g}" for key in CHOSEN)
    for source in sorted(set(sources.tolist())):
        yield f"{source:8} {outcome(table.where(sources == source), chosen)}"
    yield f"released {outcome(table, released)}"


def main(corpus: Path = CORPUS, kept: Path = UNSEEN, shown: Path = PICTURE) -> None:
    """Prints curves and choices, and draws the released one."""
    if not kept.exists():
        raise SystemExit("no probabilities of unseen replies here: run `make train` first")
    replies, released = load(corpus, Part.DEV), load_thresholds(CATALOGUE)
    sources = np.array([reply.source for reply in replies])
    judgements = judged(replies, rules_alone())
    with np.load(kept) as unseen:
        if unseen["ids"].tolist() != [reply.id for reply in replies]:
            raise SystemExit("the corpus has changed since `make train`: run it again")
        first, second = (Table.of(replies, judgements, unseen[name]) for name in ("first", "second"))
    low, high = looks(first, second, choose(second, released).red)
    lines = [
        *described("the small model alone", first, sources, released),
        *described(f"both from {low:.4f} to {high:.2f}", first.seen_again(second, low, high), sources, released),
        *described("always both", second, sources, released),
    ]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    shipped = first.seen_again(second, released.again, released.certain, released.again_settled)
    shown.write_text(drawing(shipped, first, released), encoding="utf-8")


if __name__ == "__main__":
    main()
