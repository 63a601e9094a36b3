"""The outbox on a real store: who goes first, what a crash leaves behind, what a dead address means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.careplan.enrolment import PatientState
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import REPEAT_MARK, DeliveryState, Kind, Lane, Outcome, OutgoingMessage, Receipt
from bot.ports import LEASE
from bot.services import outbox
from tests.support.escalation import ADA, MINUTE, NURSE, Ward, button, paged

SECOND = timedelta(seconds=1)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def queue(ward: Ward, lane: Lane = Lane.REPLY, text: str = "hello", **changes: object) -> int:
    """One message to the ward's first patient; its id."""
    message = OutgoingMessage(id=0, channel="telegram", address="chat-K7-42", text=text, lane=lane, patient_id=1, due_at=ward.now)
    return ward.do(lambda uow: uow.outbox.add(replace(message, **changes)))  # type: ignore[arg-type]


def stored(ward: Ward, message_id: int) -> OutgoingMessage:
    return ward.do(lambda uow: uow.outbox.get(message_id))


def kinds(ward: Ward) -> list[str]:
    return [task.kind for task in ward.do(lambda uow: uow.tasks.open())]


# --- handing out ---------------------------------------------------------------------------------------------------------


def test_alerts_go_before_safety_advice_before_replies_before_routine(ward: Ward) -> None:
    ward.patient()
    for lane in (Lane.ROUTINE, Lane.REPLY, Lane.ALERT, Lane.SAFETY):
        queue(ward, lane)
    assert [m.lane for m in ward.claim(3)] == [Lane.ALERT, Lane.SAFETY, Lane.REPLY]
    assert [m.lane for m in ward.claim()] == [Lane.ROUTINE]


