"""Alerts: opened in the transaction of their assessment, paged, climbed, acknowledged, resolved. Every step is fenced by the version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import Patient
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import OutgoingMessage
from bot.core.errors import AftercareError
from bot.core.escalation.actions import (
    Action,
    Page,
    RaiseNobodyReachable,
    Record,
    RemindHolder,
    TellFirst,
    TellFormer,
    TellPatientClosed,
    TellPatientSeen,
    TellPatientWaits,
    UpdateCopies,
)
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.climb import RETRY
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import AlertEvent, FindingJoined, Opened, PageFailed
from bot.core.escalation.policy import Clinic, EscalationPolicy, PolicyStep
from bot.core.escalation.roster import PAGE_LIMIT, PAGE_WINDOW, Roster
from bot.core.escalation.transitions import advance, overdue_event
from bot.ports import AlertEntry, StoredAssessment, Task, UnitOfWork
from bot.services import clinics
from bot.services.alert_copies import update_copies
from bot.services.alert_desk import Desk
from bot.services.alert_pages import page, remind_holder, tell_former, withdraw_pages, withdraw_pages_of
from bot.services.alert_patient import tell_closed, tell_seen, tell_waits
from bot.services.reachability import reachable
from bot.services.rotas import rotas_now
from bot.services.world import World

UNPLANNED_WAIT = timedelta(minutes=5)
"""How long the last-resort contact is given where clinic.yaml has no policy for a red flag."""
FAILS_WITHIN = timedelta(days=1)
"""A page whose failure is heard of later than this counts for the present step."""
PAGED_EVENTS = frozenset({EntryKind.PAGED, EntryKind.REPEATED})


def open_alert(uow: UnitOfWork, patient: Patient, stored: StoredAssessment, world: World, now: datetime) -> Alert | None:
    """Opens an alert for the assessment, or joins the patient's unresolved one; call it in the assessment's own transaction.

    Where the clinic pages nobody for this disposition it leaves a Task instead, and returns the alert that the finding joined, if
    there is one. A red flag always pages somebody, whatever clinic.yaml forgot.
    """
    world = clinics.of_patient(world, patient)
    disposition = stored.assessment.disposition
    policy = policy_for(world.content.clinic, disposition, _policy_set(uow, patient, world))
    if policy is None:
        _leave_task(uow, patient, stored, now)
    open_already = uow.alerts.unresolved_of(patient.id)
    if open_already is not None:
        event = FindingJoined(assessment_id=stored.id, disposition=disposition, policy=policy)
        return apply(uow, open_already, event, world, now)
    return None if policy is None else _open(uow, patient, stored, world, now, policy=policy)


def tick(uow: UnitOfWork, world: World, now: datetime, limit: int) -> int:
    """Takes every alert whose time has come one step on; how many. One that fails is left due (the auditor tells) and stops no other.

    Raises what can be retried: the whole transaction is then run again.
    """
    done = 0
    for alert in uow.alerts.due(now, limit):
        event = overdue_event(alert)
        if event is None:
            continue
        try:
            with uow.savepoint():
                apply(uow, alert, event, world, now)
            done += 1
        except AftercareError as error:
            if error.retryable:
                raise
            _step_failed(uow, alert, error, now)
        except Exception as error:  # noqa: BLE001 - whatever one alert breaks must stop no other alert
            _step_failed(uow, alert, error, now)
    return done


def apply(uow: UnitOfWork, alert: Alert, event: AlertEvent, world: World, now: datetime) -> Alert:
    """Advances the alert, saves it (its row before any page), and carries out what it asks for.

    Raises IllegalTransition or StaleButton with nothing changed, StaleVersion where somebody else was faster.
    """
    world = clinics.of_alert(uow, world, alert)
    after, actions = advance(alert, event, now, roster_for(uow, world, alert, now))
    if after.version != alert.version:
        after = uow.alerts.save(after, expected_version=alert.version)
    desk = Desk(uow=uow, world=world, alert=after, now=now)
    if after.fence != alert.fence or after.state is not alert.state:
        withdraw_pages(desk)
    for action in actions:
        _carry_out(desk, action, alert.state)
    return after


def page_failed(uow: UnitOfWork, message: OutgoingMessage, now: datetime) -> None:
    """A page did not reach its clinician: the alert's next step is due now. The next tick takes it."""
    alert_id = alert_of(message)
    if alert_id is not None and message.clinician is not None:
        _fail(uow, uow.alerts.get(alert_id), message.clinician, now)


