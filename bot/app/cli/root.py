"""`aftercare`: finds the command, and turns our own errors into a message, a remedy and an exit code.

A command's module is imported only when it is asked for: `aftercare triage` does not load the web server.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from bot.core.errors import AftercareError, InvalidValue, SettingsInvalid

COMMANDS = {
    "backup": ("operations:backup", "A consistent copy of the SQLite database while the bot runs."),
    "check": ("content:check", "Checks schedules, clinic.yaml, catalogue and messages."),
    "approve": ("publishing:approve", "A second person lets a pending version go live."),
    "clinician": ("people:clinician", "Who can be paged: the people of clinic.yaml."),
    "clock": ("clock:clock", "Whether check-ins pause for a clock that jumped; confirms the time."),
    "db": ("operations:db", "The database's schema."),
    "demo": ("demo:demo", "Lives through a patient's course in minutes: no token, no account."),
    "diff": ("diff:diff", "What changes between two versions, in clinical words, and for whom."),
    "digest": ("watch:digest", "Open alerts, who is silent or worse, how fast alerts are taken."),
    "doctor": ("operations:doctor", "Looks at settings, files, database, disk and token."),
    "drill": ("watch:drill", "Pages every clinician with a DRILL and times their telephones."),
    "enrol": ("people:enrol", "A new patient, and the invitation that binds their chat."),
    "explain": ("explain:explain", "Every way in which it can alert, and who is told."),
    "export": ("export:export", "Courses, messages and alerts as FHIR or CSV."),
    "init": ("init:init", "A new clinic: clinic.yaml, a schedule, a question of its own."),
    "patient": ("patient:patient", "One patient, by code (K7-42) or number."),
    "preview": ("content:preview", "The calendar that a patient would live through."),
    "publish": ("publishing:publish", "Makes a schedule's file live: checked, tested, in one step."),
    "replay": ("replay:replay", "Stored replies through proposed rules: what would alert, what no more."),
    "restore-drill": ("operations:restore_drill", "Proves that a backup can be restored, in a place of its own."),
    "report": ("report:report", "A patient's trend chart, or which rules cried wolf."),
    "rollback": ("publishing:rollback", "The version before is live again."),
    "run": ("run:run", "The bot, until it is told to stop."),
    "simulate": ("simulate:simulate", "Patients and clinicians live through weeks."),
    "test": ("examples:test", "Runs the examples written in the schedule files."),
    "triage": ("triage:triage", "Reads one message, or one JSON object a line."),
    "versions": ("publishing:versions", "What was published, when, by whom, and who lives by it."),
}
"""Command name to ``module:object`` in this package, and what `--help` says of it without loading it."""
_WRONG_USE = (SettingsInvalid, InvalidValue)


class Failure(click.ClickException):
    """One of our errors, as the person at the terminal sees it: exit code 1."""

    exit_code = 1

    def __init__(self, error: AftercareError) -> None:
        super().__init__(f"{error}\n{error.remedy}")


class WrongUse(Failure):
    """The same with exit code 2: a setting or an argument is not what it must be."""

    exit_code = 2


class Commands(click.Group):
    """Loads each command when it is first asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        """All of them, for ``--help``."""
        return sorted(COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        target = COMMANDS.get(name)
        if target is None:
            return None
        module, attribute = target[0].split(":")
        command: click.Command = getattr(importlib.import_module(f"bot.app.cli.{module}"), attribute)
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in ``--help``: none of them is loaded for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in sorted(COMMANDS.items())])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except AftercareError as error:
            raise (WrongUse if isinstance(error, _WRONG_USE) else Failure)(error) from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aftercare")
def aftercare() -> None:
    """Follows people after mesenchymal-stem-cell treatment.

    Start with `aftercare demo`: two phones in your browser, no token needed.
    """
