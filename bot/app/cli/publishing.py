"""`aftercare publish`, `rollback`, `approve` and `versions`: what is live, who made it so, and back."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import click

from bot.app.cli.content import schedule_file
from bot.app.cli.diff import as_data, database, say
from bot.app.cli.output import as_json, print_json, print_table
from bot.app.comparing import Compared, effect_on
from bot.app.publishing import Press, proposal_of, sound_version, version_before
from bot.app.settings import Settings
from bot.content.versions import Version
from bot.core.errors import InvalidValue
from bot.ports import Publication, PublicationState
from bot.services.publishing import EVERYBODY, needs_nobody

BY = click.option("--by", metavar="NAME", help="Who you are; your user name on this machine by default.")
NOTE = click.option("--note", default="", help="Why, for those who read `aftercare versions` later.")
APPROVER = click.option(
    "--approve", "approver", metavar="CLINICIAN", default="", help="The clinician beside you who has looked at what loosens."
)


@click.command()
@click.argument("schedule")
@click.option("--stay", "moves", flag_value="", default="", help="Who is mid-course keeps the version that they have (default).")
@click.option("--migrate", "moves", flag_value=EVERYBODY, help="Everybody goes over, from their next check-in on.")
@BY
@NOTE
@APPROVER
@as_json
def publish(  # noqa: PLR0917 - click hands over each option
    schedule: str,
    moves: str,
    by: str | None,
    note: str,
    approver: str,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """Makes a schedule's file live: checked, its examples lived through, in one step or not at all.

    What loosens a limit or another guard waits for a second person (exit code 1): `aftercare approve`.
    """
    settings = Settings.load()
    path = schedule_file(schedule, settings)
    version = sound_version(path, settings)
    with press(settings) as opened:
        compared, live = opened.plan_of(version)
        if live and live.version == version.schedule.version and not moves:
            _told(opened, live, compared, json_wanted=json_wanted, said=f"{live.version} is live already: nothing to publish")
            return
        compared = _counted(opened, compared, version)
        proposal = proposal_of(version, compared, live, by=by or _user(), note=note, moves=moves)
        _finish(opened, compared, opened.go(proposal, approver), json_wanted=json_wanted)


@click.command()
@click.argument("schedule")
@click.option("--to", "named", metavar="HASH", help="An earlier version; the one before the live one by default.")
@click.option("--stay", is_flag=True, help="Who is on the version that goes keeps it; they go back with it by default.")
@BY
@NOTE
@APPROVER
@as_json
def rollback(  # noqa: PLR0917 - click hands over each option
    schedule: str,
    named: str | None,
    stay: bool,  # noqa: FBT001
    by: str | None,
    note: str,
    approver: str,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """The version before is live again, for those too who went over to the one that goes. The file stays as it is.

    Going further back than one version, or after more than three days, needs a second person where that loosens something.
    """
    settings = Settings.load()
    with press(settings) as opened:
        name = _named(opened, schedule)
        live = opened.store.transact(lambda uow: uow.publications.live(name))
        if live is None:
            raise InvalidValue(f"{schedule} was never published: there is nothing to go back to")
        target, before = version_before(opened, live, named)
        version = opened.comparing().load(target)
        compared, live = opened.plan_of(version)
        assert live is not None  # noqa: S101 - looked up just now
        compared = _counted(opened, compared, version)
        moves = "" if stay else live.version
        proposal = proposal_of(version, compared, live, by=by or _user(), note=note or f"back from {live.version}", moves=moves)
        undo = needs_nobody(live, target, before, datetime.now(UTC))
        _finish(opened, compared, opened.go(proposal, approver, undo=undo), json_wanted=json_wanted)


@click.command()
@click.argument("publication", metavar="[ID]", type=int, required=False)
@click.option("--by", metavar="CLINICIAN", help="Your short name in clinic.yaml; not the person that proposed it.")
@as_json
def approve(publication: int | None, by: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """A second person lets a pending version go live; without an ID what waits is listed."""
    settings = Settings.load()
    if publication is None:
        _list_pending(settings, json_wanted=json_wanted)
        return
    if not by:
        raise click.UsageError("--by: say who approves")
    with press(settings) as opened:
        published = opened.approve(publication, by)
        comparing = opened.comparing()
        compared = comparing.compare(published.schedule, None, comparing.load(published))
        _finish(opened, compared, published, json_wanted=json_wanted, planned=False)


@click.command()
@click.argument("schedule", required=False)
@click.option("--text", "shown", metavar="HASH", help="Print the file of that version.")
@as_json
def versions(schedule: str | None, shown: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """What was published, when, by whom, and how many live by it. The newest first."""
    settings = Settings.load()
    with database(settings) as store:
        found = [] if store is None else list(store.transact(lambda uow: uow.publications.all()))
        lives = {} if store is None else dict(store.transact(lambda uow: uow.enrolments.versions()))
    if shown:
        text = next((one.text for one in found if one.version.startswith(shown)), None)
        if text is None:
            raise InvalidValue(f"no version begins with {shown!r}")
        click.echo(text, nl=False)
        return
    rows = [_row(one, found, lives) for one in found if schedule in {None, one.schedule}]
    if json_wanted:
        print_json({"versions": rows})
    elif rows:
        print_table(rows)
    else:
        click.echo("nothing was published yet: the files themselves are live")


@contextmanager
def press(settings: Settings) -> Iterator[Press]:
    """Opens the database and closes it again."""
    opened = Press.open(settings)
    try:
        yield opened
    finally:
        opened.store.close()


def _finish(opened: Press, compared: Compared, result: Publication, *, json_wanted: bool, planned: bool = True) -> None:
    if planned and not json_wanted:
        say(compared)
    if result.state is PublicationState.PENDING:
        _told(opened, result, compared, json_wanted=json_wanted, said=_waits(result))
        sys.exit(1)
    with _progress() as seen:
        moved = opened.move(seen)
    staying = sum(
        count
        for (name, version), count in opened.store.transact(lambda uow: uow.enrolments.versions()).items()
        if name == result.schedule and version != result.version
    )
    said = f"{result.version} is live, published by {result.by}"
    said += f" and approved by {result.approved_by}" if result.approved_by else ""
    said += f"; {moved} moved to it, {staying} stay on an earlier version. A running bot takes it over within seconds."
    _told(opened, result, compared, json_wanted=json_wanted, said=said, moved=moved, staying=staying)


def _waits(result: Publication) -> str:
    what = "; ".join(result.loosens)
    return (
        f"NOT live: it loosens ({what}).\nA second person looks at it: aftercare approve {result.id} --by CLINICIAN\n"
        f"What was live stays live."
    )


def _told(
    opened: Press, result: Publication, compared: Compared, *, json_wanted: bool, said: str, moved: int = 0, staying: int = 0
) -> None:
    drafts = opened.live.drafts
    if json_wanted:
        about = {"id": result.id, "schedule": result.schedule, "version": result.version, "state": result.state.value}
        print_json(
            {**about, "moved": moved, "staying": staying, "file_differs": result.schedule in drafts, "plan": as_data(compared)}
        )
        return
    click.echo(said)
    if result.state is PublicationState.PUBLISHED and result.schedule in drafts:
        click.echo(
            f"The file {result.file} says something else: it is a draft. To have the live text in it:\n"
            f"    aftercare versions {result.schedule} --text {result.version} > {opened.settings.schedules / result.file}"
        )


def _counted(opened: Press, compared: Compared, version: Version) -> Compared:
    with _progress() as seen:
        return replace(compared, effect=effect_on(opened.store, opened.content, version, datetime.now(UTC), seen))


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Counts on standard error, where somebody sees it; nothing for a script, or for what is done at once."""
    total = 0

    def seen(more: int) -> None:
        nonlocal total
        total += more
        if sys.stderr.isatty() and total > more:
            click.echo(f"\r{total} courses", err=True, nl=False)

    yield seen
    if sys.stderr.isatty() and total:
        click.echo("", err=True)


