"""`aftercare run`: the bot."""

from __future__ import annotations

import asyncio
import logging
import signal

import click
import uvloop

from bot.app.bootstrap import build
from bot.app.redaction import configure_logging, log_loop_errors
from bot.app.runtime.runtime import Role, Runtime
from bot.app.settings import Settings
from bot.core.errors import SettingsInvalid

logger = logging.getLogger("bot.app.run")


@click.command()
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ALL.value, show_default=True)
def run(role: str) -> None:
    """The bot, until it is told to stop (SIGTERM or Ctrl-C: it drains first).

    all: everything in one process. web: keeps what arrives. worker: handles, sends, polls.
    """
    settings = Settings.load()
    configure_logging(settings.log_level, settings.secrets())
    uvloop.run(serve(settings, Role(role)))


async def serve(settings: Settings, role: Role) -> None:
    """Runs until a signal. Raises what makes going on senseless, after everything was put in order."""
    loop = asyncio.get_running_loop()
    log_loop_errors(loop)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    parts = build(settings)
    runtime = Runtime(parts, role)
    try:
        await runtime.start()
        logger.info("aftercare runs (%s, %s)", role.value, settings.telegram_mode.value)
        await runtime.wait(stopping)
    except OSError as error:
        where = f"{settings.http_host}:{settings.http_port}"
        raise SettingsInvalid(f"AFTERCARE_HTTP_PORT: cannot listen on {where} ({error.strerror})") from None
    finally:
        await runtime.stop()
