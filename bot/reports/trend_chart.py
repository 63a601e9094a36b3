"""A patient's figures as a picture (PNG): one panel a measure, the newest value large. The code stands on it, a name never does.

Drawn at twice the size and scaled down, which smooths lines that Pillow draws hard. The letters are those that come with Pillow
(Latin only): what the measures are called in the reader's language stands under the picture, not on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from zoneinfo import ZoneInfo

from PIL import Image, ImageColor, ImageDraw, ImageFont

from bot.core.clinical.trend import Chart, Series, figure

WIDTH, HEAD, PANEL, FOOT = 720, 76, 270, 50
"""Pixels of the finished picture: its width, the head line, each panel, the last line with the clock."""
LEFT, RIGHT, TOP, BOTTOM = 84, 136, 56, 20
"""Margins within a panel: figures of the scale at the left, the newest value at the right, the measure's name above."""
_FINE = 2
_PAPER, _INK, _FAINT, _GRID, _LINE, _LAST = "#ffffff", "#1b2733", "#66727f", "#dfe4ea", "#2a6f97", "#b3261e"
_SHADES = 16
_STEPS = tuple(timedelta(hours=h) for h in (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160, 4380, 8760, 17520))
_TICKS = 3
"""On a telephone the picture is a third as wide: few and large letters."""


def draw_chart(chart: Chart) -> bytes:
    """The picture as PNG, the same bytes for the same chart. Times are in the chart's zone."""
    height = HEAD + PANEL * len(chart.series) + FOOT
    image = Image.new("RGB", (WIDTH * _FINE, height * _FINE), _PAPER)
    pen = _Pen(ImageDraw.Draw(image))
    span = _Span.of(chart)
    pen.text((24, 22), f"{chart.code} · {_since(chart)}", 30, _INK)
    for number, series in enumerate(chart.series):
        _draw_panel(pen, series, span, top=HEAD + PANEL * number)
    _draw_clock(pen, span, top=HEAD + PANEL * len(chart.series))
    small = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.quantize(palette=_palette(), dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _palette() -> Image.Image:
    """Each colour in its shades from paper to full: a small file, and the same shades in every picture."""
    paper = ImageColor.getrgb(_PAPER)
    inks = [ImageColor.getrgb(colour) for colour in (_INK, _FAINT, _GRID, _LINE, _LAST)]
    shades = [
        round(p + (i - p) * shade / (_SHADES - 1))
        for ink in inks
        for shade in range(_SHADES)
        for p, i in zip(paper, ink, strict=True)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette(shades)
    return image


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    """The time that all panels share, on the clinic's clock."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @classmethod
    def of(cls, chart: Chart) -> _Span:
        first = min(series.readings[0].at for series in chart.series)
        last = max(chart.now, *(series.readings[-1].at for series in chart.series))
        return cls(start=min(first, last - timedelta(hours=1)), end=last, zone=ZoneInfo(chart.timezone))

    def x(self, at: datetime) -> float:
        """Where this moment lies, in pixels."""
        return LEFT + (WIDTH - LEFT - RIGHT) * ((at - self.start) / (self.end - self.start))

    def ticks(self) -> Iterator[datetime]:
        """Round moments of the clinic's clock, a handful of them."""
        whole = self.end - self.start
        step = next((step for step in _STEPS if whole / step <= _TICKS), _STEPS[-1])
        local = self.start.astimezone(self.zone)
        tick = local.replace(hour=0, minute=0, second=0, microsecond=0)
        while tick <= self.end:
            if tick >= self.start:
                yield tick
            tick += step


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws in the pixels of the finished picture."""

    draw: ImageDraw.ImageDraw

    def text(self, at: tuple[float, float], text: str, size: int, colour: str, anchor: str = "la") -> None:
        self.draw.text(_fine(at), text, fill=colour, font=_font(size * _FINE), anchor=anchor)

    def line(self, points: list[tuple[float, float]], width: int, colour: str) -> None:
        self.draw.line([_fine(point) for point in points], fill=colour, width=width * _FINE, joint="curve")

    def dot(self, at: tuple[float, float], radius: int, colour: str) -> None:
        self.draw.circle(_fine(at), radius * _FINE, fill=colour)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _fine(at: tuple[float, float]) -> tuple[float, float]:
    return at[0] * _FINE, at[1] * _FINE


def _draw_panel(pen: _Pen, series: Series, span: _Span, *, top: int) -> None:
    low, high = series.scale()
    floor, ceiling = top + PANEL - BOTTOM, top + TOP

    def y(value: float) -> float:
        return floor - (floor - ceiling) * (value - low) / (high - low)

    unit = series.shown_unit
    pen.text((24, top), f"{series.kind.replace('_', ' ')} ({unit})", 28, _INK)
    for value in _marks(low, high):
        pen.line([(LEFT, y(value)), (WIDTH - RIGHT, y(value))], 1, _GRID)
        pen.text((LEFT - 12, y(value)), figure(value), 25, _FAINT, "rm")
    points = [(span.x(reading.at), y(reading.value)) for reading in series.readings]
    pen.line(points, 4, _LINE)
    for point in points[:-1]:
        pen.dot(point, 6, _LINE)
    pen.dot(points[-1], 10, _LAST)
    pen.text((WIDTH - RIGHT + 20, points[-1][1]), figure(series.values[-1]), 46, _LAST, "lm")


def _marks(low: float, high: float) -> list[float]:
    """Some round values of the scale: three to five."""
    step = next(step for step in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if (high - low) / step <= 4)
    first = -(-low // step) * step
    return [first + step * n for n in range(int((high - first) / step) + 1)]


def _draw_clock(pen: _Pen, span: _Span, *, top: int) -> None:
    days = span.end - span.start > timedelta(days=2)
    for tick in span.ticks():
        pen.line([(span.x(tick), top - 6), (span.x(tick), top)], 2, _FAINT)
        pen.text((span.x(tick), top + 8), f"{tick:%d.%m.}" if days else f"{tick:%d.%m. %H:%M}", 23, _FAINT, "ma")


def _since(chart: Chart) -> str:
    local = chart.now.astimezone(ZoneInfo(chart.timezone))
    moment = f"{local:%Y-%m-%d %H:%M}"
    if chart.treated_at is None:
        return moment
    return f"day {max((chart.now - chart.treated_at).days, 0)} · {moment}"
