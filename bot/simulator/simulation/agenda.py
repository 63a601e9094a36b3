"""What will happen, in the order in which it happens."""

from __future__ import annotations

import heapq
import itertools
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class Agenda(Generic[T]):
    """Entries with their moment; those of one moment in the order in which they were written down."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, T]] = []
        self._numbers = itertools.count()

    def add(self, at: datetime, entry: T) -> None:
        """Writes it down."""
        heapq.heappush(self._entries, (at, next(self._numbers), entry))

    def next(self) -> datetime | None:
        """When the next one comes."""
        return self._entries[0][0] if self._entries else None

    def due(self, now: datetime) -> T | None:
        """Takes the next one, where its moment has come."""
        return heapq.heappop(self._entries)[2] if self._entries and self._entries[0][0] <= now else None

    def take(self, now: datetime) -> list[T]:
        """Takes all whose moment has come."""
        taken = []
        while (entry := self.due(now)) is not None:
            taken.append(entry)
        return taken

    def clear(self) -> None:
        """Forgets everything."""
        self._entries.clear()
