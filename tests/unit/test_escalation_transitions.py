"""An alert's life: who is paged when, what a press does, and what is illegal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.errors import IllegalTransition
from bot.core.escalation.actions import (
    Action,
    Cause,
    Page,
    RaiseNobodyReachable,
    RemindHolder,
    TellFirst,
    TellPatientSeen,
    UpdateCopies,
)
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.events import (
    Acknowledged,
    FindingJoined,
    Opened,
    PageFailed,
    Reopened,
    Resolved,
    ResolveElapsed,
    StepElapsed,
)
from bot.core.escalation.policy import PolicyStep
from bot.core.escalation.roster import Roster
from bot.core.escalation.transitions import StaleButton, advance
from tests.support.escalation import ADA, BORA, CHIEF, MINUTE, NURSE, T0, alert, policy, roster, rota


def paged(actions: tuple[Action, ...]) -> list[tuple[str, Cause]]:
    return [(name, a.cause) for a in actions if isinstance(a, Page) for name in a.clinicians]


def opened(now: datetime = T0, who: Roster | None = None, **changes: object) -> Alert:
    return advance(alert(**changes), Opened(), now, who or roster())[0]


def acknowledged(by: str = NURSE) -> Alert:
    before = opened()
    return advance(before, Acknowledged(by=by, version=before.version), T0 + MINUTE, roster())[0]


def climbed_to(step: int, who: Roster | None = None) -> tuple[Alert, tuple[Action, ...]]:
    after = opened(who=who)
    actions: tuple[Action, ...] = ()
    while after.step < step:
        assert after.next_step_at is not None
        after, actions = advance(after, StepElapsed(), after.next_step_at, who or roster())
    return after, actions


# --- opening and climbing ------------------------------------------------------------------------------------------------


def test_an_opened_alert_pages_the_first_step_and_waits_as_long_as_it_says() -> None:
    after, actions = advance(alert(), Opened(), T0, roster())
    assert paged(actions) == [(NURSE, Cause.OPENED)]
    assert (after.step, after.next_step_at, after.version) == (0, T0 + 5 * MINUTE, 2)


def test_an_alert_is_opened_once() -> None:
    with pytest.raises(IllegalTransition):
        advance(opened(), Opened(), T0, roster())


def test_nobody_acknowledges_and_it_climbs_at_its_time() -> None:
    after, actions = advance(opened(), StepElapsed(), T0 + 5 * MINUTE, roster())
    assert paged(actions) == [(ADA, Cause.CLIMBED)]
    assert after.next_step_at == T0 + 15 * MINUTE


def test_it_does_not_climb_a_second_before_its_time() -> None:
    before = opened()
    with pytest.raises(IllegalTransition):
        advance(before, StepElapsed(), T0 + 5 * MINUTE - timedelta(seconds=1), roster())


def test_at_the_end_it_starts_again_and_pages_the_last_resort_too() -> None:
    after, actions = climbed_to(3)
    assert paged(actions) == [(NURSE, Cause.CLIMBED), (CHIEF, Cause.LAST_RESORT)]
    assert after.next_step_at == T0 + (5 + 10 + 15 + 5) * MINUTE


def test_the_last_resort_is_left_in_peace_within_the_chain() -> None:
    assert CHIEF not in [name for step in (1, 2) for name, _ in paged(climbed_to(step)[1])]


def test_it_goes_round_for_as_long_as_nobody_answers() -> None:
    assert paged(climbed_to(9)[1]) == [(NURSE, Cause.CLIMBED), (CHIEF, Cause.LAST_RESORT)]


def test_a_step_whose_people_cannot_be_reached_is_passed_at_once() -> None:
    after, actions = advance(opened(), StepElapsed(), T0 + 5 * MINUTE, roster(ADA))
    assert (after.step, paged(actions)) == (2, [(BORA, Cause.CLIMBED)])


def test_where_the_rest_of_the_chain_is_out_of_reach_it_starts_again_at_once() -> None:
    after, actions = advance(opened(), StepElapsed(), T0 + 5 * MINUTE, roster(ADA, BORA))
    assert (after.step, paged(actions)) == (3, [(NURSE, Cause.CLIMBED), (CHIEF, Cause.LAST_RESORT)])
    assert after.next_step_at == T0 + 10 * MINUTE


def test_an_empty_rota_is_passed_at_once_and_the_last_resort_paged() -> None:
    after, actions = advance(alert(), Opened(), T0, roster(rotas={"nurses": rota()}))
    assert paged(actions) == [(ADA, Cause.OPENED), (CHIEF, Cause.LAST_RESORT)]
    assert after.next_step_at == T0 + 10 * MINUTE


def test_a_rota_that_is_gone_from_the_clinic_is_an_empty_one() -> None:
    assert (CHIEF, Cause.LAST_RESORT) in paged(advance(alert(), Opened(), T0, roster(rotas={}))[1])


def test_a_nurse_who_cannot_be_reached_is_no_empty_rota() -> None:
    assert paged(advance(alert(), Opened(), T0, roster(NURSE))[1]) == [(ADA, Cause.OPENED)]


def test_where_the_whole_chain_is_unreachable_the_last_resort_is_paged_at_once() -> None:
    after, actions = advance(alert(), Opened(), T0, roster(NURSE, ADA, BORA))
    assert paged(actions) == [(CHIEF, Cause.LAST_RESORT)]
    assert after.next_step_at is not None


def test_where_nobody_at_all_can_be_reached_it_says_so_and_tries_again_within_thirty_seconds() -> None:
    after, actions = advance(alert(), Opened(), T0, Roster())
    assert RaiseNobodyReachable() in actions
    assert after.next_step_at == T0 + timedelta(seconds=30)


def test_it_pages_again_as_soon_as_somebody_can_be_reached() -> None:
    nobody = advance(alert(), Opened(), T0, Roster())[0]
    _, actions = advance(nobody, StepElapsed(), T0 + timedelta(seconds=30), roster())
    assert (NURSE, Cause.CLIMBED) in paged(actions)


def test_nobody_is_paged_twice_in_one_step() -> None:
    steps = (PolicyStep(wait=MINUTE, rotas=("nurses",), clinicians=(NURSE, ADA, ADA)),)
    _, actions = advance(alert(policy=policy(steps=steps)), Opened(), T0, roster())
    assert paged(actions) == [(NURSE, Cause.OPENED), (ADA, Cause.OPENED)]


def test_who_is_the_last_resort_and_on_the_step_is_paged_once() -> None:
    lone = policy(steps=(PolicyStep(wait=MINUTE, clinicians=(CHIEF,)),))
    before = opened(policy=lone)
    assert paged(advance(before, StepElapsed(), T0 + MINUTE, roster())[1]) == [(CHIEF, Cause.CLIMBED)]


def test_who_was_paged_enough_is_left_in_peace_and_the_step_still_has_its_time() -> None:
    after, actions = advance(alert(), Opened(), T0, roster(sated=frozenset({NURSE})))
    assert paged(actions) == []
    assert after.next_step_at == T0 + 5 * MINUTE


def test_a_step_never_waits_less_than_thirty_seconds() -> None:
    hasty = policy(steps=(PolicyStep(wait=timedelta(), clinicians=(ADA,)),))
    assert opened(policy=hasty).next_step_at == T0 + timedelta(seconds=30)


# --- a page that failed --------------------------------------------------------------------------------------------------


def test_a_failed_page_makes_the_next_step_due_now() -> None:
    after, _ = advance(opened(), PageFailed(clinician=NURSE, step=0), T0 + MINUTE, roster())
    assert after.next_step_at == T0 + MINUTE


def test_a_failed_page_of_a_step_that_is_over_changes_nothing() -> None:
    before, _ = climbed_to(1)
    assert advance(before, PageFailed(clinician=NURSE, step=0), T0 + 6 * MINUTE, roster()) == (before, ())


def test_a_page_that_fails_after_the_alert_is_closed_changes_nothing() -> None:
    closed = advance(opened(), Resolved(by=ADA, version=2, outcome="seen"), T0, roster())[0]
    assert advance(closed, PageFailed(clinician=NURSE, step=0), T0 + MINUTE, roster()) == (closed, ())


def test_a_holder_who_cannot_be_reminded_loses_the_alert_at_once() -> None:
    held = acknowledged(NURSE)
    lost, _ = advance(held, PageFailed(clinician=NURSE, step=0), T0 + 2 * MINUTE, roster())
    after, actions = advance(lost, ResolveElapsed(), T0 + 2 * MINUTE, roster(NURSE))
    assert (after.state, paged(actions)) == (AlertState.OPEN, [(ADA, Cause.REOPENED)])


def test_another_one_s_failed_page_leaves_the_holder_alone() -> None:
    held = acknowledged(NURSE)
    assert advance(held, PageFailed(clinician=ADA, step=0), T0 + 2 * MINUTE, roster()) == (held, ())


# --- acknowledging -------------------------------------------------------------------------------------------------------


def test_acknowledging_stops_the_climb_and_starts_the_time_to_resolve() -> None:
    held = acknowledged()
    assert (held.state, held.acknowledged_by) == (AlertState.ACKNOWLEDGED, NURSE)
    assert held.next_step_at == T0 + MINUTE + timedelta(hours=2)


def test_acknowledging_tells_the_patient_who_has_seen_it_and_everybody_s_copy() -> None:
    _, actions = advance(opened(), Acknowledged(by=ADA, version=2), T0, roster())
    assert TellPatientSeen(clinician=ADA) in actions
    assert UpdateCopies() in actions


def test_the_first_step_s_button_still_works_after_a_climb() -> None:
    before, _ = climbed_to(2)
    held, _ = advance(before, Acknowledged(by=NURSE, version=2), T0 + 16 * MINUTE, roster())
    assert held.acknowledged_by == NURSE


def test_who_presses_second_is_told_who_was_first_and_changes_nothing() -> None:
    held = acknowledged(NURSE)
    assert advance(held, Acknowledged(by=ADA, version=2), T0 + 2 * MINUTE, roster()) == (
        held,
        (TellFirst(presser=ADA, first=NURSE),),
    )


def test_acknowledging_a_closed_alert_tells_who_closed_it() -> None:
    closed, _ = advance(acknowledged(), Resolved(by=BORA, version=3, outcome="seen"), T0, roster())
    _, actions = advance(closed, Acknowledged(by=ADA, version=3), T0, roster())
    assert actions == (TellFirst(presser=ADA, first=BORA, resolved=True),)


def test_a_button_from_before_something_worse_was_said_is_stale() -> None:
    worse, _ = advance(opened(), FindingJoined(assessment_id=2, disposition=Disposition.EMERGENCY), T0, roster())
    with pytest.raises(StaleButton):
        advance(worse, Acknowledged(by=NURSE, version=2), T0, roster())
    assert advance(worse, Acknowledged(by=NURSE, version=3), T0, roster())[0].acknowledged_by == NURSE


def test_a_button_from_the_future_is_refused() -> None:
    with pytest.raises(StaleButton):
        advance(opened(), Acknowledged(by=NURSE, version=99), T0, roster())


# --- resolving -----------------------------------------------------------------------------------------------------------


def test_a_resolved_alert_rests() -> None:
    closed, actions = advance(acknowledged(), Resolved(by=NURSE, version=3, outcome="advised"), T0, roster())
    assert (closed.state, closed.next_step_at) == (AlertState.RESOLVED, None)
    assert (closed.outcome, closed.resolved_by) == ("advised", NURSE)
    assert UpdateCopies() in actions


def test_resolving_at_once_is_acknowledging_as_well() -> None:
    closed, actions = advance(opened(), Resolved(by=ADA, version=2, outcome="seen"), T0, roster())
    assert (closed.acknowledged_by, closed.resolved_by) == (ADA, ADA)
    assert TellPatientSeen(clinician=ADA) in actions


def test_a_colleague_may_resolve_what_another_acknowledged() -> None:
    closed, _ = advance(acknowledged(NURSE), Resolved(by=BORA, version=3, outcome="seen"), T0, roster())
    assert (closed.acknowledged_by, closed.resolved_by) == (NURSE, BORA)


def test_resolving_with_a_stale_button_is_refused() -> None:
    reopened, _ = advance(acknowledged(), Reopened(why="left"), T0, roster())
    with pytest.raises(StaleButton):
        advance(reopened, Resolved(by=NURSE, version=3, outcome="seen"), T0, roster())


def test_not_resolved_in_time_the_holder_is_reminded_once() -> None:
    held = acknowledged()
    assert held.next_step_at is not None
    after, actions = advance(held, ResolveElapsed(), held.next_step_at, roster())
    assert RemindHolder(clinician=NURSE) in actions
    assert (after.state, after.next_step_at) == (AlertState.ACKNOWLEDGED, held.next_step_at + 30 * MINUTE)


def test_not_resolved_after_the_reminder_it_is_reopened_from_the_first_step_with_the_holder() -> None:
    held = acknowledged(ADA)
    assert held.next_step_at is not None
    reminded, _ = advance(held, ResolveElapsed(), held.next_step_at, roster())
    assert reminded.next_step_at is not None
    after, actions = advance(reminded, ResolveElapsed(), reminded.next_step_at, roster())
    assert (after.state, after.step, after.acknowledged_by) == (AlertState.OPEN, 0, None)
    assert paged(actions) == [(NURSE, Cause.REOPENED), (ADA, Cause.REOPENED)]
    assert after.fence == after.version


def test_the_grace_after_a_reminder_is_no_longer_than_the_time_to_resolve() -> None:
    quick = policy(resolve_within=10 * MINUTE)
    held, _ = advance(opened(policy=quick), Acknowledged(by=NURSE, version=2), T0, roster())
    after, _ = advance(held, ResolveElapsed(), T0 + 10 * MINUTE, roster())
    assert after.next_step_at == T0 + 20 * MINUTE


def test_a_holder_who_cannot_be_reached_is_not_reminded_but_replaced() -> None:
    held = acknowledged(NURSE)
    assert held.next_step_at is not None
    after, actions = advance(held, ResolveElapsed(), held.next_step_at, roster(NURSE))
    assert (after.state, paged(actions)) == (AlertState.OPEN, [(ADA, Cause.REOPENED)])


def test_the_time_to_resolve_must_be_over() -> None:
    with pytest.raises(IllegalTransition):
        advance(acknowledged(), ResolveElapsed(), T0 + 2 * MINUTE, roster())


def test_a_second_acknowledgement_after_reopening_is_reminded_afresh() -> None:
    held = replace(acknowledged(), reminded_at=T0)
    reopened, _ = advance(held, Reopened(why="left"), T0, roster())
    again, _ = advance(reopened, Acknowledged(by=BORA, version=reopened.version), T0, roster())
    assert again.reminded_at is None


# --- a second finding ----------------------------------------------------------------------------------------------------


def test_a_second_finding_joins_with_a_rising_counter_and_wakes_nobody() -> None:
    after, actions = advance(opened(), FindingJoined(assessment_id=2, disposition=Disposition.URGENT), T0, roster())
    assert (after.findings, after.assessment_id) == (2, 1)
    assert paged(actions) == []
    assert UpdateCopies() in actions


def test_joining_does_not_put_off_the_climb() -> None:
    before = opened()
    after, _ = advance(before, FindingJoined(assessment_id=2, disposition=Disposition.URGENT), T0 + 4 * MINUTE, roster())
    assert after.next_step_at == before.next_step_at


def test_something_worse_pages_again_under_its_own_policy() -> None:
    graver = policy(Disposition.EMERGENCY, steps=(PolicyStep(wait=2 * MINUTE, clinicians=(BORA,)),))
    joined = FindingJoined(assessment_id=2, disposition=Disposition.EMERGENCY, policy=graver)
    after, actions = advance(opened(), joined, T0 + MINUTE, roster(paged=(NURSE,)))
    assert paged(actions) == [(BORA, Cause.WORSE), (NURSE, Cause.WORSE)]
    assert (after.disposition, after.policy, after.assessment_id) == (Disposition.EMERGENCY, graver, 2)
    assert (after.findings, after.next_step_at) == (2, T0 + 3 * MINUTE)


def test_something_worse_reaches_even_who_was_paged_enough() -> None:
    joined = FindingJoined(assessment_id=2, disposition=Disposition.EMERGENCY, policy=policy(Disposition.EMERGENCY))
    _, actions = advance(opened(), joined, T0, roster(sated=frozenset({NURSE})))
    assert (NURSE, Cause.WORSE) in paged(actions)


def test_something_red_after_the_acknowledgement_is_a_new_page() -> None:
    joined = FindingJoined(assessment_id=2, disposition=Disposition.URGENT, policy=policy())
    after, actions = advance(acknowledged(ADA), joined, T0 + 2 * MINUTE, roster())
    assert after.state is AlertState.OPEN
    assert paged(actions) == [(NURSE, Cause.WORSE), (ADA, Cause.WORSE)]
    assert after.assessment_id == 2


def test_something_mild_after_the_acknowledgement_only_counts() -> None:
    after, actions = advance(acknowledged(), FindingJoined(assessment_id=2, disposition=Disposition.SAME_DAY), T0, roster())
    assert (after.state, after.findings, paged(actions)) == (AlertState.ACKNOWLEDGED, 2, [])


def test_a_milder_finding_never_lowers_the_alert() -> None:
    grave = opened(disposition=Disposition.EMERGENCY)
    after, _ = advance(grave, FindingJoined(assessment_id=2, disposition=Disposition.URGENT, policy=policy()), T0, roster())
    assert after.disposition is Disposition.EMERGENCY
    red = FindingJoined(assessment_id=2, disposition=Disposition.URGENT, policy=policy(resolve_within=MINUTE))
    held, _ = advance(grave, Acknowledged(by=NURSE, version=2), T0, roster())
    reopened, _ = advance(held, red, T0, roster())
    assert (reopened.disposition, reopened.policy) == (Disposition.EMERGENCY, grave.policy)
