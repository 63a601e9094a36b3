"""A course that goes on by another version loses nothing unsaid and gets nothing twice, whatever the two versions say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.core.careplan.enrolment import CheckInState, Enrolment, PlannedCheckIn
from bot.core.careplan.moving import Moved, move
from bot.core.careplan.occurrences import CATCH_UP, plan, questions_for, slots_of
from bot.core.careplan.schedule import CheckIn, Late, Offset, Schedule
from tests.support.careplan import asking, enrolment, small_schedule

QUESTIONS = ("temperature", "legs", "pain")
ZONES = ("Europe/Istanbul", "America/New_York", "Australia/Lord_Howe")
TREATED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
offsets = st.builds(Offset, hours=st.integers(1, 96)) | st.builds(Offset, days=st.integers(0, 20))


@st.composite
def versions(draw: st.DrawFn) -> Schedule:
    """Any few of the same eight check-ins, each anywhere: two draws share some, move some, lack some."""
    names = draw(st.lists(st.sampled_from([f"c{n}" for n in range(8)]), min_size=1, max_size=8, unique=True))
    check_ins: list[CheckIn] = []
    for name in names:
        asked = draw(st.sampled_from(QUESTIONS))
        check_ins.append(asking(name, draw(offsets), "red_flags", asked))
    return small_schedule(*check_ins, late=draw(st.sampled_from(Late)))


def stored(rows: Sequence[PlannedCheckIn], start: int = 1) -> list[PlannedCheckIn]:
    return [replace(row, id=start + n) for n, row in enumerate(rows)]


def after(rows: Sequence[PlannedCheckIn], moved: Moved) -> list[PlannedCheckIn]:
    """The rows as the store has them afterwards."""
    by_id = {row.id: row for row in rows} | {row.id: row for row in moved.changed}
    return [*by_id.values(), *stored(moved.added, start=len(rows) + 1)]


def lived(rows: Sequence[PlannedCheckIn], now: datetime) -> list[PlannedCheckIn]:
    """What was due is answered."""
    return [replace(row, state=CheckInState.ANSWERED, sent_at=row.due_at) if row.due_at <= now else row for row in rows]


@st.composite
def courses(draw: st.DrawFn) -> tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]]:
    first, second = draw(versions()), draw(versions())
    course = replace(enrolment(TREATED), enrolled_at=TREATED)
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    joined = TREATED + timedelta(hours=draw(st.integers(0, 72)))
    now = joined + timedelta(hours=draw(st.integers(0, 300)), minutes=draw(st.integers(0, 59)))
    rows = lived(stored(plan(first, course, zone, joined)), now)
    return first, second, course, zone, now, rows


@given(courses())
def test_what_was_sent_stays_and_no_check_in_stands_twice(
    drawn: tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]],
) -> None:
    _, second, course, zone, now, rows = drawn
    moved = move(second, course, zone, now, rows)
    end = after(rows, moved)
    keys = [(row.check_in, row.occurrence) for row in end]
    assert len(keys) == len(set(keys))
    sent = {row.id: row for row in rows if row.sent_at is not None}
    assert all(sent[row.id] == row for row in end if row.id in sent)
    assert all(row.due_at >= now for row in (*moved.added, *moved.changed) if row.state is CheckInState.PLANNED)


@given(courses())
def test_every_check_in_of_the_new_version_that_is_ahead_is_asked_once(
    drawn: tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]],
) -> None:
    _, second, course, zone, now, rows = drawn
    end = {row.check_in: row for row in after(rows, move(second, course, zone, now, rows))}
    asked = {
        name: set(row.questions or questions_for(found, course.context(now)))
        for name, row in end.items()
        if row.state is CheckInState.PLANNED and (found := second.check_in(name)) is not None
    }
    had = {row.check_in for row in rows if row.sent_at is not None}
    catch_up = end.get(CATCH_UP)
    for slot in slots_of(second, course, zone):
        if slot.due <= now or slot.check_in in had or slot.check_in in asked:
            continue
        joined = [name for name, questions in asked.items() if set(slot.questions) <= questions]
        caught = catch_up is not None and abs((catch_up.sent_at or catch_up.due_at) - slot.due) < timedelta(hours=1)
        assert joined or caught, slot


@given(courses())
def test_nothing_that_was_planned_is_lost_unsaid(
    drawn: tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]],
) -> None:
    _, second, course, zone, now, rows = drawn
    moved = move(second, course, zone, now, rows)
    end = {row.id: row for row in after(rows, moved)}
    said = {row.id for row in moved.lost}
    for row in rows:
        if row.state is not CheckInState.PLANNED or row.check_in == CATCH_UP:
            continue
        new = end[row.id]
        if new.state is CheckInState.CANCELLED:
            assert row.id in said
            assert second.check_in(row.check_in) is None
        elif new.state is CheckInState.SKIPPED:
            questions = set(questions_for(_of(second, row.check_in), course.context(now)))
            later = [other for other in end.values() if other.state is CheckInState.PLANNED and other.questions]
            assert any(questions <= set(other.questions) for other in later), "its questions join a later one"
        else:
            assert new.state is CheckInState.PLANNED


@given(courses())
def test_moving_again_changes_nothing(
    drawn: tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]],
) -> None:
    _, second, course, zone, now, rows = drawn
    end = after(rows, move(second, course, zone, now, rows))
    assert not move(second, course, zone, now, end).anything


@given(courses())
def test_going_back_brings_back_what_was_taken_away(
    drawn: tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]],
) -> None:
    first, second, course, zone, now, rows = drawn
    there = after(rows, move(second, course, zone, now, rows))
    back = {row.check_in: row for row in after(there, move(first, course, zone, now, there))}
    for row in rows:
        if row.state is CheckInState.PLANNED:
            assert back[row.check_in].state is not CheckInState.CANCELLED
    assert {name for name, row in back.items() if row.state is CheckInState.PLANNED and name != CATCH_UP} <= {
        check_in.id for check_in in first.check_ins
    }


@given(courses())
def test_who_has_stopped_stays_stopped(
    drawn: tuple[Schedule, Schedule, Enrolment, ZoneInfo, datetime, list[PlannedCheckIn]],
) -> None:
    _, second, course, zone, now, rows = drawn
    stopped = [replace(r, state=CheckInState.CANCELLED) if r.state is CheckInState.PLANNED else r for r in rows]
    moved = move(second, course, zone, now, stopped, stopped=True)
    assert not moved.lost
    assert {row.state for row in (*moved.changed, *moved.added)} <= {CheckInState.CANCELLED}


def _of(schedule: Schedule, name: str) -> CheckIn:
    found = schedule.check_in(name)
    assert found is not None
    return found
