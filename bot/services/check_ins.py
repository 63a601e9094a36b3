"""The tick: what is due is sent, reminded, or handed to the clinic. One transaction handles a batch; rows, not timers, hold the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import CheckInState, PatientState, PlannedCheckIn
from bot.core.careplan.lateness import Due, choose
from bot.core.careplan.occurrences import CATCH_UP, RECHECK, questions_for
from bot.core.careplan.quiet import after_quiet
from bot.core.careplan.rechecks import describe
from bot.core.careplan.schedule import CheckIn, Silence
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.session import SessionState
from bot.core.errors import AftercareError, NotFound
from bot.core.events import CheckInFellDue, ClarificationTimedOut, ReminderFellDue, SilenceLasted
from bot.ports import Task, UnitOfWork
from bot.services import clock_watch, offline, silence
from bot.services.assessing import assess_suspected
from bot.services.conversations import advance
from bot.services.performing import CLARIFICATION
from bot.services.talk import Talk, open_talk
from bot.services.world import World

BATCH = 25
"""Rows in one transaction: a writer that is busy for longer than some 20 ms would make an alert wait."""
LOOKED_AT_AGAIN = timedelta(minutes=5)
"""How long something more pressing puts a check-in off: a question that is open, an emergency that nobody has."""
AFTER_FAILURE = timedelta(minutes=10)
RECEIVING = frozenset({SessionState.IDLE, SessionState.CHECK_IN, SessionState.CLARIFYING})


def tick(uow: UnitOfWork, world: World, now: datetime, limit: int = BATCH) -> int:
    """Handles up to ``limit`` due rows in this transaction; how many. Call it again while it returns ``limit``.

    One patient whose rows cannot be handled is put off and audited; the others are served. While the time is in doubt
    (clock_watch.py) nothing is.
    """
    if clock_watch.held(uow):
        return 0
    due = uow.check_ins.due(now, limit)
    last_run = offline.note_run(uow, world, due, now, more=len(due) == limit)
    by_patient: dict[int, list[PlannedCheckIn]] = {}
    for row in due:
        by_patient.setdefault(row.patient_id, []).append(row)
    for patient_id, rows in by_patient.items():
        try:
            with uow.savepoint():
                _serve(open_talk(uow, uow.patients.get(patient_id), world, now), rows, last_run)
        except AftercareError as error:
            if error.retryable:
                raise
            _put_off(uow, patient_id, rows, type(error).__name__, now)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one patient must stop no other
            _put_off(uow, patient_id, rows, type(error).__name__, now)
    return len(due)


def started(uow: UnitOfWork, world: World, now: datetime) -> bool:
    """Called once when the bot starts, before the first tick: whether it was out of order, which is then no patient's silence."""
    return silence.back_from_outage(uow, world, offline.last_look(uow), now)


def _put_off(uow: UnitOfWork, patient_id: int, rows: Sequence[PlannedCheckIn], error: str, now: datetime) -> None:
    uow.audit.append(now, "system", "check_in.failed", f"patient:{patient_id}", error)
    for row in rows:
        uow.check_ins.save(replace(row, due_at=now + AFTER_FAILURE))


def _serve(talk: Talk, rows: Sequence[PlannedCheckIn], last_run: datetime | None) -> None:
    """Everything of one patient that is due: clarifications first, then what is running, then at most one new check-in.

    While an emergency of theirs has nobody, and while a closed question is open, all of it waits.
    """
    _wake(talk, rows)
    others = [row for row in rows if row.check_in not in {CLARIFICATION, silence.SILENCE}]
    if talk.patient.state is not PatientState.ACTIVE or talk.session.standing not in RECEIVING:
        if talk.patient.state is PatientState.UNREACHABLE:
            _unreachable(talk, others)
        _settle(talk, others, CheckInState.SKIPPED)
    elif talk.session.state is SessionState.CLARIFYING or (others and talk.emergency_waits()):
        _later(talk, others)
    else:
        planned = [row for row in others if row.state is CheckInState.PLANNED]
        chosen = _choose(talk, planned, last_run) if planned else None
        for row in others:
            if row.state is not CheckInState.PLANNED:
                _running(talk, row, superseded=chosen is not None)
        if chosen is not None:
            _send(talk, chosen)


