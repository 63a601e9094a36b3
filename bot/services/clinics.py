"""Which clinic a patient, an alert, a task or a clinician belongs to. Nobody else answers that.

A world speaks for one clinic: its numbers, its clock, its people, rotas and chains. ``of_patient`` and ``of_alert`` choose it where a
transaction begins to be about somebody; what follows takes the world that it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bot.core.careplan.enrolment import Patient
from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import MAIN
from bot.ports import Content, Task, UnitOfWork
from bot.services.world import World


def of_patient(world: World, patient: Patient) -> World:
    """Speaking for the patient's clinic. One whose clinic's file is gone is the main clinic's: somebody must be paged for them."""
    return world.at(patient.clinic)


def of_alert(uow: UnitOfWork, world: World, alert: Alert) -> World:
    """Speaking for the clinic of the alert's patient."""
    return of_patient_id(uow, world, alert.patient_id)


def of_patient_id(uow: UnitOfWork, world: World, patient_id: int) -> World:
    """The same for a patient's number; of one who is gone, the world as it is."""
    try:
        return of_patient(world, uow.patients.get(patient_id))
    except NotFound:
        return world


def of_task(uow: UnitOfWork, world: World, task: Task) -> World:
    """Speaking for the clinic whose work the task is."""
    if task.patient_id is not None:
        return of_patient_id(uow, world.at(MAIN), task.patient_id)
    return world.at(task.clinic or MAIN)


def of_subject(uow: UnitOfWork, world: World, subject: str) -> World:
    """Speaking for the clinic of ``patient:<id>`` or ``clinician:<id>``."""
    kind, _, name = subject.partition(":")
    if kind == "patient" and name.isdecimal():
        return of_patient_id(uow, world, int(name))
    return next((at for at in each(world) if name in at.content.clinic.clinicians), world)


def each(world: World) -> Iterator[World]:
    """One world for each clinic, the main one's first."""
    return (world.at(clinic) for clinic in world.content.clinics)


def may_act(clinician: Clinician | None, world: World) -> bool:
    """Whether they may see and do anything at this world's clinic: not revoked, and still in its file. Asked each time."""
    return clinician is not None and clinician.active and clinician.id in world.content.clinic.clinicians


def where(clinician: Clinician, world: World) -> tuple[World, ...]:
    """The clinics at which they may act, the main one first."""
    return tuple(at for at in each(world) if may_act(clinician, at))


def everybody(content: Content) -> Mapping[str, str]:
    """The people of all clinics: id to name."""
    return {name: said for clinic in content.clinics.values() for name, said in clinic.clinicians.items()}


def follows(world: World | None, patient: Patient) -> bool:
    """Whether this world's clinic follows the patient; None: whichever does."""
    return world is None or of_patient(world, patient).content.clinic.id == world.content.clinic.id


def here(uow: UnitOfWork, world: World | None) -> Callable[[int], bool]:
    """Whether the patient of a number is of this world's clinic; None: of whichever."""
    if world is None or len(world.content.clinics) == 1:
        return lambda _: True
    known: dict[int, bool] = {}

    def is_here(patient_id: int) -> bool:
        if patient_id not in known:
            at = of_patient_id(uow, world, patient_id)
            known[patient_id] = at.content.clinic.id == world.content.clinic.id
        return known[patient_id]

    return is_here


def task_here(uow: UnitOfWork, world: World, task: Task) -> bool:
    """Whether the task is this world's clinic's work."""
    return len(world.content.clinics) == 1 or of_task(uow, world, task).content.clinic.id == world.content.clinic.id


def marked(clinic_id: str, what: str) -> str:
    """``what`` for the main clinic, ``north/what`` for another: names that were there before there were several stay as they are."""
    return what if clinic_id == MAIN else f"{clinic_id}/{what}"


def file_of(clinic_id: str) -> str:
    """How people know its file."""
    return "clinic.yaml" if clinic_id == MAIN else f"clinics/{clinic_id}.yaml"


def without_file(left: Mapping[str, int]) -> str:
    """Clinics whose patients are left, in words."""
    return ", ".join(f"{file_of(clinic)} is gone, with {count} patient{'s' * (count != 1)}" for clinic, count in left.items())


def gone(uow: UnitOfWork, content: Content) -> Mapping[str, int]:
    """Clinics that patients belong to and that have no file, with how many."""
    return {clinic: count for clinic, count in uow.patients.by_clinic().items() if clinic not in content.clinics}
