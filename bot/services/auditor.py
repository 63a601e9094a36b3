"""Looks for what is overdue, repairs what it can, and says whether the heartbeat may go out.

The heartbeat is *withheld* when something stands still that only a person can set going again: silence raises the alarm outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.delivery import DeliveryState, OutgoingMessage
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.events import FindingJoined, FoundStuck, Merged, Reopened
from bot.core.escalation.policy import MAIN
from bot.core.escalation.transitions import stuck
from bot.ports import LEASE, InboxItem, StoredAssessment, UnitOfWork
from bot.services import clinics, clock_watch, escalations, outbox
from bot.services.clinics import may_act
from bot.services.reachability import reachable
from bot.services.rotas import UNCOVERED, on_call_now
from bot.services.world import World

STEP_LATE = timedelta(seconds=15)
"""An alert that climbs later than this breaks promise 4."""
STANDSTILL = timedelta(seconds=60)
"""How long inbox, pages or a worker may stand still; the alarm has to be out within three minutes (promise 7)."""
BACKLOG = timedelta(minutes=15)
"""How long other messages may wait: ten thousand check-ins at 30 a second take six minutes, and are no standstill."""
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""Messages without a time are due since long before this: how long they have waited is not known."""
RED_LOOK_BACK = timedelta(hours=2)
"""An alert belongs to its assessment's own transaction: what is older was looked at many times."""
INBOX_AHEAD = timedelta(minutes=1)
OUTBOX_AHEAD = timedelta(hours=2)
"""Nothing that arrived or goes out is put off for longer: where it seems so, the clock was ahead when it was written."""
QUARANTINE_LOOK_BACK = timedelta(hours=24)
STEPS_AT_ONCE = 500
CANARY_MISSING = timedelta(minutes=45)
"""Three canaries that did not set out."""
IDS_SHOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One kind of trouble, how many of it, and whether the heartbeat must be withheld for it. ``detail`` holds ids, no words."""

    kind: str
    count: int
    detail: str = ""
    alarming: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was found at ``at``. ``repaired`` names what has been put right in the same transaction."""

    at: datetime
    problems: tuple[Problem, ...]
    repaired: tuple[str, ...] = ()

    @property
    def heartbeat(self) -> bool:
        """Whether the outside may be told that all is running."""
        return not any(problem.alarming for problem in self.problems)


def inspect(uow: UnitOfWork, world: World, now: datetime, heartbeats: Mapping[str, datetime] | None = None) -> Report:
    """One round. ``heartbeats`` says when each ticker, poller and sender last came round.

    Alerts that are overdue are stepped on, attempts lost in a crash settled, red assessments without an alert given one.
    """
    repaired = [*_repair_assessments(uow, world, now), *_repair_alerts(uow, world, now), *_repair_outbox(uow, now)]
    problems = [
        *_alert_problems(uow, world, now),
        *_rota_problems(uow, world, now),
        *_clinic_problems(uow, world),
        *_canary_problems(uow, now),
        *_clock_problems(uow),
        *_queue_problems(uow, now),
        *_quarantine_problems(uow, now),
        *_stalled(heartbeats or {}, now),
    ]
    for what in repaired:
        uow.audit.append(now, "auditor", "repaired", what)
    return Report(at=now, problems=tuple(problems), repaired=tuple(repaired))


# --- repairs -------------------------------------------------------------------------------------------------------------


def _repair_assessments(uow: UnitOfWork, world: World, now: datetime) -> Iterator[str]:
    red: dict[int, list[StoredAssessment]] = {}
    for stored in uow.assessments.red_since(now - RED_LOOK_BACK):
        red.setdefault(stored.patient_id, []).append(stored)
    for patient_id, assessments in red.items():
        covered = _covered(uow, patient_id)
        for stored in assessments:
            if stored.id not in covered:
                escalations.open_alert(uow, uow.patients.get(patient_id), stored, world, now)
                yield f"assessment:{stored.id} had no alert"


