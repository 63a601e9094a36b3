"""The shift digest: what whoever comes on call should know, on one page. One line where there is nothing to say.

It goes to each person who comes on call, once for each shift, at its start; `aftercare digest` shows the same at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import Patient, PatientState
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.trend import NOT_A_TREND, series_of
from bot.core.escalation.alert import Alert
from bot.core.escalation.drill import percentile
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.handing import MERGED
from bot.ports import Task, UnitOfWork
from bot.services.clinics import follows
from bot.services.world import World

ABSENT_KINDS = frozenset({"silence", "unreachable", "undelivered", "not_reached"})
"""Tasks about somebody who has not answered, or cannot be reached."""
TIMES_OVER = timedelta(days=7)
WORSE_WITHIN = timedelta(hours=48)
LOOKED_AT = 12
RISES: dict[str, float] = {"temperature": 0.5, "pain": 2.0, "redness": 2.0, "heart_rate": 20.0, "respiratory_rate": 4.0}
"""A rise of so much within WORSE_WITHIN is named; units as the catalogue has them."""
FALLS: dict[str, float] = {"spo2": 2.0, "systolic": 20.0}
WAITED = frozenset({EntryKind.ACKNOWLEDGED, EntryKind.CALLING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Worsening:
    """One patient who is getting worse: a higher level than before, or a figure that moved. ``measure`` None: the level."""

    code: str
    before: Disposition
    after: Disposition
    measure: str | None = None
    first: float = 0.0
    last: float = 0.0
    unit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseTimes:
    """How fast alerts of one level were taken; ``target`` is the policy's first wait. Those that nobody took yet count once they
    are late, with the time that they have waited."""

    level: Disposition
    count: int
    in_time: int
    target: timedelta
    median: timedelta
    p90: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """Everything on the page. Codes, no names, no words of patients."""

    at: datetime
    alerts: tuple[tuple[str, Alert], ...]
    absent: tuple[tuple[str, Task], ...]
    worsening: tuple[Worsening, ...]
    times: tuple[ResponseTimes, ...]

    @property
    def quiet(self) -> bool:
        """Nothing that somebody would have to act on."""
        return not (self.alerts or self.absent or self.worsening)


def digest(uow: UnitOfWork, now: datetime, world: World | None = None) -> Digest:
    """How it stands at ``now`` at this world's clinic; at all of them without one."""
    patients = [patient for patient in uow.patients.all() if follows(world, patient)]
    codes = {patient.id: patient.code for patient in patients}
    is_here = codes.__contains__
    alerts = sorted(
        (alert for alert in uow.alerts.unresolved() if is_here(alert.patient_id)), key=lambda a: (-a.disposition, a.opened_at)
    )
    absent = (t for t in uow.tasks.open() if t.kind in ABSENT_KINDS and t.patient_id is not None and is_here(t.patient_id))
    tasks = sorted(absent, key=lambda t: (-t.disposition, t.at))
    return Digest(
        at=now,
        alerts=tuple((codes.get(alert.patient_id, "?"), alert) for alert in alerts),
        absent=tuple((codes.get(task.patient_id or 0, "?"), task) for task in tasks),
        worsening=tuple(_worsening(uow, patients, now)),
        times=response_times(uow, now, is_here=is_here),
    )


# --- who is getting worse --------------------------------------------------------------------------------------------------


def _worsening(uow: UnitOfWork, patients: Sequence[Patient], now: datetime) -> list[Worsening]:
    found = []
    for patient in patients:
        if patient.state is PatientState.ACTIVE:
            stored = uow.assessments.newest(patient.id, now - WORSE_WITHIN, Disposition.NONE, LOOKED_AT)
            worse = worse_of(patient.code, [(one.at, one.assessment) for one in stored])
            if worse is not None:
                found.append(worse)
    return sorted(found, key=lambda worse: (-worse.after, worse.code))


def worse_of(code: str, told: Sequence[tuple[datetime, Assessment]]) -> Worsening | None:
    """Whether the last of what was told (oldest first) is worse than what came before: a figure first, for it says most."""
    levels = [assessment.disposition for _, assessment in told]
    before, after = (max(levels[:-1]), levels[-1]) if len(levels) > 1 else (Disposition.NONE, Disposition.NONE)
    for kind in dict.fromkeys(m.kind for _, assessment in told for m in assessment.measures if m.kind not in NOT_A_TREND):
        series = series_of(kind, told)
        if series is None or len(series.readings) < 2:
            continue
        first, last = series.values[0], series.values[-1]
        if (kind in RISES and last - first >= RISES[kind]) or (kind in FALLS and first - last >= FALLS[kind]):
            return Worsening(code=code, before=before, after=after, measure=kind, first=first, last=last, unit=series.shown_unit)
    return Worsening(code=code, before=before, after=after) if after > before and after >= Disposition.SELF_MANAGE else None


# --- how fast alerts were answered -----------------------------------------------------------------------------------------


def response_times(
    uow: UnitOfWork, now: datetime, over: timedelta = TIMES_OVER, *, is_here: Callable[[int], bool] = lambda _: True
) -> tuple[ResponseTimes, ...]:
    """Of the alerts opened in that time, the most urgent level first."""
    taken: dict[Disposition, list[tuple[timedelta, timedelta]]] = {}
    for alert in uow.alerts.opened_between(now - over, now):
        if alert.outcome == MERGED or not is_here(alert.patient_id):
            continue
        took, target = _took(uow, alert), alert.policy.steps[0].wait
        if took is None and now - alert.opened_at <= target:
            continue
        taken.setdefault(alert.disposition, []).append((took if took is not None else now - alert.opened_at, target))
    return tuple(_times(level, taken[level]) for level in sorted(taken, reverse=True))


def _took(uow: UnitOfWork, alert: Alert) -> timedelta | None:
    """From opening until the first person took it, or closed it."""
    ended = WAITED | {EntryKind.RESOLVED}
    at = next((entry.at for entry in uow.alerts.history(alert.id) if entry.event in ended), None)
    return None if at is None else at - alert.opened_at


def _times(level: Disposition, taken: Sequence[tuple[timedelta, timedelta]]) -> ResponseTimes:
    times = [took for took, _ in taken]
    return ResponseTimes(
        level=level,
        count=len(times),
        in_time=sum(took <= target for took, target in taken),
        target=min(target for _, target in taken),
        median=percentile(times, 0.5) or timedelta(),
        p90=percentile(times, 0.9) or timedelta(),
    )
