"""The five dispositions, ordered: a higher one is never lost to a lower one (clinical content, part 0.1)."""

from __future__ import annotations

from enum import IntEnum


class Disposition(IntEnum):
    """What must happen next. ``unclear`` is not a disposition: it is a question still open."""

    NONE = 0
    """No clinical action; still stored."""
    SELF_MANAGE = 1
    """Advice, a timed re-check and what to watch for."""
    SAME_DAY = 2
    """The clinic answers on the same or the next working day."""
    URGENT = 3
    """Phone the clinic's 24-hour line or go to an emergency department now; seen within about 4 hours."""
    EMERGENCY = 4
    """Call the emergency number now: it is shown first, before any human."""

    @property
    def word(self) -> str:
        """The name in YAML, tables, messages and JSON: ``same_day``."""
        return self.name.lower()

    @property
    def red(self) -> bool:
        """Whether this is a red flag: one that pages a clinician."""
        return self >= Disposition.URGENT

    @classmethod
    def of(cls, word: str) -> Disposition:
        """The disposition of that word. Raises KeyError for any other word."""
        return cls[word.upper()]
