"""/language: in which language a clinician reads alerts, lists, digests and drills. English until they choose: all others are drafts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.delivery import Button
from bot.ports import StoredButton
from bot.services.clinician_chat import Chat

CHOOSE = "clinician.language"
BUTTON_LIFE = timedelta(hours=12)


def command(chat: Chat) -> None:
    """The languages that we speak, each by its own name."""
    rows = tuple((_button(chat, code, name),) for code, name in chat.world.content.languages.items())
    chat.send(chat.text("language.choose"), rows)


def chosen(chat: Chat, stored: StoredButton) -> None:
    """From the next word on. One that is not spoken any more changes nothing."""
    language = stored.payload.get("language", "")
    if language not in chat.world.content.languages:
        chat.toast("clinician.press.refused")
        return
    chat.clinician = replace(chat.clinician, language=language)
    chat.uow.clinicians.put(chat.clinician)
    chat.uow.buttons.use(stored.id, chat.now)
    chat.toast("")
    chat.edit_pressed("language.changed")


def _button(chat: Chat, code: str, name: str) -> Button:
    button = StoredButton(
        id=chat.world.ids.token(),
        owner=chat.subject,
        action=CHOOSE,
        payload={"language": code},
        expires_at=chat.now + BUTTON_LIFE,
    )
    chat.uow.buttons.add(button)
    return Button(id=button.id, label=name)
