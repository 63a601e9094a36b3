"""`aftercare export`: what other systems take over, as FHIR R4 or as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from bot.app.cli.clinics import ONLY, world_of
from bot.app.cli.session import ACTOR, Session, session
from bot.core.careplan.enrolment import Patient
from bot.core.errors import NotFound
from bot.ports import UnitOfWork
from bot.reports.csv_export import csv_lines
from bot.reports.fhir_export import bundle_lines
from bot.reports.record import Record, record_of
from bot.services.clinics import follows
from bot.services.world import World


@click.command()
@click.option("--format", "form", required=True, type=click.Choice(["fhir", "csv"]), help="FHIR R4 Bundle, or one table.")
@click.option("--patient", "code", help="Only this one (K7-42); everybody by default.")
@ONLY
@click.option("--names", is_flag=True, help="FHIR: with name and year of birth. By default nobody is named, only the code.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A new file; by default standard output.")
def export(form: str, code: str | None, clinic: str | None, names: bool, out: Path | None) -> None:  # noqa: FBT001 - a flag of the command line
    """Courses, messages and alerts for other systems. What patients wrote is in it: treat it as a health record."""
    with session() as work:
        at = world_of(work, clinic)
        if out is None:
            _write(work, form, code, at, names=names, target=sys.stdout)
            return
        try:
            with out.open("x", encoding="utf-8", newline="") as target:
                _write(work, form, code, at, names=names, target=target)
        except FileExistsError:
            raise click.BadParameter(f"{out} exists already", param_hint="--out") from None
    click.echo(f"{out} ({out.stat().st_size} bytes)", err=True)


def _write(work: Session, form: str, code: str | None, at: World | None, *, names: bool, target: TextIO) -> None:
    patients = work.work(lambda uow: _patients(work, uow, code, at))
    of = f" of {at.content.clinic.id}" if at else ""
    detail = f"{form}, {len(patients)} patients{of}{', with names' if names else ''}"
    work.work(
        lambda uow: uow.audit.append(work.now, ACTOR, "export.made", f"patient:{patients[0].id}" if code else "all", detail)
    )

    records = (_record(work, patient) for patient in patients)
    lines = bundle_lines(records, work.now, names=names) if form == "fhir" else csv_lines(records)
    target.writelines(lines)


def _patients(work: Session, uow: UnitOfWork, code: str | None, at: World | None) -> list[Patient]:
    """Raises NotFound for one who is not of the clinic that was named."""
    found = [one for one in ([work.patient(uow, code)] if code else uow.patients.all()) if follows(at, one)]
    if code and at and not found:
        raise NotFound(f"no patient of {at.content.clinic.id} has the code {code}")
    return found


def _record(work: Session, patient: Patient) -> Record:
    return work.work(lambda uow: record_of(uow, patient))
