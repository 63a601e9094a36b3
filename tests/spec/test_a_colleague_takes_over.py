"""Somebody has an alert: what a colleague's copy offers them, and what happens when they take it over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.delivery import Kind, OutgoingMessage
from bot.core.escalation.alert import AlertState
from bot.core.escalation.entries import EntryKind
from tests.support.escalation import ADA, BORA, MINUTE, NURSE, Ward, button, pages

COLLEAGUE = ["Take over", "Not clinical", "Resolve"]
HOLDER = ["I’m calling", "Hand over", "Not clinical", "Resolve", "Reply"]


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


def climbed(ward: Ward) -> dict[str, OutgoingMessage]:
    """The nurse and Dr Ada have been paged; by name, their pages."""
    ward.says(ward.patient(), "I have 39.2")
    sent = ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    return {m.clinician or "": m for m in pages(sent + ward.deliver())}


def labels(message: OutgoingMessage) -> list[str]:
    return [b.label for row in message.buttons for b in row]


def copies(sent: list[OutgoingMessage]) -> dict[str, OutgoingMessage]:
    return {m.clinician or "": m for m in sent if m.kind is Kind.EDIT and m.purpose.startswith("alert_edit:")}


def said(sent: list[OutgoingMessage], name: str) -> list[str]:
    return [m.text for m in sent if m.clinician == name and m.kind is Kind.MESSAGE]


def toasts(sent: list[OutgoingMessage]) -> list[str]:
    return [m.text for m in sent if m.kind is Kind.BUTTON_ANSWER]


def taken(ward: Ward, first: str = "Acknowledge") -> tuple[dict[str, OutgoingMessage], list[OutgoingMessage]]:
    """The nurse has it, Dr Ada takes it over: the copies as they were before, and what was sent then."""
    sheets = climbed(ward)
    before = copies(ward.presses(NURSE, button(sheets[NURSE], first)))
    ward.passes(2 * MINUTE)
    return before, ward.presses(ADA, button(before[ADA], "Take over"))


def test_a_colleague_s_copy_offers_what_the_life_cycle_lets_a_colleague_do(ward: Ward) -> None:
    sheets = climbed(ward)
    edits = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    assert labels(edits[NURSE]) == HOLDER
    assert labels(edits[ADA]) == COLLEAGUE


def test_whoever_takes_over_has_it_and_all_copies_say_so(ward: Ward) -> None:
    _, sent = taken(ward)
    alert = ward.alert()
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_at) == (AlertState.ACKNOWLEDGED, ADA, ward.now)
    assert alert.next_step_at == ward.now + alert.policy.resolve_within
    edits = copies(sent)
    assert labels(edits[ADA]) == HOLDER
    assert labels(edits[NURSE]) == COLLEAGUE
    assert all(edit.text.endswith("Seen by Dr Ada at 13:07.") for edit in edits.values())
    assert toasts(sent) == ["It is yours. Nurse Cem is told."]


def test_the_one_who_had_it_is_told_in_words_and_the_patient_reads_who_has_it_now(ward: Ward) -> None:
    _, sent = taken(ward)
    assert said(sent, NURSE) == ["<b>TAKEN OVER</b> · patient K7-42 · Dr Ada has it from now on. It is not yours any more."]
    assert [m.text for m in sent if m.clinician is None] == [
        "Dr Ada saw this at 13:07. If you get worse, do not wait for a reply: call 112."
    ]


def test_a_call_that_was_promised_is_promised_still(ward: Ward) -> None:
    _, sent = taken(ward, "I’m calling")
    alert = ward.alert()
    assert alert.call_by == alert.next_step_at == ward.now + 28 * MINUTE
    assert any("Dr Ada saw this at 13:07 and will call you by 13:35" in m.text for m in sent if m.clinician is None)
    assert labels(copies(sent)[ADA])[0] == "I have called"
    ward.passes(29 * MINUTE)
    ward.tick()
    assert [m.clinician for m in ward.deliver() if "DID YOU CALL" in m.text] == [ADA]


def test_of_two_who_take_over_at_once_the_first_has_it_and_the_second_is_told(ward: Ward) -> None:
    sheets = climbed(ward)
    ward.passes(10 * MINUTE)
    ward.tick()
    sheets |= {m.clinician or "": m for m in pages(ward.deliver())}
    before = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    ward.presses(ADA, button(before[ADA], "Take over"))
    sent = ward.presses(BORA, button(before[BORA], "Take over"))
    assert ward.alert().acknowledged_by == ADA
    assert said(sent, BORA) == ["Dr Ada was first and has it."]


def test_what_was_taken_over_can_be_taken_back(ward: Ward) -> None:
    _, sent = taken(ward)
    ward.presses(NURSE, button(copies(sent)[NURSE], "Take over"))
    assert ward.alert().acknowledged_by == NURSE


def test_taking_over_what_nobody_has_any_more_is_acknowledging_it(ward: Ward) -> None:
    """The nurse gave it to Dr Bora meanwhile, who has not answered."""
    sheets = climbed(ward)
    before = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    asked = next(m for m in ward.presses(NURSE, button(before[NURSE], "Hand over")) if "alert_question" in m.purpose)
    ward.presses(NURSE, button(asked, "Dr Bora"))
    ward.presses(ADA, button(before[ADA], "Take over"))
    assert (ward.alert().state, ward.alert().acknowledged_by) == (AlertState.ACKNOWLEDGED, ADA)


def test_an_old_button_takes_nothing_over_once_the_alert_has_asked_anew(ward: Ward) -> None:
    sheets = climbed(ward)
    before = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    ward.says(ward.do(lambda uow: uow.patients.get(1)), "my chest hurts")
    ward.deliver()
    assert toasts(ward.presses(ADA, button(before[ADA], "Take over"))) == [
        "This message is out of date. A newer one about the same patient is below."
    ]
    assert ward.alert().state is AlertState.OPEN


def test_what_is_closed_is_not_taken_over(ward: Ward) -> None:
    sheets = climbed(ward)
    before = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    asked = next(m for m in ward.presses(NURSE, button(before[NURSE], "Resolve")) if "alert_question" in m.purpose)
    ward.presses(NURSE, button(asked, "Advised by phone"))
    assert said(ward.presses(ADA, button(before[ADA], "Take over")), ADA) == ["Nurse Cem has resolved it already."]


def test_a_colleague_may_say_that_it_is_not_clinical(ward: Ward) -> None:
    sheets = climbed(ward)
    before = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    asked = next(m for m in ward.presses(ADA, button(before[ADA], "Not clinical")) if "alert_question" in m.purpose)
    ward.presses(ADA, button(asked, "Yes, not clinical"))
    assert (ward.alert().state, ward.alert().outcome, ward.alert().resolved_by) == (AlertState.RESOLVED, "not_clinical", ADA)


def test_the_history_says_who_took_it_from_whom(ward: Ward) -> None:
    taken(ward)
    entry = next(e for e in ward.do(lambda uow: uow.alerts.history(1)) if e.event is EntryKind.TAKEN_OVER)
    assert (entry.by, entry.detail) == (ADA, f"from {NURSE}")
    assert (entry.from_state, entry.to_state) == (AlertState.ACKNOWLEDGED, AlertState.ACKNOWLEDGED)
    assert "alert.taken_over" in ward.audited()


def test_whoever_had_it_writes_to_the_patient_no_more(ward: Ward) -> None:
    sheets = climbed(ward)
    before = copies(ward.presses(NURSE, button(sheets[NURSE], "Acknowledge")))
    ward.presses(NURSE, button(before[NURSE], "Reply"))
    ward.presses(ADA, button(before[ADA], "Take over"))
    sent = ward.writes(NURSE, "Please come at four")
    assert [m for m in sent if m.clinician is None] == []
    assert any("Dr Ada" in m.text for m in sent if m.clinician == NURSE)
