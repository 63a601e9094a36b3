"""Silence, and what only looks like it. A patient who does not answer, one who cannot be reached, and we who were out of order are three
things: the first is reminded, then a task, then (where the schedule's table says so) an alert; the second is a task to phone them; after
the third nobody is called silent: the clock starts again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.actions import Part
from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.careplan.quiet import after_quiet
from bot.core.careplan.schedule import CheckIn, Silence
from bot.core.careplan.silence import silence_for
from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import DeliveryState, Lane
from bot.ports import StoredAssessment, Task, UnitOfWork
from bot.services import escalations, offline
from bot.services.assessing import worst_of_last_day
from bot.services.hearing import OUTAGE, deaf, note_outage, outage_end
from bot.services.talk import Talk
from bot.services.world import World

SILENCE = "silence"
"""The check-in id of the row that wakes up when a silence has lasted long enough for an alert; its occurrence is the silent row's id."""
SILENT_RULE, UNREACHABLE_RULE = "silence", "unreachable"
_OURS = frozenset({DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.WAITING})


def back_from_outage(uow: UnitOfWork, world: World, last_run: datetime | None, now: datetime) -> bool:
    """Called when the bot starts: notes whether it was out of order since ``last_run``, and leaves each clinic a task that says so."""
    if last_run is None or now - last_run < OUTAGE:
        return False
    note_outage(uow, now)
    span = f"{last_run.isoformat(timespec='minutes')} until {now.isoformat(timespec='minutes')}"
    if now - last_run <= offline.LONG:  # of a longer one offline.py tells
        offline.leave_tasks(uow, world, now, span)
    uow.audit.append(now, "system", "outage.over", "system", span)
    return True


def meaning(talk: Talk, row: PlannedCheckIn, check_in: CheckIn) -> Silence:
    """What no reply to this check-in means for this patient now."""
    enrolment = talk.uow.enrolments.get(row.enrolment_id)
    schedule = talk.world.content.course(enrolment.schedule, enrolment.schedule_version)
    if schedule is None or not schedule.when_silent:
        return check_in.silence
    since = (row.sent_at or talk.now) - enrolment.treated_at
    return silence_for(
        check_in.silence,
        schedule.when_silent,
        phase=schedule.phase_at(since),
        patient=enrolment.context(talk.now),
        last=worst_of_last_day(talk),
    )


def begins_again(talk: Talk, row: PlannedCheckIn, wait: timedelta) -> bool:
    """Whether ``row``, whose ``wait`` seems over, was waiting while we were out of order (or heard nothing), or was never handed out:
    then its clock starts again, and nobody is called silent."""
    begin = _begin_again(talk, row, wait)
    if begin is None:
        return False
    talk.uow.check_ins.save(replace(row, due_at=begin + wait))
    talk.audit("silence.clock_restarted", f"check_in:{row.id}")
    return True


def _begin_again(talk: Talk, row: PlannedCheckIn, wait: timedelta) -> datetime | None:
    if talk.now - row.due_at > OUTAGE or deaf(talk.uow, talk.patient.channel, talk.now):
        return talk.now
    back = outage_end(talk.uow, talk.now)
    if back is not None and row.due_at - wait < back and back + wait > talk.now:
        return back
    return talk.now if _delivery(talk, row) in _OURS else None


def after_outage(talk: Talk, row: PlannedCheckIn) -> bool:
    """Whether we were out of order since the check-in was sent: the reminder says so then."""
    back = outage_end(talk.uow, talk.now)
    return back is not None and row.sent_at is not None and back > row.sent_at


def not_delivered(talk: Talk, row: PlannedCheckIn) -> bool:
    """Whether the prompt itself never reached them: not silence, but somebody to phone."""
    if _delivery(talk, row) is not DeliveryState.DEAD:
        return False
    if talk.uow.tasks.open_of(talk.patient.id, "undelivered") is None:
        detail = f"check_in:{row.id}"
        level = Disposition.SAME_DAY
        talk.task(Task(id=0, patient_id=talk.patient.id, kind="undelivered", disposition=level, at=talk.now, detail=detail))
    return True


