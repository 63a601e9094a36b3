"""One clinician's chat inside one transaction: how the bot speaks to them, and what is noted about them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from bot.core.delivery import Button, Kind, Lane, OutgoingMessage
from bot.core.escalation.clinician import Clinician
from bot.core.events import Inbound
from bot.ports import UnitOfWork
from bot.services import clinics
from bot.services.world import World

Rows = tuple[tuple[Button, ...], ...]


@dataclass(kw_only=True, slots=True)
class Chat:
    """Lives for one transaction; ``clinician`` is replaced when their row changes, ``world`` when it turns out whose clinic it is about."""

    uow: UnitOfWork
    world: World
    now: datetime
    clinician: Clinician
    inbound: Inbound | None = None
    heading: str = ""
    """The clinic that it is about, for somebody who works in several."""

    @property
    def subject(self) -> str:
        """The clinician as the audit chain and the buttons name them."""
        return f"clinician:{self.clinician.id}"

    def at_each_clinic(self) -> tuple[Chat, ...]:
        """The chat about each clinic at which they may act."""
        worlds = clinics.where(self.clinician, self.world)
        several = len(worlds) > 1
        return tuple(replace(self, world=at, heading=at.content.clinic.name if several else "") for at in worlds)

    def enters(self, world: World) -> bool:
        """Speaks for that clinic from now on; False, and nothing changed, where they may not act there (any more)."""
        if not clinics.may_act(self.clinician, world):
            return False
        self.world = world
        return True

    def text(self, key: str, **params: str) -> str:
        """A message in their language, as Telegram HTML."""
        return self.world.content.text(self.clinician.language, key, **params)

    def label(self, key: str, **params: str) -> str:
        """The same as plain text."""
        return self.world.content.label(self.clinician.language, key, **params)

    def say(self, key: str, **params: str) -> None:
        """Sends a message."""
        self.send(self.text(key, **params))

    def send(self, text: str, buttons: Rows = ()) -> None:
        """Sends text that is Telegram HTML already."""
        head = f"<b>{escape(self.heading, quote=False)}</b>\n" if self.heading else ""
        self._add(head + text, buttons=buttons)

    def toast(self, key: str, **params: str) -> None:
        """Stops the spinner of the pressed button, with a word that fades (none for an empty key)."""
        if self.inbound is not None and self.inbound.callback_id is not None:
            text = self.text(key, **params) if key else ""
            self._add(text, kind=Kind.BUTTON_ANSWER, edits=self.inbound.callback_id)

    def toast_and_say(self, key: str, **params: str) -> None:
        """A toast fades, and what matters must stay: it is sent as a message as well."""
        self.toast(key, **params)
        self.say(key, **params)

    def edit_pressed(self, key: str, **params: str) -> None:
        """Replaces the message whose button was pressed, buttons and all."""
        if self.inbound is not None and self.inbound.message_id is not None:
            self._add(self.text(key, **params), kind=Kind.EDIT, edits=self.inbound.message_id)

    def audit(self, action: str, subject: str, detail: str = "") -> None:
        """A row of the audit chain with the clinician as the actor."""
        self.uow.audit.append(self.now, self.subject, action, subject, detail)

    def _add(self, text: str, *, kind: Kind = Kind.MESSAGE, buttons: Rows = (), edits: str | None = None) -> None:
        if not self.clinician.address:
            return
        self.uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel=self.clinician.channel,
                address=self.clinician.address,
                text=text,
                lane=Lane.REPLY,
                kind=kind,
                buttons=buttons,
                edits=edits,
                purpose=self.subject,
                clinician=self.clinician.id,
                due_at=self.now,
            )
        )
