"""What every service needs of the outside: the content that people wrote, fresh ids, the channels. Passed in, never looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from bot.ports import Channel, Content, Ids


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """``content`` is replaced whole when files change: a service reads it once per transaction. It speaks for one clinic (clinics.py).

    ``channels`` are known by name, to parse what came in. ``bot_username`` is the bot's own name on Telegram.
    """

    content: Content
    ids: Ids
    channels: Mapping[str, Channel] = field(default_factory=dict)
    bot_username: str = ""

    def at(self, clinic: str) -> World:
        """The same, speaking for that clinic; for the main one where there is none of that id (any more)."""
        content = self.content.at(clinic)
        return self if content is self.content else replace(self, content=content)

    def content_zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.content.clinic.timezone)

    def invitation_link(self, token: str) -> str:
        """The deep link that opens an invitation."""
        return f"https://t.me/{self.bot_username}?start={token}"
