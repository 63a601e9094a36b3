"""What every service needs of the outside: the content that people wrote, and fresh ids. Passed in, never looked up."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import Content, Ids


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """``content`` is replaced whole when files change: a service reads it once per transaction."""

    content: Content
    ids: Ids
