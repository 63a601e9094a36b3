"""`aftercare doctor`, `db upgrade` and `backup`: what the person who keeps it running needs."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.app.cli.output import as_json, print_json
from bot.app.doctor import Examined, examine
from bot.app.restore_drill import drill
from bot.app.settings import Settings
from bot.core.errors import StorageFailed
from bot.storage.backup import backup as copy_database
from bot.storage.schema import HEAD, migrate, schema_version
from bot.storage.url import parse_url


@click.command()
@as_json
def doctor(json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Looks at settings, files, database, disk and token; says what is wrong and what to do."""

    async def all_parts() -> list[Examined]:
        return [part async for part in examine(Settings.load())]

    found = asyncio.run(all_parts())
    if json_wanted:
        print_json({"parts": [asdict(part) for part in found], "well": all(part.well for part in found)})
    else:
        for part in found:
            click.echo(f"{'ok     ' if part.well else 'PROBLEM'}  {part.part:<9} {part.seen}")
            if part.remedy:
                click.echo(f"{'':20}{part.remedy}")
    sys.exit(0 if all(part.well for part in found) else 1)


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
def upgrade() -> None:
    """Brings the schema up to date; does nothing where it is. A newer schema than the code's is refused."""
    url = Settings.load().database_url.reveal()
    before = schema_version(url)
    migrate(url)
    click.echo(f"schema {HEAD}" + ("" if before == HEAD else f" (was {before or 'empty'})"))


@click.command()
@click.argument("target", type=click.Path(path_type=Path), required=False)
def backup(target: Path | None) -> None:
    """A consistent copy of the SQLite database while the bot runs, checked after it is written.

    TARGET is a new file; by default aftercare-<UTC time>.db in the current folder. Keep the encryption key elsewhere: the copy
    cannot be read without it.
    """
    url = Settings.load().database_url.reveal()
    source = parse_url(url).path
    if source is None:
        raise click.UsageError("this copies SQLite files; for PostgreSQL use pg_dump, which knows its server")
    if not source.is_file():
        raise StorageFailed(f"there is no database at {source}")
    copy = target or Path(f"aftercare-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db")
    if copy.exists():
        raise click.BadParameter(f"{copy} exists already", param_hint="TARGET")
    copy_database(url, copy)
    click.echo(f"{copy} ({copy.stat().st_size} bytes, checked)")


@click.command("restore-drill")
@click.argument("copy", metavar="BACKUP", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@as_json
def restore_drill(copy: Path | None, json_wanted: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Proves that a backup can be restored: opens it in a folder of its own, with your key, and looks at everything in it.

    Without BACKUP a fresh one of the live database is made first. Nothing live is touched, and nothing is sent.
    """
    report = drill(Settings.load(), copy)
    if json_wanted:
        print_json(asdict(report))
    else:
        for line in report.lines():
            click.echo(line)
    sys.exit(0 if report.well else 1)
