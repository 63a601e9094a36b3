"""What every service is handed besides its transaction: the content that is live, randomness, and the channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.ports import Channel, Content, Ids


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Built once by the app and replaced whole when the content is reloaded.

    ``bot_username`` is the bot's own name on Telegram, for invitation links (``https://t.me/<bot_username>?start=<token>``).
    """

    content: Content
    ids: Ids
    channels: Mapping[str, Channel]
    bot_username: str = ""

    def invitation_link(self, token: str) -> str:
        """The deep link that opens an invitation."""
        return f"https://t.me/{self.bot_username}?start={token}"