def _list_pending(settings: Settings, *, json_wanted: bool) -> None:
    with database(settings) as store:
        found = [] if store is None else store.transact(lambda uow: uow.publications.all())
    waiting = [one for one in found if one.state is PublicationState.PENDING]
    if json_wanted:
        print_json({"pending": [_pending(one) for one in waiting]})
        return
    for one in waiting:
        click.echo(
            f"{one.id}  {one.schedule} {one.version}, proposed by {one.by} at {one.at:%Y-%m-%d %H:%M} UTC  {one.note}".rstrip()
        )
        for text in one.loosens:
            click.echo(f"!! {text}")
    if not waiting:
        click.echo("nothing waits for approval")


def _pending(one: Publication) -> dict[str, object]:
    about: dict[str, object] = {"id": one.id, "schedule": one.schedule, "version": one.version, "by": one.by, "note": one.note}
    return {**about, "at": one.at.isoformat(), "loosens": list(one.loosens)}


def _row(one: Publication, all_of_them: list[Publication], lives: dict[tuple[str, str], int]) -> dict[str, object]:
    newest = max((other.number or 0 for other in all_of_them if other.schedule == one.schedule), default=0)
    state = "live" if one.number and one.number == newest else one.state.value
    return {
        "schedule": one.schedule,
        "version": one.version,
        "state": state,
        "at": one.at.isoformat(timespec="seconds"),
        "by": one.by,
        "approved": one.approved_by,
        "courses": lives.get((one.schedule, one.version), 0),
        "note": one.note,
    }


def _named(opened: Press, schedule: str) -> str:
    """The schedule's own name, where its file's was given."""
    found = opened.store.transact(lambda uow: uow.publications.all())
    return next((one.schedule for one in found if schedule in {one.file, one.file.removesuffix(".yaml")}), schedule)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"
