"""Alerts as a chat that a clinician can read: both telephones in one text, every word of a page, each edit by the line that changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.delivery import Kind, OutgoingMessage
from tests.support.course import Course
from tests.support.transcript import Transcript, plain

_WIDE = 14


@dataclass
class ChatTranscript(Transcript):
    """``pages`` remembers what each message said, so that an edit shows what is new."""

    pages: dict[str, list[str]] = field(default_factory=dict)

    def note(self, now: datetime, line: str) -> None:
        """``who > words`` becomes a line of who; a heading stands where time has moved on."""
        who, arrow, words = line.partition(" > ")
        super().note(now, f"{who:>{_WIDE}} │ {words}" if arrow else line)

    def sent(self, now: datetime, message: OutgoingMessage) -> None:
        """What the bot said, and to whom."""
        to = self.clinicians.get(int(message.address), "patient" if message.address == str(self.patient) else message.address)
        lines = plain(message.text).splitlines()
        if message.kind is Kind.BUTTON_ANSWER:
            if message.text:
                self._say(now, f"{to} ◂", [f"({lines[0]})"])
            return
        if message.kind is Kind.EDIT:
            known = self.pages.get(message.edits or "", [])
            new = [line for line in lines if line not in known]
            if to == "patient":
                lines = ["(without buttons now)"]
            else:
                lines = [f"(now) {new[-1]}" if new else "(now without its last line)"]
        elif message.kind is Kind.PHOTO:
            lines = ["(picture)", *lines]
        else:
            self.pages[str(70000 + message.id)] = lines
        rows = [" ".join(f"[{b.label}]" for b in row) for row in message.buttons]
        self._say(now, f"{to} ◂", [*lines, *rows])

    def _say(self, now: datetime, who: str, lines: list[str]) -> None:
        Transcript.note(self, now, f"{who:>{_WIDE}} │ {lines[0]}")
        self.lines += [f"{'':>{_WIDE}} │ {line}".rstrip() for line in lines[1:]]


def chatting(course: Course) -> Course:
    """From now on the course is written down as a chat, and nothing of before."""
    old = course.script
    course.script = ChatTranscript(
        treated_at=old.treated_at, zone=old.zone, patient=old.patient, clinicians=course.script.clinicians
    )
    return course
