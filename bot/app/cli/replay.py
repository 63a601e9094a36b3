"""`aftercare replay`: stored replies through proposed rules: what would alert, what would not any more."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import click

from bot.app.cli.content import moment
from bot.app.cli.output import as_json, print_json
from bot.app.comparing import Comparing
from bot.app.publishing import Press
from bot.app.settings import Settings
from bot.content.versions import Version
from bot.core.errors import InvalidValue
from bot.ports import StoredAssessment, UnitOfWork
from bot.reports.deidentify import deidentified, name_parts
from bot.services.clinics import everybody
from bot.services.replaying import PAGE, Judge, Replayed, courses_of

WEEK = timedelta(days=7)
SHOWN = 20


@click.command()
@click.argument("schedule")
@click.option("--against", metavar="OLD", help="A version, file or schedule to compare with; what was decided then by default.")
@click.option("--since", metavar="DATE", help="Only replies from then on (ISO).")
@as_json
def replay(schedule: str, against: str | None, since: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Stored replies through the rules of SCHEDULE (a file, a name, a version) and today's catalogue.

    Which red flags it would miss, how many alerts it would add in a week, with the replies in question, without who wrote them.
    Exits 1 where a red flag would be missed.
    """
    settings = Settings.load()
    start = moment(since, "UTC") if since else datetime(1970, 1, 1, tzinfo=UTC)
    opened = Press.open(settings)
    try:
        comparing = opened.comparing()
        new, old = _one(comparing, schedule), _one(comparing, against) if against else None
        replayed = list(_replayed(opened, new, old, start, quiet=json_wanted or not sys.stderr.isatty()))
        report = _report(opened, new, old, replayed)
    finally:
        opened.store.close()
    if json_wanted:
        print_json(report)
    else:
        _say(report)
    sys.exit(1 if report["missed"] else 0)


def _one(comparing: Comparing, named: str) -> Version:
    versions = list(comparing.side(named).versions.values())
    if len(versions) != 1:
        raise InvalidValue(f"{named!r} holds {len(versions)} schedules: name one")
    return versions[0]


def _replayed(opened: Press, new: Version, old: Version | None, since: datetime, *, quiet: bool) -> Iterator[Replayed]:
    knowledge = opened.content.knowledge
    proposed = Judge(knowledge, new.schedule.thresholds)
    before = Judge(knowledge, old.schedule.thresholds) if old else None
    total = opened.store.transact(lambda uow: uow.assessments.count_since(since))
    bar = click.progressbar(length=total, label="replies", file=sys.stderr, hidden=quiet)
    with bar:
        for page in _pages(opened, since):
            courses = opened.store.transact(partial(courses_of, schedule=new.schedule.id, page=page))
            for stored, enrolment in zip(page, courses, strict=True):
                if enrolment is not None:
                    after = proposed.judge(stored, enrolment)
                    was = before.judge(stored, enrolment) if before else stored.assessment
                    yield Replayed(stored=stored, enrolment=enrolment, before=was, after=after)
            bar.update(len(page))


def _pages(opened: Press, since: datetime) -> Iterator[Sequence[StoredAssessment]]:
    after = 0
    while page := opened.store.transact(lambda uow: uow.assessments.since(since, after, PAGE)):  # noqa: B023 - run at once
        yield page
        after = page[-1].id


def _report(opened: Press, new: Version, old: Version | None, replayed: Sequence[Replayed]) -> dict[str, Any]:
    missed, added = [one for one in replayed if one.missed], [one for one in replayed if one.added]
    weeks = Counter(_week(one) for one in added)
    span = (max(one.stored.at for one in replayed) - min(one.stored.at for one in replayed)) if replayed else timedelta()
    shown = opened.store.transact(lambda uow: {one.stored.id: _shown(uow, opened, one) for one in (*missed, *added)})
    return {
        "schedule": new.schedule.id,
        "version": new.schedule.version,
        "against": old.schedule.version if old else "as decided then",
        "replies": len(replayed),
        "read_otherwise": sum(one.read_otherwise for one in replayed),
        "alerts_before": sum(one.before.disposition.red for one in replayed),
        "alerts_after": sum(one.after.disposition.red for one in replayed),
        "missed": len(missed),
        "added": len(added),
        "added_per_week": round(len(added) / max(1.0, span / WEEK), 2),
        "weeks": dict(sorted(weeks.items())),
        "missed_replies": [shown[one.stored.id] for one in missed],
        "added_replies": [shown[one.stored.id] for one in added],
    }


def _week(one: Replayed) -> str:
    year, week, _ = one.stored.at.isocalendar()
    return f"{year}-W{week:02}"


def _shown(uow: UnitOfWork, opened: Press, one: Replayed) -> dict[str, object]:
    """Without code, name and date: the day since treatment is all that is told of when."""
    clinicians = everybody(opened.content).values()
    names = name_parts(uow.patients.get(one.stored.patient_id).name, *clinicians)
    reading = one.after if one.after.findings or one.after.measures else one.before
    return {
        "day": (one.stored.at - one.enrolment.treated_at).days,
        "reply": deidentified(one.stored.text, reading, names),
        "before": one.before.disposition.word,
        "after": one.after.disposition.word,
        "rules": [reason.rule for reason in (one.after if one.added else one.before).reasons],
    }


def _say(report: dict[str, Any]) -> None:
    click.echo(f"{report['schedule']} {report['version']} against {report['against']}: {report['replies']} replies")
    click.echo(f"   {report['alerts_before']} alerts before, {report['alerts_after']} with it")
    click.echo(f"{'!! ' if report['missed'] else '   '}{report['missed']} red flags missed")
    click.echo(f"   {report['added']} alerts added, {report['added_per_week']} a week")
    if report["read_otherwise"]:
        click.echo(
            f"   {report['read_otherwise']} were assessed by other content than today's: "
            "what differs there may come from the catalogue, not from this schedule"
        )
    for title, key in (("missed", "missed_replies"), ("added", "added_replies")):
        for shown in report[key][:SHOWN]:
            click.echo(f"{title}: day {shown['day']}, {shown['before']} -> {shown['after']}: {shown['reply']!r}")
            click.echo(f"    {', '.join(shown['rules'][:3])}")
        if len(report[key]) > SHOWN:
            click.echo(f"    and {len(report[key]) - SHOWN} more: --json lists them all")
