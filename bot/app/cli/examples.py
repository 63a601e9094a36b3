"""`aftercare test`: the examples that operators wrote beside their schedules, lived through on the real services."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.app.cli.output import as_json, print_json
from bot.app.settings import Settings
from bot.content.check import Checking, counted
from bot.content.folder import Folder
from bot.content.problems import Problem, Severity
from bot.core.careplan.schedule import Example

if TYPE_CHECKING:
    from bot.simulator.examples import Result

RULE = "example-fails"


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@as_json
def test(paths: tuple[Path, ...], json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Runs the examples written in the schedule files: what was expected, what came, what the patient saw.

    Without PATHS those of every schedule; a path is a schedule or a folder. Exits 1 where one fails or a file is not sound.
    """
    settings = Settings.load()
    checking = Checking(paths or [settings.schedules], schedules=settings.schedules, messages=settings.messages)
    problems = sorted({problem for _, found in checking.run() for problem in found if problem.severity is Severity.ERROR})
    results = [result for folder in checking.folders for result in run_folder(checking, folder)]
    if json_wanted:
        print_json({"examples": [as_data(result) for result in results], "problems": [str(problem) for problem in problems]})
    else:
        _print(results, problems)
    sys.exit(1 if problems or any(not result.passed for result in results) else 0)


def run_folder(checking: Checking, folder: Folder) -> list[Result]:
    """The examples of this folder's files; none where something that they need is not sound (which was said already)."""
    wanted = [schedule for schedule in folder.schedules.values() if schedule.examples]
    if not wanted or any(problem.severity is Severity.ERROR for problem in folder.problems):
        return []
    library = checking.library(folder)
    if library is None:
        return []
    from bot.simulator.examples import run_examples  # noqa: PLC0415 - the store and the services come with it

    return run_examples(library, wanted)


def example_problems(results: Sequence[Result]) -> list[Problem]:
    """Each example that fails, as `aftercare check` says it."""
    return [_problem(result) for result in results if not result.passed]


def _problem(result: Result) -> Problem:
    path, _, line = result.example.where.rpartition(":")
    what = "; ".join(f"{what}: expected {expected}, got {got}" for what, expected, got in result.failures)
    return Problem(
        path=path,
        line=int(line),
        col=1,
        message=f"the example fails: {told(result.example)}: {what}",
        hint="`aftercare test` shows what the patient saw",
        rule=RULE,
    )


def told(example: Example) -> str:
    """The example in a sentence: ``on day 3, with diabetes, says '38.9'``."""
    who = "".join(f", with {risk.value.replace('_', ' ')}" for risk in sorted(example.risks))
    who += f", treated {example.route.value.replace('_', ' ')}" if example.route else ""
    who += f", in {example.language}" if example.language != "en" else ""
    if example.says is not None:
        return f"{_when(example)}{who}, says {example.says!r}"
    answers = ", ".join(f"{question}: {'no reply' if reply == '_' else reply}" for question, reply in example.answers)
    return f"{_when(example)}{who}, answers {answers}"


def _when(example: Example) -> str:
    hours = example.at.total_seconds() / 3600
    if hours and not hours % 24:
        return f"on day {hours / 24:g}"
    return f"{hours:g} h after treatment"


def as_data(result: Result) -> dict[str, object]:
    """One example for programs."""
    return {
        "where": result.example.where,
        "schedule": result.schedule,
        "example": told(result.example),
        "passed": result.passed,
        "failures": [{"what": what, "expected": expected, "got": got} for what, expected, got in result.failures],
        "disposition": result.disposition,
        "alert": result.alert,
        "reasons": [{"rule": reason.rule, "where": reason.where} for reason in result.reasons],
        "read": list(result.read),
    }


def _print(results: Sequence[Result], problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem))
    for result in results:
        if not result.passed:
            _print_failure(result)
    failed = sum(not result.passed for result in results)
    if problems:
        click.echo(counted(problems))
    if results or not problems:
        verdict = f"{failed} of {len(results)} examples fail." if failed else f"{len(results)} examples hold."
        click.echo(verdict)


def _print_failure(result: Result) -> None:
    click.echo(f"{result.example.where}: {told(result.example)}")
    for what, expected, got in result.failures:
        click.echo(f"    {what:<12} expected {expected}, got {got}")
    for reason in result.reasons[:5]:
        click.echo(f"    because      {reason.rule} ({reason.where})")
    if not result.reasons:
        click.echo("    because      no rule fired")
    for text in result.read:
        lines = text.split("\n")
        click.echo("\n".join(f"    patient {'saw' if n == 0 else '   '}  | {line}" for n, line in enumerate(lines)))
    if not result.read:
        click.echo("    patient saw  nothing")
    click.echo("")
