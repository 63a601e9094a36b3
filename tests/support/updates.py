"""Raw Telegram updates as a person's app causes them: what the intake keeps and the real parser reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

Json = dict[str, object]


@dataclass
class Updates:
    """Numbers them. ``address`` is the chat, which for a private chat is the person too."""

    number: int = 100

    def text(self, address: int, at: datetime, text: str) -> bytes:
        """A message."""
        return self._raw({"message": self._message(address, at) | {"text": text}})

    def edit(self, address: int, at: datetime, text: str) -> bytes:
        """A changed message."""
        return self._raw({"edited_message": self._message(address, at) | {"text": text, "edit_date": int(at.timestamp())}})

    def voice(self, address: int, at: datetime, caption: str) -> bytes:
        """A voice message, perhaps with a caption."""
        voice: Json = {"voice": {"file_id": "v1", "file_unique_id": "u1", "duration": 7}}
        return self._raw({"message": self._message(address, at) | voice | ({"caption": caption} if caption else {})})

    def press(self, address: int, at: datetime, button: str) -> bytes:
        """A pressed button."""
        message = self._message(address, at) | {"text": "pressed"}
        query = {"id": f"q{self.number}", "from": person(address), "message": message, "chat_instance": "1", "data": button}
        return self._raw({"callback_query": query})

    def block(self, address: int, at: datetime) -> bytes:
        """The bot was blocked."""
        who = person(address)
        old, new = {"user": who, "status": "member"}, {"user": who, "status": "kicked", "until_date": 0}
        member = {"chat": {"id": address, "type": "private"}, "from": who, "date": int(at.timestamp())}
        return self._raw({"my_chat_member": member | {"old_chat_member": old, "new_chat_member": new}})

    def _message(self, address: int, at: datetime) -> Json:
        chat = {"id": address, "type": "private", "first_name": "A"}
        return {"message_id": self.number, "date": int(at.timestamp()), "chat": chat, "from": person(address)}

    def _raw(self, content: Json) -> bytes:
        raw = json.dumps({"update_id": self.number} | content).encode()
        self.number += 1
        return raw


def person(address: int) -> Json:
    """Who sent it."""
    return {"id": address, "is_bot": False, "first_name": "A", "language_code": "en"}
