"""Delivery of updates to the bot's webhook: with the secret, again until it answers 2xx."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp

from bot.channels.aiohttp_request import encode_json
from bot.simulator.telegram.answers import Json
from bot.simulator.telegram.faults import Call, FaultKind, Faults
from bot.simulator.telegram.updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
_REORDERED_BY = 0.1


@dataclass(slots=True)
class Webhook:
    """Delivers what waits in ``updates``, oldest first, ``max_connections`` at once. ``retry`` is the first pause in seconds; it doubles."""

    updates: Updates
    faults: Faults
    url: str
    secret: str | None
    max_connections: int
    retry: float = 0.05
    last_error: str | None = None
    deliveries: int = 0
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to deliver."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends it; what was not confirmed stays in the queue."""
        tasks = [task for task in (self._task, *self._under_way.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        limits = aiohttp.TCPConnector(limit=self.max_connections)
        async with aiohttp.ClientSession(connector=limits, timeout=aiohttp.ClientTimeout(total=30)) as session:
            while True:
                self._begin(session)
                await self.updates.arrival()

    def _begin(self, session: aiohttp.ClientSession) -> None:
        for update in self.updates.waiting():
            number = update["update_id"]
            if len(self._under_way) >= self.max_connections:
                return
            if number not in self._under_way:
                self._under_way[number] = asyncio.create_task(self._deliver(session, update))

    async def _deliver(self, session: aiohttp.ClientSession, update: Json) -> None:
        fault = self.faults.for_call(Call("webhook", update, at=asyncio.get_running_loop().time())).kind
        if fault is FaultKind.REORDER:
            await asyncio.sleep(_REORDERED_BY)
        pause = self.retry
        while not await self._post(session, update):
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)
        if fault is FaultKind.DUPLICATE:
            await self._post(session, update)
        self.updates.confirm(update["update_id"])
        del self._under_way[update["update_id"]]
        self.updates.wake()

    async def _post(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"Content-Type": "application/json"}
        if self.secret is not None:
            headers[SECRET_HEADER] = self.secret
        self.deliveries += 1
        try:
            async with session.post(self.url, data=encode_json(update), headers=headers) as response:
                if response.ok:
                    return True
                self.last_error = f"Wrong response from the webhook: {response.status} {response.reason}"
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.last_error = "Connection failed"
        return False
