"""The rotas of a clinic as they are now: what its file says, and who took a shift over since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.clinical.disposition import Disposition
from bot.core.errors import NotFound
from bot.core.escalation.coverage import DAYS_AHEAD, Hole, holes
from bot.core.escalation.policy import MAIN, Clinic, Rota
from bot.core.escalation.rota import on_call
from bot.core.escalation.takeover import Takeover, with_takeovers
from bot.ports import Content, Task, UnitOfWork
from bot.services.clinics import each, marked
from bot.services.reachability import reachable
from bot.services.world import World

UNCOVERED = "rota_uncovered"
SHOWN = 5


def rotas_now(uow: UnitOfWork, world: World, now: datetime) -> tuple[Rota, ...]:
    """Every rota of this world's clinic with the takeovers that count from now on."""
    rotas = world.content.clinic.rotas
    taken = taken_over(uow, world.content.clinic, now)
    if not taken:
        return rotas
    people = reachable(uow, world)
    return tuple(with_takeovers(rota, taken, people) for rota in rotas)


def taken_over(uow: UnitOfWork, clinic: Clinic, now: datetime) -> list[Takeover]:
    """The takeovers of that clinic's shifts that count from now on, in the order in which they were decided."""
    return [taken for taken in uow.takeovers.since(now) if taken.clinic == clinic.id]


def rota_of(uow: UnitOfWork, world: World, now: datetime, rota_id: str) -> Rota:
    """The rota of that name. Raises NotFound."""
    found = next((rota for rota in rotas_now(uow, world, now) if rota.id == rota_id), None)
    if found is None:
        raise NotFound(f"{world.content.clinic.name} has no rota {rota_id!r}")
    return found


def on_call_now(uow: UnitOfWork, world: World, now: datetime) -> tuple[str, ...]:
    """Everybody who is on call in any rota, each once."""
    return tuple(dict.fromkeys(name for rota in rotas_now(uow, world, now) for name in on_call(rota, now)))


def take_over(uow: UnitOfWork, world: World, now: datetime, rota_id: str, *, clinician: str, end: datetime) -> Takeover:
    """From now until ``end`` this clinician is on call there. Raises NotFound, and InvalidValue for more than 72 hours."""
    rota_of(uow, world, now, rota_id)
    clinic = world.content.clinic.id
    taken = uow.takeovers.add(Takeover(id=0, rota=rota_id, clinician=clinician, start=now, end=end, clinic=clinic))
    detail = f"until {end.isoformat(timespec='minutes')}"
    uow.audit.append(now, f"clinician:{clinician}", "shift.taken_over", f"rota:{marked(clinic, rota_id)}", detail)
    return taken


def give_back(uow: UnitOfWork, world: World, now: datetime, rota_id: str, clinician: str) -> int:
    """What this clinician took over there counts no more; how many takeovers that ends."""
    clinic = world.content.clinic
    mine = [taken for taken in taken_over(uow, clinic, now) if taken.rota == rota_id and taken.clinician == clinician]
    for taken in mine:
        uow.takeovers.save(replace(taken, ended_at=now))
    if mine:
        uow.audit.append(now, f"clinician:{clinician}", "shift.given_back", f"rota:{marked(clinic.id, rota_id)}")
    return len(mine)


# --- hours without anybody -----------------------------------------------------------------------------------------------


def uncovered(uow: UnitOfWork, world: World, now: datetime) -> tuple[Hole, ...]:
    """The hours of the coming 30 days in which a rota has nobody who can be reached: bound, not revoked, not blocked."""
    return holes(rotas_now(uow, world, now), reachable(uow, world), now)


def uncovered_of(clinic: Clinic, uow: UnitOfWork, now: datetime) -> tuple[Hole, ...]:
    """The same for another clinic's file, as if it were live."""
    people = frozenset(c.id for c in uow.clinicians.all() if c.id in clinic.clinicians and c.active and c.reachable and c.address)
    taken = taken_over(uow, clinic, now)
    return holes([with_takeovers(rota, taken, people) for rota in clinic.rotas], people, now)


def uncovered_anywhere(content: Content, uow: UnitOfWork, now: datetime) -> Mapping[str, tuple[Hole, ...]]:
    """The same for each clinic that has such hours, by its id."""
    found = {name: uncovered_of(clinic, uow, now) for name, clinic in content.clinics.items()}
    return {name: there for name, there in found.items() if there}


def open_time(found: tuple[Hole, ...]) -> timedelta:
    """How long all of them last together, in whole minutes: two looks a moment apart must not differ."""
    total = sum((hole.span.end - hole.span.start for hole in found), timedelta())
    return timedelta(minutes=round(total / timedelta(minutes=1)))


def watch(uow: UnitOfWork, world: World, now: datetime) -> int:
    """Keeps one open task for each clinic of which a rota has uncovered hours, with the first of them; how many holes there are."""
    for task in uow.tasks.open():
        if task.kind == UNCOVERED and (task.clinic or MAIN) not in world.content.clinics:
            uow.tasks.done(task.id, now)
    return sum(_watch(uow, at, now) for at in each(world))


def _watch(uow: UnitOfWork, world: World, now: datetime) -> int:
    found, clinic = uncovered(uow, world, now), world.content.clinic.id
    tasks = (task for task in uow.tasks.open() if task.kind == UNCOVERED)
    open_task = next((task for task in tasks if (task.clinic or MAIN) == clinic), None)
    detail = in_words(found, now)
    if open_task is not None and (not found or open_task.detail != detail):
        uow.tasks.done(open_task.id, now)
        open_task = None
    if found and open_task is None:
        near = any(hole.span.start <= now + timedelta(days=1) for hole in found)
        level = Disposition.URGENT if near else Disposition.SAME_DAY
        uow.tasks.add(Task(id=0, patient_id=None, kind=UNCOVERED, disposition=level, at=now, detail=detail, clinic=clinic))
        uow.audit.append(now, "system", "rota.uncovered", marked(clinic, "clinic"), detail)
    return len(found)


def in_words(found: tuple[Hole, ...], now: datetime) -> str:
    """``nurses: now until further notice; doctors: 2026-03-02T20:00+00:00 to ...``: the first few, in UTC."""
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "; ".join([*(_hole(hole, now) for hole in found[:SHOWN]), *more])


def _hole(hole: Hole, now: datetime) -> str:
    """Without moments that move: the task must not change from round to round."""
    start = "now" if hole.holds(now) else hole.span.start.isoformat(timespec="minutes")
    if hole.span.end >= now + timedelta(days=DAYS_AHEAD):
        return f"{hole.rota}: {start}, until further notice"
    return f"{hole.rota}: {start} to {hole.span.end.isoformat(timespec='minutes')}"
