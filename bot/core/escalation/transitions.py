"""An alert's life, as one table: state -> event -> handler and the states it may lead to. What the table does not list is illegal,
raises, and changes nothing.

Every change raises the alert's version by one. ``fence`` is the version at which the alert last asked for a person anew: a button of
an older version is stale, because whoever presses it has not seen what has happened since. Climbing does not move the fence: somebody
paged at the first step may acknowledge at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.core.errors import IllegalTransition
from bot.core.escalation import handing, handlers
from bot.core.escalation.alert import Alert, AlertState
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
from bot.core.escalation.handing import CannotBeReached, NotTheHolder
from bot.core.escalation.handlers import Result, StaleButton, stuck
from bot.core.escalation.roster import Roster

__all__ = [
    "TABLE",
    "CannotBeReached",
    "NotTheHolder",
    "StaleButton",
    "Transition",
    "advance",
    "diagram",
    "overdue_event",
    "stuck",
]

Handler = Callable[[Alert, Any, datetime, Roster], Result]


@dataclass(frozen=True, slots=True)
class Transition:
    """Who handles the event, and the states that it may lead to."""

    handler: Handler
    to: frozenset[AlertState]


def _go(handler: Handler, *to: AlertState) -> Transition:
    return Transition(handler, frozenset(to))


OPEN, ACKNOWLEDGED, RESOLVED = AlertState.OPEN, AlertState.ACKNOWLEDGED, AlertState.RESOLVED

TABLE: Mapping[AlertState, Mapping[type[AlertEvent], Transition]] = {
    OPEN: {
        Opened: _go(handlers.opened, OPEN),
        StepElapsed: _go(handlers.step_elapsed, OPEN),
        Acknowledged: _go(handlers.acknowledge, ACKNOWLEDGED),
        CallPromised: _go(handing.promise_call, ACKNOWLEDGED),
        HandedOver: _go(handing.hand_over, OPEN),
        TakenOver: _go(handing.take_over_open, ACKNOWLEDGED),
        Merged: _go(handing.merge, RESOLVED),
        Resolved: _go(handlers.resolve_unacknowledged, RESOLVED),
        FindingJoined: _go(handlers.join_open, OPEN),
        PageFailed: _go(handlers.page_failed, OPEN),
        FoundStuck: _go(handlers.stuck_open, OPEN),
    },
    ACKNOWLEDGED: {
        Acknowledged: _go(handlers.acknowledged_before, ACKNOWLEDGED),
        CallPromised: _go(handing.promise_call_later, ACKNOWLEDGED),
        Called: _go(handing.called, ACKNOWLEDGED),
        HandedOver: _go(handing.hand_over, OPEN),
        TakenOver: _go(handing.take_over, ACKNOWLEDGED),
        Wrote: _go(handing.write, ACKNOWLEDGED),
        Merged: _go(handing.merge, RESOLVED),
        Resolved: _go(handlers.resolve, RESOLVED),
        ResolveElapsed: _go(handlers.resolve_elapsed, ACKNOWLEDGED, OPEN),
        FindingJoined: _go(handlers.join_acknowledged, ACKNOWLEDGED, OPEN),
        PageFailed: _go(handlers.holder_page_failed, ACKNOWLEDGED),
        Reopened: _go(handlers.reopen, OPEN),
        FoundStuck: _go(handlers.stuck_acknowledged, ACKNOWLEDGED),
    },
    RESOLVED: {
        Acknowledged: _go(handlers.resolved_before, RESOLVED),
        CallPromised: _go(handing.pressed_too_late, RESOLVED),
        Called: _go(handing.pressed_too_late, RESOLVED),
        HandedOver: _go(handing.pressed_too_late, RESOLVED),
        TakenOver: _go(handing.pressed_too_late, RESOLVED),
        Resolved: _go(handlers.resolved_before, RESOLVED),
        PageFailed: _go(handlers.page_failed_late, RESOLVED),
    },
}


def advance(alert: Alert, event: AlertEvent, now: datetime, roster: Roster) -> Result:
    """The alert after the event, its version raised by one where anything changed, and what to do.

    Raises IllegalTransition for an event that the state does not allow, or a timer whose time has not come, and StaleButton for a
    press of a button older than the fence; nothing has changed then.
    """
    transition = TABLE[alert.state].get(type(event))
    if transition is None:
        raise IllegalTransition(f"a {alert.state} alert does not know {type(event).__name__}")
    after, actions = transition.handler(alert, event, now, roster)
    return (after if after == alert else replace(after, version=alert.version + 1)), actions


def overdue_event(alert: Alert) -> StepElapsed | ResolveElapsed | None:
    """The timer that runs in this state; None for a resolved alert."""
    if alert.state is RESOLVED:
        return None
    return StepElapsed() if alert.state is OPEN else ResolveElapsed()


def diagram() -> str:
    """The table as a Mermaid state diagram: one arrow for each pair of states, with the events that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for state, row in TABLE.items():
        for event, transition in row.items():
            for target in sorted(transition.to):
                arrows.setdefault((state.value, target.value), []).append(event.__name__)
    lines = [f"    {source} --> {target}: {', '.join(events)}" for (source, target), events in arrows.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {OPEN.value}", *lines, f"    {RESOLVED.value} --> [*]", ""])
