"""What a run came to: figures for people, violations for the exit code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.escalation.alert import Alert, AlertState
from bot.ports import StoredAssessment, UnitOfWork
from bot.simulator.simulation.driver import Simulation
from bot.simulator.simulation.ledger import Said


@dataclass(slots=True)
class RedFlags:
    """Of what was truly said."""

    said: int = 0
    alerted: int = 0
    acknowledged: int = 0
    escalating: int = 0
    lost: int = 0


def verdict(simulation: Simulation, seconds: float) -> dict[str, Any]:
    """The JSON of `aftercare simulate`."""
    ledger = simulation.ledger
    violations = list(ledger.violations)
    flags = simulation.store.transact(lambda uow: _red_flags(uow, simulation, violations))
    doubled = ledger.doubled()
    violations += doubled
    violations += simulation.store.transact(lambda uow: _unalerted(uow, simulation.start))
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
        "messages": {"sent": ledger.sent, "ambiguous": 0, "repeated": 0},
        "crashes": 0,
        "violations": violations,
        "trace": simulation.trace,
        "seconds": round(seconds, 2),
    }


def _red_flags(uow: UnitOfWork, simulation: Simulation, violations: list[str]) -> RedFlags:
    flags = RedFlags()
    for said in simulation.ledger.said:
        if not said.saying.red:
            continue
        flags.said += 1
        alert = _alert_for(uow, said)
        if alert is None:
            flags.lost += 1
            violations.append(f"lost red flag: patient {said.patient_id} at {said.at.isoformat()}: {said.saying.text!r}")
            continue
        flags.alerted += 1
        flags.acknowledged += alert.state is not AlertState.OPEN
        flags.escalating += alert.state is AlertState.OPEN and alert.next_step_at is not None
        if alert.state is AlertState.OPEN and alert.next_step_at is None:
            violations.append(f"alert {alert.id} is neither acknowledged nor escalating")
    return flags


def _alert_for(uow: UnitOfWork, said: Said) -> Alert | None:
    stored = [a for a in uow.assessments.recent(said.patient_id, said.at) if a.at == said.at and a.text == said.saying.text]
    red = [a for a in stored if a.assessment.disposition.red]
    return next((alert for a in red if (alert := _covering(uow, a)) is not None), None)


def _covering(uow: UnitOfWork, stored: StoredAssessment) -> Alert | None:
    line = f"assessment {stored.id}"
    for alert in uow.alerts.of_patient(stored.patient_id):
        if alert.assessment_id == stored.id or any(entry.detail == line for entry in uow.alerts.history(alert.id)):
            return alert
    return None


def _unalerted(uow: UnitOfWork, since: datetime) -> list[str]:
    red = uow.assessments.red_since(since)
    return [f"assessment {stored.id} is red and has no alert" for stored in red if _covering(uow, stored) is None]
