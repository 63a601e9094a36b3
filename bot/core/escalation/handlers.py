"""What each event does to an alert, one function an event and state. The table that joins them is transitions.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.errors import IllegalTransition
from bot.core.escalation.actions import (
    Action,
    Cause,
    Page,
    Record,
    RemindHolder,
    TellFirst,
    TellPatientClosed,
    TellPatientSeen,
    TellPatientWaits,
    UpdateCopies,
)
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.climb import chain_time, climb, wait_of
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import (
    Acknowledged,
    FindingJoined,
    FoundStuck,
    Opened,
    PageFailed,
    Reopened,
    Resolved,
    ResolveElapsed,
    StepElapsed,
)
from bot.core.escalation.roster import Roster

REMINDER_GRACE = timedelta(minutes=30)
"""How long after the reminder an acknowledged alert may stay unresolved before it is reopened; never longer than resolve_within."""

Result = tuple[Alert, tuple[Action, ...]]


class StaleButton(IllegalTransition):
    """The button was made before the alert last asked for a person anew; the state is unchanged."""

    remedy = "Press the button under the newest message about this alert."


def stuck(alert: Alert, now: datetime) -> bool:
    """Whether an unresolved alert's next step lies further ahead than its policy can have asked for."""
    if alert.state is AlertState.RESOLVED:
        return False
    return alert.next_step_at is None or alert.next_step_at > now + _longest_wait(alert)


def _longest_wait(alert: Alert) -> timedelta:
    if alert.state is AlertState.OPEN:
        return wait_of(alert.policy, alert.step)
    return alert.policy.call_within if alert.call_by else alert.policy.resolve_within


# --- open ----------------------------------------------------------------------------------------------------------------


def opened(alert: Alert, _event: Opened, now: datetime, roster: Roster) -> Result:
    """The first step is paged."""
    if alert.step >= 0:
        raise IllegalTransition("the alert was opened before")
    return climb(replace(alert, asked_at=now), now, roster, Cause.OPENED)


def step_elapsed(alert: Alert, _event: StepElapsed, now: datetime, roster: Roster) -> Result:
    """Nobody has acknowledged: one step up. The patient is told that they must not wait for us, of a red flag once more when the
    whole chain has been tried, and then no more: what repeats without end is not read."""
    _require_due(alert, now)
    climbed, actions = climb(alert, now, roster, Cause.CLIMBED)
    if _patient_must_know(climbed, now):
        return _patient_told(climbed, actions)
    if _patient_must_know_again(climbed, now):
        told = Record(event=EntryKind.PATIENT_WAITS, detail=f"{climbed.disposition.word} again")
        return replace(climbed, told_again=True), (*actions, told, TellPatientWaits(again=True))
    return climbed, actions


def acknowledge(alert: Alert, event: Acknowledged, now: datetime, _roster: Roster) -> Result:
    """The climb stops, and the time to resolve begins."""
    require_fresh(alert, event.version)
    after = replace(
        alert,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_by=event.by,
        acknowledged_at=now,
        reminded_at=None,
        assigned_to=None,
        call_by=None,
        told_waiting=None,
        next_step_at=now + alert.policy.resolve_within,
    )
    return after, (Record(event=EntryKind.ACKNOWLEDGED, by=event.by), UpdateCopies(), TellPatientSeen(clinician=event.by))


def resolve_unacknowledged(alert: Alert, event: Resolved, now: datetime, roster: Roster) -> Result:
    """Closing says as much as acknowledging: the patient is told who has seen it."""
    seen, _ = acknowledge(alert, Acknowledged(by=event.by, version=event.version), now, roster)
    after, actions = resolve(seen, event, now, roster)
    return after, (*actions, TellPatientSeen(clinician=event.by))


def join_open(alert: Alert, event: FindingJoined, now: datetime, roster: Roster) -> Result:
    """Not worse: the pages that are out already are edited, and nobody is woken twice for the same."""
    if event.disposition <= alert.disposition:
        return replace(alert, findings=alert.findings + 1), (_joined(event), UpdateCopies())
    return ask_anew(_with_finding(alert, event), alert, now, roster, cause=Cause.WORSE, record=_joined(event))


