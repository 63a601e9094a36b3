"""`aftercare`: finds the command, and turns our own errors into a message, a remedy and an exit code.

A command's module is imported only when it is asked for: `aftercare triage` does not load the web server.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from bot.core.errors import AftercareError, InvalidValue, SettingsInvalid

COMMANDS = {
    "backup": "operations:backup",
    "check": "content:check",
    "clinician": "people:clinician",
    "db": "operations:db",
    "demo": "demo:demo",
    "doctor": "operations:doctor",
    "enrol": "people:enrol",
    "explain": "explain:explain",
    "patient": "patient:patient",
    "preview": "content:preview",
    "run": "run:run",
    "simulate": "simulate:simulate",
    "triage": "triage:triage",
}
"""Command name to ``module:object`` in this package."""
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
        module, attribute = target.split(":")
        command: click.Command = getattr(importlib.import_module(f"bot.app.cli.{module}"), attribute)
        return command

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
