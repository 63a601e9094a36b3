"""An alert from the patient's words to a clinician's hands, on a real store: opened, paged, climbed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane, Outcome
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
    assert [b.label for row in page.buttons for b in row] == [
        "Acknowledge",
        "I’m calling",
        "Hand over",
        "Not clinical",
        "Resolve",
        "Reply",
    ]
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


def test_a_chain_for_what_can_wait_never_serves_a_red_flag() -> None:
    slow = policy(Disposition.SAME_DAY, escalation="special", steps=(PolicyStep(wait=4 * 60 * MINUTE, clinicians=(ADA,)),))
    assert escalations.policy_for(clinic(policies=(slow, policy())), Disposition.EMERGENCY, "special") == policy()
    alone = escalations.policy_for(clinic(policies=(slow,)), Disposition.EMERGENCY, "special")
    assert alone is not None
    assert alone.steps[0].clinicians == (CHIEF,)
    assert escalations.policy_for(clinic(policies=(slow,)), Disposition.SAME_DAY, "special") == slow


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
