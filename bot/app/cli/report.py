"""`aftercare report`: a patient's figures as a picture, or which rules cried wolf in the last weeks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from bot.app.cli.clinics import ONLY, world_of
from bot.app.cli.output import as_json, print_json, print_table
from bot.app.cli.session import ACTOR, Session, session
from bot.core.clinical.trend import Chart
from bot.core.errors import NotFound
from bot.ports import UnitOfWork
from bot.reports.trend_chart import draw_chart
from bot.services.alert_review import RuleReview, review
from bot.services.alert_trend import chart_of
from bot.services.clinics import follows, of_patient
from bot.services.world import World

ALL_PANELS = 12


@click.command()
@click.argument("patient", required=False)
@click.option("--png", "png", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the patient's trend chart.")
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, 3660), help="How many days the list of rules looks back."
)
@ONLY
@as_json
def report(
    patient: str | None,
    png: Path | None,
    days: int,
    clinic: str | None,
    json_wanted: bool,  # noqa: FBT001
) -> None:
    """A patient's trend chart (PATIENT --png FILE), or which rules cried wolf (neither).

    PATIENT is a code (K7-42) or a number. The chart carries the patient's code and no name. The list counts alerts that ended as not clinical or as a false alarm.
    """
    if (patient is None) != (png is None):
        raise click.UsageError("a chart needs both a patient and --png FILE")
    with session() as work:
        if patient is not None and png is not None:
            _chart(work, patient, png, world_of(work, clinic), json_wanted=json_wanted)
        else:
            _rules(work, days, world_of(work, clinic), json_wanted=json_wanted)


def _chart(work: Session, named: str, png: Path, at: World | None, *, json_wanted: bool) -> None:
    def load(uow: UnitOfWork) -> Chart:
        found = work.patient(uow, named)
        if at is not None and not follows(at, found):
            raise NotFound(f"no patient of {at.content.clinic.id} has the code {named}")
        enrolments = uow.enrolments.of_patient(found.id)
        enrolment = next((e for e in enrolments if e.active), next(iter(enrolments), None))
        content = of_patient(work.world, found).content
        chart = chart_of(uow, found, enrolment, content, work.now, panels=ALL_PANELS)
        if chart is None:
            raise NotFound(f"{found.code} has not told two figures of anything")
        uow.audit.append(work.now, ACTOR, "patient.charted", f"patient:{found.id}")
        return chart

    chart = work.work(load)
    try:
        png.write_bytes(draw_chart(chart))
    except OSError as error:
        raise click.ClickException(f"{png} cannot be written: {error.strerror}") from None
    figures = {series.kind: len(series.readings) for series in chart.series}
    if json_wanted:
        print_json({"patient": chart.code, "png": str(png), "figures": figures})
        return
    click.echo(f"{png}: {chart.code}, " + ", ".join(f"{kind} ({count})" for kind, count in figures.items()))


def _rules(work: Session, days: int, at: World | None, *, json_wanted: bool) -> None:
    found = work.work(lambda uow: review(uow, work.now - timedelta(days=days), work.now, at))
    if json_wanted:
        print_json(
            {
                "start": found.start.isoformat(),
                "end": found.end.isoformat(),
                "alerts": found.alerts,
                "not_clinical_or_false": found.wolf,
                "rules": [asdict(line) | {"share": round(line.share, 3)} for line in found.rules],
            }
        )
        return
    click.echo(f"{found.alerts} alerts in {days} days, {found.wolf} of them not clinical or false")
    print_table([_row(line) for line in found.rules])


def _row(line: RuleReview) -> dict[str, Any]:
    return {
        "rule": line.rule,
        "alerts": line.alerts,
        "not clinical": line.not_clinical,
        "false alarm": line.false_alarm,
        "share": f"{line.share:.0%}",
    }
