"""What a run came to: figures for people, violations for the exit code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.core.conversation.session import SessionState
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.entries import EntryKind
from bot.ports import StoredAssessment, UnitOfWork
from bot.simulator.simulation.driver import Simulation
from bot.simulator.simulation.ledger import Said
from bot.simulator.simulation.watch import climbing, covering

_DEEDS = frozenset(
    {
        EntryKind.ACKNOWLEDGED,
        EntryKind.CALLING,
        EntryKind.CALLED,
        EntryKind.HANDED_OVER,
        EntryKind.TAKEN_OVER,
        EntryKind.RESOLVED,
    }
)
NEWS = timedelta(hours=1)
"""An alert that is younger may still be on its way to somebody."""
PAGED_WITHIN = timedelta(minutes=5)
ADVISED_WITHIN = timedelta(minutes=30)
"""From a red flag in the bot's hands to a page on a telephone, and to advice on the patient's, troubles not counted."""


@dataclass(slots=True)
class RedFlags:
    """Of what was truly said, and was with the channel no longer than it keeps anything."""

    said: int = 0
    alerted: int = 0
    acknowledged: int = 0
    escalating: int = 0
    lost: int = 0
    violations: list[str] = field(default_factory=list)


def verdict(simulation: Simulation, seconds: float) -> dict[str, Any]:
    """The JSON of `aftercare simulate`."""
    ledger = simulation.ledger
    flags = simulation.store.transact(lambda uow: _red_flags(uow, simulation))
    doubled = ledger.doubled()
    violations = [*ledger.violations, *flags.violations, *doubled]
    violations += simulation.store.transact(lambda uow: [*_unalerted(uow, simulation), *_histories(uow, simulation)])
    if simulation.faulty:
        violations += simulation.store.transact(lambda uow: [*_waited(uow, simulation), *_unsettled(uow, simulation)])
    return {
        "schedule": simulation.schedule,
        "patients": len(simulation.patients),
        "patient_days": len(simulation.patients) * simulation.days,
        "seed": simulation.seed,
        "check_ins": {
            "due": len(ledger.due),
            "sent": sum(ledger.sent_check_ins.values()),
            "late": ledger.late,
            "missed_system": ledger.missed_system,
            "duplicated": len(doubled),
        },
        "red_flags": {
            "said": flags.said,
            "alerted": flags.alerted,
            "acknowledged": flags.acknowledged,
            "escalating": flags.escalating,
            "lost": flags.lost,
        },
        "messages": {"sent": ledger.sent, "ambiguous": ledger.ambiguous, "repeated": ledger.repeated},
        "crashes": ledger.crashes,
        "violations": violations,
        "trace": simulation.trace,
        "seconds": round(seconds, 2),
    }


# --- what was said -------------------------------------------------------------------------------------------------------


def _red_flags(uow: UnitOfWork, simulation: Simulation) -> RedFlags:
    flags = RedFlags()
    known: dict[int, dict[str, list[StoredAssessment]]] = {}
    for said in simulation.ledger.said:
        if said.update in simulation.channel.expired:
            continue
        if said.patient_id not in known:
            known[said.patient_id] = _by_update(uow, said.patient_id, simulation)
        _judge(uow, said, known[said.patient_id].get(said.update, []), flags, simulation)
    return flags


def _by_update(uow: UnitOfWork, patient_id: int, simulation: Simulation) -> dict[str, list[StoredAssessment]]:
    """Everything that was found in what they sent, by the update that brought it."""
    found: dict[str, list[StoredAssessment]] = {}
    for stored in uow.assessments.recent(patient_id, simulation.start - timedelta(days=2)):
        if stored.inbox_id is not None:
            found.setdefault(uow.inbox.get(stored.inbox_id).external_id, []).append(stored)
    return found


def _judge(uow: UnitOfWork, said: Said, stored: list[StoredAssessment], flags: RedFlags, simulation: Simulation) -> None:
    what = f"patient {said.patient_id} at {said.at.isoformat()}: {said.saying.text!r}"
    if said.saying.stop:
        if said.in_course and uow.sessions.get(said.patient_id).standing is not SessionState.STOPPED:
            flags.violations.append(f"said and not stopped: {what}")
        return
    if not stored and (said.in_course or said.saying.red):
        flags.violations.append(f"said and never assessed: {what}")
    elif len(stored) > 1:
        flags.violations.append(f"said once and assessed {len(stored)} times: {what}")
    if not said.saying.red:
        return
    flags.said += 1
    alert = next((alert for a in stored if a.assessment.disposition.red and (alert := covering(uow, a)) is not None), None)
    if alert is None:
        flags.lost += 1
        flags.violations.append(f"lost red flag: {what}")
        return
    flags.alerted += 1
    flags.acknowledged += alert.state is not AlertState.OPEN
    flags.escalating += climbing(alert, simulation.clock.now())
    if alert.state is AlertState.OPEN and not climbing(alert, simulation.clock.now()):
        flags.violations.append(f"alert {alert.id} is neither acknowledged nor escalating")


# --- what the store holds ------------------------------------------------------------------------------------------------


def _unalerted(uow: UnitOfWork, simulation: Simulation) -> list[str]:
    red = uow.assessments.red_since(simulation.start - timedelta(days=2))
    return [f"assessment {stored.id} is red and has no alert" for stored in red if covering(uow, stored) is None]


def _alerts(uow: UnitOfWork, simulation: Simulation) -> list[Alert]:
    far = timedelta(days=3)
    return list(uow.alerts.opened_between(simulation.start - far, simulation.end + far))


def _histories(uow: UnitOfWork, simulation: Simulation) -> Iterator[str]:
    """Each alert's life is one unbroken line, and nobody did anything about it but people who truly did."""
    for alert in _alerts(uow, simulation):
        state, last = AlertState.OPEN, None
        for entry in uow.alerts.history(alert.id):
            step = (entry.at, entry.from_state, entry.to_state)
            if entry.to_state is not None and step != last:  # one transition may leave several lines
                if entry.from_state is not state:
                    yield f"alert {alert.id} went from {entry.from_state} to {entry.to_state} while it was {state}"
                state, last = entry.to_state, step
            if entry.event in _DEEDS and (entry.by, str(alert.id)) not in simulation.ledger.pressed:
                yield f"alert {alert.id} was {entry.event} by {entry.by or 'nobody'}, who did nothing"
        if state is not alert.state:
            yield f"alert {alert.id} is {alert.state}, and its history says {state}"


