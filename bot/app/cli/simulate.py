"""`aftercare simulate`: seeded patients on the real services and the real store."""

from __future__ import annotations

import sys
from typing import Any

import click

from bot.app.cli.output import as_json, print_json
from bot.app.settings import Settings
from bot.content.library import Library
from bot.simulator.simulation.run import simulate as run_simulation


@click.command()
@click.option("--schedule", default="msc-recipient", show_default=True, help="The course of every patient.")
@click.option("--patients", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--days", type=click.IntRange(1, 6000), default=30, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--faults",
    type=click.Choice(["none", "all"]),
    default="none",
    show_default=True,
    help="All: crashes, storms, outages, wrong clocks, careless people.",
)
@as_json
def simulate(schedule: str, patients: int, days: int, seed: int, faults: str, json_wanted: bool) -> None:  # noqa: FBT001, PLR0917 - click's
    """Patients and clinicians live through weeks; the same seed gives the same run. Exits 1 on a violation."""
    settings = Settings.load()
    content = Library.load(settings.schedules, settings.messages)
    course = content.schedules.get(schedule)
    if course is None:
        raise click.BadParameter(f"no schedule {schedule!r}; there are {', '.join(content.schedules)}", param_hint="--schedule")
    result = run_simulation(content, course, patients=patients, days=days, seed=seed, faults=faults == "all")
    if json_wanted:
        print_json(result)
    else:
        _print(result)
    sys.exit(1 if result["violations"] else 0)


def _print(result: dict[str, Any]) -> None:
    click.echo(
        f"{result['patients']} patients, {result['patient_days']} patient days, seed {result['seed']}, {result['seconds']} s"
    )
    for part in ("check_ins", "red_flags", "messages"):
        figures = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in result[part].items())
        click.echo(f"{part.replace('_', '-')}: {figures}")
    for violation in result["violations"]:
        click.echo(f"VIOLATION {violation}")
    click.echo(f"{len(result['violations'])} violations")
