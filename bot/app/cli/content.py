"""`aftercare check` and `preview`: what operators wrote, read back to them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from bot.app.cli.examples import example_problems, run_folder
from bot.app.cli.output import as_json
from bot.app.cli.verdicts import Verdicts, key_of
from bot.app.settings import Settings
from bot.content import preview as calendar
from bot.content.catalogue import load_rule_book
from bot.content.check import FORMATS, Checking, counted
from bot.content.clinics import CLINIC
from bot.content.folder import CATALOGUE, Folder, Known
from bot.content.messages import load_messages
from bot.content.preview_page import Preview
from bot.content.problems import Problem, ProblemsFound, Severity
from bot.content.questions import load_questions
from bot.core.clinical.patient import Risk, Route
from bot.core.errors import InvalidValue


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="text", show_default=True)
@click.option("--json", "json_wanted", is_flag=True, help="The same as --format json.")
@click.option("--examples/--no-examples", default=True, show_default=True, help="Whether the schedules' examples are run too.")
def check(paths: tuple[Path, ...], form: str, json_wanted: bool, examples: bool) -> None:  # noqa: FBT001 - flags of the command line
    """Checks schedules, clinic.yaml, catalogue and messages: file:line:col, the line, a caret and a hint.

    Without PATHS everything is checked; a path is a schedule, a clinic.yaml or a folder of both.
    """
    settings = Settings.load()
    form = "json" if json_wanted else form
    verdicts, key = Verdicts(), ""
    if not paths and examples:
        key = key_of(settings.schedules, settings.messages)
        if verdicts.knows(key):
            click.echo("    sound: everything, and as it was when it was looked at last", err=True)
            click.echo(FORMATS[form]([]), nl=False)
            _say_drafts(settings)
            return
    checking = Checking(paths, schedules=settings.schedules, messages=settings.messages)
    seen: set[Problem] = set()
    for what, problems in _all_of(checking, examples=examples):
        new = [problem for problem in problems if problem not in seen]
        seen.update(new)
        if form == "text":
            _say(new)
            click.echo(f"{'looked at' if problems else 'sound':>9}: {what}", err=True)
    if form == "text":
        _say([], end=counted(sorted(seen)))
    else:
        click.echo(FORMATS[form](sorted(seen)), nl=False)
    if key and not seen:
        verdicts.remember(key)
    _say_drafts(settings)
    sys.exit(1 if any(problem.severity is Severity.ERROR for problem in seen) else 0)


def _say_drafts(settings: Settings) -> None:
    """Beside the problems, on standard error: what is sound is not live yet where its schedule was published before."""
    from bot.app.drafts import drafts  # noqa: PLC0415 - the store comes with it, and no problem waits for that

    for said in drafts(settings):
        click.echo(f"    draft: {said}", err=True)


def _all_of(checking: Checking, *, examples: bool) -> Iterator[tuple[str, list[Problem]]]:
    """The files first, in the order in which they are read; then, where the files are sound, their examples."""
    for what, problems in checking.run():
        yield what, sorted(problems)
    for folder in checking.folders if examples else ():
        results = run_folder(checking, folder)
        if results:
            yield f"{len(results)} examples in {folder.path.as_posix()}", example_problems(results)


def _say(problems: Sequence[Problem], end: str = "") -> None:
    """At once, so that the first problem is read while the rest is still looked for."""
    for problem in problems:
        click.echo(str(problem))
    if end:
        click.echo(end)
    sys.stdout.flush()


@click.command()
@click.argument("schedule")
@click.option(
    "--treated-at",
    metavar="T",
    help="When treatment ended (ISO; local time of --timezone where it has no offset). Now by default.",
)
@click.option("--timezone", metavar="Z", help="Where the patient lives, such as Europe/Istanbul. The clinic's zone by default.")
@click.option("--days", type=click.IntRange(min=1), help="Only the first so many days.")
@click.option("--route", type=click.Choice([route.value for route in Route]), help="How the cells were given.")
@click.option("--risk", "risks", multiple=True, type=click.Choice([risk.value for risk in Risk]), help="A risk; may be repeated.")
@click.option("--enrolled-at", metavar="T", help="When the patient joins, where that is later: shows the catch-up.")
@click.option(
    "--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with the phone in every language."
)
@as_json
def preview(  # noqa: PLR0917 - click hands over each option
    schedule: str,
    treated_at: str | None,
    timezone: str | None,
    days: int | None,
    route: str | None,
    risks: tuple[str, ...],
    enrolled_at: str | None,
    page: Path | None,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """The calendar that a patient would live through. SCHEDULE is a file, or the name of one in the schedules folder."""
    settings = Settings.load()
    path = schedule_file(schedule, settings)
    folder = _folder(path, settings)
    loaded = next(iter(folder.schedules.values()))
    zone = timezone or _zone_of(folder)
    treated = moment(treated_at, zone)
    joined = moment(enrolled_at, zone) if enrolled_at else None
    rows = calendar.preview(
        loaded,
        treated,
        zone,
        enrolled_at=joined,
        days=days,
        route=Route(route) if route else None,
        risks=frozenset(map(Risk, risks)),
    )
    if page is not None:
        shown = Preview(
            schedule=loaded,
            rows=rows,
            treated_at=treated.astimezone(known_zone(zone)),
            timezone=zone,
            enrolled_at=joined.astimezone(known_zone(zone)) if joined else None,
            questions=folder.questions,
            messages=folder.messages or load_messages(settings.messages),
            route=Route(route) if route else None,
            risks=frozenset(map(Risk, risks)),
        )
        page.write_text(shown.page(), encoding="utf-8")
        click.echo(f"{page}: {len(rows)} check-ins in {len(loaded.languages)} languages; open it in a browser", err=json_wanted)
        if not json_wanted:
            return
    click.echo((calendar.as_json if json_wanted else calendar.as_table)(loaded, zone, rows), nl=False)


def schedule_file(name: str, settings: Settings) -> Path:
    """The file of that name, or ``<name>.yaml`` in the schedules folder. A wrong name is wrong use."""
    for path in (Path(name), settings.schedules / f"{name}.yaml", settings.schedules / name):
        if path.is_file():
            return path
    known = ", ".join(sorted(p.stem for p in settings.schedules.glob("*.yaml") if p.stem != "clinic"))
    raise click.BadParameter(
        f"{name!r} is neither a file nor a schedule of {settings.schedules} ({known})", param_hint="SCHEDULE"
    )


def moment(text: str | None, zone: str) -> datetime:
    """An ISO moment, in ``zone`` where it has no offset of its own; now where there is none."""
    if text is None:
        return datetime.now(UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(f"{text!r} is no moment such as 2026-03-01T10:00") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=known_zone(zone))


def known_zone(name: str) -> ZoneInfo:
    """The zone of that name. Raises InvalidValue."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise InvalidValue(f"{name!r} is no time zone such as Europe/Istanbul") from None


def _folder(path: Path, settings: Settings) -> Folder:
    """That schedule with the clinic and the own questions beside it. Raises ProblemsFound where it is not sound."""
    messages = load_messages(settings.messages)
    questions = load_questions(CATALOGUE / "questions.yaml", message_keys=messages.keys)
    known = Known(questions=questions, messages=messages, rules=load_rule_book(CATALOGUE))
    folder = Folder(path.parent, [path], settings.schedules / CLINIC, known)
    for _ in folder.read():
        pass
    if not folder.schedules:
        raise ProblemsFound(folder.problems)
    return folder


def _zone_of(folder: Folder) -> str:
    if folder.clinic is None:
        raise ProblemsFound(folder.problems)
    return folder.clinic.timezone
