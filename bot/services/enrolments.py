"""Who may be followed: enrolment, the invitation that goes with it, erasure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.careplan.enrolment import Enrolment, Patient, PatientState
from bot.core.careplan.invitation import INVITATION_LIFE, Invitation
from bot.core.careplan.occurrences import plan
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.errors import InvalidValue, NotFound
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import MAIN
from bot.ports import UnitOfWork
from bot.services.clinics import everybody, file_of, marked
from bot.services.world import World

ADULT = 18
OLDER = 65
OLDEST = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """When it ended, how the cells were given (None: a donor), and what raises the level of a finding."""

    at: datetime
    route: Route | None
    risks: frozenset[Risk]


def enrol(
    uow: UnitOfWork,
    world: World,
    now: datetime,
    *,
    name: str,
    birth_year: int,
    schedule: str,
    treated_at: datetime,
    route: Route | None = None,
    risks: Iterable[Risk] = (),
    language: str = "en",
    timezone: str = "",
    clinic: str = MAIN,
    by: str = "system",
) -> tuple[Patient, Enrolment, str]:
    """A new patient of that clinic on a course, and the token of their invitation (72 hours, single use).

    ``timezone`` defaults to the clinic's. The age adds its risk by itself. Raises InvalidValue for a schedule, route, language
    or year of birth that cannot be, and for anybody under 18: the numbers of the catalogue are for adults.
    """
    world = _at(world, clinic)
    course = _schedule(world, schedule)
    _check(course, route, birth_year, treated_at, now)
    if language not in world.content.languages:
        raise InvalidValue(f"no texts in the language {language!r}; there are {', '.join(world.content.languages)}")
    if language not in course.languages:
        raise InvalidValue(f"{course.id} is not written in {language!r}; it is in {', '.join(course.languages)}")
    zone = timezone or world.content.clinic.timezone
    _check_zone(zone)
    patient = uow.patients.add(
        Patient(
            id=0,
            code=_code(uow, world),
            name=name,
            birth_year=birth_year,
            language=language,
            timezone=zone,
            state=PatientState.INVITED,
            clinic=clinic,
        )
    )
    enrolment = _add_enrolment(uow, patient, course, Treatment(at=treated_at, route=route, risks=frozenset(risks)))
    uow.audit.append(now, by, "patient.enrolled", f"patient:{patient.id}", marked(clinic, course.id))
    return patient, enrolment, invite(uow, world, now, f"patient:{patient.id}", by=by)


def add_course(
    uow: UnitOfWork,
    world: World,
    now: datetime,
    patient_id: int,
    *,
    schedule: str,
    treated_at: datetime,
    route: Route | None = None,
    risks: Iterable[Risk] = (),
    by: str = "system",
) -> Enrolment:
    """One more course of a patient: whoever gave the cells that they got back is asked as a donor too.

    Planned at once where they have consented, else on consent. Raises InvalidValue as ``enrol`` does.
    """
    course = _schedule(world, schedule)
    patient = uow.patients.get(patient_id)
    _check(course, route, patient.birth_year, treated_at, now)
    enrolment = _add_enrolment(uow, patient, course, Treatment(at=treated_at, route=route, risks=frozenset(risks)))
    uow.audit.append(now, by, "course.added", f"patient:{patient_id}", course.id)
    if patient.state is PatientState.ACTIVE:
        enrolment = replace(enrolment, enrolled_at=now)
        uow.enrolments.save(enrolment)
        uow.check_ins.plan(plan(course, enrolment, patient.zone(), now))
    return enrolment


def invite(uow: UnitOfWork, world: World, now: datetime, subject: str, *, by: str = "system") -> str:
    """A fresh invitation for this subject; those that it had and nobody opened are worth nothing from now on."""
    for earlier in uow.invitations.of_subject(subject):
        if earlier.used_at is None and earlier.expires_at > now:
            uow.invitations.save(replace(earlier, expires_at=now))
    token = world.ids.token()
    uow.invitations.add(Invitation(id=0, token_hash=hash_of(token), subject=subject, expires_at=now + INVITATION_LIFE))
    uow.audit.append(now, by, "invitation.made", subject)
    return token


def invite_clinician(
    uow: UnitOfWork, world: World, now: datetime, clinician_id: str, *, clinic: str = "", by: str = "system"
) -> str:
    """An invitation for somebody of a clinic (of that one where it is named). Raises NotFound for a name that is not there."""
    people = _at(world, clinic).content.clinic.clinicians if clinic else everybody(world.content)
    name = people.get(clinician_id)
    if name is None:
        raise NotFound(f"{_where(world, clinic)} has no clinician {clinician_id!r}, only: {', '.join(sorted(people))}")
    if uow.clinicians.get(clinician_id) is None:
        uow.clinicians.put(Clinician(id=clinician_id, name=name))
    return invite(uow, world, now, f"clinician:{clinician_id}", by=by)


def change_clinic(uow: UnitOfWork, world: World, now: datetime, patient_id: int, clinic: str, *, by: str = "system") -> Patient:
    """The patient is followed by that clinic from now on: its people alone see them. Their zone and language stay their own.

    Raises InvalidValue for a clinic that is not there, and while an alert of theirs is open: whoever has it would lose it.
    """
    _at(world, clinic)
    patient = uow.patients.get(patient_id)
    if patient.clinic == clinic:
        return patient
    if uow.alerts.unresolved_of(patient_id) is not None:
        raise InvalidValue("an alert about this patient is open: a clinician must resolve it first")
    moved = replace(patient, clinic=clinic)
    uow.patients.save(moved)
    uow.audit.append(now, by, "patient.moved", f"patient:{patient_id}", f"from {patient.clinic} to {clinic}")
    return moved


def erase(uow: UnitOfWork, patient_id: int, now: datetime, *, by: str) -> None:
    """Removes everything of theirs but the audit skeleton. Raises InvalidValue while an alert of theirs is open."""
    if uow.alerts.unresolved_of(patient_id) is not None:
        raise InvalidValue("an alert about this patient is open: a clinician must resolve it first")
    uow.check_ins.cancel_planned(patient_id)
    uow.outbox.cancel_of_patient(patient_id)
    uow.patients.erase(patient_id)
    uow.audit.append(now, by, "patient.erased", f"patient:{patient_id}")


def hash_of(token: str) -> str:
    """How a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _add_enrolment(uow: UnitOfWork, patient: Patient, course: Schedule, treatment: Treatment) -> Enrolment:
    older = {Risk.AGE_65_PLUS} if treatment.at.year - patient.birth_year > OLDER else set()
    return uow.enrolments.add(
        Enrolment(
            id=0,
            patient_id=patient.id,
            schedule=course.id,
            schedule_version=course.version,
            role=course.role,
            route=treatment.route,
            risks=treatment.risks | older,
            treated_at=treatment.at,
        )
    )


