"""A course goes on by another version of its schedule: what is still ahead moves, nothing is lost unsaid, nothing comes twice.

What was sent stays as it was. A check-in that the new version has no more is CANCELLED, and comes back where a later version has
it again before its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.careplan.enrolment import CheckInState, Enrolment, PlannedCheckIn
from bot.core.careplan.occurrences import APART, CATCH_UP, RECHECK, Slot, apart, questions_for, slots_of
from bot.core.careplan.quiet import after_quiet
from bot.core.careplan.schedule import Schedule

CLARIFICATION = "clarification"
"""The row that waits for the answer to a question back: it belongs to a conversation, not to a schedule."""
OF_NO_SCHEDULE = frozenset({CATCH_UP, RECHECK, CLARIFICATION})
_PUT_ASIDE = frozenset({CheckInState.CANCELLED, CheckInState.SKIPPED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """``changed`` are existing rows as they are from now on (``lost`` among them), ``added`` are new ones with id 0."""

    changed: tuple[PlannedCheckIn, ...] = ()
    added: tuple[PlannedCheckIn, ...] = ()
    lost: tuple[PlannedCheckIn, ...] = ()
    """Planned before, and asked no more: CANCELLED."""

    @property
    def anything(self) -> bool:
        """Whether the patient notices."""
        return bool(self.changed or self.added)


def move(
    schedule: Schedule,
    enrolment: Enrolment,
    zone: ZoneInfo,
    now: datetime,
    existing: Sequence[PlannedCheckIn],
    *,
    stopped: bool = False,
) -> Moved:
    """What becomes of this course's rows when it lives by ``schedule`` from ``now`` on.

    One whose new moment has passed already is due now (after quiet hours); a new one whose moment has passed is not made up for.
    Of a patient who has ``stopped`` everything stays CANCELLED, at its new time, for the day on which they come back.
    """
    if enrolment.enrolled_at is None:
        return Moved()
    slots = {slot.check_in: slot for slot in slots_of(schedule, enrolment, zone)}
    rows = {row.check_in: row for row in existing if row.check_in not in OF_NO_SCHEDULE}
    catch_up = next((row for row in existing if row.check_in == CATCH_UP), None)
    coming = sorted(_coming(slots, rows, catch_up, schedule, zone, now), key=lambda slot: slot.due)
    kept = {slot.check_in: slot for slot in apart(coming, schedule)}
    state = CheckInState.CANCELLED if stopped else CheckInState.PLANNED
    joined = _joined(slots, rows, now)
    changed = [(row, _as(row, kept.get(row.check_in), slots, state, now, joined)) for row in rows.values()]
    return Moved(
        changed=tuple(new for old, new in changed if new != old),
        added=tuple(_new(enrolment, slot, state) for name, slot in kept.items() if name not in rows),
        lost=tuple(new for old, new in changed if new != old and new.state is CheckInState.CANCELLED and not stopped),
    )


def asked_again(before: Schedule, after: Schedule, enrolment: Enrolment, rows: Iterable[PlannedCheckIn], moved: Moved) -> int:
    """How many of the new check-ins only repeat, under another name, one that this patient has had."""
    patient = enrolment.context(enrolment.treated_at)
    names = {check_in.id for check_in in after.check_ins}
    had = {row.check_in for row in rows if row.sent_at is not None}
    gone = {questions_for(check_in, patient) for check_in in before.check_ins if check_in.id in had and check_in.id not in names}
    new = {row.check_in for row in moved.added}
    return sum(check_in.id in new and questions_for(check_in, patient) in gone for check_in in after.check_ins)


def _coming(  # noqa: PLR0917 - every one of them decides
    slots: Mapping[str, Slot],
    rows: Mapping[str, PlannedCheckIn],
    catch_up: PlannedCheckIn | None,
    schedule: Schedule,
    zone: ZoneInfo,
    now: datetime,
) -> Iterable[Slot]:
    """The slots that are still ahead of this patient."""
    for name, slot in slots.items():
        row = rows.get(name)
        if row is None:
            if slot.due > now and not _in_catch_up(slot, catch_up):
                yield slot
        elif row.due_at > now and row.state is CheckInState.PLANNED:
            yield slot if slot.due > now else replace(slot, due=_at_once(slot, schedule, zone, now))
        elif _may_come_back(row, now) and slot.due > now:
            yield slot


def _in_catch_up(slot: Slot, catch_up: PlannedCheckIn | None) -> bool:
    """The catch-up of a late enrolment asks what would have come within the hour."""
    return catch_up is not None and abs(slot.due - (catch_up.sent_at or catch_up.due_at)) < APART


def _at_once(slot: Slot, schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime:
    return after_quiet(now, schedule.quiet_hours, zone) if slot.quiet else now


def _may_come_back(row: PlannedCheckIn, now: datetime) -> bool:
    return row.state in _PUT_ASIDE and row.sent_at is None and row.due_at > now


def _joined(slots: Mapping[str, Slot], rows: Mapping[str, PlannedCheckIn], now: datetime) -> frozenset[str]:
    """Questions of check-ins whose time has passed and that were put together with a later one: an earlier move did so."""
    skipped = (slots[name] for name, row in rows.items() if row.state is CheckInState.SKIPPED and name in slots)
    return frozenset(question for slot in skipped if slot.due <= now for question in slot.questions)


def _as(  # noqa: PLR0917 - every one of them decides
    row: PlannedCheckIn,
    slot: Slot | None,
    slots: Mapping[str, Slot],
    state: CheckInState,
    now: datetime,
    joined: frozenset[str],
) -> PlannedCheckIn:
    """The row from now on. ``slot`` is None where it is asked no more, or together with a later one."""
    if slot is not None:
        return replace(row, state=state, due_at=slot.due, questions=_questions(row, slot, joined))
    if row.state is not CheckInState.PLANNED or (row.check_in in slots and row.due_at <= now):
        return row
    return replace(row, state=CheckInState.SKIPPED if row.check_in in slots else CheckInState.CANCELLED)


def _questions(row: PlannedCheckIn, slot: Slot, joined: frozenset[str]) -> tuple[str, ...]:
    """What it asks from now on: what an earlier move put together stays together."""
    own, now_asked = set(slot.questions), set(row.questions)
    if row.state is CheckInState.PLANNED and own <= now_asked <= own | joined:
        return row.questions
    return slot.questions if slot.merged else ()


def _new(enrolment: Enrolment, slot: Slot, state: CheckInState) -> PlannedCheckIn:
    return PlannedCheckIn(
        id=0,
        enrolment_id=enrolment.id,
        patient_id=enrolment.patient_id,
        check_in=slot.check_in,
        occurrence=0,
        due_at=slot.due,
        state=state,
        questions=slot.questions if slot.merged else (),
    )
