"""`aftercare digest` and `aftercare drill`: how it stands, and how fast the clinic's telephones answer."""

from __future__ import annotations

import re
import sys
import time
from datetime import timedelta
from typing import Any

import click

from bot.app.cli.clinics import ONLY, several, world_of
from bot.app.cli.output import as_json, print_json, print_table
from bot.app.cli.session import ACTOR, Session, session
from bot.app.clock import SystemClock
from bot.services import clinics, digest_text, drills
from bot.services import digest as digests
from bot.services.drills import DrillResult
from bot.services.world import World

LOOK_EVERY = 1.0
"""Seconds between two looks at who has acknowledged."""


@click.command()
@ONLY
@as_json
def digest(clinic: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Open alerts, who has not answered, who is getting worse, and how fast alerts were taken in the last 7 days.

    The same page goes to each person who comes on call, at the beginning of their shift. It carries codes and no names.
    """
    with session() as work:
        at = world_of(work, clinic)
        page = work.work(lambda uow: digests.digest(uow, work.now, at))
        if json_wanted:
            print_json(_digest_json(page))
            return
        for world in (at,) if at else clinics.each(work.world):
            _say_digest(work, world)


def _say_digest(work: Session, world: World) -> None:
    """One clinic's page, under its name where there are several."""
    page = work.work(lambda uow: digests.digest(uow, work.now, world))
    name = f"{world.content.clinic.name}\n" if several(work) else ""
    head = digest_text.head_now(page, world, "en")
    click.echo(name + re.sub(r"</?b>", "", digest_text.digest_text(page, world, "en", head)))


def _digest_json(page: digests.Digest) -> dict[str, Any]:
    return {
        "at": page.at.isoformat(),
        "alerts": [
            {
                "patient": code,
                "alert": alert.id,
                "level": alert.disposition.word,
                "state": alert.state.value,
                "opened_at": alert.opened_at.isoformat(),
                "acknowledged_by": alert.acknowledged_by,
            }
            for code, alert in page.alerts
        ],
        "absent": [{"patient": code, "kind": task.kind, "since": task.at.isoformat()} for code, task in page.absent],
        "worsening": [
            {
                "patient": worse.code,
                "before": worse.before.word,
                "after": worse.after.word,
                **({"measure": worse.measure, "first": worse.first, "last": worse.last} if worse.measure else {}),
            }
            for worse in page.worsening
        ],
        "response_times": [
            {
                "level": times.level.word,
                "count": times.count,
                "in_time": times.in_time,
                "target_seconds": times.target.total_seconds(),
                "median_seconds": times.median.total_seconds(),
                "p90_seconds": times.p90.total_seconds(),
            }
            for times in page.times
        ],
    }


@click.command()
@click.option("--wait", "minutes", default=5.0, show_default=True, type=click.FloatRange(0, 720), help="Minutes to wait at most.")
@ONLY
@as_json
def drill(minutes: float, clinic: str | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Pages every clinician who can be paged with a message that says DRILL, and measures how fast each telephone acknowledges.

    The running bot sends it, as it would an alert: without one nobody is paged. Exit code 1 where somebody did not acknowledge.
    """
    with session() as work:
        at = world_of(work, clinic)
        called = [at] if at else list(clinics.each(work.world))
        number = work.work(lambda uow: drills.begin(uow, called, work.now, by=ACTOR))
        found = _await(work, number, minutes)
        names = clinics.everybody(work.world.content)
    if json_wanted:
        print_json(_drill_json(found))
    else:
        print_table([_row(page.clinician, names.get(page.clinician, page.clinician), found) for page in found.pages])
        click.echo(f"\nmedian {_span(found.median)}, slowest {_span(found.slowest)}")
        click.echo(f"did not acknowledge: {', '.join(found.missing) or 'nobody'}")
    sys.exit(1 if found.missing else 0)


def _await(work: Session, number: int, minutes: float) -> DrillResult:
    """Until everybody who was paged has acknowledged, or so long."""
    end = SystemClock().now() + timedelta(minutes=minutes)
    while True:
        found = work.work(lambda uow: drills.result(uow, number))
        if all(page.took is not None for page in found.pages if page.paged_at is not None) or SystemClock().now() >= end:
            return found
        time.sleep(LOOK_EVERY)


def _row(clinician: str, name: str, found: DrillResult) -> dict[str, object]:
    page = next(page for page in found.pages if page.clinician == clinician)
    if page.paged_at is None:
        said = "cannot be paged: no chat, revoked or blocked"
    else:
        said = "DID NOT ACKNOWLEDGE" if page.took is None else f"after {_span(page.took)}"
    return {"clinician": clinician, "name": name, "acknowledged": said}


def _drill_json(found: DrillResult) -> dict[str, Any]:
    def seconds(span: timedelta | None) -> float | None:
        return None if span is None else round(span.total_seconds(), 1)

    return {
        "drill": found.drill,
        "clinicians": [
            {"clinician": page.clinician, "paged": page.paged_at is not None, "seconds": seconds(page.took)}
            for page in found.pages
        ],
        "median_seconds": seconds(found.median),
        "slowest_seconds": seconds(found.slowest),
        "did_not_acknowledge": list(found.missing),
    }


def _span(span: timedelta | None) -> str:
    if span is None:
        return "-"
    seconds = span.total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