def _covered(uow: UnitOfWork, patient_id: int) -> frozenset[int]:
    """The assessments that an alert about this patient speaks of: opened for them, or joined by them."""
    alerts = uow.alerts.of_patient(patient_id)
    words = [entry.detail.partition(" ") for alert in alerts for entry in uow.alerts.history(alert.id)]
    noted = {int(number) for what, _, number in words if what == "assessment" and number.isdecimal()}
    return frozenset(noted | {alert.assessment_id for alert in alerts})


def _merge_doubles(uow: UnitOfWork, world: World, now: datetime) -> Iterator[str]:
    """Two workers may open one each for the same patient at the same moment: the less urgent, then the younger one ends."""
    first: dict[int, Alert] = {}
    for alert in uow.alerts.unresolved():
        kept = first.setdefault(alert.patient_id, alert)
        if kept is alert:
            continue
        joined = FindingJoined(assessment_id=alert.assessment_id, disposition=alert.disposition, policy=alert.policy)
        first[alert.patient_id] = escalations.apply(uow, kept, joined, world, now)
        escalations.apply(uow, alert, Merged(into=kept.id), world, now)
        yield f"alert:{alert.id} goes on in alert:{kept.id}"


def _repair_alerts(uow: UnitOfWork, world: World, now: datetime) -> Iterator[str]:
    yield from _merge_doubles(uow, world, now)
    for alert in uow.alerts.unresolved():
        if stuck(alert, now):
            escalations.apply(uow, alert, FoundStuck(), world, now)
            yield f"alert:{alert.id} was stuck"
        elif _holder_gone(uow, alert, clinics.of_alert(uow, world, alert)):
            escalations.apply(uow, alert, Reopened(why="its holder has left"), world, now)
            yield f"alert:{alert.id} had lost its holder"
    if any(_late(alert, now) for alert in uow.alerts.unresolved()):
        stepped = escalations.tick(uow, world, now, STEPS_AT_ONCE)
        yield f"{stepped} alerts were overdue"


def _holder_gone(uow: UnitOfWork, alert: Alert, world: World) -> bool:
    if alert.state is not AlertState.ACKNOWLEDGED:
        return False
    return not may_act(uow.clinicians.get(alert.acknowledged_by or ""), world)


def _repair_outbox(uow: UnitOfWork, now: datetime) -> Iterator[str]:
    ahead = uow.inbox.bring_forward(now + INBOX_AHEAD, now)
    if ahead:
        yield f"{ahead} updates waited for a moment far ahead"
    ahead = uow.outbox.bring_forward(pending_after=now + OUTBOX_AHEAD, sending_after=now + LEASE, now=now)
    if ahead:
        yield f"{ahead} messages waited for a moment far ahead"
    lost = outbox.recover(uow, now)
    if lost:
        yield f"{lost} attempts were lost while sending"


# --- problems ------------------------------------------------------------------------------------------------------------


def _alert_problems(uow: UnitOfWork, world: World, now: datetime) -> Iterator[Problem]:
    unresolved = uow.alerts.unresolved()
    late = [alert for alert in unresolved if _late(alert, now)]
    if late:
        yield Problem(kind="alert_overdue", count=len(late), detail=_ids(late))
    waiting = [alert for alert in unresolved if alert.state is AlertState.OPEN]
    lost = {at.content.clinic.id: not reachable(uow, at) for at in clinics.each(world)} if waiting else {}
    waiting = [alert for alert in waiting if lost[clinics.of_alert(uow, world, alert).content.clinic.id]]
    if waiting:
        yield Problem(kind="nobody_reachable", count=len(waiting), detail=_ids(waiting))