def _later(talk: Talk, rows: Sequence[PlannedCheckIn]) -> None:
    """Nobody who should be phoning is greeted and asked how they slept, nor reminded of it."""
    for row in rows:
        first = row.first_due if row.state is CheckInState.PLANNED else None
        talk.uow.check_ins.save(replace(row, due_at=talk.now + LOOKED_AT_AGAIN, put_off_from=first))


def _wake(talk: Talk, rows: Sequence[PlannedCheckIn]) -> None:
    """The rows that stand for no check-in: a clarification without an answer, a silence that has lasted."""
    for row in rows:
        if row.check_in == CLARIFICATION:
            _clarification(talk, row)
        elif row.check_in == silence.SILENCE:
            _silence_lasted(talk, row)


def _silence_lasted(talk: Talk, waking: PlannedCheckIn) -> None:
    """The row of a silence wakes up: an alert, unless they were heard."""
    silent = talk.uow.check_ins.get(waking.occurrence)
    receiving = talk.patient.state is PatientState.ACTIVE and talk.session.standing in RECEIVING
    check_in = _check_in(talk, silent) if receiving else None
    silence.lasted(talk, waking, silent, silence.meaning(talk, silent, check_in) if check_in else None)


def _unreachable(talk: Talk, rows: Sequence[PlannedCheckIn]) -> None:
    """They cannot be asked. Where their silence would not be waited out, neither is this."""
    for row in rows:
        check_in = _check_in(talk, row)
        if check_in is not None:
            silence.cannot_be_asked(talk, row, silence.meaning(talk, row, check_in))


def _clarification(talk: Talk, row: PlannedCheckIn) -> None:
    session = talk.session
    open_still = session.state is SessionState.CLARIFYING and session.round == row.occurrence
    talk.uow.check_ins.save(replace(row, state=CheckInState.SILENT if open_still else CheckInState.CANCELLED))
    if open_still:
        suspected = assess_suspected(talk, session.clarifying, session.at_stake)
        advance(talk, ClarificationTimedOut(round=session.round, suspected=suspected))


def _choose(talk: Talk, planned: Sequence[PlannedCheckIn], last_run: datetime | None) -> Due | None:
    due = [_due(talk, row) for row in planned]
    known = [item for item in due if item is not None]
    choice = choose(known, talk.now, last_run=last_run)
    for row in choice.settled:
        talk.uow.check_ins.save(row)
    if any(row.state is CheckInState.MISSED_SYSTEM for row in choice.settled):
        offline.tell(talk, last_run)
    if choice.send is None:
        return None
    item = next(item for item in known if item.planned.id == choice.send.id)
    return replace(item, planned=choice.send, questions=choice.send.questions or item.questions)


def _due(talk: Talk, row: PlannedCheckIn) -> Due | None:
    """The row with its check-in; None (and SKIPPED) where the schedule has it no more, or it asks nothing that we know."""
    check_in = _check_in(talk, row)
    context = talk.uow.enrolments.get(row.enrolment_id).context(talk.now)
    asked = row.questions or (questions_for(check_in, context) if check_in else ())
    questions = tuple(q for q in asked if q in talk.world.content.questions)
    if check_in is None or not questions:
        _settle(talk, [row], CheckInState.SKIPPED)
        return None
    return Due(planned=row, check_in=check_in, questions=questions)


def _check_in(talk: Talk, row: PlannedCheckIn) -> CheckIn | None:
    enrolment = talk.uow.enrolments.get(row.enrolment_id)
    schedule = talk.schedule_of(enrolment, row.version)
    if schedule is None:
        return None
    try:
        return describe(schedule, row)
    except NotFound:
        return None


def _send(talk: Talk, due: Due) -> None:
    row = due.planned
    _supersede(talk)
    talk.prompts_expire_at = talk.now + due.check_in.window
    advance(talk, CheckInFellDue(check_in_id=row.id, questions=due.questions, intro=_intro(talk, row)))
    sent = replace(
        row,
        state=CheckInState.SENT,
        questions=due.questions,
        sent_at=talk.now,
        version=_version(talk, row),
        due_at=talk.now + silence.meaning(talk, row, due.check_in).remind_after,
    )
    talk.uow.check_ins.save(sent)


