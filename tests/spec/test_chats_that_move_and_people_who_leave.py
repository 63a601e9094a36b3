"""A clinician's chat gets another id; somebody is taken out of clinic.yaml and nobody revokes them: both count at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.delivery import DeliveryState, Kind, Lane, OutgoingMessage
from bot.core.escalation.alert import AlertState
from bot.core.events import Inbound, InboundKind
from bot.services import clinicians, intake
from tests.support.escalation import ADA, MINUTE, NURSE, Ward, button, clinic, paged, pages, rota


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


# --- a chat that moves ---------------------------------------------------------------------------------------------------


def migrates(ward: Ward, old: str, new: str) -> None:
    update = Inbound(channel="telegram", external_id=f"{old}>{new}", address=old, kind=InboundKind.MIGRATED, text=new)
    ward.do(lambda uow: intake.handle(uow, update, ward.world, ward.now))


def test_a_clinician_s_chat_that_moves_is_paged_where_it_is_now(ward: Ward) -> None:
    migrates(ward, f"chat-{NURSE}", "-1007")
    assert ward.clinician(NURSE).address == "-1007"
    ward.says(ward.patient(), "I have 39.2")
    assert [m.address for m in pages(ward.deliver())] == ["-1007"]
    assert "address.migrated" in ward.audited()
    assert ward.deliver() == []


def test_a_page_that_waits_for_the_old_chat_goes_to_the_new_one(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    migrates(ward, f"chat-{NURSE}", "-1007")
    assert [m.address for m in pages(ward.claim())] == ["-1007"]


def test_a_patient_s_chat_moves_as_well_and_a_stranger_s_is_nobody_s(ward: Ward) -> None:
    patient = ward.patient()
    migrates(ward, "chat-K7-42", "-1008")
    assert ward.do(lambda uow: uow.patients.get(patient.id)).address == "-1008"
    migrates(ward, "chat-nobody", "-1009")
    assert ward.deliver() == []


def test_a_move_to_nowhere_moves_nobody(ward: Ward) -> None:
    migrates(ward, f"chat-{NURSE}", "")
    assert ward.clinician(NURSE).address == f"chat-{NURSE}"


# --- somebody who is in no file any more ---------------------------------------------------------------------------------


def dropped(ward: Ward, *names: str) -> None:
    """clinic.yaml goes live without these people, who still have their chats."""
    used = clinic()
    people = {name: said for name, said in used.clinicians.items() if name not in names}
    ward.edits(replace(used, clinicians=people, rotas=(rota(ADA),)))


def notices(ward: Ward) -> int:
    return ward.do(lambda uow: clinicians.notice_leavers(uow, ward.world, ward.now))


def test_a_page_on_its_way_to_somebody_who_was_dropped_is_not_sent(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    dropped(ward, NURSE)
    assert ward.claim() == []


@pytest.mark.parametrize("purpose", ["thread:1", "alert_edit:1", "alert_question:1", "digest:nurses:1", "weekly_review:2026-W10"])
def test_nothing_that_waits_for_them_is_sent(ward: Ward, purpose: str) -> None:
    patient = ward.patient()
    message = OutgoingMessage(
        id=0,
        channel="telegram",
        address=f"chat-{NURSE}",
        text="Of the patient: my calf is swollen",
        lane=Lane.REPLY,
        purpose=purpose,
        patient_id=patient.id if purpose.startswith(("thread", "alert")) else None,
        clinician=NURSE,
        due_at=ward.now,
    )
    row = ward.do(lambda uow: uow.outbox.add(message))
    dropped(ward, NURSE)
    assert ward.claim() == []
    assert ward.do(lambda uow: uow.outbox.get(row)).state is DeliveryState.CANCELLED


def test_that_they_have_no_access_any_more_is_said_to_them(ward: Ward) -> None:
    dropped(ward, NURSE)
    assert [m.text for m in ward.writes(NURSE, "hello?")] == ["This chat has no access any more. Please ask the clinic."]


def test_their_button_does_nothing_from_that_moment(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    dropped(ward, NURSE)
    sent = ward.presses(NURSE, button(page, "Acknowledge"))
    assert [m.text for m in sent if m.kind is Kind.BUTTON_ANSWER] == ["This button is not yours or has expired."]
    assert ward.alert().state is AlertState.OPEN
    assert "clinician.refused" in ward.audited()


def test_what_waited_for_them_climbs_at_once_and_what_they_held_opens_again(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    dropped(ward, NURSE)
    assert notices(ward) == 1
    ward.tick()
    assert paged(ward.deliver()) == [ADA]
    assert button(page, "Acknowledge")


def test_what_they_had_acknowledged_is_paged_again_at_once(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    dropped(ward, NURSE)
    notices(ward)
    ward.tick()
    assert ward.alert().state is AlertState.OPEN
    assert paged(ward.deliver()) == [ADA]


def test_it_is_noticed_once_and_again_when_they_leave_a_second_time(ward: Ward) -> None:
    dropped(ward, NURSE)
    assert [notices(ward), notices(ward)] == [1, 0]
    ward.edits(clinic())
    assert notices(ward) == 0
    ward.passes(MINUTE)
    dropped(ward, NURSE)
    assert notices(ward) == 1
    assert ward.audited().count("clinician.left") == 2


def test_whoever_is_in_the_file_again_is_who_they_were(ward: Ward) -> None:
    dropped(ward, NURSE)
    notices(ward)
    ward.edits(clinic())
    notices(ward)
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [NURSE]
