"""An alert in a clinician's hands, on a real store: acknowledged, resolved, reminded, reopened, joined by something worse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import DeliveryState, Kind, Outcome
from bot.core.errors import StaleVersion
from bot.core.escalation.alert import AlertState
from bot.core.escalation.events import FindingJoined
from bot.services import escalations
from tests.support.escalation import (
    ADA,
    MINUTE,
    NURSE,
    Ward,
    button,
    paged,
    pages,
)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


# --- acknowledged --------------------------------------------------------------------------------------------------------


def test_acknowledging_stops_the_climb_edits_the_copies_and_tells_the_patient(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [page] = pages(ward.deliver())
    sent = ward.presses(ADA, button(page, "Acknowledge"))
    assert ward.alert().state is AlertState.ACKNOWLEDGED
    edits = [m for m in sent if m.kind is Kind.EDIT]
    assert {m.clinician for m in edits} == {NURSE, ADA}
    assert all(m.text.endswith("Seen by Dr Ada at 13:05.") for m in edits)
    left = {m.clinician: [b.label for row in m.buttons for b in row] for m in edits}
    assert left == {
        NURSE: ["Take over", "Not clinical", "Resolve"],
        ADA: ["I’m calling", "Hand over", "Not clinical", "Resolve", "Reply"],
    }
    [told] = [m for m in sent if m.clinician is None]
    assert told.address == "chat-K7-42"
    assert told.text == "Dr Ada saw this at 13:05. If you get worse, do not wait for a reply: call 112."
    assert [m.text for m in sent if m.kind is Kind.BUTTON_ANSWER] == ["It is yours."]
    ward.passes(30 * MINUTE)
    assert ward.tick() == 0


def test_in_an_emergency_the_patient_is_told_once_more_to_call(ward: Ward) -> None:
    ward.says(ward.patient(), "chest pain", Disposition.EMERGENCY)
    [page] = ward.deliver()
    sent = ward.presses(NURSE, button(page, "Acknowledge"))
    assert "call now" in next(m.text for m in sent if m.clinician is None)


def test_a_page_that_has_not_left_yet_is_withdrawn_when_somebody_acknowledges(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    sent = ward.presses(NURSE, button(page, "Acknowledge"))
    assert paged(sent) == []


def test_a_copy_that_was_on_its_way_is_edited_as_soon_as_it_has_arrived(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [first] = ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [on_its_way] = [m for m in ward.claim() if m.clinician]
    assert ADA not in [m.clinician for m in ward.presses(NURSE, button(first, "Acknowledge")) if m.kind is Kind.EDIT]
    ward.record(on_its_way, Outcome.SENT, provider_id="555")
    [edit] = ward.deliver()
    assert (edit.kind, edit.clinician, edit.edits) == (Kind.EDIT, ADA, "555")
    assert "Seen by Nurse Cem" in edit.text


def test_whoever_presses_second_is_told_who_was_first(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [first] = ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [second] = pages(ward.deliver())
    ward.presses(ADA, button(second, "Acknowledge"))
    sent = ward.presses(NURSE, button(first, "Acknowledge"))
    assert [m.text for m in sent] == ["Dr Ada was first and has it."] * 2
    assert {m.kind for m in sent} == {Kind.BUTTON_ANSWER, Kind.MESSAGE}
    assert ward.alert().acknowledged_by == ADA


def test_pressing_twice_does_nothing_more(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    again = ward.presses(NURSE, button(page, "Acknowledge"))
    assert [m.text for m in again] == ["You have it already."]
    assert ward.events().count("acknowledged") == 1


def test_a_milder_joined_finding_leaves_the_reminder_on_its_way(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.passes(timedelta(hours=2))
    ward.tick()
    ward.says(patient, "a little itchy", Disposition.SAME_DAY)
    assert any(m.text.startswith("<b>NOT RESOLVED</b>") for m in ward.deliver())


# --- resolved ------------------------------------------------------------------------------------------------------------


def outcome_of(ward: Ward, name: str, label: str) -> list[str]:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(name, button(page, "Acknowledge"))
    question = next(m for m in ward.presses(name, button(page, "Resolve")) if m.kind is Kind.MESSAGE)
    return [m.text for m in ward.presses(name, button(question, label))]


def test_resolve_asks_how_it_ended_and_closes_the_alert_with_that(ward: Ward) -> None:
    texts = outcome_of(ward, NURSE, "Advised by phone")
    closed = ward.alert()
    assert (closed.state, closed.outcome, closed.next_step_at) == (AlertState.RESOLVED, "advised", None)
    assert any(text.endswith("Resolved by Nurse Cem at 13:00: Advised by phone.") for text in texts)
    ward.passes(timedelta(days=2))
    assert ward.tick() == 0


def test_not_yet_keeps_it_open(ward: Ward) -> None:
    assert "It stays open." in outcome_of(ward, NURSE, "Not yet, keep it open")
    assert ward.alert().state is AlertState.ACKNOWLEDGED


def test_resolve_changes_nothing_until_an_outcome_is_pressed(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Resolve"))
    assert ward.alert().state is AlertState.OPEN


def test_a_closed_alert_s_buttons_say_who_closed_it(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    question = next(m for m in ward.presses(NURSE, button(page, "Resolve")) if m.kind is Kind.MESSAGE)
    ward.presses(NURSE, button(question, "Seen at the clinic"))
    for pressed in (button(page, "Acknowledge"), button(page, "Resolve"), button(question, "Advised by phone")):
        assert "Nurse Cem has resolved it already." in [m.text for m in ward.presses(NURSE, pressed)]
    assert ward.alert().outcome == "seen"


def test_not_resolved_in_time_it_is_reminded_and_then_paged_again(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.passes(timedelta(hours=2))
    ward.tick()
    [reminder] = ward.deliver()
    assert reminder.text.startswith("<b>NOT RESOLVED</b> · patient K7-42 · you took this on at 13:00")
    assert ward.alert().state is AlertState.ACKNOWLEDGED
    ward.passes(30 * MINUTE)
    ward.tick()
    sent = ward.deliver()
    assert paged(sent) == [NURSE]
    assert ward.alert().state is AlertState.OPEN


def test_a_holder_whose_reminder_bounces_loses_the_alert_at_once(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    ward.passes(timedelta(hours=2))
    ward.tick()
    ward.record(ward.claim()[0], Outcome.BLOCKED)
    assert ward.tick() == 1
    assert (ward.alert().state, paged(ward.deliver())) == (AlertState.OPEN, [ADA])


def test_a_new_alert_opens_after_the_old_one_is_resolved(ward: Ward) -> None:
    outcome_of(ward, NURSE, "False alarm")
    patient = ward.do(lambda uow: uow.patients.get(1))
    again = ward.says(patient, "now 39.5")
    assert again is not None
    assert again.id == 2


# --- a second finding ----------------------------------------------------------------------------------------------------


def test_the_same_again_joins_the_open_alert_and_wakes_nobody(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    ward.deliver()
    joined = ward.says(patient, "and 39.3 now")
    assert joined is not None
    assert (joined.id, joined.findings) == (1, 2)
    sent = ward.deliver()
    assert paged(sent) == []
    assert "Patient: “I have 39.2” · 2 findings by now; 13:00: “and 39.3 now”" in sent[0].text


def test_what_is_told_later_stays_seen_whatever_milder_comes_after(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    ward.deliver()
    ward.says(patient, "my calf is swollen", Disposition.URGENT, "deep_vein_thrombosis.floor")
    ward.says(patient, "asdkjh qwpoe", Disposition.SAME_DAY, "clarification.open")
    shown = ward.deliver()[-1].text
    assert "3 findings by now; 13:00: “my calf is swollen”" in shown
    assert "asdkjh" not in shown


def test_something_worse_pages_again_and_makes_the_old_buttons_stale(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    [old] = ward.deliver()
    ward.says(patient, "I cannot breathe", Disposition.EMERGENCY, "breathlessness.emergency.any")
    sent = ward.deliver()
    [new] = pages(sent)
    assert new.text.startswith("<b>EMERGENCY</b>")
    assert "I cannot breathe" in new.text
    [edit] = [m for m in sent if m.kind is Kind.EDIT]
    assert edit.text.endswith("There is a newer message about this patient below.")
    assert edit.buttons == ()
    refused = ward.presses(NURSE, button(old, "Acknowledge"))
    assert [m.text for m in refused] == ["This message is out of date. A newer one about the same patient is below."]
    assert ward.alert().state is AlertState.OPEN
    assert "button.stale" in ward.audited()
    ward.presses(NURSE, button(new, "Acknowledge"))
    assert ward.alert().acknowledged_by == NURSE


def test_a_stale_outcome_is_refused_too(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    [page] = ward.deliver()
    question = next(m for m in ward.presses(NURSE, button(page, "Resolve")) if m.kind is Kind.MESSAGE)
    ward.says(patient, "I cannot breathe", Disposition.EMERGENCY)
    ward.presses(NURSE, button(question, "Advised by phone"))
    assert ward.alert().state is AlertState.OPEN


def test_something_red_after_the_acknowledgement_is_a_new_page_to_the_holder_too(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [page] = pages(ward.deliver())
    ward.presses(ADA, button(page, "Acknowledge"))
    ward.says(patient, "my calf is swollen", Disposition.URGENT, "deep_vein_thrombosis.urgent.one_sided")
    sent = pages(ward.deliver())
    assert paged(sent) == [NURSE, ADA]
    assert "deep_vein_thrombosis.urgent.one_sided" in sent[0].text
    assert ward.alert().state is AlertState.OPEN


def test_something_mild_after_the_acknowledgement_is_shown_and_listed(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    [page] = ward.deliver()
    ward.presses(NURSE, button(page, "Acknowledge"))
    joined = ward.says(patient, "and a little itchy", Disposition.SAME_DAY)
    assert joined is not None
    assert (joined.state, joined.findings) == (AlertState.ACKNOWLEDGED, 2)
    assert paged(ward.deliver()) == []
    assert [t.kind for t in ward.do(lambda uow: uow.tasks.open())] == ["same_day"]


def test_a_second_worker_cannot_take_the_same_step(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    seen = ward.alert()
    event = FindingJoined(assessment_id=1, disposition=Disposition.URGENT)
    ward.do(lambda uow: escalations.apply(uow, seen, event, ward.world, ward.now))
    with pytest.raises(StaleVersion):
        ward.do(lambda uow: escalations.apply(uow, seen, event, ward.world, ward.now))
    assert ward.alert().findings == 2


def test_pages_of_one_alert_are_known_by_their_purpose(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.deliver()
    [stored] = ward.do(lambda uow: uow.outbox.of_purpose("alert:1"))
    assert (stored.id, stored.state) == (page.id, DeliveryState.SENT)