def _waited(uow: UnitOfWork, simulation: Simulation) -> Iterator[str]:
    """Nobody waited longer for a page or for advice than the troubles of that time explain."""
    ledger = simulation.ledger
    for alert, opened in ledger.opened.items():
        paged = ledger.paged.get(alert)
        if paged is not None and (late := simulation.working_time(opened, paged)) > PAGED_WITHIN:
            yield f"alert {alert} took {late} to reach anybody, from {opened.isoformat()}"
    for said in ledger.said:
        if not said.saying.red or said.update in simulation.channel.expired or said.patient_id in ledger.shut_out:
            continue
        advice = next((at for at in ledger.advised.get(said.patient_id, []) if at >= said.at), None)
        late = simulation.working_time(said.at, advice or simulation.clock.true)
        if late > ADVISED_WITHIN and uow.tasks.open_of(said.patient_id, "undelivered") is None:
            yield f"patient {said.patient_id} waited {late} for advice, from {said.at.isoformat()}"


def _unsettled(uow: UnitOfWork, simulation: Simulation) -> Iterator[str]:
    """After a day of calm nothing is left that should have come right by itself."""
    now = simulation.clock.now()
    if uow.inbox.waiting():
        yield f"{uow.inbox.waiting()} updates are still in the inbox"
    if uow.inbox.quarantined(simulation.start - timedelta(days=2)):
        yield "updates were quarantined, though none was poison"
    for what, due in (("a message", uow.outbox.next_due()), ("a check-in", uow.check_ins.next_due())):
        if due is not None and due < now - timedelta(minutes=1):
            yield f"{what} has been due since {due.isoformat()}"
    for alert in _alerts(uow, simulation):
        if str(alert.id) not in simulation.ledger.paged and alert.opened_at < now - NEWS and alert.merged_into is None:
            yield f"alert {alert.id} has reached nobody"
    if uow.audit.verify() is not None:
        yield "the audit chain is broken"
