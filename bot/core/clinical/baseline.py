"""What is usual for one patient, set by a clinician for some days: its same-day and milder reasons are not raised again meanwhile.

It is the second thing in the whole engine that may lower (the first is B01), and as narrow: a reason counts as usual only where its
own symptom is meant, at or below the level and the figure that were set, said without a word that it is worse. An assessment that is
urgent or an emergency is handed back as it is: no baseline is even looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Reader, Status
from bot.core.errors import InvalidValue

LONGEST_BASELINE = timedelta(days=30)
MOST_URGENT = Disposition.SAME_DAY
WORSE = frozenset({"worsening", "worse_each_time", "sudden", "spreading", "new_bruises"})
"""Qualities that no baseline covers: the patient says that it is not as usual."""
SEVERE = frozenset({"severe", "uncontrolled"})
"""Of a pressed button without a figure these are more than any figure that was set."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """Usual for this patient: ``symptom`` up to ``level``, and up to ``value`` of ``measure`` where a figure was set.

    ``reason`` is the clinician's own sentence, for colleagues. ``ended_at``: ended before ``until``; ``told_end``: the patient knows.
    """

    id: int
    patient_id: int
    symptom: str
    level: Disposition
    reason: str
    set_by: str
    set_at: datetime
    until: datetime
    measure: str | None = None
    value: float | None = None
    ended_at: datetime | None = None
    told_end: bool = False

    def __post_init__(self) -> None:
        if not timedelta() < self.until - self.set_at <= LONGEST_BASELINE:
            raise InvalidValue(f"a baseline lasts at most {LONGEST_BASELINE.days} days, and ends after it begins")
        if self.level > MOST_URGENT:
            raise InvalidValue("no baseline covers what is urgent or an emergency")
        if not self.reason.strip():
            raise InvalidValue("a baseline needs a reason")
        if (self.measure is None) != (self.value is None):
            raise InvalidValue("a figure needs its measure")

    def holds(self, now: datetime) -> bool:
        """Whether it counts at ``now``."""
        return self.ended_at is None and self.set_at <= now < self.until


def without_usual(assessment: Assessment, baselines: Iterable[Baseline], now: datetime) -> Assessment:
    """The assessment without the reasons that are usual for this patient; they are kept in ``usual``, for the record.

    An urgent or emergency assessment comes back unchanged, whatever the baselines say.
    """
    if assessment.disposition.red:
        return assessment
    active = [baseline for baseline in baselines if baseline.holds(now)]
    usual = tuple(r for r in assessment.reasons if any(_covers(b, r, assessment) for b in active))
    if not usual:
        return assessment
    left = tuple(r for r in assessment.reasons if r not in usual)
    level = max((r.disposition for r in left), default=Disposition.NONE)
    return replace(assessment, reasons=left, disposition=level, usual=usual)


def _covers(baseline: Baseline, reason: Reason, assessment: Assessment) -> bool:
    """Whether this reason says no more than what is usual."""
    if reason.symptom != baseline.symptom or reason.disposition > min(baseline.level, MOST_URGENT):
        return False
    said = [f for f in assessment.findings if f.symptom == baseline.symptom and f.status is Status.PRESENT]
    if any(not WORSE.isdisjoint(f.qualities) for f in said):
        return False
    if baseline.value is None:
        return True
    figures = [m.value for m in assessment.measures if m.kind == baseline.measure]
    if figures:
        return max(figures) <= baseline.value
    return bool(said) and all(f.reader is Reader.ANSWER and SEVERE.isdisjoint(f.qualities) for f in said)
