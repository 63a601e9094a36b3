"""People and groups, as tests and the demo drive them: each does what a person can do in their app, and sees what they would see."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

from bot.simulator.telegram.answers import Json
from bot.simulator.telegram.chats import Chat, Seen, SeenButton
from bot.simulator.telegram.world import World

_FILE: Json = {"file_id": "AwACAgIAAxkBAAIC", "file_unique_id": "AgADBQAD"}
CONTENT: dict[str, Json] = {
    "voice": {"voice": {**_FILE, "duration": 3, "mime_type": "audio/ogg"}},
    "photo": {"photo": [{**_FILE, "width": 90, "height": 67}]},
    "sticker": {
        "sticker": {
            **_FILE,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "🙂",
        }
    },
    "document": {"document": {**_FILE, "file_name": "results.pdf", "mime_type": "application/pdf"}},
    "location": {"location": {"latitude": 52.52, "longitude": 13.405}},
    "contact": {"contact": {"phone_number": "+4915112345678", "first_name": "Max"}},
}
"""What can be sent besides text, as Telegram describes it."""


@dataclass(slots=True)
class Person:
    """One person in their private chat with the bot."""

    world: World
    chat: Chat
    read: int = 0
    """The newest change that ``receives`` has looked at."""

    @property
    def id(self) -> int:
        """Their user id, which is the private chat's id."""
        return self.chat.id

    @property
    def address(self) -> str:
        """The same as the channels write it."""
        return str(self.chat.id)

    @property
    def messages(self) -> list[Seen]:
        """What the bot wrote, edits applied, oldest first."""
        return [seen for seen in self.chat.seen if not seen.mine]

    @property
    def conversation(self) -> list[Seen]:
        """Both sides."""
        return list(self.chat.seen)

    @property
    def notices(self) -> list[str]:
        """What pressed buttons showed at the top of the screen."""
        return list(self.chat.notices)

    def opens(self, parameter: str) -> Seen:
        """Follows the deep link ``t.me/<bot>?start=<parameter>`` and presses Start."""
        return self.writes(f"/start {parameter}".rstrip())

    def writes(self, text: str) -> Seen:
        """Sends a text."""
        return self._sends("text", text, {})

    def answers(self, seen: Seen, text: str) -> Seen:
        """Answers to a message of this chat (swipes it to the side)."""
        return self._sends("text", text, {"reply_to_message": self.world.message_json(self.chat, seen)})

    def sends(self, kind: str, caption: str = "") -> Seen:
        """Sends something of CONTENT that is no text."""
        return self._sends(kind, caption, CONTENT[kind])

    def sends_voice(self) -> Seen:
        """Sends a voice message."""
        return self.sends("voice")

    def sends_photo(self, caption: str = "") -> Seen:
        """Sends a photo."""
        return self.sends("photo", caption)

    def edits(self, seen: Seen, text: str) -> None:
        """Changes one of their own messages."""
        seen.text, seen.shown, seen.edited_at = text, html.escape(text, quote=False), self.world.clock.now()
        self.world.show(self.chat, seen)
        self.world.happened("edited_message", self.world.message_json(self.chat, seen))

    def presses(self, label_or_data: str, message_id: int | None = None, *, forged: bool = False) -> str:
        """Presses the newest button with this label or data; the callback's id. ``forged`` sends the data without any button.

        Raises LookupError where no message shows such a button.
        """
        if forged:
            return self._calls_back(SeenButton(label_or_data, label_or_data), None)
        for seen in reversed(self.messages):
            button = seen.button(label_or_data)
            if button is not None and message_id in {None, seen.message_id}:
                return self._calls_back(button, seen)
        shown = [seen.labels for seen in self.messages[-3:]]
        raise LookupError(f"no message shows a button {label_or_data!r}; the newest show {shown}")

    def blocks(self) -> None:
        """Blocks the bot."""
        self.chat.blocked = True
        self._membership("member", "kicked")

    def unblocks(self) -> None:
        """Lets it write again."""
        self.chat.blocked, self.chat.open = False, True
        self._membership("kicked", "member")

    async def receives(self, wanted: str | Callable[[Seen], bool] = "", timeout: float = 5.0) -> Seen:  # noqa: ASYNC109 - a test's patience
        """The first message, new or edited since the last call, that holds this text or meets this predicate.

        Waits at most ``timeout`` real seconds. Raises AssertionError with what was seen instead.
        """
        fits = wanted if callable(wanted) else lambda seen: wanted in seen.text

        def found() -> list[Seen]:
            unread = sorted((seen for seen in self.messages if seen.change > self.read), key=lambda seen: seen.change)
            return [seen for seen in unread if fits(seen)]

        if not await self.world.until(lambda: bool(found()), timeout):
            unread = [seen.text for seen in self.messages if seen.change > self.read]
            raise AssertionError(f"nothing like {wanted!r} came within {timeout:g} s; unread: {unread}")
        first = found()[0]
        self.read = first.change
        return first

    def _sends(self, kind: str, text: str, content: Json) -> Seen:
        if self.chat.blocked:  # the app makes them restart the bot first
            self.unblocks()
        self.chat.open = True
        seen = self.world.show(self.chat, _own(self.world, kind, text, content))
        self.world.happened("message", self.world.message_json(self.chat, seen))
        return seen

    def _calls_back(self, button: SeenButton, seen: Seen | None) -> str:
        callback_id = self.world.new_callback_id()
        self.world.callbacks[callback_id] = (self.chat.id, self.world.clock.now())
        query: Json = {"id": callback_id, "from": self.chat.as_user(), "chat_instance": str(self.chat.id), "data": button.data}
        if seen is not None:
            query["message"] = self.world.message_json(self.chat, seen)
        self.world.happened("callback_query", query)
        return callback_id

    def _membership(self, before: str, after: str) -> None:
        self.world.happened("my_chat_member", _change(self.world, self.chat, self.chat.as_user(), before, after))


