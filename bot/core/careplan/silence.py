"""What silence means, weighed by phase, risks and what was heard last: how long until the reminder, the task and the alert.

Every row that fits can only hasten: of the check-in's own times and those of all fitting rows the shortest counts, of the levels the
highest. So a risk more, or a worse last answer, never makes anybody wait longer. Without a row that asks for one there is no alert.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from bot.core.careplan.schedule import Phase, Silence, SilenceRow
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext


def silence_for(own: Silence, rows: Iterable[SilenceRow], *, phase: Phase, patient: PatientContext, last: Disposition) -> Silence:
    """What the check-in's silence means for this patient. ``last`` is the worst that was heard of them lately."""
    fitting = [row for row in rows if _fits(row, phase, patient, last)]
    alerts = [after for after in (own.alert_after, *(row.alert_after for row in fitting)) if after is not None]
    return Silence(
        remind_after=min([own.remind_after, *_given(row.remind_after for row in fitting)]),
        task_after=min([own.task_after, *_given(row.task_after for row in fitting)]),
        disposition=max([own.disposition, *(row.disposition for row in fitting if row.disposition is not None)]),
        alert_after=min(alerts, default=None),
        where=next((row.where for row in fitting if row.alert_after is not None), own.where),
    )


def _fits(row: SilenceRow, phase: Phase, patient: PatientContext, last: Disposition) -> bool:
    if row.phases and phase not in row.phases:
        return False
    return row.applies.to(patient) and last >= row.last


def _given(values: Iterable[timedelta | None]) -> list[timedelta]:
    return [value for value in values if value is not None]
