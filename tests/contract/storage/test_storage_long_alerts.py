"""What an alert that nobody answers for days asks of the store: the newest of it, however much there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.delivery import DeliveryState, Lane
from bot.core.escalation.entries import EntryKind
from bot.ports import AlertEntry, Store, UnitOfWork
from tests.support.storing import MINUTE, T0, alerted, message


def _written(uow: UnitOfWork, alert_id: int, count: int) -> None:
    for nth in range(count):
        by = ("dr_a", "dr_b", "dr_c")[nth % 3] if nth else "dr_c"
        uow.alerts.log(
            AlertEntry(
                alert_id=alert_id, at=T0 + nth * MINUTE, event=EntryKind.PAGED if nth % 2 == 0 else EntryKind.CLIMBED, by=by
            )
        )


def test_the_newest_lines_of_a_long_history_come_in_order(store: Store) -> None:
    alert = store.transact(alerted)
    store.transact(lambda uow: _written(uow, alert.id, 300))
    for minutes in (298, 200, 0):
        since = T0 + minutes * MINUTE
        found = store.transact(lambda uow, s=since: uow.alerts.history(alert.id, since=s))  # type: ignore[misc]
        assert [entry.at for entry in found] == [T0 + nth * MINUTE for nth in range(minutes + 1, 300)]
    assert len(store.transact(lambda uow: uow.alerts.history(alert.id, since=T0 - timedelta(days=1)))) == 300
    assert store.transact(lambda uow: uow.alerts.history(alert.id, since=T0 + 300 * MINUTE)) == []


def test_who_was_paged_is_told_in_the_order_of_their_first_page(store: Store) -> None:
    alert = store.transact(alerted)
    assert store.transact(lambda uow: uow.alerts.paged(alert.id)) == ()
    store.transact(lambda uow: _written(uow, alert.id, 9))
    assert store.transact(lambda uow: uow.alerts.paged(alert.id)) == ("dr_c", "dr_b", "dr_a")


def test_the_newest_messages_of_a_purpose_come_oldest_first(store: Store) -> None:
    given = [replace(message(str(n)), purpose=p) for n, p in enumerate(("alert:1", "alert:1", "alert:11", "alert:1"))]
    store.transact(lambda uow: [uow.outbox.add(m) for m in given])
    assert [m.text for m in store.transact(lambda uow: uow.outbox.of_purpose("alert:1", newest=2))] == ["1", "3"]


def test_pages_that_have_not_left_are_found_by_their_alert(store: Store) -> None:
    pages = [replace(message(str(n), Lane.ALERT), purpose=p) for n, p in enumerate(("alert:1", "alert:11", "alert:1", "alert:1"))]
    pages[2] = replace(pages[2], state=DeliveryState.SENT)
    others = [replace(message("a reply"), purpose="alert:1")]
    store.transact(lambda uow: [uow.outbox.add(m) for m in (*pages, *others)])
    assert [m.text for m in store.transact(lambda uow: uow.outbox.pending_pages("alert:1"))] == ["0", "3"]
