"""`aftercare patient`: what we hold about one person, all of it, and how to remove it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import click

from bot.app.cli.output import as_json, print_json, print_table
from bot.app.cli.patient_baseline import baseline
from bot.app.cli.session import ACTOR, Session, session
from bot.core.careplan.enrolment import Patient
from bot.ports import UnitOfWork
from bot.services import enrolments

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@click.group()
def patient() -> None:
    """One patient, by code (K7-42) or number."""


@patient.command()
@click.argument("code")
@as_json
def show(code: str, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Where they stand: course, check-ins, alerts. No word of what they wrote."""
    with session() as work:
        summary = work.work(lambda uow: _summary(uow, work.patient(uow, code)))
    if json_wanted:
        print_json(summary)
        return
    check_ins, alerts = summary.pop("check_ins"), summary.pop("alerts")
    for key, value in summary.items():
        click.echo(f"{key:<12} {value}")
    click.echo("\ncheck-ins")
    print_table(check_ins)
    if alerts:
        click.echo("\nalerts")
        print_table(alerts)


@patient.command()
@click.argument("code")
def export(code: str) -> None:
    """Everything we hold about them, as JSON: theirs to have."""
    with session() as work:
        everything = work.work(lambda uow: _everything(uow, work.patient(uow, code)))
        work.work(lambda uow: uow.audit.append(work.now, ACTOR, "patient.exported", f"patient:{everything['patient']['id']}"))
    print_json(everything)


@patient.command()
@click.argument("code")
@click.option(
    "--clinic", required=True, metavar="ID", help="Who follows them from now on: main, or the name of a file in clinics/."
)
def move(code: str, clinic: str) -> None:
    """Another clinic follows this patient from now on; refused while an alert of theirs is open.

    Its people alone see them, its numbers stand in what they read. Their course, language and time zone stay as they are.
    """
    with session() as work:
        moved = work.work(
            lambda uow: enrolments.change_clinic(uow, work.world, work.now, work.patient(uow, code).id, clinic, by=ACTOR)
        )
    click.echo(f"{moved.code} is followed by {clinic} from now on")


@patient.command()
@click.argument("code")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(code: str, yes: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Removes everything of theirs but the audit skeleton; refused while an alert of theirs is open."""
    with session() as work:
        found = work.work(lambda uow: work.patient(uow, code))
        if not yes:
            click.confirm(f"Remove everything about {found.code} for good?", abort=True)
        _erase(work, found)
    click.echo(f"{found.code} is erased")


def _erase(work: Session, found: Patient) -> None:
    work.work(lambda uow: enrolments.erase(uow, found.id, work.now, by=ACTOR))


def _summary(uow: UnitOfWork, found: Patient) -> dict[str, Any]:
    courses = uow.enrolments.of_patient(found.id)
    return {
        "code": found.code,
        "id": found.id,
        "state": found.state.value,
        "clinic": found.clinic,
        "language": found.language,
        "timezone": found.timezone,
        "course": ", ".join(f"{c.schedule} since {c.treated_at.isoformat()}" for c in courses),
        "check_ins": [
            {"check_in": row.check_in, "due": row.due_at.isoformat(timespec="minutes"), "state": row.state.value}
            for course in courses
            for row in uow.check_ins.of_enrolment(course.id)
        ],
        "alerts": [
            {
                "alert": a.id,
                "opened": a.opened_at.isoformat(timespec="minutes"),
                "level": a.disposition.word,
                "state": a.state.value,
            }
            for a in uow.alerts.of_patient(found.id)
        ],
    }


def _everything(uow: UnitOfWork, found: Patient) -> dict[str, Any]:
    courses = uow.enrolments.of_patient(found.id)
    alerts = uow.alerts.of_patient(found.id)
    whole = {
        "patient": asdict(found),
        "enrolments": [asdict(course) for course in courses],
        "check_ins": [asdict(row) for course in courses for row in uow.check_ins.of_enrolment(course.id)],
        "messages_and_assessments": [asdict(stored) for stored in uow.assessments.recent(found.id, EVER)],
        "baselines": [asdict(one) for one in uow.baselines.of_patient(found.id)],
        "alerts": [{**asdict(a), "history": [asdict(e) for e in uow.alerts.history(a.id)]} for a in alerts],
    }
    plain: dict[str, Any] = _plain(whole)
    return plain


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON is anything
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, dict):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    return value if isinstance(value, str | int | float | bool | None) else str(value)


patient.add_command(baseline)
