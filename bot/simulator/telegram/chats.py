"""Chats, and the messages as the person in them sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.telegram.answers import Json


@dataclass(frozen=True, slots=True)
class SeenButton:
    """One inline button."""

    label: str
    data: str


@dataclass(slots=True)
class Seen:
    """One message, edits applied. ``shown`` is safe HTML of ``text``; ``change`` numbers the newest change in the whole world."""

    message_id: int
    mine: bool
    at: datetime
    text: str
    shown: str
    entities: list[Json] = field(default_factory=list)
    rows: list[list[SeenButton]] = field(default_factory=list)
    kind: str = "text"
    protected: bool = False
    edited_at: datetime | None = None
    change: int = 0
    content: Json = field(default_factory=dict)
    """What is no text, as Telegram's JSON: ``{"voice": {...}}``."""

    @property
    def buttons(self) -> list[SeenButton]:
        """All buttons, row after row."""
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons."""
        return [button.label for button in self.buttons]

    def button(self, label_or_data: str) -> SeenButton | None:
        """The button with this label or this data."""
        return next((button for button in self.buttons if label_or_data in {button.label, button.data}), None)


@dataclass(slots=True)
class Chat:
    """One chat with the bot: private with a person, or a group."""

    id: int
    type: str
    title: str
    language_code: str | None = None
    username: str | None = None
    open: bool = False
    """Whether the bot may write here: a private chat from the person's first message on, a group from when the bot was added."""
    blocked: bool = False
    moved_to: int | None = None
    seen: list[Seen] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """What answers to pressed buttons showed at the top of the screen."""

    def as_json(self) -> Json:
        """Telegram's ``Chat``."""
        if self.type != "private":
            return {"id": self.id, "type": self.type, "title": self.title}
        chat: Json = {"id": self.id, "type": "private", "first_name": self.title}
        return chat if self.username is None else {**chat, "username": self.username}

    def as_user(self) -> Json:
        """Telegram's ``User`` of a private chat."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.title}
        if self.username is not None:
            user["username"] = self.username
        return user if self.language_code is None else {**user, "language_code": self.language_code}

    def message(self, message_id: int) -> Seen | None:
        """The message with this id; the newest are looked at first."""
        return next((seen for seen in reversed(self.seen) if seen.message_id == message_id), None)
