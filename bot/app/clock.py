"""Production time. The simulator's clock implements the same port."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """This moment, aware."""
        return datetime.now(UTC)
