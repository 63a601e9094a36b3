"""Clinicians with a telephone that they do not always hear: they sleep, forget, hand over, and press whatever is offered."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.core.delivery import Button, Kind, OutgoingMessage

AWAKE = range(7, 23)
UNHEARD = 0.25
"""Of the pages in waking hours; so many are heard at night."""
FORGOTTEN = 0.25
"""Of the alerts that are acknowledged and then slip somebody's mind."""


class Deed(StrEnum):
    """What somebody does about an alert, by the name of its button."""

    ACKNOWLEDGE = "acknowledge"
    CALLING = "calling"
    CALLED = "called"
    HAND_OVER = "hand_over"
    TAKE_OVER = "take_over"
    NOT_CLINICAL = "not_clinical"
    RESOLVE = "resolve"
    REPLY = "reply"
    TREND = "trend"


_PLAIN = {Deed.ACKNOWLEDGE: 1}
_MIXED = {
    Deed.ACKNOWLEDGE: 8,
    Deed.CALLING: 5,
    Deed.HAND_OVER: 2,
    Deed.TAKE_OVER: 1,
    Deed.NOT_CLINICAL: 1,
    Deed.RESOLVE: 2,
    Deed.REPLY: 1,
    Deed.TREND: 1,
}


@dataclass(slots=True)
class SimClinician:
    """One clinician. ``careless``: they sleep, forget and press anything; else they acknowledge, and resolve later."""

    id: str
    address: str
    random: random.Random
    careless: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    leaving: bool = False
    left: bool = False
    """They do not work here any more, and still have their telephone."""
    screens: dict[str, OutgoingMessage] = field(default_factory=dict)
    """By alert: the newest page, as it looks now."""

    def sees(self, message: OutgoingMessage) -> None:
        """A page, or an edit of it."""
        kind, _, alert = message.purpose.partition(":")
        if kind == "alert" or (kind == "alert_edit" and message.kind is Kind.EDIT):
            self.screens[alert] = message

    def offered(self, alert: str, labels: dict[str, Deed]) -> dict[Deed, Button]:
        """What the newest page of that alert offers."""
        screen = self.screens.get(alert)
        buttons = [button for row in screen.buttons for button in row] if screen else []
        return {labels[button.label]: button for button in buttons if button.label in labels}

    def answers_after(self, now: datetime) -> timedelta | None:
        """From a page to the press; None: not heard."""
        heard = 1 - UNHEARD
        if self.careless and now.astimezone(self.zone).hour not in AWAKE:
            heard = UNHEARD
        return timedelta(seconds=self.random.randrange(20, 900)) if self.random.random() < heard else None

    def resolves_after(self) -> timedelta | None:
        """From acknowledging to resolving; None: they forget."""
        if self.careless and self.random.random() < FORGOTTEN:
            return None
        return timedelta(seconds=self.random.randrange(600, 7200))

    def deed(self, offered: dict[Deed, Button]) -> Deed | None:
        """What they do about a page."""
        wanted = {deed: weight for deed, weight in (_MIXED if self.careless else _PLAIN).items() if deed in offered}
        return self.random.choices([*wanted], [*wanted.values()])[0] if wanted else None

    def chooses(self, buttons: list[Button]) -> Button:
        """One of a question's answers; the last one is "not yet"."""
        if not self.careless or len(buttons) == 1:
            return buttons[0]
        return buttons[-1] if self.random.random() < 0.1 else self.random.choice(buttons[:-1])
