"""What `aftercare check` needs for its first finding is loaded without numpy and without a database."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "sqlalchemy", "sqlmodel", "psycopg", "bot.content.live")


@pytest.mark.parametrize("module", ["bot.app.cli.content", "bot.app.cli.examples"])
def test_the_command_s_module_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert found.stdout.strip() == ""
