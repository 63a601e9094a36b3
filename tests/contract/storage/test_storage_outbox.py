"""The outbox: claimed by lane, each message by one worker."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.delivery import DeliveryState, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.ports import LEASE, Store, UnitOfWork
from tests.support.storing import MINUTE, T0, enrolled, message


def test_a_message_comes_back_as_it_was_given(store: Store) -> None:
    who = store.transact(enrolled).patient_id
    for given in (replace(message(), patient_id=who, repeats=2, expires_at=T0), message(due_at=None)):
        new = store.transact(lambda uow, given=given: uow.outbox.add(given))  # type: ignore[misc]
        assert store.transact(lambda uow, new=new: uow.outbox.get(new)) == replace(given, id=new)  # type: ignore[misc]
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.outbox.get(99))


def test_a_claim_takes_the_best_lane_first_then_the_oldest(store: Store) -> None:
    given = [
        message("routine", Lane.ROUTINE, T0 - 9 * MINUTE),
        message("reply", Lane.REPLY, T0),
        message("late reply", Lane.REPLY, T0 - MINUTE),
        message("alert", Lane.ALERT, T0),
        message("reply at once", Lane.REPLY, None),
        message("not yet", Lane.ALERT, T0 + MINUTE),
        replace(message("sent", Lane.ALERT, T0), state=DeliveryState.SENT),
    ]
    ids = store.transact(lambda uow: [uow.outbox.add(m) for m in given])
    first = store.transact(lambda uow: uow.outbox.claim(T0, 2, T0 + LEASE))
    rest = store.transact(lambda uow: uow.outbox.claim(T0, 9, T0 + LEASE))
    assert [m.text for m in first] == ["alert", "reply at once"]
    assert [m.text for m in rest] == ["late reply", "reply", "routine"]
    claimed = replace(given[3], id=ids[3], state=DeliveryState.SENDING, attempt=3, due_at=T0 + LEASE)
    assert first[0] == claimed
    assert store.transact(lambda uow: uow.outbox.get(ids[3])) == claimed
    assert store.transact(lambda uow: uow.outbox.claim(T0, 9, T0 + LEASE)) == []


def test_two_workers_claim_disjoint_messages(store: Store, other: Store) -> None:
    store.transact(lambda uow: [uow.outbox.add(message(str(n))) for n in range(20)])
    claimed: list[OutgoingMessage] = []
    together = threading.Barrier(2)

    def work(uow: UnitOfWork) -> None:
        mine = uow.outbox.claim(T0, 10, T0 + LEASE)
        with suppress(threading.BrokenBarrierError):  # where there is one writer, the other cannot be inside at the same time
            together.wait(0.3)
        claimed.extend(mine)

    threads = [threading.Thread(target=mine.transact, args=(work,)) for mine in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({m.id for m in claimed}) == len(claimed) == 20


def test_a_message_whose_sender_died_is_overdue_after_its_deadline(store: Store) -> None:
    new = store.transact(lambda uow: uow.outbox.add(message()))
    store.transact(lambda uow: uow.outbox.claim(T0, 1, T0 + LEASE))
    assert store.transact(lambda uow: uow.outbox.overdue(T0 + LEASE - timedelta(microseconds=1), 9)) == []
    assert [m.id for m in store.transact(lambda uow: uow.outbox.overdue(T0 + LEASE, 9))] == [new]


def test_messages_are_saved_one_or_many(store: Store) -> None:
    store.transact(lambda uow: [uow.outbox.add(message(str(n))) for n in range(3)])
    claimed = store.transact(lambda uow: uow.outbox.claim(T0, 9, T0 + LEASE))
    sent = [replace(m, state=DeliveryState.SENT, provider_id=f"p{m.id}") for m in claimed]
    store.transact(lambda uow: uow.outbox.save_many(sent[:2]))
    store.transact(lambda uow: uow.outbox.save(sent[2]))
    store.transact(lambda uow: uow.outbox.save_many([]))
    assert store.transact(lambda uow: [uow.outbox.get(m.id) for m in sent]) == sent
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.outbox.save(replace(sent[0], id=99)))


def test_messages_are_found_by_purpose_in_order(store: Store) -> None:
    given = [replace(message(str(n)), purpose=p) for n, p in enumerate(("alert:1", "alert:11", "alert:1", ""))]
    store.transact(lambda uow: [uow.outbox.add(m) for m in given])
    assert [m.text for m in store.transact(lambda uow: uow.outbox.of_purpose("alert:1"))] == ["0", "2"]


def test_stop_cancels_pending_routine_prompts_and_nothing_else(store: Store) -> None:
    who = store.transact(enrolled).patient_id
    given = [replace(message(lane.name, lane), patient_id=who) for lane in Lane]
    given += [replace(message("under way"), patient_id=who, state=DeliveryState.SENDING), message("somebody else's")]
    store.transact(lambda uow: [uow.outbox.add(m) for m in given])
    assert store.transact(lambda uow: uow.outbox.cancel_of_patient(who)) == 1
    left = store.transact(lambda uow: uow.outbox.claim(T0, 9, T0 + LEASE))
    assert [m.text for m in left] == ["ALERT", "SAFETY", "REPLY", "somebody else's"]


def test_pending_counts_and_the_next_due_is_known(store: Store) -> None:
    assert store.transact(lambda uow: (uow.outbox.pending(), uow.outbox.next_due())) == (0, None)
    store.transact(lambda uow: [uow.outbox.add(message("b", Lane.ALERT, T0 + MINUTE)), uow.outbox.add(message("a"))])
    assert store.transact(lambda uow: (uow.outbox.pending(), uow.outbox.next_due())) == (2, T0)
    store.transact(lambda uow: uow.outbox.add(message("at once", Lane.REPLY, None)))
    assert store.transact(lambda uow: uow.outbox.next_due()) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_hostile_text_is_stored_with_replacement_characters(store: Store) -> None:
    new = store.transact(lambda uow: uow.outbox.add(message("a\x00b\ud83d")))
    assert store.transact(lambda uow: uow.outbox.get(new)).text == "a\ufffdb\ufffd"


def test_an_attempt_that_succeeded_is_noted_unless_the_row_has_moved_on(store: Store) -> None:
    new = store.transact(lambda uow: uow.outbox.add(message()))
    assert not store.transact(lambda uow: uow.outbox.sent(replace(message(), id=new), "p1")), "nobody is sending it"
    (claimed,) = store.transact(lambda uow: uow.outbox.claim(T0, 9, T0 + LEASE))
    other_attempt = replace(claimed, attempt=claimed.attempt - 1)
    assert not store.transact(lambda uow: uow.outbox.sent(other_attempt, "p1"))
    assert store.transact(lambda uow: uow.outbox.sent(claimed, "p1"))
    expected = replace(claimed, state=DeliveryState.SENT, due_at=None, provider_id="p1")
    assert store.transact(lambda uow: uow.outbox.get(new)) == expected
    assert not store.transact(lambda uow: uow.outbox.sent(claimed, "p2"))
    assert store.transact(lambda uow: uow.outbox.get(new)) == expected


def test_what_a_clock_that_was_ahead_has_put_off_is_brought_forward(store: Store) -> None:
    day = timedelta(days=1)
    soon = [message("soon", lane, T0 + MINUTE) for lane in Lane]
    far = [message("far", lane, T0 + day) for lane in Lane]
    sending = [
        replace(m, state=DeliveryState.SENDING)
        for m in (message("now", Lane.REPLY, T0 + LEASE), message("lost", Lane.REPLY, T0 + day))
    ]
    ids = store.transact(lambda uow: [uow.outbox.add(m) for m in (*soon, *far, *sending)])
    moved = store.transact(lambda uow: uow.outbox.bring_forward(pending_after=T0 + 2 * MINUTE, sending_after=T0 + LEASE, now=T0))
    assert moved == len(Lane) + 1
    due = store.transact(lambda uow: {m.text: m.due_at for m in map(uow.outbox.get, ids)})
    assert due == {"soon": T0 + MINUTE, "far": T0, "now": T0 + LEASE, "lost": T0}


def test_what_has_been_sent_is_not_brought_forward(store: Store) -> None:
    given = replace(message(due_at=T0 + timedelta(days=1)), state=DeliveryState.CANCELLED)
    store.transact(lambda uow: uow.outbox.add(given))
    assert store.transact(lambda uow: uow.outbox.bring_forward(pending_after=T0, sending_after=T0, now=T0)) == 0
