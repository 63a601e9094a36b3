"""An alert from the patient's words to a clinician's hands, on a real store: opened, paged, climbed, acknowledged, resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import DeliveryState, Kind, Lane, Outcome
from bot.core.errors import StaleVersion
from bot.core.escalation.alert import AlertState
from bot.core.escalation.events import FindingJoined
from bot.core.escalation.policy import PolicyStep
from bot.ports import StoredAssessment, UnitOfWork
from bot.services import escalations
from tests.support.escalation import (
    ADA,
    BORA,
    CHIEF,
    MINUTE,
    NURSE,
    Ward,
    assessment,
    button,
    clinic,
    paged,
    pages,
    policy,
    rota,
)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    opened = Ward.open(tmp_path)
    yield opened
    opened.store.close()


# --- opened --------------------------------------------------------------------------------------------------------------


def test_a_red_flag_opens_an_alert_and_pages_the_first_step_in_the_alerts_own_lane(ward: Ward) -> None:
    opened = ward.says(ward.patient(), "I have 39.2")
    [page] = ward.claim()
    assert opened is not None
    assert (page.clinician, page.lane, page.address) == (NURSE, Lane.ALERT, "chat-nurse-cem")
    assert page.text.startswith("<b>URGENT</b> · patient K7-42 · day 1 (31 h)")
    assert [b.label for row in page.buttons for b in row] == ["Acknowledge", "Resolve"]
    assert ward.alert().next_step_at == ward.now + 5 * MINUTE


def test_the_alert_and_its_pages_go_with_the_assessment_or_not_at_all(ward: Ward) -> None:
    patient = ward.patient()

    def breaks_at_the_end(uow: UnitOfWork) -> None:
        stored = StoredAssessment(
            id=0, patient_id=patient.id, inbox_id=None, at=ward.now, text="I have 39.2", assessment=assessment()
        )
        stored = replace(stored, id=uow.assessments.add(stored))
        assert escalations.open_alert(uow, patient, stored, ward.world, ward.now) is not None
        raise RuntimeError("power is gone before the commit")

    with pytest.raises(RuntimeError):
        ward.do(breaks_at_the_end)
    assert ward.do(lambda uow: uow.alerts.unresolved_of(patient.id)) is None
    assert ward.claim() == []


def test_what_pages_nobody_leaves_one_task(ward: Ward) -> None:
    patient = ward.patient()
    assert ward.says(patient, "a little itchy", Disposition.SAME_DAY, "itching.same_day.any") is None
    assert ward.says(patient, "still itchy", Disposition.SAME_DAY, "itching.same_day.any") is None
    [task] = ward.do(lambda uow: uow.tasks.open())
    assert (task.kind, task.disposition, task.detail) == ("same_day", Disposition.SAME_DAY, "itching.same_day.any")
    assert ward.claim() == []


def test_a_red_flag_in_a_clinic_that_forgot_its_policies_pages_the_last_resort(tmp_path: Path) -> None:
    ward = Ward.open(tmp_path, clinic(policies=()))
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [CHIEF]
    ward.store.close()


def test_the_schedule_says_which_set_of_policies_applies() -> None:
    special = policy(Disposition.URGENT, escalation="special", resolve_within=MINUTE)
    both = clinic(policies=(policy(), special))
    assert escalations.policy_for(both, Disposition.URGENT, "special") == special
    assert escalations.policy_for(both, Disposition.URGENT) == policy()
    assert escalations.policy_for(both, Disposition.URGENT, "a set that is gone") == policy()


def test_a_policy_without_a_last_resort_gets_the_clinic_s() -> None:
    lonely = clinic(policies=(policy(last_resort=()),))
    found = escalations.policy_for(lonely, Disposition.URGENT)
    assert found is not None
    assert found.last_resort == (CHIEF,)


def test_an_edited_policy_does_not_change_an_open_alert(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    before = ward.alert().policy
    ward.edits(clinic(policies=(policy(steps=(PolicyStep(wait=MINUTE, clinicians=(CHIEF,)),)),)))
    ward.passes(5 * MINUTE)
    ward.deliver()
    ward.tick()
    assert paged(ward.deliver()) == [ADA]
    assert ward.alert().policy == before


def test_the_name_never_leaves_the_patient_s_row(ward: Ward) -> None:
    patient = ward.patient()
    ward.says(patient, "I have 39.2")
    sent = ward.deliver()
    details = ward.do(lambda uow: [e.detail for e in uow.alerts.history(1)])
    assert not any("Secretname" in text for text in [*(m.text for m in sent), *details])


def test_a_patient_s_markup_reaches_the_clinician_as_text(ward: Ward) -> None:
    ward.says(ward.patient(), "<b>fine</b> \u202e<script>")
    [page] = ward.claim()
    assert "&lt;b&gt;fine&lt;/b&gt; [U+202E]&lt;script&gt;" in page.text


# --- climbing ------------------------------------------------------------------------------------------------------------


def test_nobody_answers_and_it_climbs_loops_and_calls_the_last_resort(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    seen = [paged(ward.deliver())]
    for wait in (5, 10, 15, 5):
        ward.passes(wait * MINUTE)
        assert ward.tick() == 1
        seen.append(paged(ward.deliver()))
    assert seen == [[NURSE], [ADA], [BORA], [NURSE, CHIEF], [ADA]]


def test_it_does_not_climb_before_its_time(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.passes(5 * MINUTE - timedelta(seconds=1))
    assert ward.tick() == 0


def test_after_hours_of_nobody_answering_it_still_climbs(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.passes(timedelta(hours=24))
    assert ward.tick() == 1
    assert paged(ward.deliver()) != []
    assert ward.tick() == 0, "a day down costs one step, not a storm of pages"


def test_the_page_says_how_long_nobody_has_answered(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.deliver()
    ward.passes(5 * MINUTE)
    ward.tick()
    [page] = pages(ward.deliver())
    assert page.text.endswith("Nobody has answered for 5 min.")


def test_a_clinician_who_blocked_the_bot_makes_it_climb_at_the_next_tick(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    [page] = ward.claim()
    ward.record(page, Outcome.BLOCKED)
    assert not ward.clinician(NURSE).reachable
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


def test_who_blocked_the_bot_is_passed_until_they_write_again(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.record(ward.claim()[0], Outcome.BLOCKED)
    ward.says(ward.patient("L2-11"), "I have 40")
    assert paged(ward.deliver()) == [ADA]
    ward.writes(NURSE, "/help")
    ward.says(ward.patient("M3-12"), "I have 40")
    assert paged(ward.deliver()) == [NURSE]


def test_a_page_halted_for_five_minutes_makes_it_climb_now(ward: Ward) -> None:
    ward.says(ward.patient(), "I have 39.2")
    ward.record(ward.claim()[0], Outcome.RATE_LIMITED, retry_after=300.0)
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [ADA]


def test_where_nobody_can_be_reached_a_task_stays_and_it_tries_every_thirty_seconds(tmp_path: Path) -> None:
    ward = Ward.open(tmp_path, clinic(clinicians={}))
    ward.says(ward.patient(), "I have 39.2")
    assert ward.deliver() == []
    [task] = ward.do(lambda uow: uow.tasks.open())
    assert task.kind == "nobody_reachable"
    assert ward.alert().next_step_at == ward.now + timedelta(seconds=30)
    ward.passes(timedelta(seconds=30))
    assert ward.tick() == 1
    assert len(ward.do(lambda uow: uow.tasks.open())) == 1
    ward.edits(clinic())
    ward.passes(timedelta(seconds=30))
    ward.tick()
    assert paged(ward.deliver()) != []
    assert ward.do(lambda uow: uow.tasks.open()) == []
    ward.store.close()


def test_an_empty_rota_at_night_reaches_the_next_step_and_the_last_resort_at_once(tmp_path: Path) -> None:
    ward = Ward.open(tmp_path, clinic(rotas=(rota(),)))
    ward.says(ward.patient(), "I have 39.2")
    assert paged(ward.deliver()) == [ADA, CHIEF]
    ward.store.close()


def test_a_clinician_gets_at_most_three_messages_about_one_alert_in_ten_minutes(tmp_path: Path) -> None:
    hasty = policy(steps=(PolicyStep(wait=MINUTE, rotas=("nurses",)),), last_resort=())
    ward = Ward.open(tmp_path, clinic(policies=(hasty,), last_resort=()))
    ward.says(ward.patient(), "I have 39.2")
    at: list[int] = []
    for minute in range(30):
        at += [minute for _ in pages(ward.deliver())]
        ward.passes(MINUTE)
        ward.tick()
    assert len(at) >= 8
    assert all(late - early >= 10 for early, late in zip(at, at[3:], strict=False))
    ward.store.close()


def test_one_alert_that_cannot_be_stepped_stops_no_other(ward: Ward) -> None:
    rotas_only = (PolicyStep(wait=5 * MINUTE, rotas=("nurses",)),)
    steps = (PolicyStep(wait=5 * MINUTE, clinicians=(NURSE,)), PolicyStep(wait=5 * MINUTE, clinicians=(BORA,)))
    ward.edits(clinic(policies=(policy(steps=steps), policy(Disposition.EMERGENCY, steps=rotas_only))))
    ward.says(ward.patient(), "chest pain", Disposition.EMERGENCY)
    ward.says(ward.patient("L2-11"), "I have 40")
    ward.deliver()
    ward.edits(clinic(rotas=(rota(zone="Nowhere/Atall"),)))
    ward.passes(5 * MINUTE)
    assert ward.tick() == 1
    assert paged(ward.deliver()) == [BORA]
    assert ward.alert(1).next_step_at == ward.now
    assert "alert.step_failed" in ward.audited()


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
    assert [[b.label for row in m.buttons for b in row] for m in edits] == [["Resolve"], ["Resolve"]]
    [told] = [m for m in sent if m.clinician is None]
    assert told.address == "chat-K7-42"
    assert told.text == "Dr Ada has seen this. If you get worse, do not wait for a reply: call 112."
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
    [on_its_way] = ward.claim()
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
    outcome_of(ward, NURSE, "No medical problem")
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
    assert "2 findings by now" in sent[0].text


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
