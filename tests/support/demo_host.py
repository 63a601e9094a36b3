"""A host for the demo page without a bot: real stand-in chats, a few scripted answers. For tests of the page itself."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn

from bot.simulator.demo import DemoState, bubbles_of, demo_app
from bot.simulator.demo.state import TimelineItem, Who
from bot.simulator.telegram import Person, StandIn
from bot.simulator.telegram.methods import HANDLERS

TREATED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_COURSE = (
    ("First hours", "immediate", timedelta(hours=2)),
    ("Six hours", "immediate", timedelta(hours=6)),
    ("Evening", "immediate", timedelta(hours=12)),
    ("One day", "immediate", timedelta(hours=24)),
    ("Two days", "short_term", timedelta(days=2)),
    ("Three days", "short_term", timedelta(days=3)),
    ("One week", "short_term", timedelta(days=7)),
    ("Two weeks", "short_term", timedelta(days=14)),
    ("One month", "short_term", timedelta(days=30)),
    ("Six months", "long_term", timedelta(days=182)),
    ("One year", "long_term", timedelta(days=365)),
    ("Five years", "long_term", timedelta(days=1826)),
)


class ScriptedHost:
    """Implements ``DemoHost``."""

    def __init__(self) -> None:
        self.moment = TREATED_AT
        self.standin = StandIn(clock=self)
        self.people = {"maya": self.standin.person("Maya", started=True), "omar": self.standin.person("Omar", "ar", started=True)}
        self.clinician = self.standin.person("Dr Lind", started=True)
        self.current = "maya"
        self.active = "none"
        self.states = {title: "planned" for title, _, _ in _COURSE}

    def now(self) -> datetime:
        return self.moment

    @property
    def revision(self) -> int:
        return self.standin.world.revision

    async def changed(self, revision: int) -> None:
        while self.revision <= revision:
            await self.standin.world.until(lambda: self.revision > revision, 60)

    def says(self, person: Person, text: str, *rows: list[str]) -> int:
        """The bot writes, with rows of buttons whose data is their label."""
        keyboard = [
            [{"text": label, "callback_data": label.encode()[:60].decode(errors="ignore")} for label in row] for row in rows
        ]
        params: dict[str, Any] = {"chat_id": person.id, "text": text, "parse_mode": "HTML", "protect_content": True}
        sent = HANDLERS["sendMessage"](self.standin.world, {**params, "reply_markup": {"inline_keyboard": keyboard}})
        message_id: int = sent["message_id"]
        return message_id

    def state(self) -> DemoState:
        zone = ZoneInfo("Europe/Berlin")
        patient = self.people[self.current]
        return {
            "now": self.moment.astimezone(zone).isoformat(timespec="seconds"),
            "zone": "Europe/Berlin",
            "treated_at": TREATED_AT.astimezone(zone).isoformat(timespec="seconds"),
            "patients": [
                {"id": "maya", "name": "Maya", "about": "a clot on day 12"},
                {"id": "omar", "name": "عمر", "about": "writes Arabic"},
            ],
            "current": self.current,
            "patient_messages": bubbles_of(patient, zone),
            "clinician_messages": bubbles_of(self.clinician, zone),
            "patient_notices": patient.notices,
            "clinician_notices": self.clinician.notices,
            "clinician_name": "Dr Lind",
            "suggestions": ["My left calf is swollen and sore", "38.6 and shivering", "I feel fine"],
            "timeline": [self._item(title, phase, after, zone) for title, phase, after in _COURSE],
            "faults": [
                {"id": "none", "name": "no fault", "active": self.active == "none"},
                {"id": "slow", "name": "answers are lost", "active": self.active == "slow"},
            ],
        }

    def _item(self, title: str, phase: str, after: timedelta, zone: ZoneInfo) -> TimelineItem:
        at = (TREATED_AT + after).astimezone(zone).isoformat(timespec="seconds")
        return {"at": at, "id": title.lower().replace(" ", "-"), "title": title, "phase": phase, "state": self.states[title]}

    async def write(self, who: Who, text: str) -> None:
        self._person(who).writes(text)
        self.says(
            self._person(who), "<b>Thank you.</b> I have noted: <i>" + text.replace("&", "&amp;").replace("<", "&lt;") + "</i>"
        )

    async def press(self, who: Who, message_id: int, data: str) -> None:
        person = self._person(who)
        person.presses(data, message_id)
        params = {"chat_id": person.id, "message_id": message_id, "text": f"Pressed {data}"}
        HANDLERS["editMessageText"](self.standin.world, params)
        person.chat.notices.append(f"{data} is noted")
        self.standin.world.touch()

    async def advance(self, *, hours: int = 0, days: int = 0, to_next: bool = False) -> None:
        due = sorted((TREATED_AT + after, title) for title, _, after in _COURSE if self.states[title] == "planned")
        self.moment = due[0][0] if to_next and due else self.moment + timedelta(hours=hours, days=days)
        for at, title in due:
            if at <= self.moment:
                self.states[title] = "sent"
                self.says(self.people[self.current], f"<b>{title}</b>\nHow are you feeling?", ["Well", "Not well"])
        self.standin.world.touch()

    async def pick(self, patient: str) -> None:
        if patient not in self.people:
            raise LookupError(f"there is no patient {patient}")
        self.current = patient
        self.standin.world.touch()

    async def fault(self, name: str) -> None:
        self.active = name
        self.standin.world.touch()

    def _person(self, who: Who) -> Person:
        return self.clinician if who == "clinician" else self.people[self.current]


@asynccontextmanager
async def served(host: ScriptedHost) -> AsyncIterator[str]:
    """The page on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(demo_app(host), port=port, log_level="critical", timeout_graceful_shutdown=0, lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # the test keeps its own
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task