@dataclass(slots=True)
class Group:
    """A group chat."""

    world: World
    chat: Chat

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member."""
        return self.chat.open

    def adds_bot(self, by: Person) -> None:
        """Somebody adds the bot."""
        self.chat.open = True
        self.world.happened("my_chat_member", _change(self.world, self.chat, by.chat.as_user(), "left", "member"))

    def says(self, by: Person, text: str) -> Seen:
        """Somebody writes in the group."""
        seen = self.world.show(self.chat, _own(self.world, "text", text, {}))
        self.world.happened("message", self.world.message_json(self.chat, seen, sender=by.chat.as_user()))
        return seen

    def migrates(self, by: Person) -> int:
        """The group becomes a supergroup: its new chat id."""
        self.chat.moved_to = int(f"-100{abs(self.chat.id)}")
        moved = Chat(self.chat.moved_to, "supergroup", self.chat.title, open=self.chat.open)
        self.world.chats[moved.id] = moved
        service = _own(self.world, "service", "", {"migrate_to_chat_id": moved.id})
        self.world.happened("message", self.world.message_json(self.chat, service, sender=by.chat.as_user()))
        return moved.id


def _own(world: World, kind: str, text: str, content: Json) -> Seen:
    return Seen(
        message_id=world.new_id(),
        mine=True,
        at=world.clock.now(),
        text=text,
        shown="/start" if text.startswith("/start ") else html.escape(text, quote=False),  # the app hides a link's parameter
        kind=kind,
        content=content,
    )


def _change(world: World, chat: Chat, by: Json, before: str, after: str) -> Json:
    return {
        "chat": chat.as_json(),
        "from": by,
        "date": int(world.clock.now().timestamp()),
        "old_chat_member": _member(world, before),
        "new_chat_member": _member(world, after),
    }


def _member(world: World, status: str) -> Json:
    member: Json = {"status": status, "user": world.me}
    return {**member, "until_date": 0} if status == "kicked" else member
