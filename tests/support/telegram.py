"""A bot's channel wired to a stand-in, for tests that need both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.channels.pacing import Pacer
from bot.channels.telegram import RawUpdate, TelegramChannel
from bot.core.delivery import Button, Kind, Lane, OutgoingMessage
from bot.simulator.telegram import StandIn


@asynccontextmanager
async def channel_to(
    standin: StandIn, *, pacer: Pacer | None = None, token: str | None = None, **limits: Any
) -> AsyncIterator[TelegramChannel]:
    """An open channel that talks to the stand-in."""
    channel = TelegramChannel(token or standin.token, standin.url, pacer=pacer, **limits)
    try:
        yield channel
    finally:
        await channel.close()


def message(address: str, text: str = "Hello", **more: Any) -> OutgoingMessage:
    """An outgoing message with sensible defaults."""
    return OutgoingMessage(id=1, channel="telegram", address=address, text=text, lane=more.pop("lane", Lane.REPLY), **more)


def buttons(*labels: str) -> tuple[tuple[Button, ...], ...]:
    """One row a label; the id is ``id-<label>``."""
    return tuple((Button(id=f"id-{label}", label=label),) for label in labels)


def edit(address: str, message_id: str | None, text: str, **more: Any) -> OutgoingMessage:
    """An edit of that message."""
    return message(address, text, kind=Kind.EDIT, edits=message_id, **more)


async def all_updates(channel: TelegramChannel, offset: int | None = None) -> list[RawUpdate]:
    """What waits now, without waiting."""
    return await channel.updates(offset, timeout=0)
