"""`aftercare init`: a new clinic's files, ready to be checked, tested, previewed and played through in the demo."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from bot.app.cli.content import known_zone
from bot.content.messages import LANGUAGES
from bot.content.scaffold import NewClinic
from bot.core.errors import InvalidValue


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", default="My Clinic", show_default=True, help="What patients read.")
@click.option("--country", default="TR", show_default=True, help="Two letters; gives the emergency number.")
@click.option("--timezone", default="Europe/Istanbul", show_default=True, help="Such as Europe/Berlin.")
@click.option(
    "--language", "languages", multiple=True, type=click.Choice(list(LANGUAGES)), help="Beside English; may be repeated."
)
def init(directory: Path, name: str, country: str, timezone: str, languages: tuple[str, ...]) -> None:
    """A new clinic: clinic.yaml, a schedule, a question of its own. DIRECTORY is made; nothing that is there is overwritten."""
    known_zone(timezone)
    if not re.fullmatch(r"[A-Za-z]{2}", country):
        raise InvalidValue(f"{country!r} is no country code such as TR or GB")
    if not name.strip() or not name.isprintable():
        raise InvalidValue("a clinic needs a name")
    clinic = NewClinic(name=name.strip(), country=country.upper(), timezone=timezone, languages=("en", *languages))
    files = {directory / path: text for path, text in clinic.files().items()}
    there = [path for path in files if path.exists()]
    if there:
        raise InvalidValue(f"{there[0]} is there already; choose another folder")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if path.suffix == ".yaml":
            click.echo(path)
    folder = directory / "schedules"
    click.echo("\nNext:")
    click.echo(f"    aftercare check {folder}")
    click.echo(f"    aftercare test {folder}")
    click.echo(f"    aftercare preview {folder / clinic.id}.yaml --html preview.html")
    setting = "set AFTERCARE_SCHEDULES=" if os.name == "nt" else "AFTERCARE_SCHEDULES="
    click.echo(f"    {setting}{folder} aftercare demo")
    click.echo("Lines marked CHANGE in clinic.yaml wait for you.")
