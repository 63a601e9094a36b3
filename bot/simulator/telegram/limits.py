"""Telegram's flood limits, as token buckets in real seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """``burst`` tokens, one more every ``seconds``."""

    burst: float
    seconds: float
    level: float = -1.0
    at: float = 0.0

    def wait(self, now: float) -> float:
        """Takes a token and gives 0, or gives the seconds until there is one."""
        self.level = self.burst if self.level < 0 else min(self.burst, self.level + (now - self.at) / self.seconds)
        self.at = now
        if self.level >= 1.0:
            self.level -= 1.0
            return 0.0
        return (1.0 - self.level) * self.seconds


@dataclass(slots=True)
class Limits:
    """30 messages a second over all chats and one a second to one, short bursts allowed."""

    overall: float = 30.0
    per_chat: float = 1.0
    chat_burst: float = 3.0
    _all: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)

    def retry_after(self, chat_id: int, now: float) -> int:
        """0 where a message may pass, else the whole seconds that Telegram would name."""
        if self._all is None:
            self._all = Bucket(self.overall, 1.0 / self.overall)
        chat = self._chats.setdefault(chat_id, Bucket(self.chat_burst, 1.0 / self.per_chat))
        return math.ceil(chat.wait(now)) or math.ceil(self._all.wait(now))
