"""`aftercare enrol` and `clinician`: who takes part. Both print a single-use link and its QR code."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from typing import Any

import click
import segno

from bot.app.cli.clinics import ONLY, WHOSE, several, the_clinic, world_of
from bot.app.cli.content import known_zone, moment
from bot.app.cli.output import as_json, print_json, print_table
from bot.app.cli.session import ACTOR, Session, session
from bot.core.careplan.invitation import INVITATION_LIFE
from bot.core.clinical.patient import Risk, Route
from bot.core.escalation.clinician import Clinician
from bot.services import clinicians, enrolments, sms_invitations
from bot.services.clinics import everybody


def asked_for(_: click.Context, option: click.Parameter, value: Any) -> Any:  # noqa: ANN401 - click's signature
    """The value as given, or typed by the person at the terminal, so that it stays out of the shell's history.

    A script that leaves it out is told so (exit code 2); nothing waits for an answer that cannot come.
    """
    if value is not None:
        return value
    if not sys.stdin.isatty():
        raise click.MissingParameter(param=option)
    return click.prompt((option.name or "").replace("_", " ").capitalize(), type=option.type)


SMS = click.option("--sms", metavar="NUMBER", help="Write to this number (+436641234567) instead of making a link.")


@click.command()
@click.option("--name", callback=asked_for, help="As the clinic writes it; no alert ever shows it.")
@click.option("--birth-year", type=int, callback=asked_for, help="The second factor when the link is opened.")
@click.option("--schedule", required=True, help="The course: msc-recipient, msc-donor or one of your own.")
@click.option(
    "--treated-at", required=True, metavar="T", help="When treatment ended (ISO; local time of the patient without an offset)."
)
@click.option("--route", type=click.Choice([route.value for route in Route]), help="How the cells were given (recipients).")
@click.option("--risk", "risks", multiple=True, type=click.Choice([risk.value for risk in Risk]), help="A risk; may be repeated.")
@click.option("--language", default="en", show_default=True)
@click.option("--timezone", help="Where the patient lives; the clinic's zone by default.")
@WHOSE
@SMS
@as_json
def enrol(  # noqa: PLR0917 - click hands over each option
    name: str,
    birth_year: int,
    schedule: str,
    treated_at: str,
    route: str | None,
    risks: tuple[str, ...],
    language: str,
    timezone: str | None,
    clinic: str | None,
    sms: str | None,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """A new patient, and the invitation that binds their chat."""
    with session(with_links=sms is None) as work:
        at = the_clinic(work, clinic).content.clinic
        zone = timezone or at.timezone
        known_zone(zone)
        treated = moment(treated_at, zone)
        patient, _, token = work.work(
            lambda uow: enrolments.enrol(
                uow,
                work.world,
                work.now,
                name=name,
                birth_year=birth_year,
                schedule=schedule,
                treated_at=treated,
                route=Route(route) if route else None,
                risks=[Risk(risk) for risk in risks],
                language=language,
                timezone=zone,
                clinic=at.id,
                by=ACTOR,
            )
        )
        about: dict[str, object] = {"patient": patient.code, "id": patient.id}
        about |= {"clinic": at.id} if several(work) else {}
        if sms is None:
            show_invitation(work, token, about, json_wanted=json_wanted)
        else:
            write_to(work, f"patient:{patient.id}", sms, about, json_wanted=json_wanted)


@click.group()
def clinician() -> None:
    """Who can be paged: the people of clinic.yaml (and of clinics/), once they have a chat."""


@clinician.command()
@click.argument("clinician_id", metavar="CLINICIAN")
@ONLY
@SMS
@as_json
def add(clinician_id: str, clinic: str | None, sms: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """An invitation for somebody of clinic.yaml or of clinics/. A new one makes earlier ones worthless.

    Who works in several clinics needs one: one person, one chat. With --clinic the name must stand in that clinic's file.
    """
    with session(with_links=sms is None) as work:
        token = work.work(
            lambda uow: enrolments.invite_clinician(uow, work.world, work.now, clinician_id, clinic=clinic or "", by=ACTOR)
        )
        if sms is not None:
            write_to(work, f"clinician:{clinician_id}", sms, {"clinician": clinician_id}, json_wanted=json_wanted)
            return
        show_invitation(work, token, {"clinician": clinician_id}, json_wanted=json_wanted)


@clinician.command()
@click.argument("clinician_id", metavar="CLINICIAN")
def revoke(clinician_id: str) -> None:
    """Takes all access away at once; alerts that waited for them go on."""
    with session() as work:
        work.work(lambda uow: clinicians.revoke(uow, clinician_id, ACTOR, work.now))
    click.echo(f"{clinician_id} has no access any more")


@clinician.command("list")
@ONLY
@as_json
def list_(clinic: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Everybody of every clinic: where do they work, do they have a chat, can they be reached?"""
    with session() as work:
        bound = {c.id: c for c in work.work(lambda uow: uow.clinicians.all())}
        at = world_of(work, clinic)
        people = at.content.clinic.clinicians if at else everybody(work.world.content)
        places = {name: [one for one, about in work.world.content.clinics.items() if name in about.clinicians] for name in people}
        one_clinic = not several(work)
        rows: list[dict[str, object]] = [
            {
                "clinician": clinician_id,
                "name": name,
                "chat": bool(clinician_id in bound and bound[clinician_id].address),
                "active": clinician_id in bound and bound[clinician_id].active,
                "reachable": clinician_id in bound and bound[clinician_id].reachable,
                "clinics": places[clinician_id],
            }
            for clinician_id, name in people.items()
        ]
    if json_wanted:
        print_json(rows)
        return
    where = {name: {} if one_clinic else {"clinics": ", ".join(at)} for name, at in places.items()}
    print_table([_for_people(name, said, bound.get(name)) | where[name] for name, said in people.items()])


