"""Everything that can happen, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class InboundKind(StrEnum):
    """What somebody sent us."""

    TEXT = "text"
    EDITED = "edited"
    BUTTON = "button"
    UNREADABLE = "unreadable"
    """Voice, photo, sticker ...: a person must look; ``text`` then holds the kind, ``caption`` what was written under it."""
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    GROUP = "group"
    """Anything from a chat that is not private: the bot leaves, health content stays in private chats."""
    MIGRATED = "migrated"
    IGNORED = "ignored"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """One parsed update. ``external_id`` is the provider's own id: unique with ``channel``."""

    channel: str
    external_id: str
    address: str
    kind: InboundKind
    text: str = ""
    caption: str = ""
    button: str | None = None
    """The opaque id of the pressed button."""
    callback_id: str | None = None
    message_id: str | None = None
    language: str | None = None
    """What the sender's app says of their language (BCP 47), a hint only."""
    sent_at: datetime | None = None
