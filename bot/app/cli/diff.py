"""`aftercare diff`: what changes between two versions, in clinical words, and for how many patients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime

import click

from bot.app.cli.output import as_json, print_json
from bot.app.comparing import Compared, Comparing, content_if_sound, effect_on
from bot.app.drafts import store_if_any
from bot.app.settings import Settings
from bot.content.differences import Difference, Weight
from bot.core.errors import InvalidValue
from bot.core.escalation.policy import MAIN
from bot.ports import Publication, Store
from bot.services.clinics import file_of

MARKS = {Weight.PLAIN: "   ", Weight.LESS: " ! ", Weight.LOOSENS: "!! "}


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@as_json
def diff(old: str, new: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """What changes from OLD to NEW, in clinical words, and whom it touches.

    Each is a file (a clinic's too), a folder, a schedule's name or a published version's hash. With one schedule alone: from its published version
    to its file. Patients are counted in the live database, where there is one.
    """
    settings = Settings.load()
    with database(settings) as store:
        comparing = Comparing(settings, published(store))
        compared, clinics = _compared(comparing, old, new)
        compared = _counted(settings, store, compared)
    if json_wanted:
        by_clinic = {name: [asdict(d) for d in found] for name, found in clinics.items()}
        print_json({"schedules": [as_data(one) for one in compared], "clinic": by_clinic.get(MAIN, []), "clinics": by_clinic})
        return
    for one in compared:
        say(one)
    for name, found in clinics.items():
        _say_clinic(name, found)
    if not compared and not any(clinics.values()):
        click.echo("nothing changes")


def _compared(comparing: Comparing, old: str, new: str | None) -> tuple[list[Compared], dict[str, list[Difference]]]:
    if new is None:
        side = comparing.side(old)
        if side.clinics and not side.versions:
            raise InvalidValue(f"{old} is not published: name what to compare it with")
        pairs = {name: (comparing.live(name), version) for name, version in side.versions.items()}
        if all(before is None for before, _ in pairs.values()):
            raise InvalidValue(f"{old} was never published: name what to compare it with")
        return [comparing.compare(name, *pair) for name, pair in pairs.items()], {}
    before, after = comparing.side(old), comparing.side(new)
    names = list(dict.fromkeys((*before.versions, *after.versions)))
    if (
        len(before.versions) == len(after.versions) == 1 and len(names) > 1
    ):  # two files: what they say is compared, not their names
        one, other = next(iter(before.versions.values())), next(iter(after.versions.values()))
        return [comparing.compare(other.schedule.id, one, other)], {}
    found = [comparing.compare(name, before.versions.get(name), after.versions.get(name)) for name in names]
    return found, comparing.clinics(before, after)


def _counted(settings: Settings, store: Store | None, compared: Sequence[Compared]) -> list[Compared]:
    content = content_if_sound(settings, store) if store else None
    if store is None or content is None:
        return list(compared)
    now = datetime.now(UTC)
    return [replace(one, effect=effect_on(store, content, one.new, now)) if one.new else one for one in compared]


@contextmanager
def database(settings: Settings) -> Iterator[Store | None]:
    """The live database, where there is one."""
    store = store_if_any(settings)
    try:
        yield store
    finally:
        if store is not None:
            store.close()


def published(store: Store | None) -> list[Publication]:
    """Everything that was ever published, newest first."""
    return [] if store is None else [p for p in store.transact(lambda uow: uow.publications.all()) if p.number is not None]


def say(one: Compared) -> None:
    """For people: what loosens is marked !!, what is less is marked !."""
    old, new = (version.schedule.version if version else "nothing" for version in (one.old, one.new))
    click.echo(f"{one.schedule}: {old} -> {new}")
    for difference in one.found:
        click.echo(f"{MARKS[difference.weight]}{difference.text}{_why(difference)}")
    if not one.found:
        click.echo("   nothing changes for patients or clinicians")
    click.echo(f"   {counted(one)}")


def counted(one: Compared) -> str:
    """Whom it touches, in the words of the plan."""
    if one.effect is None:
        return "no database here: patients are not counted"
    effect = one.effect
    return (
        f"{_patients(effect.change)} change, {effect.lose} lose a check-in, {effect.twice} get one twice "
        f"(of {effect.courses} mid-course, if they migrate)"
    )


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count} patients"


def _why(difference: Difference) -> str:
    return {Weight.LOOSENS: "  [loosens: needs a second person]", Weight.LESS: "  [less]"}.get(difference.weight, "")


def _say_clinic(name: str, found: Sequence[Difference]) -> None:
    if found:
        click.echo(f"{file_of(name)} (it is not published: a running bot takes it over at once)")
    for difference in found:
        click.echo(f"{MARKS[difference.weight]}{difference.text}")


def as_data(one: Compared) -> dict[str, object]:
    """For programs."""
    return {
        "schedule": one.schedule,
        "old": one.old.schedule.version if one.old else None,
        "new": one.new.schedule.version if one.new else None,
        "differences": [asdict(difference) for difference in one.found],
        "loosens": bool(one.loosens),
        "patients": asdict(one.effect) if one.effect else None,
    }
