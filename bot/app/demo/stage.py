"""Sets the demo up: the stand-in, an embedded database, the real runtime, and the cast with their phones."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.app.bootstrap import Parts, build
from bot.app.demo.cast import CAST, Member
from bot.app.runtime.runtime import Role, Runtime
from bot.app.secret import Secret
from bot.app.settings import Settings
from bot.channels.pacing import Pacer
from bot.content.clinic import load_clinic
from bot.core.clinical.patient import Role as PatientRole
from bot.core.errors import SettingsInvalid
from bot.ports import UnitOfWork
from bot.services import enrolments
from bot.simulator.clock import VirtualClock
from bot.simulator.telegram import Person, StandIn

T = TypeVar("T")

OPENS_AT = time(10, 0)
"""The demo begins today at this time of the clinic's wall clock: every first check-in falls into the day."""
PACKAGED = Path(__file__).parents[3]


@dataclass(slots=True)
class Player:
    """One member of the cast with their phone. ``invitation`` is the link that they have not opened yet."""

    member: Member
    person: Person
    patient_id: int
    treated_at: datetime
    invitation: str | None = None
    said: set[int] = field(default_factory=set)
    """Which of their lines they have said, by position."""

    @property
    def waits_with(self) -> str | None:
        """The link that still waits to be opened, whatever else they have written before; None where there is none."""
        opened = any(seen.mine and self.invitation in seen.text for seen in self.person.conversation) if self.invitation else True
        return None if opened else self.invitation


@dataclass(kw_only=True)
class Stage:
    """Everything that runs. ``close`` ends it and removes the database."""

    folder: tempfile.TemporaryDirectory[str]
    standin: StandIn
    clock: VirtualClock
    parts: Parts
    runtime: Runtime
    players: dict[str, Player] = field(default_factory=dict)
    clinicians: dict[str, Person] = field(default_factory=dict)

    async def work(self, work: Callable[[UnitOfWork], T]) -> T:
        """One transaction of the demo's own."""
        return await self.parts.store.run(work)

    async def close(self) -> None:
        """Ends the bot, then the stand-in."""
        await self.runtime.stop()
        await self.standin.stop()
        self.folder.cleanup()


async def set_stage(speed: float, *, today: datetime) -> Stage:
    """A bot that runs, with nobody enrolled yet."""
    settings = _settings()
    zone = ZoneInfo(load_clinic(settings.schedules / "clinic.yaml").timezone)
    opening = today.astimezone(zone).replace(hour=OPENS_AT.hour, minute=OPENS_AT.minute, second=0, microsecond=0)
    clock = VirtualClock(opening, speed)
    folder = tempfile.TemporaryDirectory(prefix="aftercare-demo-")
    own = Path(folder.name) / "schedules"
    shutil.copytree(settings.schedules, own)
    standin = StandIn(clock=clock, keep_updates=None)
    await standin.start()
    try:
        parts = build(
            Settings(
                database_url=Secret(f"sqlite:///{folder.name}/demo.db"),
                telegram_token=Secret(standin.token),
                telegram_api_url=standin.url,
                schedules=own,
                messages=settings.messages,
            ),
            clock=clock,
            pacer=Pacer(rate=None),
        )
    except BaseException:
        await standin.stop()
        folder.cleanup()
        raise
    runtime = Runtime(parts, Role.WORKER)
    await runtime.start(by_clock=False)
    return Stage(folder=folder, standin=standin, clock=clock, parts=parts, runtime=runtime)


async def invite_clinicians(stage: Stage) -> None:
    """Everybody of clinic.yaml opens the link that `aftercare clinician add` would print."""
    for clinician_id, name in stage.parts.content.current.clinic.clinicians.items():
        person = stage.standin.person(name)
        person.opens(await _clinician_token(stage, clinician_id))
        stage.clinicians[clinician_id] = person


async def _clinician_token(stage: Stage, clinician_id: str) -> str:
    world, now = stage.parts.world(), stage.clock.now()
    return await stage.work(lambda uow: enrolments.invite_clinician(uow, world, now, clinician_id, by="demo"))


async def enrol_cast(stage: Stage, only: Collection[str] | None = None) -> None:
    """Each patient (of those) as `aftercare enrol` would; the scripted ones have their link open already."""
    for member in _cast_for(stage, only):
        player = await _enrol(stage, member)
        stage.players[member.id] = player
        if member.scripted and player.invitation:
            player.person.opens(player.invitation)
            player.invitation = None


def _cast_for(stage: Stage, only: Collection[str] | None) -> Iterator[Member]:
    """The cast on the schedules that this clinic has: by name, else the first for their role; whoever has none stays out."""
    schedules = stage.parts.content.current.schedules
    for member in CAST:
        role = PatientRole.DONOR if member.route is None else PatientRole.RECIPIENT
        fitting = [
            s for s in schedules.values() if s.role is role and (s.id == member.schedule or member.schedule not in schedules)
        ]
        if fitting and (only is None or member.id in only):
            route = member.route if member.route is None or member.route in fitting[0].routes else min(fitting[0].routes)
            yield replace(member, schedule=fitting[0].id, route=route)


async def begin_anew(stage: Stage, player: Player) -> None:
    """Whoever has not opened their link yet is enrolled again now: links do not live long, and their course should begin here."""
    if player.waits_with:
        stage.players[player.member.id] = await _enrol(stage, player.member)


async def _enrol(stage: Stage, member: Member) -> Player:
    world, now = stage.parts.world(), stage.clock.now()
    treated_at = now - member.treated_before

    def work(uow: UnitOfWork) -> tuple[int, str]:
        patient, _, token = enrolments.enrol(
            uow,
            world,
            now,
            name=member.name,
            birth_year=member.birth_year,
            schedule=member.schedule,
            treated_at=treated_at,
            route=member.route,
            risks=member.risks,
            by="demo",
        )
        return patient.id, token

    patient_id, token = await stage.work(work)
    return Player(
        member=member,
        person=stage.standin.person(member.name.split()[0]),
        patient_id=patient_id,
        treated_at=treated_at,
        invitation=token,
    )


def _settings() -> Settings:
    """The folders that the settings name; the shipped ones where there are none here, or where a setting of the bot is wrong."""
    shipped = Settings(schedules=PACKAGED / "schedules", messages=PACKAGED / "messages")
    try:
        named = Settings.load()
    except SettingsInvalid:
        return shipped
    return named if named.schedules.is_dir() and named.messages.is_dir() else shipped
