"""Which figures an alert is about, and the line that shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Measure
from bot.core.clinical.trend import Chart, Reading, Series, figure, series_of, sparkline, subjects
from bot.core.errors import InvalidValue
from tests.support.course import library

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RULES = library().knowledge.rules


def series(kind: str, *values: float) -> Series:
    return Series(kind=kind, unit="Cel", readings=tuple(Reading(at=NOW, value=value) for value in values))


def said(*measures: tuple[str, float], symptom: str | None = None) -> Assessment:
    reasons = (Reason(rule="x", disposition=Disposition.URGENT, where="x:1", text="x", symptom=symptom),) if symptom else ()
    found = tuple(Measure(kind=kind, value=value, unit="u") for kind, value in measures)
    return Assessment(disposition=Disposition.URGENT, reasons=reasons, measures=found)


@pytest.mark.parametrize(
    ("symptom", "kind"),
    [
        ("fever", "temperature"),
        ("hypotension", "systolic"),
        ("heart_rate_abnormal", "heart_rate"),
        ("low_oxygen", "spo2"),
        ("headache", "pain"),
        ("glucose_abnormal", "glucose"),
    ],
)
def test_the_figures_are_those_that_the_reason_is_about(symptom: str, kind: str) -> None:
    assert subjects(said(symptom=symptom), RULES)[0] == kind


def test_the_reason_goes_before_what_was_told_besides() -> None:
    assert subjects(said(("pain", 3), ("temperature", 39.2), symptom="fever"), RULES)[:2] == ("temperature", "pain")


def test_without_a_reason_that_reads_figures_it_is_what_was_told() -> None:
    assert subjects(said(("temperature", 37.0), symptom="anaphylaxis"), RULES) == ("temperature",)


def test_how_long_something_lasts_is_no_trend() -> None:
    assert subjects(said(("duration", 3)), RULES) == ()


def test_the_last_figure_of_a_message_counts() -> None:
    told = [(NOW, said(("temperature", 39.5), ("temperature", 38.0))), (NOW, said()), (NOW, said(("temperature", 38.4)))]
    found = series_of("temperature", told)
    assert found is not None
    assert found.values == (38.0, 38.4)
    assert series_of("pain", told) is None


def test_the_line_rises_and_falls_with_the_figures() -> None:
    assert sparkline(series("temperature", 36.0, 37.0, 38.0, 39.0, 40.0)) == "▁▃▅▆█"
    assert sparkline(series("temperature", 36.6, 36.7, 36.8)) == "▂▂▂"
    assert sparkline(series("pain", 0, 10, 0)) == "▁█▁"


def test_the_line_shows_the_newest_figures() -> None:
    many = series("pain", *[0.0] * 30, 10.0)
    assert sparkline(many) == "▁" * 11 + "█"


def test_a_figure_outside_the_usual_scale_widens_it() -> None:
    assert sparkline(series("temperature", 34.0, 42.0)) == "▁█"


def test_figures_read_as_people_write_them() -> None:
    assert [figure(value) for value in (39.0, 39.25, 72.0, 0.5)] == ["39", "39.2", "72", "0.5"]


def test_a_series_and_a_chart_are_never_empty() -> None:
    with pytest.raises(InvalidValue):
        Series(kind="pain", unit="u", readings=())
    with pytest.raises(InvalidValue):
        Chart(code="K7-42", series=(), treated_at=None, timezone="UTC", now=NOW)


def test_a_series_knows_how_long_it_lasted() -> None:
    readings = (Reading(at=NOW - timedelta(hours=26), value=1), Reading(at=NOW, value=2))
    assert Series(kind="pain", unit="u", readings=readings).lasted == timedelta(hours=26)
