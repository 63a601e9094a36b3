"""How commands print: words for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def as_json(command: F) -> F:
    """The option ``--json``, handed to the command as ``json_wanted``."""
    return click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")(command)


def print_json(value: object) -> None:
    """One JSON document, with its letters as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Rows under their column names and a rule, each column as wide as it must be; yes and no as words."""
    if not rows:
        return
    names = list(rows[0])
    cells = [[_word(row[name]) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    for line in [names, ["-" * width for width in widths], *cells]:
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
