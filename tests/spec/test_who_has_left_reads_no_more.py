"""Whatever was on its way to a clinician who leaves, or who has another chat now, is not sent to where they read before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.delivery import DeliveryState, Kind, Lane, Outcome, OutgoingMessage
from bot.ports import LEASE
from bot.services import clinicians
from tests.support.escalation import MINUTE, NURSE, Ward, paged, pages


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def leaves(ward: Ward) -> None:
    ward.do(lambda uow: clinicians.revoke(uow, NURSE, "test", ward.now))


def waits(ward: Ward, purpose: str, **changes: object) -> OutgoingMessage:
    message = OutgoingMessage(
        id=0,
        channel="telegram",
        address=f"chat-{NURSE}",
        text="Of the patient: my calf is swollen",
        lane=Lane.ALERT,
        purpose=purpose,
        patient_id=1,
        clinician=NURSE,
        due_at=ward.now,
    )
    message = replace(message, **changes)  # type: ignore[arg-type]
    return replace(message, id=ward.do(lambda uow: uow.outbox.add(message)))


def test_a_page_that_a_crash_left_on_its_way_is_not_repeated_to_a_leaver(ward: Ward) -> None:
    ward.says(ward.patient(), "my calf is swollen")
    (page,) = pages(ward.claim())
    leaves(ward)
    ward.passes(LEASE)
    assert NURSE not in paged(ward.claim())
    ward.passes(MINUTE)
    assert NURSE not in paged(ward.claim())
    assert ward.do(lambda uow: uow.outbox.get(page.id)).state is DeliveryState.CANCELLED


def test_a_page_that_did_not_get_through_is_not_tried_again_with_a_leaver(ward: Ward) -> None:
    ward.says(ward.patient(), "my calf is swollen")
    (page,) = pages(ward.claim())
    leaves(ward)
    ward.record(page, Outcome.NOT_SENT)
    ward.passes(MINUTE)
    assert NURSE not in paged(ward.claim())


@pytest.mark.parametrize("purpose", ["thread:1", "alert_edit:1", "alert_question:1", "alert_chart:1"])
def test_nothing_about_a_patient_that_waits_goes_to_a_leaver(ward: Ward, purpose: str) -> None:
    ward.patient()
    waiting = waits(ward, purpose, **({"kind": Kind.EDIT, "edits": "77"} if purpose == "alert_edit:1" else {}))
    leaves(ward)
    assert waiting.id not in [m.id for m in ward.claim()]
    assert ward.do(lambda uow: uow.outbox.get(waiting.id)).state is DeliveryState.CANCELLED


def test_that_they_have_left_is_said_to_a_leaver_all_the_same(ward: Ward) -> None:
    leaves(ward)
    assert [m.address for m in ward.writes(NURSE, "hello?")] == [f"chat-{NURSE}"]


def test_what_waits_for_a_clinician_goes_to_the_chat_that_they_have_now(ward: Ward) -> None:
    ward.patient()
    waiting = waits(ward, "thread:1")
    ward.do(lambda uow: clinicians.bind(uow, NURSE, ward.world, ward.now, channel="telegram", address="chat-new-telephone"))
    sent = next(m for m in ward.claim() if m.id == waiting.id)
    assert sent.address == "chat-new-telephone"
    assert ward.do(lambda uow: uow.outbox.get(waiting.id)).address == "chat-new-telephone"


def test_an_edit_of_a_message_in_the_old_chat_is_not_sent_to_the_new_one(ward: Ward) -> None:
    ward.patient()
    waiting = waits(ward, "alert_edit:1", kind=Kind.EDIT, edits="77")
    ward.do(lambda uow: clinicians.bind(uow, NURSE, ward.world, ward.now, channel="telegram", address="chat-new-telephone"))
    assert waiting.id not in [m.id for m in ward.claim()]