def _at(world: World, clinic: str) -> World:
    """Speaking for that clinic. Raises InvalidValue for one that is not there."""
    known = world.content.clinics
    if clinic not in known:
        raise InvalidValue(f"there is no clinic {clinic!r}; there are {', '.join(known)}")
    return world.at(clinic)


def _where(world: World, clinic: str) -> str:
    """The file, or files, that were looked in."""
    return file_of(clinic or MAIN) if clinic or len(world.content.clinics) == 1 else "none of the clinics"


def _schedule(world: World, schedule_id: str) -> Schedule:
    found = world.content.schedules.get(schedule_id)
    if found is None:
        known = ", ".join(world.content.schedules)
        raise InvalidValue(f"no schedule {schedule_id!r}; there are {known}")
    return found


def _check(course: Schedule, route: Route | None, birth_year: int, treated_at: datetime, now: datetime) -> None:
    if route is not None and course.routes and route not in course.routes:
        raise InvalidValue(f"the schedule {course.id!r} is not for the route {route.value!r}")
    if route is None and course.role is Role.RECIPIENT:
        raise InvalidValue("a recipient's enrolment says how the cells were given")
    if treated_at.tzinfo is None:
        raise InvalidValue("treated_at must carry a time zone")
    if treated_at > now:
        raise InvalidValue("a course starts with the end of the treatment: it cannot lie ahead")
    age = now.year - birth_year
    if not ADULT <= age <= OLDEST:
        raise InvalidValue(f"born in {birth_year}: the catalogue is for adults of 18 to {OLDEST}")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidValue(f"there is no time zone {name!r}") from None


def _code(uow: UnitOfWork, world: World) -> str:
    """A short code that no other patient has."""
    while True:
        code = world.ids.code()
        if uow.patients.by_code(code) is None:
            return code