def _for_people(clinician_id: str, name: str, known: Clinician | None) -> dict[str, object]:
    """One line of the list: a name in the file is not yet somebody with a telephone."""
    chat = known is not None and bool(known.address)
    access = "not yet" if known is None or not chat else "yes" if known.active else "revoked"
    paged = "yes" if access == "yes" else "no"
    if known is not None and access == "yes" and not known.reachable:
        paged = "no, blocked the bot"
    return {"clinician": clinician_id, "name": name, "chat": chat, "access": access, "paged": paged}


def write_to(work: Session, subject: str, number: str, about: dict[str, object], *, json_wanted: bool) -> None:
    """The first SMS, which the running bot sends at once; whoever answers it has opened the invitation."""
    work.work(lambda uow: sms_invitations.invite_by_sms(uow, work.world, work.now, subject, number, by=ACTOR))
    expires = work.now + INVITATION_LIFE
    if json_wanted:
        print_json({**about, "sms": number, "expires_at": expires.isoformat()})
        return
    click.echo("  ".join(f"{key}: {value}" for key, value in about.items()))
    click.echo(
        f"An SMS to {number} waits for the running bot. An answer to it until {expires:%Y-%m-%d %H:%M} UTC begins the chat."
    )


def show_invitation(work: Session, token: str, about: dict[str, object], *, json_wanted: bool) -> None:
    """The link, its QR code, and until when it can be opened."""
    link, expires = work.world.invitation_link(token), work.now + INVITATION_LIFE
    if json_wanted:
        print_json({**about, "link": link, "expires_at": expires.isoformat()})
        return
    click.echo("  ".join(f"{key}: {value}" for key, value in about.items()))
    click.echo(f"\n{link}\n")
    code = io.StringIO()
    segno.make(link, micro=False).terminal(out=code, compact=True)
    click.echo(code.getvalue())
    hours = INVITATION_LIFE // timedelta(hours=1)
    click.echo(
        f"For one person, once, within {hours} hours. Whoever opens it must know the year of birth."
        if "patient" in about
        else f"For one person, once, within {hours} hours."
    )