def _intro(talk: Talk, row: PlannedCheckIn) -> str:
    if row.check_in in {CATCH_UP, RECHECK}:
        return f"check_in.opening.{row.check_in}"
    enrolment = talk.uow.enrolments.get(row.enrolment_id)
    schedule = talk.schedule_of(enrolment)
    if schedule is None:
        return f"check_in.opening.{CATCH_UP}"
    return f"check_in.opening.{schedule.phase_at(talk.now - enrolment.treated_at).value}"


def _version(talk: Talk, row: PlannedCheckIn) -> str:
    """By which version of its schedule it goes out: what it asks and how long it waits stay that version's to its end."""
    enrolment = talk.uow.enrolments.get(row.enrolment_id)
    schedule = talk.schedule_of(enrolment)
    return schedule.version if schedule else enrolment.schedule_version


def _supersede(talk: Talk) -> None:
    """At most one check-in runs: an older one gives way. It was answered in part, or reminded in vain, or merged into this one."""
    check_in_id = talk.session.check_in_id
    if check_in_id is None:
        return
    running = talk.uow.check_ins.get(check_in_id)
    if talk.session.position > 0:
        _settle(talk, [running], CheckInState.ANSWERED)
    elif running.state is CheckInState.REMINDED:
        _settle(talk, [running], CheckInState.SILENT)
        _silence_task(talk, running, Disposition.SAME_DAY)
        check_in = _check_in(talk, running)
        if check_in is not None:
            silence.await_alert(talk, running, check_in, silence.meaning(talk, running, check_in))
    elif running.state is CheckInState.SENT:
        _settle(talk, [running], CheckInState.SKIPPED)


def _running(talk: Talk, row: PlannedCheckIn, *, superseded: bool) -> None:
    """A check-in that was sent and has no full answer yet."""
    if talk.session.check_in_id != row.id:
        _settle(talk, [row], CheckInState.SKIPPED)
        return
    check_in = _check_in(talk, row)
    if superseded:
        return
    means = silence.meaning(talk, row, check_in) if check_in else Silence()
    if silence.begins_again(talk, row, means.remind_after if row.state is CheckInState.SENT else means.task_after):
        return
    if silence.not_delivered(talk, row):
        _settle(talk, [row], CheckInState.SKIPPED)
        return
    if row.state is CheckInState.SENT and check_in is not None:
        _remind(talk, row, check_in, means)
        return
    advance(talk, SilenceLasted(check_in_id=row.id, disposition=max(means.disposition, _last_state(talk))))
    if check_in is not None:
        silence.await_alert(talk, row, check_in, means)


def _remind(talk: Talk, row: PlannedCheckIn, check_in: CheckIn, means: Silence) -> None:
    """Once, and not in quiet hours where the check-in keeps them."""
    schedule = talk.schedule
    if check_in.quiet_hours and schedule is not None:
        polite = after_quiet(talk.now, schedule.quiet_hours, talk.patient.zone())
        if polite > talk.now:
            talk.uow.check_ins.save(replace(row, due_at=polite))
            return
    due_at = talk.prompts_expire_at = talk.now + means.task_after
    advance(talk, ReminderFellDue(check_in_id=row.id, after_outage=silence.after_outage(talk, row)))
    talk.uow.check_ins.save(replace(row, state=CheckInState.REMINDED, due_at=due_at))


def _last_state(talk: Talk) -> Disposition:
    """Silence after something red is more pressing (B50): urgent where an alert about them is open."""
    return Disposition.URGENT if talk.uow.alerts.unresolved_of(talk.patient.id) else Disposition.NONE


def _silence_task(talk: Talk, row: PlannedCheckIn, disposition: Disposition) -> None:
    level = max(disposition, _last_state(talk))
    detail = f"check_in:{row.id}"
    talk.task(Task(id=0, patient_id=talk.patient.id, kind="silence", disposition=level, at=talk.now, detail=detail))


def _settle(talk: Talk, rows: Sequence[PlannedCheckIn], state: CheckInState) -> None:
    for row in rows:
        talk.uow.check_ins.save(replace(row, state=state))