def page_failed(alert: Alert, event: PageFailed, now: datetime, _roster: Roster) -> Result:
    """Due at once. A late failure of a step that the alert has left already changes nothing."""
    if event.step != alert.step or alert.next_step_at is None or alert.next_step_at <= now:
        return alert, ()
    return replace(alert, next_step_at=now), (_failed(event),)


def stuck_open(alert: Alert, _event: FoundStuck, now: datetime, _roster: Roster) -> Result:
    """Whatever its timer says, it climbs now."""
    _require_stuck(alert, now)
    return replace(alert.not_ahead(now), next_step_at=now), (Record(event=EntryKind.RETIMED),)


# --- acknowledged --------------------------------------------------------------------------------------------------------


def acknowledged_before(alert: Alert, event: Acknowledged, _now: datetime, _roster: Roster) -> Result:
    """First wins; whoever presses second is told who it was."""
    return alert, (TellFirst(presser=event.by, first=alert.acknowledged_by or ""),)


def resolve(alert: Alert, event: Resolved, _now: datetime, _roster: Roster) -> Result:
    """Closed with an outcome; nothing happens to it any more."""
    require_fresh(alert, event.version)
    after = replace(
        alert,
        state=AlertState.RESOLVED,
        next_step_at=None,
        outcome=event.outcome,
        resolved_by=event.by,
        reminded_at=None,
        call_by=None,
        thread=False,
    )
    ended = (TellPatientClosed(clinician=event.by),) if alert.thread else ()
    return after, (Record(event=EntryKind.RESOLVED, by=event.by, detail=event.outcome), UpdateCopies(), *ended)


def resolve_elapsed(alert: Alert, _event: ResolveElapsed, now: datetime, roster: Roster) -> Result:
    """Reminded once; then reopened, because a promise that nobody kept is no promise."""
    _require_due(alert, now)
    holder = alert.acknowledged_by or ""
    if alert.reminded_at is None and roster.of([holder]):
        grace = min(REMINDER_GRACE, alert.policy.call_within if alert.call_by else alert.policy.resolve_within)
        after = replace(alert, reminded_at=now, next_step_at=now + grace)
        return after, (Record(event=EntryKind.REMINDED, by=holder), RemindHolder(clinician=holder))
    record = Record(event=EntryKind.REOPENED, by=holder, detail="did not call in time" if alert.call_by else "not resolved")
    after, actions = ask_anew(alert, alert, now, roster, cause=Cause.REOPENED, record=record)
    return _patient_told(after, actions, uncalled=holder) if alert.call_by else (after, actions)


def join_acknowledged(alert: Alert, event: FindingJoined, now: datetime, roster: Roster) -> Result:
    """Something red after it was acknowledged is a new page: nobody has acknowledged *that*."""
    if event.disposition <= alert.disposition and not event.disposition.red:
        return replace(alert, findings=alert.findings + 1), (_joined(event), UpdateCopies())
    return ask_anew(_with_finding(alert, event), alert, now, roster, cause=Cause.WORSE, record=_joined(event))


def holder_page_failed(alert: Alert, event: PageFailed, now: datetime, _roster: Roster) -> Result:
    """Only the holder matters now: who cannot be reminded is past reminding, and the alert is reopened at once."""
    if event.clinician != alert.acknowledged_by or alert.next_step_at is None or alert.next_step_at <= now:
        return alert, ()
    return replace(alert, next_step_at=now, reminded_at=alert.reminded_at or now), (_failed(event),)


def reopen(alert: Alert, event: Reopened, now: datetime, roster: Roster) -> Result:
    """Its holder is gone: the chain starts again."""
    record = Record(event=EntryKind.REOPENED, by=alert.acknowledged_by or "", detail=event.why)
    return ask_anew(alert, alert, now, roster, cause=Cause.REOPENED, record=record)


def stuck_acknowledged(alert: Alert, _event: FoundStuck, now: datetime, _roster: Roster) -> Result:
    """The time to resolve begins again, and so does the time for a call that was promised."""
    _require_stuck(alert, now)
    after = alert.not_ahead(now)
    after = replace(after, next_step_at=after.call_by or now + alert.policy.resolve_within)
    return after, (Record(event=EntryKind.RETIMED),)


