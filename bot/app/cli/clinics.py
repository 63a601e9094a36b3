"""`--clinic`: which clinic of the installation a command is about. Where there is but one, nobody has to say so."""

from __future__ import annotations

import click

from bot.app.cli.session import Session
from bot.core.errors import InvalidValue
from bot.core.escalation.policy import MAIN
from bot.services.world import World

ONLY = click.option("--clinic", metavar="ID", help="Only this clinic: main, or the name of its file in clinics/. All by default.")
WHOSE = click.option(
    "--clinic", metavar="ID", help="Which clinic: main, or the name of its file in clinics/. Needed where there are several."
)


def world_of(work: Session, clinic: str | None) -> World | None:
    """Speaking for that clinic; None where none is named. Raises InvalidValue for one that is not there."""
    if clinic is None:
        return None
    known = work.world.content.clinics
    if clinic not in known:
        raise InvalidValue(f"there is no clinic {clinic!r}; there are {', '.join(known)}")
    return work.world.at(clinic)


def the_clinic(work: Session, clinic: str | None) -> World:
    """The one that is named, or the only one. Where there are several, leaving it out is wrong use: nobody guesses whose a patient is."""
    named = world_of(work, clinic)
    if named is None and several(work):
        known = ", ".join(f"{one} ({about.name})" for one, about in work.world.content.clinics.items())
        raise click.UsageError(f"--clinic: say which clinic; there are {known}")
    return named or work.world.at(MAIN)


def several(work: Session) -> bool:
    """Whether the installation has more than the clinic of clinic.yaml."""
    return len(work.world.content.clinics) > 1
