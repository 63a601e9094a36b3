"""What commands share that work on the database: the store, the content, and the bot's name for links."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import click

from bot.app.bootstrap import sms_channel
from bot.app.clock import SystemClock
from bot.app.ids import SystemIds
from bot.app.live_content import LiveContent
from bot.app.opening import open_settings_store
from bot.app.settings import Settings
from bot.channels.telegram import TelegramChannel
from bot.core.careplan.enrolment import Patient
from bot.core.errors import NotFound, SettingsInvalid
from bot.ports import Store, UnitOfWork
from bot.services.world import World

T = TypeVar("T")
ACTOR = "operator"
"""Who the audit chain names for what is done at the terminal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """One command's work on the live database."""

    settings: Settings
    store: Store
    world: World
    now: datetime

    def work(self, work: Callable[[UnitOfWork], T]) -> T:
        """One transaction."""
        return self.store.transact(work)

    def patient(self, uow: UnitOfWork, named: str) -> Patient:
        """By code (``K7-42``) or by number. Raises NotFound."""
        found = uow.patients.by_code(named.upper())
        if found is None and named.isdecimal():
            found = uow.patients.get(int(named))
        if found is None:
            raise NotFound(f"no patient has the code {named}")
        return found


@contextmanager
def session(*, with_links: bool = False) -> Iterator[Session]:
    """Opens what a command needs; ``with_links`` asks Telegram for the bot's name first."""
    settings = Settings.load()
    name = asyncio.run(_bot_name(settings)) if with_links else ""
    store = open_settings_store(settings)
    try:
        content = LiveContent(settings.schedules, settings.messages, store).current
        sms = sms_channel(settings)
        world = World(content=content, ids=SystemIds(), channels={sms.name: sms} if sms else {}, bot_username=name)
        yield Session(settings=settings, store=store, world=world, now=SystemClock().now())
    finally:
        store.close()


async def _bot_name(settings: Settings) -> str:
    token = settings.telegram_token
    if token is None:
        raise SettingsInvalid(
            "AFTERCARE_TELEGRAM_TOKEN is missing: an invitation link carries the bot's name, which Telegram tells"
        )
    channel = TelegramChannel(token.reveal(), settings.telegram_api_url)
    try:
        me = await channel.get_me()
    except ConnectionError as error:
        raise click.ClickException(f"{error}: an invitation link carries the bot's name, which Telegram tells") from None
    finally:
        await channel.close()
    return str(me["username"])
