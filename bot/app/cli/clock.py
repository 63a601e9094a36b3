"""`aftercare clock`: whether the time is in doubt, and a person's word that it is right."""

from __future__ import annotations

import sys

import click

from bot.app.cli.output import as_json, print_json
from bot.app.cli.session import ACTOR, session
from bot.services import clock_watch


@click.command()
@click.option("--confirm", is_flag=True, help="The machine shows the right time: check-ins go on.")
@as_json
def clock(confirm: bool, json_wanted: bool) -> None:  # noqa: FBT001 - flags of the command line
    """Whether check-ins pause because the machine's clock went ahead by half a day or more at once.

    They go on by themselves when the clock is right again. Where it is right now (it was wrong before, or the machine was asleep),
    `--confirm` says so; what was missed is then handled as after any gap. Exits 1 while they pause.
    """
    with session() as work:
        jumped = work.work(lambda uow: clock_watch.in_words(uow) if clock_watch.held(uow) else None)
        if jumped and confirm:
            work.work(lambda uow: clock_watch.confirm(uow, ACTOR, work.now))
        paused = jumped is not None and not confirm
        if json_wanted:
            print_json({"now": work.now.isoformat(), "paused": paused, "jumped": jumped})
        else:
            click.echo(f"now    {work.now.isoformat(timespec='seconds')}")
            click.echo(f"jumped {jumped}" if jumped else "The clock is not in doubt.")
            if paused:
                click.echo("Check-ins pause. Set the clock right, or run `aftercare clock --confirm` if it is right.")
            elif jumped:
                click.echo("Confirmed: check-ins go on.")
    sys.exit(1 if paused else 0)
