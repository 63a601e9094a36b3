"""What happened in a course, in one text that a clinician can read."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.delivery import Kind, OutgoingMessage

_TAG = re.compile(r"</?[bi]>")
_MARKS = {"SAFETY": "!", "ROUTINE": "~"}
"""In the transcript ``!`` goes before all else, ``~`` is a routine prompt, ``>`` a reply."""


@dataclass
class Transcript:
    """Lines under headings of time. ``clinicians`` names the addresses whose messages are shown by their first line alone."""

    treated_at: datetime
    zone: ZoneInfo
    patient: int
    clinicians: dict[int, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    _noted: datetime | None = None

    def note(self, now: datetime, line: str) -> None:
        """A line, under a heading where time has moved on."""
        if self._noted != now:
            self._noted = now
            hours = (now - self.treated_at).total_seconds() / 3600
            age = f"{hours:.1f} h" if hours < 72 else f"day {hours / 24:.1f}"
            self.lines.append(f"\n--- {now.astimezone(self.zone):%a %d %b %Y %H:%M}, {age} after treatment")
        self.lines.append(line)

    def sent(self, now: datetime, message: OutgoingMessage) -> None:
        """What the bot said, to whom, with its buttons."""
        text = plain(message.text)
        clinician = self.clinicians.get(int(message.address))
        if message.kind is Kind.BUTTON_ANSWER:
            if text:
                self.note(now, f"    (notice) {text}")
        elif message.kind is Kind.EDIT and clinician is None:
            self.note(now, f"    bot (takes the buttons away) {text.splitlines()[-1]}")
        elif clinician is not None:
            head = "(changes a page)" if message.kind is Kind.EDIT else "(page)"
            self.note(now, f"    {clinician} {head} {text.splitlines()[0]}")
        else:
            self._said(now, message, text)

    def text(self, title: str) -> str:
        """The whole of it."""
        return "\n".join([f"# {title}", *self.lines, ""])

    def _said(self, now: datetime, message: OutgoingMessage, text: str) -> None:
        to = "" if message.address == str(self.patient) else f" (to {message.address})"
        indented = "\n".join(f"          {line}".rstrip() for line in text.splitlines()).lstrip()
        self.note(now, f"    bot{to} {_MARKS.get(message.lane.name, '>')} {indented}")
        if message.buttons:
            self.note(now, "          " + " ".join(f"[{b.label}]" for row in message.buttons for b in row))


def plain(text: str) -> str:
    """A message without its tags."""
    return html.unescape(_TAG.sub("", text))