def clinician_lost(uow: UnitOfWork, clinician: str, now: datetime) -> None:
    """A clinician can not be reached any more, or has left: whatever waits for them goes on at once."""
    for alert in uow.alerts.unresolved():
        paged = clinician in uow.alerts.paged(alert.id)
        if paged or alert.acknowledged_by == clinician:
            withdraw_pages_of(uow, alert, clinician)
            _fail(uow, alert, clinician, now)


def clinician_left(uow: UnitOfWork, clinician: Clinician, world: World, now: datetime) -> None:
    """The same for the alerts of clinics at which they may act no more."""
    for alert in uow.alerts.unresolved():
        paged = clinician.id in uow.alerts.paged(alert.id) or alert.acknowledged_by == clinician.id
        if paged and not clinics.may_act(clinician, clinics.of_alert(uow, world, alert)):
            withdraw_pages_of(uow, alert, clinician.id)
            _fail(uow, alert, clinician.id, now)


def alert_of(message: OutgoingMessage) -> int | None:
    """The alert that a page is about; None for any other message."""
    kind, _, number = message.purpose.partition(":")
    return int(number) if kind == "alert" and number.isdecimal() else None


def policy_for(clinic: Clinic, disposition: Disposition, escalation: str = "default") -> EscalationPolicy | None:
    """The policy of that set, or else of the default set, with somebody to fall back on.

    A chain that is only meant for what can wait never serves a red flag: where no other is there, the last-resort contact alone does.
    For anything else without a policy: None.
    """
    found = (clinic.policy_for(disposition, name) for name in (escalation, "default"))
    policy = next((p for p in found if p is not None and (p.disposition.red or not disposition.red)), None)
    if policy is not None:
        return policy if policy.last_resort else replace(policy, last_resort=clinic.last_resort)
    if not disposition.red:
        return None
    step = PolicyStep(wait=UNPLANNED_WAIT, clinicians=clinic.last_resort)
    return EscalationPolicy(id="unplanned", disposition=disposition, steps=(step,), last_resort=clinic.last_resort)


def roster_for(uow: UnitOfWork, world: World, alert: Alert, now: datetime) -> Roster:
    """Who can be paged for this alert now. Only who is in clinic.yaml, active, and has a chat that works, is reachable."""
    recent = uow.alerts.history(alert.id, since=now - PAGE_WINDOW) if alert.id else ()
    return Roster(
        rotas={rota.id: rota for rota in rotas_now(uow, world, now)},
        reachable=reachable(uow, world),
        paged=uow.alerts.paged(alert.id) if alert.id else (),
        sated=sated(recent, now),
    )


def sated(history: Iterable[AlertEntry], now: datetime) -> frozenset[str]:
    """Who has had PAGE_LIMIT messages about this alert within PAGE_WINDOW. What seems to be ahead was sent when the clock was."""
    recent = Counter(e.by for e in history if e.event in PAGED_EVENTS and now - PAGE_WINDOW < e.at <= now)
    return frozenset(name for name, count in recent.items() if count >= PAGE_LIMIT)


def _open(
    uow: UnitOfWork, patient: Patient, stored: StoredAssessment, world: World, now: datetime, *, policy: EscalationPolicy
) -> Alert:
    alert = uow.alerts.add(
        Alert(
            id=0,
            patient_id=patient.id,
            assessment_id=stored.id,
            disposition=stored.assessment.disposition,
            state=AlertState.OPEN,
            policy=policy,
            opened_at=now,
            next_step_at=now,
        )
    )
    rules = ", ".join(reason.rule for reason in stored.assessment.reasons)
    uow.alerts.log(AlertEntry(alert_id=alert.id, at=now, event=EntryKind.OPENED, detail=f"assessment {stored.id}"))
    uow.audit.append(now, "system", "alert.opened", f"alert:{alert.id}", f"{stored.assessment.disposition.word}: {rules}")
    return apply(uow, alert, Opened(), world, now)


