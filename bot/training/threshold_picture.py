"""docs/threshold-curve.svg: for clinicians, what each threshold would catch, what it would cost, and which one is released.

Two panels, one above the other so that a phone shows them large enough: who is paged at once, and who is asked back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.core.reading.recogniser_verdict import Thresholds
from bot.training.drawing import (
    BAR,
    GOOD,
    INK,
    PLAIN,
    Axes,
    Point,
    curved,
    dot,
    levels,
    patch,
    percent,
    picture,
    stroke,
    words,
)
from bot.training.measure import BARS
from bot.training.table import FINE, GRID, Table, asking_from, share

PICTURE: Final = Path(__file__).parents[2] / "docs" / "threshold-curve.svg"
WIDTH, PANEL = 480, 440
SIZE = 16
_LINE = 20
"""From one line of words to the next."""
_LIMITS: Final = {bar.name: bar.limit for bar in BARS}


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One question that a threshold decides: what it costs ordinary replies (across) and what it does for red flags (up)."""

    name: str
    across: str
    up: str
    axes: Axes
    ticks: tuple[Sequence[float], Sequence[float]]
    bars: Point
    tried: Sequence[float]
    using: Callable[[Thresholds, float], Thresholds]
    """The thresholds with another one tried."""
    outcome: Callable[[Table, Thresholds], Point]


def _at_once(table: Table, limits: Thresholds) -> Point:
    found = table.escalated(limits)
    return share(found, table.ordinary), share(found, table.flags)


def _asked(table: Table, limits: Thresholds) -> Point:
    return share(table.asked(limits), table.ordinary), table.reached(limits)


def _axes(number: int, across: Point, up: Point) -> Axes:
    top = number * PANEL
    return Axes(left=72, right=WIDTH - 20, top=top + 66, bottom=top + PANEL - 64, across=across, up=up)


PANELS: Final = (
    Panel(
        name="red",
        across="ordinary replies falsely escalated",
        up="Red flags escalated at once",
        axes=_axes(0, (0.0, 0.2), (0.6, 1.0)),
        ticks=((0, 0.05, 0.1, 0.15, 0.2), (0.6, 0.7, 0.8, 0.9, 1.0)),
        bars=(_LIMITS["ordinary replies falsely escalated"], _LIMITS["red flags escalated at once"]),
        tried=GRID.tolist(),
        using=lambda limits, red: replace(limits, red=red),
        outcome=_at_once,
    ),
    Panel(
        name="ask",
        across="ordinary replies asked back",
        up="Red flags told to a person or asked about",
        axes=_axes(1, (0.0, 0.6), (0.97, 1.0)),
        ticks=((0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (0.97, 0.98, 0.99, 1.0)),
        bars=(_LIMITS["ordinary replies asked back"], _LIMITS["red flags escalated, told or asked about"]),
        tried=FINE.tolist(),
        using=asking_from,
        outcome=_asked,
    ),
)


def drawing(shipped: Table, small: Table, released: Thresholds) -> str:
    """The picture. ``shipped``: both sizes as released read these replies; ``small``: the small network alone does."""
    parts = [part for panel in PANELS for part in _drawn(panel, shipped, small, released)]
    return picture(WIDTH, PANEL * len(PANELS), parts, size=SIZE)


def _drawn(panel: Panel, shipped: Table, small: Table, released: Thresholds) -> Iterator[str]:
    yield from _frame(panel)
    for table, colour in ((small, PLAIN), (shipped, GOOD)):
        points = (panel.outcome(table, panel.using(released, value)) for value in panel.tried)
        yield curved([panel.axes.at(point) for point in panel.axes.within(points)], colour)
    yield from _bars(panel)
    value: float = getattr(released, panel.name)
    chosen = panel.outcome(shipped, released)
    yield from _marked(panel.axes, chosen, f"{value:g}")
    yield from _legend(panel, f"released: {panel.name} {value:g}", chosen)


def _frame(panel: Panel) -> Iterator[str]:
    axes, (across, up) = panel.axes, panel.ticks
    yield words((12, axes.top - 30), panel.up, bold=True)
    yield from levels(axes, up)
    for value in across:
        yield words((axes.x(value), axes.bottom + 22), percent(value), anchor="middle")
    yield words(((axes.left + axes.right) / 2, axes.bottom + 46), panel.across, anchor="middle", bold=True)


def _bars(panel: Panel) -> Iterator[str]:
    axes, (most, least) = panel.axes, panel.bars
    yield stroke((axes.x(most), axes.top), (axes.x(most), axes.bottom), colour=BAR, dashed=True)
    yield stroke((axes.left, axes.y(least)), (axes.right, axes.y(least)), colour=BAR, dashed=True)
    yield words((axes.x(most), axes.top - 8), f"bar {percent(most)}", anchor="middle", colour=BAR)
    yield words((axes.left + 4, axes.y(least) - 7), f"bar {percent(least)}", colour=BAR)


def _marked(axes: Axes, chosen: Point, name: str) -> Iterator[str]:
    """Named below the line to the right: it rises to the left."""
    for x, y in [axes.at(point) for point in axes.within([chosen])]:
        yield dot((x, y), "white", 9)
        yield dot((x, y), INK, 7)
        yield words((x + 10, y + 20), name, bold=True)


def _legend(panel: Panel, released: str, chosen: Point) -> Iterator[str]:
    """In the corner that the lines leave free, on white, so that nothing runs through the words."""
    left, top = panel.axes.right - 235, panel.axes.bottom - 4 - 5 * _LINE - 10
    yield patch((left - 6, top), (panel.axes.right, panel.axes.bottom - 4))
    ordinary, red_flags = (percent(round(one, 3)) for one in chosen)
    rows = (
        ("as released, both sizes", GOOD),
        ("small network alone", PLAIN),
        (released, INK),
        (f"ordinary replies: {ordinary}", INK),
        (f"red flags: {red_flags}", INK),
    )
    for row, (told, colour) in enumerate(rows, start=1):
        yield words((left + 30, top + row * _LINE), told, colour=colour, bold=row == 3)
    for row, (_, colour) in enumerate(rows[:2], start=1):
        yield curved([(left, top + row * _LINE - 5), (left + 22, top + row * _LINE - 5)], colour)
    yield dot((left + 11, top + 3 * _LINE - 5), INK, 7)
