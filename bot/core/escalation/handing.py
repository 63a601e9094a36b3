"""What people do with an alert besides taking it and closing it: promise a call, hand it over, take it over, write to the patient,
merge two.

Whoever has an alert writes and hands it over alone; a colleague takes it over first, and both know then. While nobody has it, anybody
who was paged may.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core.errors import IllegalTransition
from bot.core.escalation.actions import Action, Cause, Page, Record, TellFirst, TellFormer, TellPatientSeen, UpdateCopies
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.climb import wait_of
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import Acknowledged, Called, CallPromised, HandedOver, Merged, TakenOver, Wrote
from bot.core.escalation.handlers import Result, acknowledge, require_fresh
from bot.core.escalation.roster import Roster

MERGED = "merged"
"""The outcome of an alert that another one goes on for."""


class CannotBeReached(IllegalTransition):
    """The colleague has no chat that works; nothing has changed."""

    remedy = "Choose somebody else."


class NotTheHolder(IllegalTransition):
    """Somebody else has the alert, or nobody has; nothing has changed."""

    remedy = "Acknowledge it first, or ask whoever has it to hand it over."


def promise_call(alert: Alert, event: CallPromised, now: datetime, roster: Roster) -> Result:
    """Takes it, and promises. The promise is the timer now: whoever does not keep it is reminded, then it opens again."""
    seen, _ = acknowledge(alert, Acknowledged(by=event.by, version=event.version), now, roster)
    after, actions = _promised(seen, event, now)
    return after, (Record(event=EntryKind.ACKNOWLEDGED, by=event.by), *actions)


def promise_call_later(alert: Alert, event: CallPromised, now: datetime, _roster: Roster) -> Result:
    """By whoever has it. A promise that still runs is not made twice, and none outlasts the time to resolve."""
    require_fresh(alert, event.version)
    running = alert.call_by is not None and now < alert.call_by
    if event.by != alert.acknowledged_by or running or now >= alert.resolve_by(now):
        return alert, (TellFirst(presser=event.by, first=alert.acknowledged_by or ""),)
    return _promised(alert, event, now)


def called(alert: Alert, event: Called, now: datetime, _roster: Roster) -> Result:
    """The promise is kept: what is left is the time to resolve."""
    require_fresh(alert, event.version)
    if event.by != alert.acknowledged_by or alert.call_by is None:
        return alert, (TellFirst(presser=event.by, first=alert.acknowledged_by or ""),)
    after = replace(alert, call_by=None, reminded_at=None, next_step_at=max(alert.resolve_by(now), now))
    return after, (Record(event=EntryKind.CALLED, by=event.by), UpdateCopies())


def hand_over(alert: Alert, event: HandedOver, now: datetime, roster: Roster) -> Result:
    """The colleague is paged at once and given the step's wait. Not acknowledged, it climbs from where it stood.

    The fence stays: whoever was paged before may still take it. Raises NotTheHolder and CannotBeReached.
    """
    require_fresh(alert, event.version)
    if alert.state is AlertState.ACKNOWLEDGED and event.by != alert.acknowledged_by:
        raise NotTheHolder(f"{alert.acknowledged_by} has the alert")
    if event.to == event.by or event.to not in roster.reachable:
        raise CannotBeReached(f"{event.to} cannot be paged now")
    after = replace(
        alert,
        state=AlertState.OPEN,
        step=max(alert.step, 0),
        next_step_at=now + wait_of(alert.policy, max(alert.step, 0)),
        assigned_to=event.to,
        acknowledged_by=None,
        acknowledged_at=None,
        reminded_at=None,
        call_by=None,
        asked_at=alert.asked_at if alert.state is AlertState.OPEN else now,
    )
    actions: tuple[Action, ...] = (
        Record(event=EntryKind.HANDED_OVER, by=event.by, detail=f"to {event.to}"),
        UpdateCopies(),
        Page(clinicians=(event.to,), step=after.step, cause=Cause.HANDED_OVER, by=event.by),
    )
    return after, actions


def take_over(alert: Alert, event: TakenOver, now: datetime, _roster: Roster) -> Result:
    """From whoever had it when the button was made, with a promise of theirs that still runs: the patient waits for that call. Of
    two who take it at once the first has it."""
    require_fresh(alert, event.version)
    if event.by == alert.acknowledged_by or event.holder != alert.acknowledged_by:
        return alert, (TellFirst(presser=event.by, first=alert.acknowledged_by or ""),)
    promise = alert.call_by if alert.call_by and alert.call_by > now else None
    after = replace(
        alert,
        acknowledged_by=event.by,
        acknowledged_at=now,
        reminded_at=None,
        call_by=promise,
        next_step_at=promise or now + alert.policy.resolve_within,
    )
    actions: tuple[Action, ...] = (
        Record(event=EntryKind.TAKEN_OVER, by=event.by, detail=f"from {event.holder}"),
        UpdateCopies(),
        TellFormer(clinician=event.holder, by=event.by),
        TellPatientSeen(clinician=event.by, call_by=promise),
    )
    return after, actions


def take_over_open(alert: Alert, event: TakenOver, now: datetime, roster: Roster) -> Result:
    """Nobody has it any more (it was handed over): it is acknowledged."""
    return acknowledge(alert, Acknowledged(by=event.by, version=event.version), now, roster)


def write(alert: Alert, event: Wrote, _now: datetime, _roster: Roster) -> Result:
    """Opens the thread, or goes on in it. Raises NotTheHolder."""
    if event.by != alert.acknowledged_by:
        raise NotTheHolder(f"{alert.acknowledged_by} has the alert")
    return replace(alert, thread=True), (Record(event=EntryKind.RELAYED, by=event.by, detail=f"message {event.message}"),)


def merge(alert: Alert, event: Merged, _now: datetime, _roster: Roster) -> Result:
    """It ends without anybody having closed it: the other one is open or has somebody."""
    if event.into == alert.id:
        raise IllegalTransition("an alert cannot be merged into itself")
    after = replace(
        alert,
        state=AlertState.RESOLVED,
        next_step_at=None,
        outcome=MERGED,
        merged_into=event.into,
        reminded_at=None,
        call_by=None,
        assigned_to=None,
        thread=False,
    )
    return after, (Record(event=EntryKind.MERGED, detail=f"into alert {event.into}"), UpdateCopies())


def pressed_too_late(
    alert: Alert, event: CallPromised | Called | HandedOver | TakenOver, _now: datetime, _roster: Roster
) -> Result:
    """The alert is closed: whoever presses is told by whom."""
    return alert, (TellFirst(presser=event.by, first=alert.resolved_by or "", resolved=True),)


def _promised(alert: Alert, event: CallPromised, now: datetime) -> Result:
    call_by = min(now + alert.policy.call_within, alert.resolve_by(now))
    after = replace(alert, call_by=call_by, next_step_at=call_by, reminded_at=None)
    record = Record(event=EntryKind.CALLING, by=event.by, detail=f"by {call_by.isoformat(timespec='minutes')}")
    return after, (record, UpdateCopies(), TellPatientSeen(clinician=event.by, call_by=call_by))