def _delivery(talk: Talk, row: PlannedCheckIn) -> DeliveryState | None:
    newest = talk.uow.outbox.of_purpose(f"check_in:{row.id}", newest=1)
    return newest[-1].state if newest else None


def await_alert(talk: Talk, row: PlannedCheckIn, check_in: CheckIn, silence: Silence) -> None:
    """The task is left; the alert comes later, where the table asks for one. Of a check-in that keeps quiet hours, or is asked at
    bedtime, it waits for the morning: whoever sleeps is not silent."""
    if silence.alert_after is not None:
        due_at = talk.now + silence.alert_after
        if talk.schedule is not None and (check_in.quiet_hours or check_in.bedtime is not None):
            due_at = after_quiet(due_at, talk.schedule.quiet_hours, talk.patient.zone())
        planned = PlannedCheckIn(
            id=0,
            enrolment_id=row.enrolment_id,
            patient_id=row.patient_id,
            check_in=SILENCE,
            occurrence=row.id,
            due_at=due_at,
        )
        talk.uow.check_ins.plan([planned])


def lasted(talk: Talk, waking: PlannedCheckIn, silent: PlannedCheckIn, silence: Silence | None) -> None:
    """The silence has lasted long enough for an alert, unless they have been heard meanwhile, or we were out of order."""
    if silent.state is not CheckInState.SILENT or silence is None or silence.alert_after is None or _heard(talk, silent):
        talk.uow.check_ins.save(replace(waking, state=CheckInState.CANCELLED))
        return
    if begins_again(talk, waking, silence.alert_after):
        return
    talk.uow.check_ins.save(replace(waking, state=CheckInState.SILENT))
    _alert(talk, silent, silence, SILENT_RULE)
    talk.send((Part(keys=("silence.alerted",)),), Lane.SAFETY, purpose=f"silence:{silent.id}")


def cannot_be_asked(talk: Talk, row: PlannedCheckIn, silence: Silence) -> None:
    """They blocked the bot, or their address is dead, where the table would not wait: somebody is paged to phone them."""
    if silence.alert_after is not None:
        _alert(talk, row, silence, UNREACHABLE_RULE)


def _heard(talk: Talk, silent: PlannedCheckIn) -> bool:
    since = silent.sent_at or silent.due_at
    newest = talk.uow.assessments.newest(talk.patient.id, since, Disposition.NONE, 1)
    return any(stored.text or not stored.assessment.reasons for stored in newest)


def _alert(talk: Talk, row: PlannedCheckIn, silence: Silence, rule: str) -> None:
    """An alert like any other, whose reason is the silence and whose rule is the table's row."""
    level = max(Disposition.URGENT, silence.disposition)
    hours = max(1, round((talk.now - (row.sent_at or row.due_at)).total_seconds() / 3600))
    text = (
        f"No answer to the check-in {row.check_in} for {hours} h, nor to the reminder"
        if rule == SILENT_RULE
        else f"Cannot be reached here when the check-in {row.check_in} was due"
    )
    reason = Reason(rule=f"{rule}.{row.check_in}", disposition=level, where=silence.where, text=text)
    stored = StoredAssessment(
        id=0,
        patient_id=talk.patient.id,
        inbox_id=None,
        at=talk.now,
        text="",
        assessment=Assessment(disposition=level, reasons=(reason,), content=talk.world.content.knowledge.version),
        schedule_version=talk.enrolment.schedule_version,
    )
    stored = replace(stored, id=talk.uow.assessments.add(stored))
    talk.audit(f"{rule}.alerted", f"check_in:{row.id}")
    escalations.open_alert(talk.uow, talk.patient, stored, talk.world, talk.now)
