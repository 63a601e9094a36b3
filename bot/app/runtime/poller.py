"""Fetches updates ourselves, raw, and asks for the next ones only after the last are committed.

Asking with an offset confirms everything below it, so the offset moves last. What cannot be kept is asked for again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Protocol

from bot.app.runtime.backoff import Backoff
from bot.app.runtime.pulses import Pulses
from bot.app.runtime.receiver import Arrival, Receiver
from bot.core.errors import PollingConflict

POLL_SECONDS = 25
"""Well under the auditor's limit for a loop that stands still."""

HEARD_EVERY = 30.0
"""Seconds between two notes that updates are fetched."""

logger = logging.getLogger(__name__)


class RawUpdate(Protocol):
    """bot/channels/telegram.py."""

    @property
    def update_id(self) -> int:
        """Telegram's number: rises by at least one with each update."""
        ...

    @property
    def address(self) -> str:
        """The chat."""
        ...

    @property
    def raw(self) -> bytes:
        """Its JSON."""
        ...


class Updates(Protocol):
    """A channel that can be polled."""

    name: str

    async def updates(self, offset: int | None, timeout: int = ...) -> Sequence[RawUpdate]:  # noqa: ASYNC109 - the channel's own
        """What came from ``offset`` on."""
        ...


class Poller:
    """``offset`` is the number of the next update that we have not kept; None where we never kept any."""

    def __init__(
        self,
        channel: Updates,
        receiver: Receiver,
        pulses: Pulses,
        offset: int | None,
        heard: Callable[[timedelta], Awaitable[None]] | None = None,
    ) -> None:
        """``heard`` is told, twice a minute at most, that the channel has answered and what it brought is kept; and how long it had not."""
        self._channel = channel
        self._heard = heard
        self._heard_at = time.monotonic()
        self._receiver = receiver
        self._pulses = pulses
        self._offset = offset
        self._backoff = Backoff()
        self._fetching: asyncio.Future[Sequence[RawUpdate]] | None = None
        self._stopping = False

    def stop(self) -> None:
        """Ends ``run`` once what was fetched is kept; a fetch that is waiting is given up."""
        self._stopping = True
        if self._fetching is not None:
            self._fetching.cancel()

    async def run(self, seconds: int = POLL_SECONDS) -> None:
        """Until ``stop``. Raises TokenRejected: nothing can be fetched with this token, whoever runs us must know."""
        while not self._stopping:
            try:
                await self.poll_once(seconds)
                self._pulses.beat("poller")
            except PollingConflict:
                wait = self._backoff.next()
                logger.error("another poller or a webhook holds our token; no update reaches us; trying again in %.1f s", wait)  # noqa: TRY400 - no trace helps here
                await asyncio.sleep(wait)
            except ConnectionError:
                wait = self._backoff.next()
                logger.warning("updates cannot be fetched; trying again in %.1f s", wait)
                await asyncio.sleep(wait)

    async def poll_once(self, seconds: int) -> None:
        """One round: fetch, keep, move the offset."""
        batch = await self._fetch(seconds)
        self._backoff.reset()
        if batch and not await self._keep(batch):
            return
        await self._tell_heard()

    async def _keep(self, batch: Sequence[RawUpdate]) -> bool:
        following = max(update.update_id for update in batch) + 1
        arrivals = [Arrival(self._channel.name, str(u.update_id), u.address, u.raw, cursor=u.update_id + 1) for u in batch]
        try:
            await self._receiver.keep(arrivals)
        except Exception:
            wait = self._backoff.next()
            logger.exception("updates could not be kept; they are not confirmed and will be fetched again in %.1f s", wait)
            await asyncio.sleep(wait)
            return False
        self._offset = following
        return True

    async def _tell_heard(self) -> None:
        """A database that fails here has its own alarms; the next round tells again."""
        gap = time.monotonic() - self._heard_at
        if self._heard is None or gap < HEARD_EVERY:
            return
        try:
            await self._heard(timedelta(seconds=gap))
        except Exception:
            logger.exception("could not note that updates were fetched")
        else:
            self._heard_at += gap

    async def _fetch(self, seconds: int) -> Sequence[RawUpdate]:
        self._fetching = asyncio.ensure_future(self._channel.updates(self._offset, timeout=seconds))
        try:
            return await self._fetching
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            return ()
        finally:
            self._fetching = None