# --- resolved ------------------------------------------------------------------------------------------------------------


def resolved_before(alert: Alert, event: Acknowledged | Resolved, _now: datetime, _roster: Roster) -> Result:
    """Whoever presses too late is told who closed it."""
    return alert, (TellFirst(presser=event.by, first=alert.resolved_by or "", resolved=True),)


def page_failed_late(alert: Alert, _event: PageFailed, _now: datetime, _roster: Roster) -> Result:
    """A page that fails after the alert is closed is no news."""
    return alert, ()


# --- what the handlers share ---------------------------------------------------------------------------------------------


def ask_anew(alert: Alert, before: Alert, now: datetime, roster: Roster, *, cause: Cause, record: Record) -> Result:
    """Starts the chain again under a new fence, and pages everybody who was paged before as well, however often they were."""
    fresh = replace(
        alert,
        step=-1,
        fence=before.version + 1,
        acknowledged_by=None,
        acknowledged_at=None,
        reminded_at=None,
        assigned_to=None,
        call_by=None,
        asked_at=now,
    )
    whole = replace(roster, sated=frozenset())
    after, actions = climb(fresh, now, whole, cause)
    paged = {name for action in actions if isinstance(action, Page) for name in action.clinicians}
    others = tuple(name for name in roster.of([before.acknowledged_by or "", *roster.paged]) if name not in paged)
    again = (Page(clinicians=others, step=after.step, cause=cause),) if others else ()
    return after, (record, *actions, *again, UpdateCopies())


def _with_finding(alert: Alert, event: FindingJoined) -> Alert:
    """Worse findings bring their own policy; the alert then speaks of the finding that was joined."""
    return replace(
        alert,
        findings=alert.findings + 1,
        assessment_id=event.assessment_id,
        disposition=max(alert.disposition, event.disposition),
        policy=event.policy if event.policy and event.disposition > alert.disposition else alert.policy,
    )


def _joined(event: FindingJoined) -> Record:
    return Record(event=EntryKind.JOINED, detail=f"assessment {event.assessment_id}")


def _failed(event: PageFailed) -> Record:
    return Record(event=EntryKind.PAGE_FAILED, by=event.clinician, detail=f"step {event.step}")


def _patient_must_know(alert: Alert, now: datetime) -> bool:
    """Whether nobody has answered in time, and they have not heard so at this level: a red flag after the first step's wait (not
    before, where a page failed at once), anything else after the whole chain."""
    if alert.told_waiting is not None and alert.told_waiting >= alert.disposition:
        return False
    if not alert.disposition.red:
        return alert.step >= len(alert.policy.steps)
    return now - (alert.asked_at or alert.opened_at) >= wait_of(alert.policy, 0)


def _patient_must_know_again(alert: Alert, now: datetime) -> bool:
    told = alert.told_waiting is not None and not alert.told_again
    return told and alert.disposition.red and now - (alert.asked_at or alert.opened_at) >= chain_time(alert.policy)


def _patient_told(alert: Alert, actions: tuple[Action, ...], uncalled: str = "") -> Result:
    after = replace(alert, told_waiting=alert.disposition, told_again=False)
    return after, (
        *actions,
        Record(event=EntryKind.PATIENT_WAITS, detail=alert.disposition.word),
        TellPatientWaits(uncalled=uncalled),
    )


def _require_due(alert: Alert, now: datetime) -> None:
    if alert.next_step_at is None or now < alert.next_step_at:
        raise IllegalTransition("the time for the next step has not come")


def require_fresh(alert: Alert, version: int) -> None:
    """Raises StaleButton for a button that is older than the fence."""
    if not alert.fence <= version <= alert.version:
        raise StaleButton(f"a button of version {version}; the alert has asked anew at version {alert.fence}")


def _require_stuck(alert: Alert, now: datetime) -> None:
    if not stuck(alert, now):
        raise IllegalTransition("the next step comes in its time")
