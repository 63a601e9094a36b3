"""What a clinician does with an alert besides taking and closing it: calls, hands over, calls it not clinical; and what all see of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Kind, Lane, Outcome, OutgoingMessage
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import Wrote
from bot.ports import AlertEntry
from bot.services import auditor, clinicians, escalations
from tests.support.escalation import ADA, BORA, CHIEF, MINUTE, NURSE, Ward, button, clinic, paged, pages, policy


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def page_of(ward: Ward, level: Disposition = Disposition.URGENT) -> OutgoingMessage:
    ward.says(ward.patient(), "I have 39.2", level)
    [page] = ward.deliver()
    return page


def question(sent: list[OutgoingMessage]) -> OutgoingMessage:
    return next(m for m in sent if m.purpose.startswith("alert_question:"))


def to_patient(sent: list[OutgoingMessage]) -> list[str]:
    return [m.text for m in sent if m.clinician is None]


def history(ward: Ward) -> list[AlertEntry]:
    return list(ward.do(lambda uow: uow.alerts.history(1)))


# --- calling -------------------------------------------------------------------------------------------------------------


def test_calling_takes_the_alert_and_the_patient_reads_when_on_their_own_clock(ward: Ward) -> None:
    page = page_of(ward)
    patient = ward.do(lambda uow: uow.patients.get(1))
    ward.do(lambda uow: uow.patients.save(replace(patient, timezone="Asia/Tokyo")))
    ward.passes(2 * MINUTE)
    sent = ward.presses(NURSE, button(page, "I’m calling"))
    assert to_patient(sent) == [
        "Nurse Cem saw this at 21:02 and will call you by 21:32. If you get worse, do not wait for the call: phone 112."
    ]
    assert [m.text for m in sent if m.kind is Kind.BUTTON_ANSWER] == ["It is yours. The patient reads that you call by 13:32."]
    [edit] = [m for m in sent if m.kind is Kind.EDIT]
    assert edit.text.endswith("Nurse Cem has it and calls by 13:32.")
    assert next(b.label for row in edit.buttons for b in row) == "I have called"


def test_in_an_emergency_the_call_is_no_reason_to_wait(ward: Ward) -> None:
    page = page_of(ward, Disposition.EMERGENCY)
    [told] = to_patient(ward.presses(NURSE, button(page, "I’m calling")))
    assert "call now. Do not wait for the clinic." in told


def test_a_promise_past_midnight_names_the_day(ward: Ward) -> None:
    ward.passes(timedelta(hours=10, minutes=50))
    page = page_of(ward)
    [told] = to_patient(ward.presses(NURSE, button(page, "I’m calling")))
    assert "saw this at 23:50 and will call you by 00:20" in told


def test_pressing_calling_twice_is_neither_a_second_promise_nor_a_call_that_is_over(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "I’m calling"))
    again = ward.presses(NURSE, button(page, "I’m calling"))
    assert [m.text for m in again] == ["You have promised to call already."]
    assert ward.alert().call_by is not None


def test_who_has_not_called_in_time_is_reminded_and_then_others_are_paged_and_the_patient_is_told(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "I’m calling"))
    ward.passes(30 * MINUTE)
    ward.tick()
    [reminder] = ward.deliver()
    assert reminder.text.startswith("<b>DID YOU CALL?</b> · patient K7-42 · the patient was told that you would call by 13:30.")
    assert next(b.label for row in reminder.buttons for b in row) == "I have called"
    ward.passes(30 * MINUTE)
    ward.tick()
    sent = ward.deliver()
    assert paged(sent) == [NURSE]
    [told] = to_patient(sent)
    assert told.startswith("Nurse Cem has not been able to call you yet, so we are calling other people at the clinic.")
    assert "call 112" in told


def test_i_have_called_stops_the_reminder(ward: Ward) -> None:
    page = page_of(ward)
    sent = ward.presses(NURSE, button(page, "I’m calling"))
    [edit] = [m for m in sent if m.kind is Kind.EDIT]
    ward.passes(10 * MINUTE)
    assert "Thank you. Please resolve it when it is over." in [m.text for m in ward.presses(NURSE, button(edit, "I have called"))]
    ward.passes(30 * MINUTE)
    assert ward.tick() == 0
    assert ward.alert().state is AlertState.ACKNOWLEDGED


# --- nobody answers ------------------------------------------------------------------------------------------------------


def test_the_patient_is_told_that_nobody_has_answered_before_everything_else_that_waits_and_once_more_after_the_chain(
    ward: Ward,
) -> None:
    page_of(ward)
    ward.passes(5 * MINUTE)
    ward.tick()
    [told] = [m for m in ward.deliver() if m.clinician is None]
    assert (told.lane, told.address) == (Lane.SAFETY, "chat-K7-42")
    assert told.text == (
        "Nobody at the clinic has answered yet. We keep trying, and we are calling more people. Do not wait for us: if you get worse "
        "or are afraid, call 112. You can also phone the clinic: +49 30 5550100."
    )
    again = []
    for _ in range(6):
        ward.passes(15 * MINUTE)
        ward.tick()
        again.append([text[:31] for text in to_patient(ward.deliver())])
    assert again == [[], ["The clinic still has not answer"], [], [], [], []]


def test_in_an_emergency_the_number_stands_first(ward: Ward) -> None:
    page_of(ward, Disposition.EMERGENCY)
    ward.passes(5 * MINUTE)
    ward.tick()
    [told] = to_patient(ward.deliver())
    assert told.startswith("Call 112 now, if you have not yet.")


def test_at_three_in_the_morning_it_is_said_at_once_too(ward: Ward) -> None:
    ward.passes(timedelta(hours=14))
    page_of(ward)
    ward.passes(5 * MINUTE)
    ward.tick()
    assert len(to_patient(ward.deliver())) == 1


def test_word_that_nobody_has_answered_is_withdrawn_when_somebody_has(ward: Ward) -> None:
    page = page_of(ward)
    ward.passes(5 * MINUTE)
    ward.tick()
    assert to_patient(ward.presses(NURSE, button(page, "Acknowledge"))) == [
        "Nurse Cem saw this at 13:05. If you get worse, do not wait for a reply: call 112."
    ]


# --- handed over ---------------------------------------------------------------------------------------------------------


def hands_over(ward: Ward, page: OutgoingMessage, by: str, to: str) -> list[OutgoingMessage]:
    return ward.presses(by, button(question(ward.presses(by, button(page, "Hand over"))), to))


def test_handing_over_asks_to_whom_and_offers_only_colleagues_who_can_be_reached(ward: Ward) -> None:
    page = page_of(ward)
    bora = ward.clinician(BORA)
    ward.do(lambda uow: uow.clinicians.put(replace(bora, reachable=False)))
    asked = question(ward.presses(NURSE, button(page, "Hand over")))
    assert asked.text == "Who takes patient K7-42 over? They are paged at once."
    assert [b.label for row in asked.buttons for b in row] == ["Dr Ada", "Professor Dide", "Not yet, keep it open"]
    assert ward.alert().assigned_to is None


def test_the_colleague_is_paged_at_once_all_copies_say_so_and_it_climbs_as_before(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.passes(MINUTE)
    sent = hands_over(ward, page, NURSE, "Dr Bora")
    [given] = pages(sent)
    assert given.clinician == BORA
    assert given.text.endswith("<b>For you</b>: Nurse Cem hands this over to you.")
    [edit] = [m for m in sent if m.kind is Kind.EDIT and m.text.startswith("<b>URGENT</b>")]
    assert (edit.clinician, edit.text.splitlines()[-1]) == (NURSE, "Handed over to Dr Bora, who has not answered yet.")
    ward.passes(5 * MINUTE)
    ward.tick()
    assert paged(ward.deliver()) == [ADA]


def test_the_colleague_who_takes_it_tells_the_patient(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    [given] = pages(hands_over(ward, page, NURSE, "Dr Bora"))
    assert to_patient(ward.presses(BORA, button(given, "Acknowledge")))[0].startswith("Dr Bora saw this at 13:00.")
    assert ward.alert().acknowledged_by == BORA


def test_a_colleague_who_blocked_the_bot_meanwhile_is_refused_and_nothing_is_lost(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    asked = question(ward.presses(NURSE, button(page, "Hand over")))
    bora = ward.clinician(BORA)
    ward.do(lambda uow: uow.clinicians.put(replace(bora, reachable=False)))
    sent = ward.presses(NURSE, button(asked, "Dr Bora"))
    assert "Dr Bora cannot be reached now. It stays as it was." in [m.text for m in sent]
    assert (ward.alert().acknowledged_by, ward.alert().assigned_to) == (NURSE, None)
    assert "alert.not_handed_over" in ward.audited()


def test_a_page_to_the_colleague_that_bounces_lets_it_climb_at_once(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    asked = question(ward.presses(NURSE, button(page, "Hand over")))
    ward.answers(NURSE, button(asked, "Dr Bora"))
    for message in ward.claim():
        outcome = Outcome.BLOCKED if message.clinician == BORA else Outcome.SENT
        ward.record(message, outcome, **({} if outcome is Outcome.BLOCKED else {"provider_id": str(message.id)}))
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


def test_nobody_hands_over_what_a_colleague_has(ward: Ward) -> None:
    page = page_of(ward)
    ward.passes(5 * MINUTE)
    ward.tick()
    [second] = pages(ward.deliver())
    ward.presses(ADA, button(second, "Acknowledge"))
    assert "Dr Ada was first and has it." in [m.text for m in ward.presses(NURSE, button(page, "Hand over"))]


def test_a_leaver_to_whom_it_was_handed_over_is_passed_at_once(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "Acknowledge"))
    hands_over(ward, page, NURSE, "Dr Bora")
    ward.do(lambda uow: clinicians.revoke(uow, BORA, "operator", ward.now))
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


# --- not clinical --------------------------------------------------------------------------------------------------------


def test_not_clinical_closes_with_a_second_tap_only(ward: Ward) -> None:
    page = page_of(ward)
    asked = question(ward.presses(NURSE, button(page, "Not clinical")))
    assert ward.alert().state is AlertState.OPEN
    sent = ward.presses(NURSE, button(asked, "Yes, not clinical"))
    assert (ward.alert().state, ward.alert().outcome) == (AlertState.RESOLVED, "not_clinical")
    assert any("Resolved by Nurse Cem at 13:00: Not clinical." in m.text for m in sent if m.kind is Kind.EDIT)
    assert to_patient(sent)[0].startswith("Nurse Cem saw this at 13:00.")


def test_an_alert_closed_with_nobody_reached_leaves_a_task(ward: Ward) -> None:
    page = page_of(ward)
    asked = question(ward.presses(NURSE, button(page, "Resolve")))
    ward.presses(NURSE, button(asked, "Could not reach them"))
    [task] = ward.do(lambda uow: uow.tasks.open())
    assert (task.kind, task.disposition) == ("not_reached", Disposition.URGENT)


# --- who may, and what stays ---------------------------------------------------------------------------------------------

ALL = ("Acknowledge", "I’m calling", "Hand over", "Not clinical", "Resolve", "Reply")


@pytest.mark.parametrize("label", ALL)
def test_no_button_of_another_s_works(ward: Ward, label: str) -> None:
    page = page_of(ward)
    refused = ward.presses(ADA, button(page, label))
    assert [m.text for m in refused] == ["This button is not yours or has expired."]
    assert (ward.alert().state, ward.alert().version) == (AlertState.OPEN, 2)
    assert "button.refused" in ward.audited()


@pytest.mark.parametrize("label", ALL)
def test_no_button_of_a_leaver_s_works(ward: Ward, label: str) -> None:
    page = page_of(ward)
    ward.edits(clinic(clinicians={ADA: "Dr Ada"}))
    ward.presses(NURSE, button(page, label))
    assert ward.alert().state is AlertState.OPEN
    assert "clinician.refused" in ward.audited()


@pytest.mark.parametrize("label", ALL)
def test_no_button_from_before_something_worse_works(ward: Ward, label: str) -> None:
    page = page_of(ward)
    patient = ward.do(lambda uow: uow.patients.get(1))
    ward.says(patient, "I cannot breathe", Disposition.EMERGENCY)
    ward.deliver()
    sent = ward.presses(NURSE, button(page, label))
    assert "This message is out of date. A newer one about the same patient is below." in [m.text for m in sent]
    assert ward.alert().state is AlertState.OPEN


@pytest.mark.parametrize("label", ALL)
def test_every_button_of_a_closed_alert_says_so_and_changes_nothing(ward: Ward, label: str) -> None:
    page = page_of(ward)
    asked = question(ward.presses(NURSE, button(page, "Not clinical")))
    ward.presses(NURSE, button(asked, "Yes, not clinical"))
    closed = ward.alert()
    sent = [m.text for m in ward.presses(NURSE, button(page, label))]
    assert {"Nurse Cem has resolved it already.", "The alert about K7-42 is closed: nothing was sent."} & set(sent)
    assert ward.alert() == closed


def test_every_change_is_one_typed_line_and_each_begins_where_the_last_one_ended(ward: Ward) -> None:
    page = page_of(ward)
    ward.presses(NURSE, button(page, "I’m calling"))
    [given] = pages(hands_over(ward, page, NURSE, "Dr Bora"))
    ward.presses(BORA, button(given, "Acknowledge"))
    asked = question(ward.presses(BORA, button(given, "Resolve")))
    ward.passes(3 * MINUTE)
    ward.presses(BORA, button(asked, "Seen at the clinic"))
    lines = [e for e in history(ward) if e.from_state is not None]
    assert [(e.event, e.by, e.from_state, e.to_state, e.detail) for e in lines] == [
        (EntryKind.STARTED, "", "open", "open", "step 0"),
        (EntryKind.ACKNOWLEDGED, NURSE, "open", "acknowledged", ""),
        (EntryKind.CALLING, NURSE, "open", "acknowledged", "by 2026-11-25T12:30+00:00"),
        (EntryKind.HANDED_OVER, NURSE, "acknowledged", "open", "to dr-bora"),
        (EntryKind.ACKNOWLEDGED, BORA, "open", "acknowledged", ""),
        (EntryKind.RESOLVED, BORA, "acknowledged", "resolved", "seen"),
    ]
    assert lines[-1].at == ward.now


def test_two_open_alerts_of_one_patient_become_one(ward: Ward) -> None:
    page_of(ward)
    first = ward.alert()
    double = ward.do(lambda uow: uow.alerts.add(replace(first, opened_at=ward.now, version=1, fence=1)))
    worse = replace(double, disposition=Disposition.EMERGENCY, policy=policy(Disposition.EMERGENCY))
    ward.do(lambda uow: uow.alerts.save(worse, expected_version=1))
    report = ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now))
    assert "alert:1 goes on in alert:2" in report.repaired
    assert (ward.alert(1).state, ward.alert(1).merged_into) == (AlertState.RESOLVED, 2)
    kept = ward.alert(2)
    assert (kept.state, kept.findings, kept.disposition) == (AlertState.OPEN, 2, Disposition.EMERGENCY)
    assert any(m.text.endswith("Goes on in another alert about this patient.") for m in ward.deliver())


def test_an_alert_carries_its_policy_through_a_change_of_the_clinic_s_file(ward: Ward) -> None:
    page = page_of(ward)
    slow = replace(policy(), call_within=timedelta(hours=2), steps=policy().steps[:1])
    ward.edits(clinic(policies=(slow, policy(Disposition.EMERGENCY))))
    ward.presses(NURSE, button(page, "I’m calling"))
    assert ward.alert().call_by == ward.now + 30 * MINUTE


def test_a_thread_is_only_opened_by_who_has_the_alert(ward: Ward) -> None:
    page_of(ward)
    alert: Alert = ward.alert()
    with pytest.raises(Exception, match="does not know Wrote"):
        ward.do(lambda uow: escalations.apply(uow, alert, Wrote(by=CHIEF, message=1), ward.world, ward.now))
