"""The table of an alert's life: what is listed leads where it says, what is not is illegal; and the auditor's own events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.errors import IllegalTransition
from bot.core.escalation.actions import Record
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import (
    Acknowledged,
    AlertEvent,
    Called,
    CallPromised,
    FindingJoined,
    FoundStuck,
    HandedOver,
    Merged,
    Opened,
    PageFailed,
    Reopened,
    Resolved,
    ResolveElapsed,
    StepElapsed,
    TakenOver,
    Wrote,
)
from bot.core.escalation.transitions import TABLE, advance, diagram, overdue_event, stuck
from tests.support.escalation import ADA, MINUTE, NURSE, T0, alert, roster


def opened() -> Alert:
    return advance(alert(), Opened(), T0, roster())[0]


def acknowledged() -> Alert:
    return advance(opened(), Acknowledged(by=NURSE, version=2), T0 + MINUTE, roster())[0]


def test_an_alert_whose_clock_went_back_is_stuck_and_freed() -> None:
    before = opened()
    an_hour_back = T0 - timedelta(hours=1)
    assert stuck(before, an_hour_back)
    freed, _ = advance(before, FoundStuck(), an_hour_back, roster())
    assert freed.next_step_at == an_hour_back


def test_an_alert_that_waits_its_time_is_not_stuck() -> None:
    assert not stuck(opened(), T0)
    with pytest.raises(IllegalTransition):
        advance(opened(), FoundStuck(), T0, roster())


def test_a_stuck_acknowledged_alert_gets_its_time_to_resolve_again() -> None:
    held = replace(acknowledged(), next_step_at=None)
    assert stuck(held, T0)
    assert advance(held, FoundStuck(), T0, roster())[0].next_step_at == T0 + timedelta(hours=2)


def test_a_resolved_alert_has_no_timer_and_is_never_stuck() -> None:
    closed, _ = advance(opened(), Resolved(by=ADA, version=2, outcome="seen"), T0, roster())
    assert overdue_event(closed) is None
    assert not stuck(closed, T0)


EVENTS: list[AlertEvent] = [
    Opened(),
    StepElapsed(),
    ResolveElapsed(),
    Acknowledged(by=ADA, version=1),
    CallPromised(by=ADA, version=1),
    Called(by=ADA, version=1),
    HandedOver(by=ADA, to=NURSE, version=1),
    TakenOver(by=ADA, holder=NURSE, version=1),
    Wrote(by=ADA, message=7),
    Merged(into=2),
    Resolved(by=ADA, version=1, outcome="seen"),
    FindingJoined(assessment_id=2, disposition=Disposition.URGENT),
    PageFailed(clinician=ADA, step=0),
    Reopened(why="left"),
    FoundStuck(),
]


@pytest.mark.parametrize("state", AlertState)
@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_an_event_that_the_table_does_not_list_is_illegal(state: AlertState, event: AlertEvent) -> None:
    if type(event) in TABLE[state]:
        return
    with pytest.raises(IllegalTransition):
        advance(alert(state=state, step=0), event, T0, roster())


@pytest.mark.parametrize("state", AlertState)
@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_an_event_leads_where_the_table_says(state: AlertState, event: AlertEvent) -> None:
    transition = TABLE[state].get(type(event))
    fresh = -1 if isinstance(event, Opened) else 0
    if transition is None:
        return
    for reminded in (None, T0):
        before = alert(state=state, step=fresh, acknowledged_by=ADA, reminded_at=reminded)
        due = replace(before, next_step_at=None if isinstance(event, FoundStuck) else T0)
        assert advance(due, event, T0, roster())[0].state in transition.to


def test_the_diagram_is_the_one_that_was_reviewed(golden: Callable[[str, str], None]) -> None:
    golden("alert_states.mmd", diagram())


def test_only_a_resolved_alert_ignores_new_findings_and_timers() -> None:
    assert set(TABLE[AlertState.RESOLVED]) == {Acknowledged, CallPromised, Called, HandedOver, TakenOver, Resolved, PageFailed}


def test_every_change_raises_the_version_by_one_and_nothing_else_does() -> None:
    before = opened()
    after, actions = advance(before, PageFailed(clinician=NURSE, step=7), T0, roster())
    assert (after.version, actions) == (before.version, ())
    assert advance(before, Acknowledged(by=ADA, version=2), T0, roster())[0].version == before.version + 1


def test_the_history_names_every_change() -> None:
    held, actions = advance(opened(), Acknowledged(by=ADA, version=2), T0, roster())
    _, closing = advance(held, Resolved(by=ADA, version=3, outcome="seen"), T0, roster())
    assert Record(event=EntryKind.ACKNOWLEDGED, by=ADA) in actions
    assert Record(event=EntryKind.RESOLVED, by=ADA, detail="seen") in closing
