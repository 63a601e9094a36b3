"""Two clinics in one installation: Cedar in Berlin (main) and North in New York, each with its own people; Dr Both works in both."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from bot.core.careplan.enrolment import Patient
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import OutgoingMessage
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import Clinic, EscalationPolicy, PolicyStep, Rota, Shift
from bot.storage import open_store
from tests.support.escalation import DAY_AND_NIGHT, NAMES, Ward, clinic, library, policy, rota, world

DAY, NIGHT, HEAD, BOTH = "nurse-day", "nurse-night", "dr-north", "dr-both"
NORTH_NAMES = {DAY: "Nurse Day", NIGHT: "Nurse Night", HEAD: "Dr North", BOTH: "Dr Both"}
NORTH = "north"
NORTH_OF_SHIPPED = {
    "dr-ada": "dr-nora",
    "Dr Ada": "Dr Nora",
    "dr-bora": "dr-nils",
    "Dr Bora": "Dr Nils",
    "nurse-cem": "nurse-neil",
    "Nurse Cem": "Nurse Neil",
    "Cedar Clinic (demo)": "North Clinic (demo)",
    "+90 212 555 01 00": "+1 212 555 0100",
    "country: TR": "country: US",
    '"112"': '"911"',
    "Europe/Istanbul": "America/New_York",
}
"""What makes a second clinic, with other people, of the shipped clinic.yaml."""


def north_policy(disposition: Disposition = Disposition.URGENT) -> EscalationPolicy:
    """The nurses for 5 minutes, Dr Both for 10; Dr North at the end."""
    return EscalationPolicy(
        id=disposition.word,
        disposition=disposition,
        steps=(
            PolicyStep(wait=timedelta(minutes=5), rotas=("nurses",)),
            PolicyStep(wait=timedelta(minutes=10), clinicians=(BOTH,)),
        ),
        last_resort=(HEAD,),
        resolve_within=timedelta(hours=2),
    )


def north_rota() -> Rota:
    """By New York's clock: Nurse Day from 08:00 to 20:00, Nurse Night from 20:00 to 08:00."""
    return Rota(
        id="nurses",
        timezone="America/New_York",
        shifts=(
            Shift(weekdays=DAY_AND_NIGHT, start=time(8), end=time(20), clinicians=(DAY,)),
            Shift(weekdays=DAY_AND_NIGHT, start=time(20), end=time(8), clinicians=(NIGHT,)),
        ),
    )


def main_clinic() -> Clinic:
    """As ever, with Dr Both among its people."""
    people = {**NAMES, BOTH: NORTH_NAMES[BOTH]}
    return clinic(clinicians=people, rotas=(rota("nurse-cem"),), policies=(policy(), policy(Disposition.EMERGENCY)))


def north_clinic() -> Clinic:
    """Another name, country, clock, numbers, people; the rota has the same name as the main clinic's."""
    return Clinic(
        id=NORTH,
        name="North <Clinic>",
        phone="+1 212 5550100",
        country="US",
        emergency_number="911",
        crisis_number="988",
        timezone="America/New_York",
        policies=(north_policy(), north_policy(Disposition.EMERGENCY)),
        rotas=(north_rota(),),
        clinicians=dict(NORTH_NAMES),
        last_resort=(HEAD,),
    )


def open_ward(path: Path) -> Ward:
    """A store with everybody of both clinics bound to a chat."""
    file = path / "ward.db"
    ward = Ward(
        open_store(str(file)), file, replace(world(), content=replace(library(main_clinic()), further={NORTH: north_clinic()}))
    )
    for name, said in {**NAMES, **NORTH_NAMES}.items():
        ward.do(lambda u, n=name, s=said: u.clinicians.put(Clinician(id=n, name=s, address=f"chat-{n}")))  # type: ignore[misc]
    return ward


def patient_of(ward: Ward, clinic_id: str, code: str) -> Patient:
    """A patient whom that clinic follows."""
    patient = ward.patient(code)
    moved = replace(patient, clinic=clinic_id)
    ward.do(lambda uow: uow.patients.save(moved))
    return moved


def texts(messages: list[OutgoingMessage]) -> str:
    """Everything that was said, in one."""
    return "\n".join(message.text for message in messages)
