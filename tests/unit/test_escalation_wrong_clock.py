"""The clock was ahead when an alert was opened, taken or promised, and is right again: nothing about it lies beyond its policy."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.escalation.actions import Page, TellPatientWaits
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import Acknowledged, Called, CallPromised, FoundStuck, Opened, StepElapsed
from bot.core.escalation.transitions import advance, stuck
from bot.ports import AlertEntry
from bot.services.escalations import sated
from tests.support.escalation import ADA, MINUTE, T0, alert, roster

AHEAD = [timedelta(hours=1), timedelta(days=1)]
HOUR = timedelta(hours=1)


def promised(at: object) -> Alert:
    opened = advance(alert(opened_at=at, next_step_at=at), Opened(), at, roster())[0]  # type: ignore[arg-type]
    return advance(opened, CallPromised(by=ADA, version=2), at, roster())[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_call_that_was_promised_while_the_clock_was_ahead_leaves_no_more_than_the_time_to_resolve(ahead: timedelta) -> None:
    after, _ = advance(promised(T0 + ahead), Called(by=ADA, version=3), T0 + MINUTE, roster())
    assert after.next_step_at == T0 + MINUTE + after.policy.resolve_within
    assert not stuck(after, T0 + MINUTE)


def test_a_call_that_is_over_leaves_the_rest_of_the_time_to_resolve() -> None:
    after, _ = advance(promised(T0), Called(by=ADA, version=3), T0 + 10 * MINUTE, roster())
    assert after.next_step_at == T0 + after.policy.resolve_within


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_promise_made_while_the_clock_was_ahead_is_found_and_ends_in_its_own_time(ahead: timedelta) -> None:
    before = promised(T0 + ahead)
    assert stuck(before, T0)
    after, _ = advance(before, FoundStuck(), T0, roster())
    assert after.call_by == after.next_step_at == T0 + after.policy.call_within
    assert after.acknowledged_at == T0


def test_an_alert_taken_while_the_clock_was_ahead_has_its_time_to_resolve_and_no_more() -> None:
    before = advance(alert(step=0, next_step_at=T0), Acknowledged(by=ADA, version=1), T0 + HOUR, roster())[0]
    after, _ = advance(before, FoundStuck(), T0, roster())
    assert (after.acknowledged_at, after.next_step_at) == (T0, T0 + after.policy.resolve_within)
    promise, _ = advance(after, CallPromised(by=ADA, version=3), T0 + after.policy.resolve_within - MINUTE, roster())
    assert promise.call_by == T0 + after.policy.resolve_within


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_patient_whose_alert_opened_while_the_clock_was_ahead_hears_in_time_that_nobody_has_answered(ahead: timedelta) -> None:
    opened = advance(alert(opened_at=T0 + ahead, next_step_at=T0 + ahead), Opened(), T0 + ahead, roster())[0]
    climbing, _ = advance(opened, FoundStuck(), T0, roster())
    second, _ = advance(climbing, StepElapsed(), T0, roster())
    assert second.next_step_at is not None
    _, actions = advance(second, StepElapsed(), second.next_step_at, roster())
    assert any(isinstance(action, TellPatientWaits) for action in actions)


def test_pages_that_went_out_while_the_clock_was_ahead_leave_nobody_in_peace_for_a_day() -> None:
    """Else an alert would count as having reached somebody who has not been paged since."""
    history = [AlertEntry(alert_id=1, at=T0 + timedelta(days=1), event=EntryKind.PAGED, by=ADA) for _ in range(3)]
    assert sated(history, T0) == frozenset()
    assert sated(history, T0 + timedelta(days=1)) == {ADA}


def test_an_alert_found_stuck_asks_anew_from_now_on() -> None:
    opened = advance(alert(opened_at=T0 + HOUR, next_step_at=T0 + HOUR), Opened(), T0 + HOUR, roster())[0]
    after, _ = advance(opened, FoundStuck(), T0, roster())
    assert (after.asked_at, after.next_step_at, after.state) == (T0, T0, AlertState.OPEN)
    _, actions = advance(after, StepElapsed(), T0, roster())
    assert any(isinstance(action, Page) for action in actions)
