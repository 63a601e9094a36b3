"""From message keys to what one person reads: in their language, with the clinic's numbers and moments on their own clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.core.actions import Choice, Part
from bot.ports import Content

LONGEST = 3500
"""Paragraphs are joined into one message up to this length; Telegram takes 4096 characters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """Renders for one reader at one moment."""

    content: Content
    language: str
    zone: ZoneInfo
    now: datetime
    emergency_numbers: str = ""
    """For somebody whose clinic is not known: instead of that of the clinic."""

    def texts(self, parts: Iterable[Part]) -> tuple[str, ...]:
        """The paragraphs joined into as few messages as fit. Raises KeyError where a part that is not optional has no text."""
        texts: list[str] = []
        clinic = self._clinic()
        paragraphs = filter(None, (self._paragraph(part, clinic) for part in parts))
        for paragraph in dict.fromkeys(paragraphs):  # two symptoms may ask for the same
            if texts and len(texts[-1]) + len(paragraph) < LONGEST:
                texts[-1] = f"{texts[-1]}\n\n{paragraph}"
            else:
                texts.append(paragraph)
        return tuple(texts)

    def paragraph(self, part: Part) -> str | None:
        """The text of the first key that the content has; None for an optional part without any."""
        return self._paragraph(part, self._clinic())

    def _paragraph(self, part: Part, clinic: Mapping[str, str]) -> str | None:
        key = next((key for key in part.keys if self.content.has(key)), None)
        if key is None:
            if part.optional:
                return None
            raise KeyError(part.keys[0])
        if not part.params:
            return self.content.text(self.language, key, **clinic)
        return self.content.text(self.language, key, **{**clinic, **self._params(part.params)})

    def label(self, choice: Choice) -> str:
        """What a button says."""
        return choice.literal or self.content.label(self.language, choice.key, **self._clinic())

    def moment(self, moment: datetime) -> str:
        """A time of day, with the day in words where it is not far: "18:00 today", "09:00 on Friday"."""
        local = moment.astimezone(self.zone)
        days = (local.date() - self.now.astimezone(self.zone).date()) // timedelta(days=1)
        key = {0: "when.today", 1: "when.tomorrow"}.get(days, "when.weekday" if 1 < days < 7 else "when.date")
        return self.content.label(
            self.language,
            key,
            time=f"{local:%H:%M}",
            weekday=_in_words(local.date(), "EEEE", self.language),
            date=_in_words(local.date(), "long", self.language),
        )

    def _clinic(self) -> dict[str, str]:
        clinic = self.content.clinic
        return {
            "clinic": clinic.name,
            "phone": clinic.phone,
            "emergency_number": self.emergency_numbers or clinic.emergency_number,
            "crisis_number": clinic.crisis_number,
        }

    def _params(self, params: Mapping[str, str | datetime]) -> dict[str, str]:
        return {name: value if isinstance(value, str) else self.moment(value) for name, value in params.items()}


@lru_cache(maxsize=1024)
def _in_words(day: date, style: str, language: str) -> str:
    return format_date(day, style, locale=language)
