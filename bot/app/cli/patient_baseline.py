"""`aftercare patient baseline`: what is usual for one patient, at the terminal."""

from __future__ import annotations

import click

from bot.app.cli.output import as_json, print_json, print_table
from bot.app.cli.session import ACTOR, Session, session
from bot.core.clinical.baseline import LONGEST_BASELINE, Baseline
from bot.core.clinical.disposition import Disposition
from bot.core.errors import InvalidValue, NotFound
from bot.ports import UnitOfWork
from bot.services import baselines, clinics
from bot.services.baselines import Candidate


@click.group()
def baseline() -> None:
    """What is usual for this patient: set, listed, ended. Nothing urgent is ever covered."""


@baseline.command("set")
@click.argument("code")
@click.argument("symptom")
@click.option(
    "--by", required=True, metavar="CLINICIAN", help="Which clinician of clinic.yaml decided it; the patient reads their name."
)
@click.option("--reason", required=True, help="One sentence for colleagues.")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, LONGEST_BASELINE.days))
@click.option("--up-to", type=float, help="The highest usual figure (pain 0 to 10), for symptoms that have one.")
@click.option("--level", default="same_day", show_default=True, type=click.Choice(["self_manage", "same_day"]))
def set_(code: str, symptom: str, by: str, reason: str, days: int, up_to: float | None, level: str) -> None:  # noqa: PLR0917 - click
    """SYMPTOM (pain_other, fatigue, ...) of patient CODE is usual until it ends by itself; the patient is told."""
    with session() as work:
        made = work.work(
            lambda uow: _set(work, uow, code, _candidate(work, symptom, up_to, level), by=by, reason=reason, days=days)
        )
    click.echo(f"{code}: {symptom} is usual until {made.until:%Y-%m-%d %H:%M} UTC")


def _set(work: Session, uow: UnitOfWork, code: str, one: Candidate, *, by: str, reason: str, days: int) -> Baseline:
    found = work.patient(uow, code)
    clinic = clinics.of_patient(work.world, found).content.clinic
    if by not in clinic.clinicians:
        raise NotFound(f"{clinics.file_of(clinic.id)} has no clinician {by!r}")
    actor = f"{ACTOR} for clinician:{by}"
    return baselines.set_baseline(uow, work.world, work.now, found.id, one, reason=reason, days=days, by=actor, name=by)


def _candidate(work: Session, symptom: str, up_to: float | None, level: str) -> Candidate:
    """Raises InvalidValue for a figure where the symptom has none."""
    known = work.world.content.knowledge.rules.symptoms.get(symptom)
    measure = known.scored.measure if known is not None and known.scored is not None else None
    if up_to is not None and measure is None:
        raise InvalidValue(f"{symptom!r} has no figure: leave --up-to out")
    if up_to is not None and not 0 <= up_to <= 10:
        raise InvalidValue("--up-to is 0 to 10")
    return Candidate(symptom=symptom, level=Disposition.of(level), measure=measure if up_to is not None else None, value=up_to)


@baseline.command("list")
@click.argument("code")
@as_json
def list_(code: str, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Every baseline of theirs, ended ones too."""
    with session() as work:
        found = work.work(lambda uow: uow.baselines.of_patient(work.patient(uow, code).id))
    rows = [
        {
            "id": b.id,
            "symptom": b.symptom,
            "up to": "" if b.value is None else f"{b.value:g}",
            "level": b.level.word,
            "until": b.until.isoformat(timespec="minutes"),
            "holds": b.holds(work.now),
            "set by": b.set_by,
            "reason": b.reason,
        }
        for b in found
    ]
    if json_wanted:
        print_json(rows)
    else:
        print_table(rows)


@baseline.command()
@click.argument("code")
@click.argument("number", type=int)
def end(code: str, number: int) -> None:
    """Ends baseline NUMBER of patient CODE now; the patient is told."""
    with session() as work:
        work.work(lambda uow: _end(work, uow, code, number))
    click.echo(f"{code}: baseline {number} has ended")


def _end(work: Session, uow: UnitOfWork, code: str, number: int) -> None:
    found = uow.baselines.get(number)
    if found.patient_id != work.patient(uow, code).id:
        raise NotFound(f"{code} has no baseline {number}")
    baselines.end(uow, work.world, work.now, found, by=ACTOR)
