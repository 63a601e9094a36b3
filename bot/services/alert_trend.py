"""The trend that an alert is about: as one line of its text, and as the chart that is sent on a tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import Enrolment, Patient
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.rules import RuleBook
from bot.core.clinical.trend import NOT_A_TREND, Chart, Series, figure, series_of, sparkline, subjects
from bot.ports import Content, StoredAssessment, UnitOfWork

LOOK_BACK = timedelta(days=14)
"""An older figure says nothing of this night."""
LOOKED_AT = 60
"""Messages looked at for the line: a page must cost the same after a talkative week."""
CHART_LOOKED_AT = 2000
PANELS = 3


def trend_of(uow: UnitOfWork, stored: StoredAssessment, rules: RuleBook, until: datetime) -> Series | None:
    """The series of the first measure that the assessment is about and that has two figures; None where there is none."""
    kinds = subjects(stored.assessment, rules)
    if not kinds:
        return None
    told = _told(uow.assessments.newest(stored.patient_id, stored.at - LOOK_BACK, Disposition.NONE, LOOKED_AT), until)
    found = (series_of(kind, told) for kind in kinds)
    return next((series for series in found if series is not None and len(series.readings) > 1), None)


def trend_line(series: Series, content: Content, language: str) -> str:
    """The series as one line: first figure, bars, last figure, unit, how many in how long."""
    return content.text(
        language,
        "alert.trend",
        measure=measure_word(series.kind, content, language),
        first=figure(series.values[0]),
        line=sparkline(series),
        last=figure(series.values[-1]),
        unit=series.shown_unit,
        count=str(len(series.readings)),
        lasted=span_text(series.lasted, content, language),
    )


def chart_of(
    uow: UnitOfWork,
    patient: Patient,
    enrolment: Enrolment | None,
    content: Content,
    now: datetime,
    *,
    first: Sequence[str] = (),
    panels: int = PANELS,
) -> Chart | None:
    """Every measure with two figures since treatment, those of ``first`` before the others, the most told before the least."""
    since = enrolment.treated_at if enrolment else now - LOOK_BACK
    told = _told(uow.assessments.newest(patient.id, since, Disposition.NONE, CHART_LOOKED_AT), now)
    kinds = dict.fromkeys(m.kind for _, assessment in told for m in assessment.measures if m.kind not in NOT_A_TREND)
    found = [series for kind in kinds if (series := series_of(kind, told)) is not None and len(series.readings) > 1]
    found.sort(key=lambda s: (first.index(s.kind) if s.kind in first else len(first), -len(s.readings), s.kind))
    if not found:
        return None
    return Chart(
        code=patient.code,
        series=tuple(found[:panels]),
        treated_at=enrolment.treated_at if enrolment else None,
        timezone=content.clinic.timezone,
        now=now,
    )


def measure_word(kind: str, content: Content, language: str) -> str:
    """The measure in words; one that the messages do not have, as it is."""
    key = f"alert.measure.{kind}"
    return content.label(language, key) if content.has(key) else kind


def _told(stored: Sequence[StoredAssessment], until: datetime) -> list[tuple[datetime, Assessment]]:
    return [(one.at, one.assessment) for one in stored if one.at <= until]


def span_text(lasted: timedelta, content: Content, language: str) -> str:
    """How long, in the unit that reads best: minutes below two hours, days from three days on."""
    minutes = max(0, int(lasted.total_seconds() // 60))  # where a clock was ahead it would be less than nothing
    unit, count = ("minutes", minutes) if minutes < 120 else ("hours", minutes // 60)
    if minutes >= 72 * 60:
        unit, count = "days", minutes // (24 * 60)
    return content.label(language, f"alert.span.{unit}", count=str(count))