def _policy_set(uow: UnitOfWork, patient: Patient, world: World) -> str:
    """The set of policies that the schedule of the patient's course names."""
    enrolment = next((e for e in uow.enrolments.of_patient(patient.id) if e.active), None)
    schedule = world.content.course(enrolment.schedule, enrolment.schedule_version) if enrolment else None
    return schedule.escalation if schedule else "default"


def _leave_task(uow: UnitOfWork, patient: Patient, stored: StoredAssessment, now: datetime) -> None:
    """One open task per patient and disposition; its detail names the rules, never the words."""
    disposition = stored.assessment.disposition
    if uow.tasks.open_of(patient.id, disposition.word) is None:
        rules = ", ".join(reason.rule for reason in stored.assessment.reasons)
        uow.tasks.add(Task(id=0, patient_id=patient.id, kind=disposition.word, disposition=disposition, at=now, detail=rules))


def _step_failed(uow: UnitOfWork, alert: Alert, error: Exception, now: datetime) -> None:
    """Its text stays out of the chain: it may quote the patient."""
    uow.audit.append(now, "system", "alert.step_failed", f"alert:{alert.id}", type(error).__name__)


def _carry_out(desk: Desk, action: Action, before: AlertState) -> None:  # noqa: C901 - one line for each kind of action, nothing else
    match action:
        case Page():
            page(desk, action)
            _somebody_is_reachable(desk)
        case RaiseNobodyReachable():
            _raise_nobody_reachable(desk)
        case RemindHolder(clinician=clinician):
            remind_holder(desk, clinician)
        case UpdateCopies():
            update_copies(desk)
        case TellPatientSeen(clinician=clinician, call_by=call_by):
            tell_seen(desk, clinician, call_by)
        case TellPatientWaits(uncalled=uncalled, again=again):
            tell_waits(desk, uncalled, again=again)
        case TellFormer(clinician=clinician, by=by):
            tell_former(desk, clinician, by)
        case TellPatientClosed(clinician=clinician):
            tell_closed(desk, clinician)
        case Record(event=event, by=by, detail=detail):
            desk.log(event, by, detail, before=before)
        case TellFirst():
            pass  # whoever pressed is answered by the clinicians service, which knows the press


def _raise_nobody_reachable(desk: Desk) -> None:
    """A task that stays on the clinic's list; the auditor withholds the heartbeat meanwhile."""
    if desk.uow.tasks.open_of(desk.alert.patient_id, "nobody_reachable") is None:
        desk.uow.tasks.add(
            Task(
                id=0,
                patient_id=desk.alert.patient_id,
                kind="nobody_reachable",
                disposition=desk.alert.disposition,
                at=desk.now,
                detail=f"alert {desk.alert.id} has reached nobody; it tries again every {RETRY.seconds} s",
            )
        )
    desk.uow.audit.append(desk.now, "system", "alert.nobody_reachable", desk.purpose)


def _fail(uow: UnitOfWork, alert: Alert, clinician: str, now: datetime) -> None:
    step = _step_paged(uow.alerts.history(alert.id, since=now - FAILS_WITHIN), clinician, alert.step)
    after, actions = advance(alert, PageFailed(clinician=clinician, step=step), now, Roster())
    if after.version != alert.version:
        uow.alerts.save(after, expected_version=alert.version)
    for action in actions:
        if isinstance(action, Record):
            entry = AlertEntry(alert_id=alert.id, at=now, event=action.event, by=action.by, detail=action.detail)
            uow.alerts.log(replace(entry, from_state=alert.state, to_state=after.state))


def _somebody_is_reachable(desk: Desk) -> None:
    """What nobody_reachable asked for has come about."""
    task = desk.uow.tasks.open_of(desk.alert.patient_id, "nobody_reachable")
    if task is not None:
        desk.uow.tasks.done(task.id, desk.now)


def _step_paged(history: Iterable[AlertEntry], clinician: str, current: int) -> int:
    """The step of the clinician's newest page; without one, the present step (a reminder)."""
    steps = [e.detail.removeprefix("step ") for e in history if e.event is EntryKind.PAGED and e.by == clinician]
    return int(steps[-1]) if steps and steps[-1].isdecimal() else current
