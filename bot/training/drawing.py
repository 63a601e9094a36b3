"""What the pictures of this package are drawn with: SVG by hand, for two curves are no reason for a library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

INK, GRID, BAR = "#222", "#ddd", "#777"
GOOD, PLAIN = "#0b6e4f", "#b5651d"
"""Of the two lines that a picture compares: a darker and a lighter one, for whoever does not tell red from green."""

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Axes:
    """A rectangle on the page and the values at its edges: on the page down is more, of values up is."""

    left: float
    right: float
    top: float
    bottom: float
    across: Point
    """The values at the left and at the right edge."""
    up: Point
    """The values at the bottom and at the top."""

    def x(self, value: float) -> float:
        """Where this value lies from left to right."""
        first, last = self.across
        return self.left + (self.right - self.left) * (value - first) / (last - first)

    def y(self, value: float) -> float:
        """Where this value lies from top to bottom."""
        lowest, highest = self.up
        return self.bottom - (self.bottom - self.top) * (value - lowest) / (highest - lowest)

    def at(self, point: Point) -> Point:
        """Where this point lies."""
        return self.x(point[0]), self.y(point[1])

    def within(self, points: Iterable[Point]) -> list[Point]:
        """Those that lie between the edges: what is cut off is less wrong than what is drawn over the words beside it."""
        (first, last), (lowest, highest) = self.across, self.up
        return [(x, y) for x, y in points if first <= x <= last and lowest <= y <= highest]


def picture(width: float, height: float, parts: Iterable[str], *, size: int) -> str:
    """The whole file, on white: a page may be dark. ``size``: of its letters."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="{size}">'
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="white"/>', *parts, "</svg>"]) + "\n"


def words(at: Point, text: str, *, anchor: str = "start", colour: str = INK, bold: bool = False) -> str:
    """A line of words, with a white rim so that a line behind them does not strike them out."""
    weight = ' font-weight="bold"' if bold else ""
    rim = 'stroke="white" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
    return f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}" fill="{colour}"{weight} {rim}>{escape(text)}</text>'


def stroke(start: Point, end: Point, *, colour: str = GRID, dashed: bool = False) -> str:
    """A straight line."""
    dashes = ' stroke-width="1.5" stroke-dasharray="6 4"' if dashed else ""
    ends = f'x1="{start[0]:.1f}" x2="{end[0]:.1f}" y1="{start[1]:.1f}" y2="{end[1]:.1f}"'
    return f'<line {ends} stroke="{colour}"{dashes}/>'


def curved(points: Sequence[Point], colour: str) -> str:
    """A line through all of them."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def patch(start: Point, end: Point) -> str:
    """White paper over what was drawn before, from the upper left to the lower right corner."""
    size = f'width="{end[0] - start[0]:.1f}" height="{end[1] - start[1]:.1f}"'
    return f'<rect x="{start[0]:.1f}" y="{start[1]:.1f}" {size} fill="white"/>'


def dot(at: Point, colour: str, radius: float = 3.5) -> str:
    """A point."""
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius}" fill="{colour}"/>'


def levels(axes: Axes, values: Iterable[float]) -> list[str]:
    """Pale lines from left to right, each with its share."""
    return [
        part
        for value in values
        for part in (
            stroke((axes.left, axes.y(value)), (axes.right, axes.y(value))),
            words((axes.left - 8, axes.y(value) + 4), percent(value), anchor="end"),
        )
    ]


def percent(share: float) -> str:
    """With no more digits than it has."""
    return f"{round(share * 100, 2):g} %"
