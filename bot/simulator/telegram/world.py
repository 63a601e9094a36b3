"""Everything that the stand-in knows: chats, messages, updates, files. Both sides act on it: the bot by methods, people by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.ports import Clock
from bot.simulator.telegram.answers import Json
from bot.simulator.telegram.chats import Chat, Seen
from bot.simulator.telegram.params import Upload
from bot.simulator.telegram.updates import Updates

FIRST_PERSON = 7_000_000_001
FIRST_GROUP = -4_000_000_001


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)


class World:
    """State and its changes; every change wakes those who wait in ``changed``."""

    def __init__(self, token: str, username: str, clock: Clock | None, keep_updates: timedelta | None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.me: Json = {
            "id": int(token.split(":", maxsplit=1)[0]),
            "is_bot": True,
            "first_name": "Aftercare",
            "username": username,
        }
        self.chats: dict[int, Chat] = {}
        self.updates = Updates(keep_updates)
        self.callbacks: dict[str, tuple[int, datetime]] = {}
        """Pressed buttons that wait for their answer: callback id -> (chat, when)."""
        self.files: dict[str, Upload] = {}
        self.commands: list[Json] = []
        self.webhook: Json = {"url": ""}
        self.violations: list[str] = []
        """What the bot does that Telegram lets pass and we do not want: unknown fields."""
        self._message_ids = count(1)
        self._callback_ids = count(4_382_000_001)
        self._person_ids = count(FIRST_PERSON)
        self._group_ids = count(FIRST_GROUP, -1)
        self._changes = count(1)
        self._changed = asyncio.Event()
        self.revision = 0
        """Rises with everything that a person can see."""

    def new_person(self, name: str, language_code: str | None) -> Chat:
        """A private chat that the person has not opened yet."""
        return self._add(Chat(next(self._person_ids), "private", name, language_code))

    def new_group(self, title: str) -> Chat:
        """A group that the bot is not in."""
        return self._add(Chat(next(self._group_ids), "group", title))

    def _add(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def new_id(self) -> int:
        """The next message id."""
        return next(self._message_ids)

    def new_callback_id(self) -> str:
        """The next pressed button's id."""
        return str(next(self._callback_ids))

    def show(self, chat: Chat, seen: Seen) -> Seen:
        """Adds a message to a chat, or marks it as changed."""
        if chat.message(seen.message_id) is not seen:
            chat.seen.append(seen)
        seen.change = next(self._changes)
        self.touch()
        return seen

    def touch(self) -> None:
        """Something changed that a person can see."""
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Waits, at most that many real seconds, until the condition holds; whether it does."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await self._changed.wait()
        except TimeoutError:
            return holds()
        return True

    def happened(self, kind: str, content: Json) -> int:
        """Queues an update for the bot; its id."""
        now = self.clock.now()
        self.updates.forget(now)
        return self.updates.add(kind, content, now)

    def message_json(self, chat: Chat, seen: Seen, *, sender: Json | None = None) -> Json:
        """Telegram's ``Message``."""
        message: Json = {
            "message_id": seen.message_id,
            "from": sender or (chat.as_user() if seen.mine else self.me),
            "chat": chat.as_json(),
            "date": int(seen.at.timestamp()),
            **seen.content,
        }
        if seen.edited_at is not None:
            message["edit_date"] = int(seen.edited_at.timestamp())
        if seen.text:
            message["text" if seen.kind == "text" else "caption"] = seen.text
        if seen.entities:
            message["entities" if seen.kind == "text" else "caption_entities"] = seen.entities
        if seen.protected:
            message["has_protected_content"] = True
        if seen.rows:
            message["reply_markup"] = {
                "inline_keyboard": [[{"text": button.label, "callback_data": button.data} for button in row] for row in seen.rows]
            }
        return message
