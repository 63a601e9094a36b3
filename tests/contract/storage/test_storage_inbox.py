"""The inbox: once, in order, one at a time per address."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest

from bot.core.errors import NotFound
from bot.ports import InboxItem, Store, UnitOfWork
from bot.storage.sqlite.store import SqliteStore
from tests.support.storing import MINUTE, T0


def add(uow: UnitOfWork, external_id: str, address: str = "a", at: datetime = T0) -> int | None:
    return uow.inbox.add("telegram", external_id, address, f"raw {external_id}".encode(), at)


def take_and_finish(uow: UnitOfWork) -> InboxItem | None:
    item = uow.inbox.take(T0 + MINUTE)
    if item is not None:
        uow.inbox.done(item.id, T0 + MINUTE)
    return item


def test_an_update_comes_back_as_it_arrived(store: Store) -> None:
    raw = b'{"text": "\xff\x00 \\ud800"}'
    inbox_id = store.transact(lambda uow: uow.inbox.add("telegram", "1", "a", raw, T0))
    assert inbox_id is not None
    expected = InboxItem(id=inbox_id, channel="telegram", external_id="1", address="a", raw=raw, received_at=T0)
    assert store.transact(lambda uow: uow.inbox.get(inbox_id)) == expected
    assert store.transact(lambda uow: uow.inbox.take(T0)) == expected


def test_the_same_update_is_added_once(store: Store) -> None:
    assert store.transact(lambda uow: add(uow, "1")) is not None
    assert store.transact(lambda uow: add(uow, "1")) is None
    assert store.transact(lambda uow: uow.inbox.waiting()) == 1


def test_the_same_external_id_of_another_channel_is_another_update(store: Store) -> None:
    store.transact(lambda uow: add(uow, "1"))
    assert store.transact(lambda uow: uow.inbox.add("sms", "1", "a", b"", T0)) is not None


def test_the_oldest_is_taken_first_and_what_is_done_never_again(store: Store) -> None:
    store.transact(lambda uow: [add(uow, "1", "a"), add(uow, "2", "b", T0 - MINUTE), add(uow, "3", "c")])
    taken = [store.transact(take_and_finish) for _ in range(4)]
    assert [item and item.external_id for item in taken] == ["2", "1", "3", None]


def test_nothing_is_taken_before_it_is_due(store: Store) -> None:
    first = store.transact(lambda uow: add(uow, "1"))
    assert first is not None
    store.transact(lambda uow: uow.inbox.retry(first, "boom", T0 + 5 * MINUTE))
    assert store.transact(lambda uow: uow.inbox.take(T0 + MINUTE)) is None
    item = store.transact(lambda uow: uow.inbox.take(T0 + 5 * MINUTE))
    assert item is not None
    assert item.attempts == 1


def test_a_newer_update_waits_for_an_older_one_of_its_address_that_is_tried_again(store: Store) -> None:
    first = store.transact(lambda uow: add(uow, "1", "a"))
    assert first is not None
    store.transact(lambda uow: [add(uow, "2", "a"), add(uow, "3", "b")])
    store.transact(lambda uow: uow.inbox.retry(first, "boom", T0 + 5 * MINUTE))
    taken = [store.transact(take_and_finish) for _ in range(2)]
    assert [item and item.external_id for item in taken] == ["3", None]


def test_a_quarantined_update_is_shown_and_holds_nobody_back(store: Store) -> None:
    first = store.transact(lambda uow: add(uow, "1", "a"))
    assert first is not None
    store.transact(lambda uow: add(uow, "2", "a"))
    store.transact(lambda uow: uow.inbox.quarantine(first, "poison", T0))
    assert [i.id for i in store.transact(lambda uow: uow.inbox.quarantined(T0))] == [first]
    assert store.transact(lambda uow: uow.inbox.quarantined(T0 + MINUTE)) == []
    item = store.transact(take_and_finish)
    assert item is not None
    assert item.external_id == "2"


def test_waiting_counts_what_is_neither_done_nor_quarantined(store: Store) -> None:
    ids = store.transact(lambda uow: [add(uow, str(n), str(n), T0 + n * MINUTE) for n in range(4)])
    assert store.transact(lambda uow: uow.inbox.oldest_waiting()) == T0
    store.transact(lambda uow: uow.inbox.done(ids[0] or 0, T0))
    store.transact(lambda uow: uow.inbox.quarantine(ids[1] or 0, "poison", T0))
    assert store.transact(lambda uow: uow.inbox.waiting()) == 2
    assert store.transact(lambda uow: uow.inbox.oldest_waiting()) == T0 + 2 * MINUTE


def test_an_empty_inbox_has_nothing_waiting(store: Store) -> None:
    assert store.transact(lambda uow: (uow.inbox.take(T0), uow.inbox.waiting(), uow.inbox.oldest_waiting())) == (None, 0, None)


def test_the_cursor_is_kept_per_channel(store: Store) -> None:
    assert store.transact(lambda uow: uow.inbox.cursor("telegram")) is None
    store.transact(lambda uow: uow.inbox.set_cursor("telegram", 7))
    store.transact(lambda uow: uow.inbox.set_cursor("telegram", 2**40))
    assert store.transact(lambda uow: uow.inbox.cursor("telegram")) == 2**40
    assert store.transact(lambda uow: uow.inbox.cursor("sms")) is None


@pytest.mark.parametrize("call", ["get", "done", "retry", "quarantine"])
def test_an_unknown_item_is_not_found(store: Store, call: str) -> None:
    arguments: dict[str, tuple[Any, ...]] = {"get": (), "done": (T0,), "retry": ("e", T0), "quarantine": ("e", T0)}
    with pytest.raises(NotFound):
        store.transact(lambda uow: getattr(uow.inbox, call)(99, *arguments[call]))


def test_a_hostile_address_and_error_text_are_stored_as_replacement_characters(store: Store) -> None:
    inbox_id = store.transact(lambda uow: uow.inbox.add("telegram", "1\x00", "a\ud800", b"", T0))
    assert inbox_id is not None
    store.transact(lambda uow: uow.inbox.retry(inbox_id, "bad \x00 \udfff", T0))
    assert store.transact(lambda uow: uow.inbox.get(inbox_id)).address == "a\ufffd"
    assert store.transact(lambda uow: uow.inbox.add("telegram", "1\x00", "a\ud800", b"", T0)) is None


def test_workers_share_the_inbox_without_doubling_losing_or_overtaking(store: Store, other: Store) -> None:
    addresses, each = 5, 6
    store.transact(
        lambda uow: [add(uow, f"{n}-{a}", str(a), T0 + n * MINUTE / 60) for n in range(each) for a in range(addresses)]
    )
    handled: list[InboxItem] = []
    working: set[str] = set()
    guard = threading.Lock()

    def work(uow: UnitOfWork) -> InboxItem | None:
        item = uow.inbox.take(T0 + MINUTE)
        if item is not None:
            with guard:
                assert item.address not in working
                working.add(item.address)
            uow.inbox.done(item.id, T0)
            threading.Event().wait(0.002)
            with guard:
                working.discard(item.address)
                handled.append(item)
        return item

    def serve(mine: Store) -> None:
        idle = 0
        while idle < 20:
            idle = idle + 1 if mine.transact(work) is None else 0
            if idle:
                threading.Event().wait(0.005)

    threads = [threading.Thread(target=serve, args=(mine,)) for mine in (store, other, store)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({item.id for item in handled}) == len(handled) == addresses * each
    for address in map(str, range(addresses)):
        order = [int(item.external_id.split("-")[0]) for item in handled if item.address == address]
        assert order == sorted(order)


def test_what_is_handled_as_it_arrives_waits_for_nobody_unless_that_fails(store: Store) -> None:
    handled = store.transact(lambda uow: uow.inbox.add("telegram", "1", "a", b"", T0, handled=True))
    assert handled is not None
    assert store.transact(lambda uow: uow.inbox.waiting()) == 0
    assert store.transact(lambda uow: uow.inbox.take(T0)) is None
    assert store.transact(lambda uow: uow.inbox.add("telegram", "1", "a", b"", T0, handled=True)) is None
    store.transact(lambda uow: uow.inbox.retry(handled, "boom", T0 + MINUTE))
    item = store.transact(lambda uow: uow.inbox.take(T0 + MINUTE))
    assert item is not None
    assert (item.id, item.attempts) == (handled, 1)


def test_an_address_is_not_free_while_anything_of_it_waits(store: Store) -> None:
    waiting = store.transact(lambda uow: add(uow, "1", "a"))
    assert waiting is not None
    assert not store.transact(lambda uow: uow.inbox.free("telegram", "a"))
    store.transact(lambda uow: uow.inbox.retry(waiting, "boom", T0 + 5 * MINUTE))
    assert not store.transact(lambda uow: uow.inbox.free("telegram", "a")), "what is tried again later is older all the same"


def test_of_several_workers_none_knows_that_an_address_is_free(store: Store) -> None:
    assert store.transact(lambda uow: uow.inbox.free("telegram", "a")) == isinstance(store, SqliteStore)


def test_what_a_clock_that_was_ahead_has_put_off_is_brought_forward(store: Store) -> None:
    store.transact(lambda uow: add(uow, "1", at=T0 + 100 * MINUTE))
    store.transact(lambda uow: add(uow, "2", "b", at=T0 + MINUTE))
    assert store.transact(lambda uow: uow.inbox.take(T0)) is None
    assert store.transact(lambda uow: uow.inbox.bring_forward(T0 + 2 * MINUTE, T0)) == 1
    taken = store.transact(lambda uow: uow.inbox.take(T0))
    assert taken is not None
    assert taken.external_id == "1"
