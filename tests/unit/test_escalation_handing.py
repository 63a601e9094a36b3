"""Promising a call, handing over, writing, merging: who may, what runs next, and what the patient hears."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.errors import IllegalTransition
from bot.core.escalation.actions import (
    Cause,
    Page,
    RemindHolder,
    TellFirst,
    TellPatientClosed,
    TellPatientSeen,
    TellPatientWaits,
    UpdateCopies,
)
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.events import (
    Acknowledged,
    Called,
    CallPromised,
    FindingJoined,
    HandedOver,
    Merged,
    Opened,
    PageFailed,
    Resolved,
    ResolveElapsed,
    StepElapsed,
    Wrote,
)
from bot.core.escalation.transitions import CannotBeReached, NotTheHolder, StaleButton, advance
from tests.support.escalation import ADA, BORA, MINUTE, NURSE, T0, alert, policy, roster


def opened(**changes: object) -> Alert:
    return advance(alert(**changes), Opened(), T0, roster())[0]


def held(by: str = ADA) -> Alert:
    return advance(opened(), Acknowledged(by=by, version=2), T0 + MINUTE, roster())[0]


def promised(by: str = ADA) -> Alert:
    return advance(opened(), CallPromised(by=by, version=2), T0 + MINUTE, roster())[0]


# --- calling -------------------------------------------------------------------------------------------------------------


def test_who_calls_has_it_and_the_patient_reads_by_when() -> None:
    after, actions = advance(opened(), CallPromised(by=ADA, version=2), T0 + MINUTE, roster())
    by = T0 + 31 * MINUTE
    assert (after.state, after.acknowledged_by, after.call_by, after.next_step_at) == (AlertState.ACKNOWLEDGED, ADA, by, by)
    assert TellPatientSeen(clinician=ADA, call_by=by) in actions
    assert sum(isinstance(a, TellPatientSeen) for a in actions) == 1


def test_a_promise_never_outlasts_the_time_to_resolve() -> None:
    short = opened(policy=policy(resolve_within=10 * MINUTE))
    after, _ = advance(short, CallPromised(by=ADA, version=2), T0, roster())
    assert after.call_by == T0 + 10 * MINUTE


def test_a_promise_is_not_made_twice_while_it_runs() -> None:
    before = promised()
    after, actions = advance(before, CallPromised(by=ADA, version=3), T0 + 2 * MINUTE, roster())
    assert (after, actions) == (before, (TellFirst(presser=ADA, first=ADA),))


def test_nobody_promises_for_another() -> None:
    before = held()
    after, actions = advance(before, CallPromised(by=NURSE, version=3), T0 + 2 * MINUTE, roster())
    assert (after, actions) == (before, (TellFirst(presser=NURSE, first=ADA),))


def test_a_promise_that_is_not_kept_is_reminded_then_pages_again_and_the_patient_hears_it() -> None:
    reminded, actions = advance(promised(), ResolveElapsed(), T0 + 31 * MINUTE, roster())
    assert RemindHolder(clinician=ADA) in actions
    assert reminded.next_step_at == T0 + 61 * MINUTE
    again, actions = advance(reminded, ResolveElapsed(), T0 + 61 * MINUTE, roster())
    assert again.state is AlertState.OPEN
    assert TellPatientWaits(uncalled=ADA) in actions
    assert again.call_by is None


def test_who_has_called_gets_the_rest_of_the_time_to_resolve() -> None:
    after, actions = advance(promised(), Called(by=ADA, version=3), T0 + 20 * MINUTE, roster())
    assert (after.call_by, after.next_step_at) == (None, T0 + MINUTE + timedelta(hours=2))
    assert UpdateCopies() in actions


def test_only_who_promised_can_have_called() -> None:
    before = promised()
    assert advance(before, Called(by=NURSE, version=3), T0 + 2 * MINUTE, roster())[0] == before


# --- nobody answers ------------------------------------------------------------------------------------------------------


def test_the_patient_hears_once_that_nobody_has_answered_and_again_when_it_is_worse() -> None:
    first, actions = advance(opened(), StepElapsed(), T0 + 5 * MINUTE, roster())
    assert TellPatientWaits() in actions
    second, actions = advance(first, StepElapsed(), T0 + 15 * MINUTE, roster())
    assert TellPatientWaits() not in actions
    worse = FindingJoined(assessment_id=2, disposition=Disposition.EMERGENCY, policy=policy(Disposition.EMERGENCY))
    third, actions = advance(second, worse, T0 + 16 * MINUTE, roster())
    assert TellPatientWaits() not in actions, "those who are paged for the worse have not had their time"
    _, actions = advance(third, StepElapsed(), T0 + 21 * MINUTE, roster())
    assert TellPatientWaits() in actions


def test_a_page_that_fails_at_once_is_no_reason_to_tell_the_patient_that_nobody_answers() -> None:
    failed, _ = advance(opened(), PageFailed(clinician=NURSE, step=0), T0, roster())
    _, actions = advance(failed, StepElapsed(), T0, roster())
    assert TellPatientWaits() not in actions


def test_what_can_wait_is_told_after_the_whole_chain_only() -> None:
    mild = opened(disposition=Disposition.SAME_DAY, policy=policy(Disposition.SAME_DAY))
    told = []
    for _ in range(4):
        assert mild.next_step_at is not None
        mild, actions = advance(mild, StepElapsed(), mild.next_step_at, roster())
        told.append(TellPatientWaits() in actions)
    assert told == [False, False, True, False]


def test_after_somebody_had_it_the_patient_may_hear_it_once_more() -> None:
    waited, _ = advance(opened(), StepElapsed(), T0 + 5 * MINUTE, roster())
    taken, _ = advance(waited, Acknowledged(by=ADA, version=waited.version), T0 + 6 * MINUTE, roster())
    assert taken.told_waiting is None


# --- handed over ---------------------------------------------------------------------------------------------------------


def test_the_colleague_is_paged_at_once_and_it_climbs_from_where_it_stood() -> None:
    given, actions = advance(held(), HandedOver(by=ADA, to=BORA, version=3), T0 + 3 * MINUTE, roster())
    assert Page(clinicians=(BORA,), step=0, cause=Cause.HANDED_OVER, by=ADA) in actions
    assert (given.state, given.assigned_to, given.acknowledged_by) == (AlertState.OPEN, BORA, None)
    assert given.next_step_at == T0 + 8 * MINUTE
    climbed, actions = advance(given, StepElapsed(), T0 + 8 * MINUTE, roster())
    assert [a.clinicians for a in actions if isinstance(a, Page)] == [(ADA,)]
    assert (climbed.step, climbed.assigned_to) == (1, None)


def test_the_colleague_s_page_that_bounces_lets_it_climb_now() -> None:
    given, _ = advance(held(), HandedOver(by=ADA, to=BORA, version=3), T0 + 3 * MINUTE, roster())
    failed, _ = advance(given, PageFailed(clinician=BORA, step=0), T0 + 3 * MINUTE, roster())
    assert failed.next_step_at == T0 + 3 * MINUTE


def test_while_it_is_handed_over_anybody_who_was_paged_may_take_it() -> None:
    given, _ = advance(held(), HandedOver(by=ADA, to=BORA, version=3), T0 + 3 * MINUTE, roster())
    taken, _ = advance(given, Acknowledged(by=NURSE, version=2), T0 + 4 * MINUTE, roster())
    assert (taken.acknowledged_by, taken.assigned_to) == (NURSE, None)


def test_an_open_alert_can_be_handed_over_without_making_the_patient_wait_longer_for_word() -> None:
    given, _ = advance(opened(), HandedOver(by=NURSE, to=BORA, version=2), T0 + 4 * MINUTE, roster())
    assert given.asked_at == T0
    _, actions = advance(given, StepElapsed(), T0 + 9 * MINUTE, roster())
    assert TellPatientWaits() in actions


@pytest.mark.parametrize("to", [ADA, BORA])
def test_nobody_hands_over_to_themselves_or_to_who_cannot_be_reached(to: str) -> None:
    with pytest.raises(CannotBeReached):
        advance(held(), HandedOver(by=ADA, to=to, version=3), T0 + 2 * MINUTE, roster(BORA))


def test_nobody_hands_over_what_another_has() -> None:
    with pytest.raises(NotTheHolder):
        advance(held(), HandedOver(by=NURSE, to=BORA, version=3), T0 + 2 * MINUTE, roster())


@pytest.mark.parametrize(
    "event",
    [CallPromised(by=ADA, version=1), HandedOver(by=ADA, to=BORA, version=1)],
    ids=lambda e: type(e).__name__,
)
def test_a_button_from_before_it_asked_anew_does_nothing(event: CallPromised | HandedOver) -> None:
    worse = FindingJoined(assessment_id=2, disposition=Disposition.EMERGENCY, policy=policy(Disposition.EMERGENCY))
    asked, _ = advance(opened(), worse, T0 + MINUTE, roster())
    with pytest.raises(StaleButton):
        advance(asked, event, T0 + 2 * MINUTE, roster())


# --- the thread ----------------------------------------------------------------------------------------------------------


def test_whoever_has_it_opens_the_thread_and_resolving_ends_it() -> None:
    written, _ = advance(held(), Wrote(by=ADA, message=9), T0 + 2 * MINUTE, roster())
    assert written.thread
    closed, actions = advance(written, Resolved(by=ADA, version=written.version, outcome="advised"), T0 + 3 * MINUTE, roster())
    assert not closed.thread
    assert TellPatientClosed(clinician=ADA) in actions


def test_without_a_thread_its_end_is_not_announced() -> None:
    _, actions = advance(held(), Resolved(by=ADA, version=3, outcome="advised"), T0 + 3 * MINUTE, roster())
    assert not any(isinstance(a, TellPatientClosed) for a in actions)


def test_nobody_else_writes_in_it() -> None:
    with pytest.raises(NotTheHolder):
        advance(held(), Wrote(by=NURSE, message=9), T0 + 2 * MINUTE, roster())
    with pytest.raises(IllegalTransition):
        advance(opened(), Wrote(by=NURSE, message=9), T0 + 2 * MINUTE, roster())


# --- merged --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [opened(), held(), promised()], ids=["open", "acknowledged", "promised"])
def test_a_merged_alert_is_closed_by_nobody_and_names_the_other(before: Alert) -> None:
    after, actions = advance(replace(before, thread=True), Merged(into=7), T0 + 2 * MINUTE, roster())
    assert (after.state, after.merged_into, after.resolved_by, after.next_step_at) == (AlertState.RESOLVED, 7, None, None)
    assert (after.thread, after.call_by) == (False, None)
    assert UpdateCopies() in actions


def test_an_alert_is_not_merged_into_itself() -> None:
    with pytest.raises(IllegalTransition):
        advance(opened(), Merged(into=1), T0 + MINUTE, roster())
