"""`aftercare --help` lists every command and loads none of them."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from bot.app.cli.root import COMMANDS, aftercare


def test_help_names_every_command_without_loading_the_bot() -> None:
    code = (
        "import sys\n"
        "from bot.app.cli.root import aftercare\n"
        "aftercare(['--help'], standalone_mode=False)\n"
        "print([m for m in sys.modules if m.startswith(('bot.storage', 'bot.content', 'telegram', 'sqlalchemy'))])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own code
    assert all(f"  {name} " in told for name in COMMANDS)
    assert told.rstrip().endswith("[]")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_what_help_says_is_how_the_command_begins_its_own(name: str) -> None:
    assert isinstance(aftercare, click.Group)
    command = aftercare.get_command(click.Context(aftercare), name)
    assert command is not None
    own = command.get_short_help_str(300)
    assert own.split()[:2] == COMMANDS[name][1].split()[:2]
