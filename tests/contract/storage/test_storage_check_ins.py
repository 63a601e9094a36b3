"""Check-ins: planned once, due when they are, cancelled together."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.careplan.enrolment import CheckInState, Enrolment, PlannedCheckIn
from bot.core.errors import NotFound
from bot.ports import Store, UnitOfWork
from tests.support.storing import MINUTE, T0, check_in, enrolled


def planned(uow: UnitOfWork, count: int = 3) -> Enrolment:
    course = enrolled(uow)
    uow.check_ins.plan(check_in(course, n, T0 + (count - n) * MINUTE) for n in range(count))
    return course


def test_planning_again_adds_only_what_is_new(store: Store) -> None:
    course = store.transact(enrolled)
    assert store.transact(lambda uow: uow.check_ins.plan([check_in(course, n) for n in range(3)])) == 3
    moved = [check_in(course, n, T0 + MINUTE) for n in range(4)]
    assert store.transact(lambda uow: uow.check_ins.plan(moved)) == 1
    assert store.transact(lambda uow: uow.check_ins.plan([])) == 0
    held = store.transact(lambda uow: uow.check_ins.of_enrolment(course.id))
    assert [(c.occurrence, c.due_at) for c in held] == [(0, T0), (1, T0), (2, T0), (3, T0 + MINUTE)]


def test_a_check_in_comes_back_whole_in_the_order_of_its_time(store: Store) -> None:
    course = store.transact(planned)
    held = store.transact(lambda uow: uow.check_ins.of_enrolment(course.id))
    assert [replace(c, id=0) for c in held] == [check_in(course, n, T0 + (3 - n) * MINUTE) for n in (2, 1, 0)]
    assert store.transact(lambda uow: uow.check_ins.get(held[0].id)) == held[0]


def test_due_are_open_ones_whose_time_has_come_oldest_first(store: Store) -> None:
    course = store.transact(lambda uow: planned(uow, 9))
    states = list(CheckInState)
    for nth, one in enumerate(store.transact(lambda uow: uow.check_ins.of_enrolment(course.id))):
        state = states[nth] if nth < len(states) else CheckInState.PLANNED
        store.transact(lambda uow, one=one, state=state: uow.check_ins.save(replace(one, state=state)))  # type: ignore[misc]
    due = store.transact(lambda uow: uow.check_ins.due(T0 + 100 * MINUTE, 100))
    assert [c.state for c in due] == [CheckInState.PLANNED, CheckInState.SENT, CheckInState.REMINDED, CheckInState.PLANNED]
    assert [c.due_at for c in due] == sorted(c.due_at for c in due)
    assert store.transact(lambda uow: uow.check_ins.due(due[0].due_at, 100)) == [due[0]]
    assert store.transact(lambda uow: uow.check_ins.due(due[0].due_at - timedelta(microseconds=1), 100)) == []
    assert store.transact(lambda uow: uow.check_ins.due(T0 + 100 * MINUTE, 2)) == due[:2]
    assert store.transact(lambda uow: uow.check_ins.next_due()) == due[0].due_at
    assert store.transact(lambda uow: uow.check_ins.count(CheckInState.PLANNED)) == 2


def test_two_workers_never_see_the_same_due_check_in(store: Store, other: Store) -> None:
    store.transact(lambda uow: planned(uow, 20))
    seen: list[PlannedCheckIn] = []
    together = threading.Barrier(2)

    def work(uow: UnitOfWork) -> None:
        due = uow.check_ins.due(T0 + 100 * MINUTE, 10)
        with suppress(threading.BrokenBarrierError):  # where there is one writer, the other cannot be inside at the same time
            together.wait(0.3)
        for one in due:
            uow.check_ins.save(replace(one, state=CheckInState.SENT, due_at=T0 + 1000 * MINUTE))
        seen.extend(due)

    threads = [threading.Thread(target=mine.transact, args=(work,)) for mine in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({c.id for c in seen}) == len(seen) == 20


def test_stop_cancels_everything_unfinished_of_that_patient_only(store: Store) -> None:
    mine = store.transact(planned)
    theirs = store.transact(lambda uow: enrolled(uow, "K7-43"))
    store.transact(lambda uow: uow.check_ins.plan([check_in(theirs)]))
    first = store.transact(lambda uow: uow.check_ins.of_enrolment(mine.id))[0]
    store.transact(lambda uow: uow.check_ins.save(replace(first, state=CheckInState.ANSWERED)))
    assert store.transact(lambda uow: uow.check_ins.cancel_planned(mine.patient_id)) == 2
    assert store.transact(lambda uow: uow.check_ins.count(CheckInState.CANCELLED)) == 2
    assert store.transact(lambda uow: uow.check_ins.get(first.id)).state is CheckInState.ANSWERED
    assert len(store.transact(lambda uow: uow.check_ins.due(T0 + 100 * MINUTE, 9))) == 1


def test_what_waits_for_a_moment_far_ahead_is_brought_forward_by_its_name(store: Store) -> None:
    course = store.transact(enrolled)
    far, near = T0 + 1000 * MINUTE, T0 + 10 * MINUTE
    rows = [
        check_in(course, 1, far, "clarification"),
        check_in(course, 2, near, "clarification"),
        check_in(course, 1, far, "d30"),
    ]
    store.transact(lambda uow: uow.check_ins.plan(rows))
    assert store.transact(lambda uow: uow.check_ins.bring_forward("clarification", T0 + 30 * MINUTE, T0)) == 1
    due = store.transact(lambda uow: uow.check_ins.due(T0, 9))
    assert [(row.check_in, row.occurrence) for row in due] == [("clarification", 1)]
    store.transact(lambda uow: uow.check_ins.save(replace(due[0], state=CheckInState.SILENT, due_at=far)))
    assert store.transact(lambda uow: uow.check_ins.bring_forward("clarification", T0 + 30 * MINUTE, T0)) == 0


def test_nothing_is_due_where_nothing_is_planned(store: Store) -> None:
    assert store.transact(lambda uow: (uow.check_ins.due(T0, 9), uow.check_ins.next_due())) == ([], None)
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.check_ins.get(1))
    course = store.transact(enrolled)
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.check_ins.save(check_in(course)))
