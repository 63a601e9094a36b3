"""SMS has no buttons: a reply that is the mark of a choice becomes the press of its button, before anybody reads it as words."""

from __future__ import annotations

from dataclasses import replace

from bot.core.actions import Part
from bot.core.delivery import Lane
from bot.core.events import Inbound, InboundKind
from bot.core.written_choices import chosen, is_carrier_yes
from bot.ports import UnitOfWork
from bot.services.talk import Talk

WITHOUT_BUTTONS = frozenset({"sms"})


def as_press(uow: UnitOfWork, inbound: Inbound) -> Inbound:
    """The press that this text stands for; the text itself where it stands for none. Only the newest choices count."""
    if inbound.channel not in WITHOUT_BUTTONS or inbound.kind is not InboundKind.TEXT or len(inbound.text) > 200:
        return inbound
    offered = uow.outbox.newest_choices(inbound.channel, inbound.address)
    if offered is None:
        return inbound
    buttons = [button for row in offered.buttons for button in row]
    index = chosen(inbound.text, offered.text, [button.label for button in buttons])
    if index is None:
        return inbound
    return replace(inbound, kind=InboundKind.BUTTON, button=buttons[index].id, callback_id=inbound.external_id)


def is_no_answer(inbound: Inbound) -> bool:
    """A bare YES by SMS: it is the phone companies' word, and never a clinical answer."""
    return inbound.channel in WITHOUT_BUTTONS and inbound.kind is InboundKind.TEXT and is_carrier_yes(inbound.text)


def explain(talk: Talk) -> None:
    """How to answer instead. Nothing else happens: an open question runs into its time-out, and then to a person."""
    talk.send((Part(keys=("button.write_mark",)),), Lane.REPLY)
