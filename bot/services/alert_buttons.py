"""What can be done about an alert, as buttons: whoever has it may do everything; a colleague may take it over, close it and look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.core.delivery import Button
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.ports import StoredButton
from bot.services.alert_desk import Desk

BUTTON_LIFE = timedelta(days=30)
"""An alert loops until a person closes it; its buttons live long enough for the slowest."""
A_ROW = 2
"""Buttons side by side: their labels must be readable on a telephone."""

ACKNOWLEDGE = "alert.acknowledge"
CALLING = "alert.calling"
CALLED = "alert.called"
HAND_OVER = "alert.hand_over"
TAKE_OVER = "alert.take_over"
COLLEAGUE = "alert.colleague"
NOT_CLINICAL = "alert.not_clinical"
RESOLVE = "alert.resolve"
REPLY = "alert.reply"
TREND = "alert.trend"
USUAL = "alert.usual"
OUTCOME = "alert.outcome"
SHOW = "alert.show"

SHOWS_PICTURES = frozenset({"telegram"})
"""The channels that can send a chart; a clinician who is paged by SMS has the line in the alert's text."""
NOT_YET = "not_yet"
WOLF = "not_clinical"
NOT_REACHED = "not_reached"
OUTCOMES = ("emergency_care", "seen", "advised", "false_alarm", NOT_REACHED)

_OPEN = (ACKNOWLEDGE, CALLING, HAND_OVER, NOT_CLINICAL, RESOLVE, REPLY)
_HOLDER = (HAND_OVER, NOT_CLINICAL, RESOLVE, REPLY)
_OTHERS = (TAKE_OVER, NOT_CLINICAL, RESOLVE)
"""To hand over or write what somebody else has, a colleague takes it over first: both know then."""

Rows = tuple[tuple[Button, ...], ...]


def actions_for(alert: Alert, clinician: str, *, trend: bool, usual: bool = False) -> tuple[str, ...]:
    """What this clinician may do about it now. ``trend``: whether there are figures to draw. ``usual``: whether a symptom of it
    could be usual for this patient."""
    if alert.state is AlertState.RESOLVED:
        return ()
    chart = (*((TREND,) if trend else ()), *((USUAL,) if usual else ()))
    if alert.state is AlertState.OPEN:
        return (*_OPEN, *chart)
    if alert.acknowledged_by != clinician:
        return (*_OTHERS, *chart)
    return (CALLED if alert.call_by else CALLING, *_HOLDER, *chart)


def alert_buttons(desk: Desk, clinician: Clinician) -> list[Button]:
    """Fresh ones; only this clinician may press them."""
    view = desk.view() if clinician.channel in SHOWS_PICTURES else None
    trend = view is not None and view.trend is not None
    actions = actions_for(desk.alert, clinician.id, trend=trend, usual=view is not None and view.may_be_usual)
    return [action_button(desk, clinician, action) for action in actions]


def action_button(desk: Desk, clinician: Clinician, action: str) -> Button:
    """The button of one action."""
    label = desk.world.content.label(clinician.language, f"alert.button.{action.removeprefix('alert.')}")
    seen = {"holder": desk.alert.acknowledged_by or ""} if action == TAKE_OVER else {}
    return add_button(desk, clinician, action, label, **seen)


def add_button(desk: Desk, clinician: Clinician, action: str, label: str, **payload: str) -> Button:
    """A button for this alert in its present version."""
    button_id = desk.world.ids.token()
    desk.uow.buttons.add(
        StoredButton(
            id=button_id,
            owner=f"clinician:{clinician.id}",
            action=action,
            payload={"alert": str(desk.alert.id), "version": str(desk.alert.version), **payload},
            expires_at=desk.now + BUTTON_LIFE,
        )
    )
    return Button(id=button_id, label=label)


def rows_of(buttons: Sequence[Button]) -> Rows:
    """Two in a row."""
    return tuple(tuple(buttons[at : at + A_ROW]) for at in range(0, len(buttons), A_ROW))
