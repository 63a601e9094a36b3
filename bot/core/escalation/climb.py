"""The way up the chain: the next step that has somebody to reach, and when to go on from there.

A step with nobody to reach is passed at once. After the last step it starts again at the first, and the last-resort contact is paged
too; so they are when a rota that a step names is empty. ``step`` never goes down while an alert is open: step modulo the chain's
length says which step it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.escalation.actions import Action, Cause, Page, RaiseNobodyReachable, Record
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.policy import EscalationPolicy, PolicyStep
from bot.core.escalation.roster import Roster

RETRY = timedelta(seconds=30)
"""How soon an alert that reached nobody tries again; also the shortest wait that a step may have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """Where a climb ended: the step, whom it pages, and whether the last-resort contact is paged as well."""

    step: int
    callees: tuple[str, ...]
    last_resort: bool


def step_of(policy: EscalationPolicy, step: int) -> PolicyStep:
    """The policy's step for an alert's step, which goes on counting when the chain loops."""
    return policy.steps[step % len(policy.steps)]


def wait_of(policy: EscalationPolicy, step: int) -> timedelta:
    """How long that step is given, never less than RETRY."""
    return max(step_of(policy, step).wait, RETRY)


def chain_time(policy: EscalationPolicy) -> timedelta:
    """How long the whole chain takes once."""
    return sum((wait_of(policy, step) for step in range(len(policy.steps))), timedelta())


def climb(alert: Alert, now: datetime, roster: Roster, cause: Cause) -> tuple[Alert, tuple[Action, ...]]:
    """Takes the alert to the next step that reaches somebody, and pages there.

    Where no step does, the last-resort contact alone is paged; where they cannot be reached either, it tries again after RETRY.
    """
    rung = _next_rung(alert, now, roster)
    last_resort = roster.of(alert.policy.last_resort) if rung.last_resort else ()
    reached = rung.callees or last_resort
    wait = wait_of(alert.policy, rung.step) if reached else RETRY
    climbed = replace(alert, state=AlertState.OPEN, step=rung.step, next_step_at=now + wait, assigned_to=None)
    actions: list[Action] = [
        Record(event=EntryKind.CLIMBED if alert.step >= 0 else EntryKind.STARTED, detail=f"step {rung.step}")
    ]
    actions += _pages(rung, last_resort, roster, cause)
    if not reached:
        actions.append(RaiseNobodyReachable())
    return climbed, tuple(actions)


def _next_rung(alert: Alert, now: datetime, roster: Roster) -> Rung:
    length = len(alert.policy.steps)
    last_resort = False
    for step in range(alert.step + 1, alert.step + 1 + length):
        callees = roster.callees(step_of(alert.policy, step), now)
        last_resort |= callees.uncovered or (step > 0 and step % length == 0)
        if callees.reachable:
            return Rung(step=step, callees=callees.reachable, last_resort=last_resort)
    return Rung(step=alert.step + length, callees=(), last_resort=True)


def _pages(rung: Rung, last_resort: tuple[str, ...], roster: Roster, cause: Cause) -> list[Action]:
    """Nobody twice, and nobody who was paged enough for the moment."""
    callees = tuple(name for name in rung.callees if name not in roster.sated)
    extra = tuple(name for name in last_resort if name not in roster.sated and name not in rung.callees)
    pages = [Page(clinicians=callees, step=rung.step, cause=cause)] if callees else []
    if extra:
        pages.append(Page(clinicians=extra, step=rung.step, cause=Cause.LAST_RESORT))
    return list(pages)
