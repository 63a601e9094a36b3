"""The chart, pixel by pixel where it matters: the line goes where the figures go, and nothing on it is a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from bot.core.clinical.trend import Chart, Reading, Series
from bot.reports.trend_chart import BOTTOM, FOOT, HEAD, LEFT, PANEL, RIGHT, TOP, WIDTH, draw_chart

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BLUE, RED = (42, 111, 151), (179, 38, 30)


def series(kind: str, unit: str, *values: float, hours: float = 6) -> Series:
    first = NOW - timedelta(hours=hours) * (len(values) - 1)
    return Series(
        kind=kind,
        unit=unit,
        readings=tuple(Reading(at=first + timedelta(hours=hours) * n, value=value) for n, value in enumerate(values)),
    )


def chart(*all_series: Series) -> Chart:
    treated = NOW - timedelta(days=3)
    return Chart(code="K7-42", series=all_series, treated_at=treated, timezone="Europe/Berlin", now=NOW)


def picture(what: Chart) -> Image.Image:
    return Image.open(BytesIO(draw_chart(what))).convert("RGB")


def near(pixel: tuple[int, ...], colour: tuple[int, ...], by: int = 40) -> bool:
    return all(abs(a - b) <= by for a, b in zip(pixel, colour, strict=True))


def rows_of(image: Image.Image, x: int, colour: tuple[int, ...], top: int = HEAD, bottom: int = HEAD + PANEL) -> list[int]:
    """The rows of this column that have the colour."""
    return [y for y in range(top, bottom) if near(image.getpixel((x, y)), colour)]  # type: ignore[arg-type]


def y_of(value: float, low: float, high: float) -> float:
    floor, ceiling = HEAD + PANEL - BOTTOM, HEAD + TOP
    return floor - (floor - ceiling) * (value - low) / (high - low)


def test_each_panel_has_its_height_and_the_picture_the_width_of_a_telephone_times_two_and_a_bit() -> None:
    one = picture(chart(series("temperature", "Cel", 37, 39)))
    two = picture(chart(series("temperature", "Cel", 37, 39), series("pain", "{score}", 2, 6)))
    assert one.size == (WIDTH, HEAD + PANEL + FOOT)
    assert two.size == (WIDTH, HEAD + 2 * PANEL + FOOT)


def test_the_first_and_the_last_figure_lie_where_the_scale_puts_them() -> None:
    image = picture(chart(series("temperature", "Cel", 37.0, 39.0)))
    last = rows_of(image, WIDTH - RIGHT, RED)
    assert last
    assert abs(sum(last) / len(last) - y_of(39.0, 36.0, 40.0)) < 2
    first = rows_of(image, LEFT, BLUE)
    assert first
    assert abs(sum(first) / len(first) - y_of(37.0, 36.0, 40.0)) < 2


def test_the_line_goes_straight_from_figure_to_figure() -> None:
    image = picture(chart(series("temperature", "Cel", 36.0, 40.0)))
    middle = rows_of(image, (LEFT + WIDTH - RIGHT) // 2, BLUE)
    assert middle
    assert abs(sum(middle) / len(middle) - y_of(38.0, 36.0, 40.0)) < 2


def test_a_small_change_is_drawn_small() -> None:
    image = picture(chart(series("temperature", "Cel", 36.6, 36.8)))
    first, last = rows_of(image, LEFT, BLUE), rows_of(image, WIDTH - RIGHT, RED)
    assert abs(sum(first) / len(first) - sum(last) / len(last)) < 12


def test_a_value_beyond_the_usual_scale_stays_on_the_picture() -> None:
    image = picture(chart(series("heart_rate", "/min", 60, 190)))
    last = rows_of(image, WIDTH - RIGHT, RED)
    assert last
    assert HEAD < min(last) < HEAD + PANEL // 2


def test_the_same_chart_is_the_same_bytes_and_small() -> None:
    drawn = chart(series("temperature", "Cel", 36.9, 37.4, 38.1, 38.6, 39.2), series("heart_rate", "/min", 72, 88, 121))
    assert draw_chart(drawn) == draw_chart(drawn)
    assert len(draw_chart(drawn)) < 40_000


def test_another_code_is_another_picture_and_only_the_head_line_differs() -> None:
    one = chart(series("temperature", "Cel", 37, 39))
    first, second = picture(one), picture(replace(one, code="M3-11"))
    different = ImageChops.difference(first, second)
    below = different.crop((0, HEAD, WIDTH, first.height)).getextrema()
    head = different.crop((0, 0, WIDTH, HEAD)).getextrema()
    assert below == ((0, 0),) * 3
    assert head != ((0, 0),) * 3


@pytest.mark.parametrize("hours", [0.01, 6, 24 * 40, 24 * 365 * 3], ids=["minutes", "hours", "weeks", "years"])
def test_minutes_and_years_are_drawn(hours: float) -> None:
    image = picture(chart(series("pain", "{score}", 2, 3, 6, hours=hours)))
    assert rows_of(image, WIDTH - RIGHT, RED)


def test_two_figures_of_the_same_moment_are_drawn() -> None:
    assert picture(chart(series("pain", "{score}", 2, 2, hours=0))).size[0] == WIDTH


def test_the_picture_carries_no_text_in_its_metadata() -> None:
    with Image.open(BytesIO(draw_chart(chart(series("pain", "{score}", 2, 6))))) as image:
        assert not {key: value for key, value in image.info.items() if isinstance(value, str)}