def _rota_problems(uow: UnitOfWork, world: World, now: datetime) -> Iterator[Problem]:
    """Hours to come without anybody are a task (rotas.watch keeps it); this very hour is an alarm, of a further clinic once it has
    patients."""
    tasks = [task for task in uow.tasks.open() if task.kind == UNCOVERED]
    for at in clinics.each(world) if tasks else ():
        ours = [task for task in tasks if clinics.task_here(uow, at, task)]
        if ours:
            nobody = reachable(uow, at).isdisjoint(on_call_now(uow, at, now))
            detail = clinics.marked(at.content.clinic.id, ours[0].detail)
            followed = at.content.clinic.id == MAIN or bool(uow.patients.by_clinic().get(at.content.clinic.id))
            yield Problem(kind=UNCOVERED, count=len(ours), detail=detail, alarming=nobody and followed)


def _clinic_problems(uow: UnitOfWork, world: World) -> Iterator[Problem]:
    """Patients whose clinic has no file (any more): the main clinic is paged for them, which is not theirs."""
    for clinic, count in clinics.gone(uow, world.content).items():
        yield Problem(kind="clinic_gone", count=count, detail=clinics.file_of(clinic))


def _clock_problems(uow: UnitOfWork) -> Iterator[Problem]:
    """Check-ins pause until the clock is right or a person confirms it: somebody must be told outside."""
    if clock_watch.held(uow):
        yield Problem(kind=clock_watch.TASK, count=1, detail=clock_watch.in_words(uow))


def _canary_problems(uow: UnitOfWork, now: datetime) -> Iterator[Problem]:
    """The newest canary did not come back, or none has set out for too long: an alert would not arrive either."""
    canary = uow.canaries.newest()
    if canary is None:
        return
    if canary.late(now):
        yield Problem(kind="canary_lost", count=1, detail=f"canary:{canary.id}")
    elif now - canary.opened_at > CANARY_MISSING:
        yield Problem(kind="canary_missing", count=1, detail=f"since {canary.opened_at.isoformat(timespec='minutes')}")


def _queue_problems(uow: UnitOfWork, now: datetime) -> Iterator[Problem]:
    oldest = uow.inbox.oldest_waiting()
    if oldest is not None and now - oldest > STANDSTILL:
        yield Problem(kind="inbox_waiting", count=uow.inbox.waiting(), detail=f"since {oldest.isoformat()}")
    waiting = [m for alert in uow.alerts.unresolved() for m in uow.outbox.pending_pages(f"alert:{alert.id}") if _unsent(m, now)]
    if waiting:
        yield Problem(kind="pages_waiting", count=len(waiting), detail=_ids(waiting))
    due = uow.outbox.next_due()
    if due is not None and due > AT_ONCE and now - due > BACKLOG:
        yield Problem(kind="outbox_waiting", count=uow.outbox.pending(), detail=f"since {due.isoformat()}")


def _unsent(message: OutgoingMessage, now: datetime) -> bool:
    """A page whose time has long come, and that no sender has taken."""
    return message.state is DeliveryState.PENDING and message.due_at is not None and now - message.due_at > STANDSTILL


def _quarantine_problems(uow: UnitOfWork, now: datetime) -> Iterator[Problem]:
    """The heartbeat goes on: each has its task since it was quarantined, and others are served."""
    items = uow.inbox.quarantined(now - QUARANTINE_LOOK_BACK)
    if items:
        yield Problem(kind="quarantined", count=len(items), detail=_ids(items), alarming=False)


def _stalled(heartbeats: Mapping[str, datetime], now: datetime) -> Iterator[Problem]:
    for name, last in sorted(heartbeats.items()):
        if now - last > STANDSTILL:
            yield Problem(kind="stalled", count=1, detail=name)


def _late(alert: Alert, now: datetime) -> bool:
    return alert.next_step_at is not None and now - alert.next_step_at > STEP_LATE


def _ids(items: Iterable[Alert | InboxItem | OutgoingMessage]) -> str:
    """The first few ids, to find the rows by."""
    return ", ".join([str(item.id) for item in items][:IDS_SHOWN])
