"""When nobody looked for due work: what was missed is ours, patients who missed something hear of it, and so does the clinic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.core.actions import Part
from bot.core.careplan.enrolment import PlannedCheckIn
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane
from bot.ports import Task, UnitOfWork
from bot.services.clinics import each
from bot.services.talk import Talk
from bot.services.world import World

LAST_RUN = "check_ins"
"""The cursor that holds when the system last looked for due work, in seconds since 1970."""
BEFORE_GAP = "check_ins.before_gap"
"""The cursor that holds when it last looked before it was down, while what was due then is being worked off; else 0."""
RUN_NOTED_EVERY = timedelta(minutes=5)
LONG = timedelta(hours=23)
"""A gap over which patients and clinic are told."""


def note_run(uow: UnitOfWork, world: World, due: Sequence[PlannedCheckIn], now: datetime, *, more: bool) -> datetime | None:
    """When the system looked before now, to within a few minutes; written seldom, so that an empty tick writes nothing.

    After a gap the moment before it counts until the last of what fell due meanwhile has been taken (``more``: not yet). The clinic
    hears of a long gap in which anything fell ``due``.
    """
    last_run = _moment(uow, LAST_RUN)
    if last_run is not None and timedelta(0) <= now - last_run < RUN_NOTED_EVERY:
        before = _moment(uow, BEFORE_GAP)
        if before is not None and not more:
            uow.inbox.set_cursor(BEFORE_GAP, 0)
        return before or last_run
    uow.inbox.set_cursor(LAST_RUN, int(now.timestamp()))
    if last_run is not None and more:
        uow.inbox.set_cursor(BEFORE_GAP, int(last_run.timestamp()))
    if last_run is not None and now - last_run > LONG and any(now - row.due_at > RUN_NOTED_EVERY for row in due):
        _report(uow, world, last_run, now)
    return last_run


def last_look(uow: UnitOfWork) -> datetime | None:
    """When the system last looked for due work, to within a few minutes."""
    return _moment(uow, LAST_RUN)


def tell(talk: Talk, last_run: datetime | None) -> None:
    """Somebody of whom a check-in was missed in a long gap is told once that we were offline."""
    if last_run is None or talk.now - last_run <= LONG:
        return
    purpose = f"offline:{talk.patient.id}:{last_run.timestamp():.0f}"
    if not talk.uow.outbox.of_purpose(purpose, newest=1):
        talk.send((Part(keys=("offline.was",), params={"since": last_run}),), Lane.ROUTINE, purpose=purpose)


def leave_tasks(
    uow: UnitOfWork,
    world: World,
    now: datetime,
    detail: str,
    *,
    kind: str = "offline",
    level: Disposition = Disposition.SAME_DAY,
) -> None:
    """One for each clinic, for each has patients to look after: done by one, it is not done by the others."""
    for at in each(world):
        clinic = at.content.clinic.id
        uow.tasks.add(Task(id=0, patient_id=None, kind=kind, disposition=level, at=now, detail=detail, clinic=clinic))


def _report(uow: UnitOfWork, world: World, last_run: datetime, now: datetime) -> None:
    detail = f"from {last_run.isoformat()} to {now.isoformat()}: {(now - last_run) / timedelta(hours=1):.0f} hours"
    leave_tasks(uow, world, now, detail)
    uow.audit.append(now, "system", "system.offline", "system", detail)


def _moment(uow: UnitOfWork, cursor: str) -> datetime | None:
    seconds = uow.inbox.cursor(cursor)
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
