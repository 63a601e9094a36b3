"""The pictures of the learned reader: nothing outside the page, and what is released stands marked at its place."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from bot.content.library import CATALOGUE
from bot.content.recogniser import load_thresholds
from bot.training import curve
from bot.training.drawing import Axes, percent, words
from bot.training.measure import Share
from bot.training.table import Table
from bot.training.threshold_picture import PANELS, PICTURE, drawing

RELEASED = load_thresholds(CATALOGUE)
SVG = "{http://www.w3.org/2000/svg}"
LETTER = 0.56
"""How wide a letter is at most on average, of its height."""


def table(rows: int = 4_000) -> Table:
    """Made up: two in five are red flags, and the learned reader tells most of them from the rest."""
    random = np.random.default_rng(3)
    expected = np.where(random.random(rows) < 0.4, 4, 0)
    red = 1 / (1 + np.exp(-(random.normal(size=rows) * 1.5 + np.where(expected == 4, 1.5, -4.5))))
    no, ruled = np.zeros(rows, bool), np.where(random.random(rows) < np.where(expected == 4, 0.5, 0.03), 4, 0)
    return Table(
        expected=expected,
        ruled=np.where(red > 0.1, ruled, 0),
        said=ruled,
        unclear=(ruled == 4) | (random.random(rows) < 0.3),
        may_rest=ruled == 0,
        explained=no,
        red=red.astype(np.float32),
        emergency=red.astype(np.float32),
        nothing=(1 - red).astype(np.float32),
    )


MADE_UP = table()
DRAWN = drawing(MADE_UP, replace(MADE_UP, red=MADE_UP.red**0.9), RELEASED)
LEARNING = curve.drawing([curve.Point(1000 * n, Share(50 + n, 100), Share(70 + n, 100)) for n in (1, 2, 4, 8)])


def corners(svg: ET.Element) -> list[tuple[float, float]]:
    """Where something is drawn: ends of lines, edges of dots, both ends of words."""
    found = []
    for part in svg.iter():
        at = {
            name: float(value)
            for name, value in part.attrib.items()
            if name in {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r"}
        }
        if part.tag == f"{SVG}line":
            found += [(at["x1"], at["y1"]), (at["x2"], at["y2"])]
        elif part.tag == f"{SVG}circle":
            found += [(at["cx"] - at["r"], at["cy"] - at["r"]), (at["cx"] + at["r"], at["cy"] + at["r"])]
        elif part.tag == f"{SVG}polyline":
            found += [(float(x), float(y)) for x, y in (pair.split(",") for pair in part.attrib["points"].split())]
        elif part.tag == f"{SVG}text":
            size = float(svg.attrib["font-size"])
            wide = len(part.text or "") * size * LETTER
            left = at["x"] - {"start": 0, "middle": wide / 2, "end": wide}[part.attrib["text-anchor"]]
            found += [(left, at["y"] - size), (left + wide, at["y"])]
    return found


@pytest.mark.parametrize(
    "drawn", [DRAWN, LEARNING, PICTURE.read_text(encoding="utf-8")], ids=["thresholds", "learning", "committed"]
)
def test_nothing_lies_outside_the_page(drawn: str) -> None:
    svg = ET.fromstring(drawn)  # noqa: S314 - our own
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    found = corners(svg)
    assert len(found) > 40
    for x, y in found:
        assert 0 <= x <= width, (x, y)
        assert 0 <= y <= height, (x, y)


def test_the_marked_points_are_those_of_the_released_thresholds() -> None:
    svg = ET.fromstring(DRAWN)  # noqa: S314
    said = [part.text for part in svg.iter(f"{SVG}text")]
    dots = {(part.attrib["cx"], part.attrib["cy"]) for part in svg.iter(f"{SVG}circle")}
    for panel in PANELS:
        value = getattr(RELEASED, panel.name)
        x, y = panel.axes.at(panel.outcome(MADE_UP, RELEASED))
        assert f"{value:g}" in said
        assert f"released: {panel.name} {value:g}" in said
        assert (f"{x:.1f}", f"{y:.1f}") in dots


def test_the_committed_picture_marks_what_is_released() -> None:
    committed = PICTURE.read_text(encoding="utf-8")
    for name in ("red", "ask"):
        assert f">released: {name} {getattr(RELEASED, name):g}<" in committed, "run `python -m bot.training.thresholds`"


def test_the_bars_of_the_project_are_drawn() -> None:
    for bar in ("bar 4 %", "bar 92 %", "bar 20 %", "bar 99.5 %"):
        assert f">{bar}<" in DRAWN
    assert DRAWN.count("stroke-dasharray") == 4


def test_values_and_places() -> None:
    axes = Axes(left=10, right=110, top=20, bottom=70, across=(0.0, 0.2), up=(0.5, 1.0))
    assert axes.at((0.1, 0.5)) == pytest.approx((60, 70))
    assert axes.at((0.2, 1.0)) == pytest.approx((110, 20))
    assert axes.within([(0.1, 0.4), (0.1, 0.6), (0.3, 0.6)]) == [(0.1, 0.6)]
    assert [percent(share) for share in (0.995, 0.2, 0.0)] == ["99.5 %", "20 %", "0 %"]
    assert ">a &lt; b<" in words((1, 1), "a < b")


def test_a_picture_of_no_replies_has_no_curve_and_still_a_page() -> None:
    nobody = MADE_UP.where(np.zeros(len(MADE_UP.red), bool))
    assert drawing(nobody, nobody, RELEASED).endswith("</svg>\n")