def test_a_claimed_message_is_handed_out_once(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    assert len(ward.claim()) == 1
    assert ward.claim() == []


def test_a_prompt_that_is_not_worth_sending_any_more_is_cancelled_and_the_next_is_handed_out(ward: Ward) -> None:
    ward.patient()
    stale = [queue(ward, Lane.ROUTINE, expires_at=ward.now) for _ in range(3)]
    good = queue(ward, Lane.ROUTINE, expires_at=ward.now + MINUTE)
    assert [m.id for m in ward.claim(2)] == [good]
    assert {stored(ward, i).state for i in stale} == {DeliveryState.CANCELLED}


def test_advice_does_not_expire(ward: Ward) -> None:
    ward.patient()
    queue(ward, Lane.SAFETY, expires_at=ward.now - MINUTE)
    assert len(ward.claim()) == 1


# --- receipts ------------------------------------------------------------------------------------------------------------


def test_many_receipts_are_recorded_at_once(ward: Ward) -> None:
    ward.patient()
    ids = [queue(ward, text=str(n)) for n in range(50)]
    claimed = ward.claim()
    results = [(m, Receipt(outcome=Outcome.SENT, provider_id=f"p{m.id}")) for m in claimed]
    ward.do(lambda uow: outbox.record(uow, results, ward.now))
    assert [stored(ward, i).provider_id for i in ids] == [f"p{i}" for i in ids]


def test_what_was_not_sent_is_handed_out_again_after_its_wait(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    ward.record(ward.claim()[0], Outcome.NOT_SENT)
    assert ward.claim() == []
    ward.passes(2 * SECOND)
    [again] = ward.claim()
    assert (again.attempt, again.text) == (2, "hello")


def test_messages_that_failed_together_do_not_come_back_together(ward: Ward) -> None:
    ward.patient()
    ids = [queue(ward) for _ in range(20)]
    results = [(m, Receipt(outcome=Outcome.NOT_SENT)) for m in ward.claim()]
    ward.do(lambda uow: outbox.record(uow, results, ward.now))
    assert len({stored(ward, i).due_at for i in ids}) > 15


def test_one_chat_that_is_halted_lets_the_others_flow(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    ward.record(ward.claim()[0], Outcome.RATE_LIMITED, retry_after=300.0)
    other = queue(ward, address="chat-other")
    assert [m.id for m in ward.claim()] == [other]


def test_a_stale_worker_s_receipt_changes_nothing(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    [first] = ward.claim()
    ward.passes(LEASE + SECOND)
    assert ward.claim() == []
    ward.passes(30 * SECOND)
    [second] = ward.claim()
    ward.record(first, Outcome.BLOCKED)
    assert stored(ward, second.id).state is DeliveryState.SENDING
    assert ward.do(lambda uow: uow.patients.get(1)).state is PatientState.ACTIVE


def test_a_stale_worker_s_sent_is_believed_and_no_further_copy_goes_out(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    [first] = ward.claim()
    ward.passes(LEASE + SECOND)
    assert ward.claim() == []
    ward.record(first, Outcome.SENT, provider_id="77")
    ward.passes(MINUTE)
    assert ward.claim() == []
    assert stored(ward, first.id).provider_id == "77"


def test_a_receipt_for_an_erased_message_is_dropped(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    [claimed] = ward.claim()
    ward.record(replace(claimed, id=9999), Outcome.SENT)
    ward.record(claimed, Outcome.SENT)
    assert stored(ward, claimed.id).state is DeliveryState.SENT


def test_refused_formatting_goes_out_again_as_plain_text(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    ward.record(ward.claim()[0], Outcome.BAD_FORMAT)
    [again] = ward.claim()
    assert again.as_plain_text


# --- a crash while sending -----------------------------------------------------------------------------------------------


def test_a_page_lost_in_a_crash_is_sent_again_within_thirty_seconds_and_marked(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [lost] = ward.claim()
    ward.passes(LEASE + SECOND)
    assert ward.claim() == []
    ward.passes(29 * SECOND)
    [again] = ward.claim()
    assert (again.id, again.attempt) == (lost.id, 2)
    assert again.text == REPEAT_MARK + lost.text
    assert ward.events().count("repeated") == 1


def test_a_check_in_lost_in_a_crash_is_not_repeated(ward: Ward) -> None:
    ward.patient()
    lost = queue(ward, Lane.ROUTINE)
    ward.claim()
    ward.passes(timedelta(hours=1))
    assert ward.claim() == []
    assert stored(ward, lost).state is DeliveryState.AMBIGUOUS


def test_recovery_tells_how_many_attempts_were_lost(ward: Ward) -> None:
    ward.patient()
    for _ in range(3):
        queue(ward)
    ward.claim()
    assert ward.do(lambda uow: outbox.recover(uow, ward.now)) == 0
    ward.passes(LEASE + SECOND)
    assert ward.do(lambda uow: outbox.recover(uow, ward.now)) == 3


def test_a_page_that_stays_ambiguous_has_three_copies_and_the_alert_climbs(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    copies = 0
    while claimed := ward.claim():
        copies += len(claimed)
        ward.record(claimed[0], Outcome.AMBIGUOUS)
        ward.passes(10 * SECOND)
    assert copies == 3
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


def test_repeats_count_towards_the_three_in_ten_minutes(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.record(ward.claim()[0], Outcome.AMBIGUOUS)
    ward.passes(10 * SECOND)
    ward.record(ward.claim()[0], Outcome.AMBIGUOUS)
    ward.passes(10 * SECOND)
    [third] = ward.claim()
    ward.record(third, Outcome.SENT, provider_id="1")
    history = ward.do(lambda uow: uow.alerts.history(1))
    assert [e.event for e in history if e.by == NURSE] == ["paged", "repeated", "repeated"]


def test_a_repeat_is_not_sent_when_somebody_has_the_alert_meanwhile(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [on_its_way] = [m for m in ward.claim() if m.clinician]
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.record(on_its_way, Outcome.AMBIGUOUS)
    ward.passes(MINUTE)
    assert paged(ward.claim()) == []
    assert stored(ward, on_its_way.id).state is DeliveryState.CANCELLED


# --- addresses -----------------------------------------------------------------------------------------------------------


def test_a_patient_who_blocked_the_bot_becomes_unreachable_and_the_clinic_has_one_task(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    queue(ward)
    prompt = queue(ward, Lane.ROUTINE, due_at=ward.now + MINUTE)
    for message in ward.claim():
        ward.record(message, Outcome.BLOCKED)
    assert ward.do(lambda uow: uow.patients.get(1)).state is PatientState.UNREACHABLE
    assert kinds(ward) == ["unreachable"]
    assert stored(ward, prompt).state is DeliveryState.CANCELLED


def test_advice_that_cannot_reach_the_patient_is_an_urgent_task(ward: Ward) -> None:
    ward.patient()
    queue(ward, Lane.SAFETY)
    ward.record(ward.claim()[0], Outcome.BLOCKED)
    [task] = ward.do(lambda uow: uow.tasks.open())
    assert task.disposition is Disposition.URGENT


def test_who_said_stop_stays_stopped(ward: Ward) -> None:
    patient = ward.patient()
    ward.do(lambda uow: uow.patients.save(replace(patient, state=PatientState.STOPPED)))
    queue(ward)
    ward.record(ward.claim()[0], Outcome.BLOCKED)
    assert ward.do(lambda uow: uow.patients.get(1)).state is PatientState.STOPPED


def test_a_block_of_an_address_that_the_patient_has_left_says_nothing(ward: Ward) -> None:
    ward.patient()
    queue(ward, address="an-old-chat")
    ward.record(ward.claim()[0], Outcome.BLOCKED)
    assert ward.do(lambda uow: uow.patients.get(1)).state is PatientState.ACTIVE


def test_a_migrated_patient_is_known_by_the_new_address_and_gets_the_message(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    ward.record(ward.claim()[0], Outcome.MIGRATED, new_address="-1009")
    found = ward.do(lambda uow: uow.patients.by_address("telegram", "-1009"))
    assert found is not None
    assert [m.address for m in ward.claim()] == ["-1009"]


def test_a_migrated_clinician_is_paged_at_the_new_address(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.record(ward.claim()[0], Outcome.MIGRATED, new_address="-1010")
    assert ward.clinician(NURSE).address == "-1010"
    assert [m.address for m in ward.claim()] == ["-1010"]


def test_what_the_provider_refuses_is_a_task_and_audited(ward: Ward) -> None:
    ward.patient()
    queue(ward)
    ward.record(ward.claim()[0], Outcome.REJECTED, detail="chat is a bot")
    assert kinds(ward) == ["message_refused", "undelivered"]
    assert "outbox.refused" in ward.audited()


def test_a_refused_edit_bothers_nobody(ward: Ward) -> None:
    ward.patient()
    queue(ward, kind=Kind.EDIT, edits="5")
    ward.record(ward.claim()[0], Outcome.REJECTED, detail="message is not modified")
    assert kinds(ward) == []
