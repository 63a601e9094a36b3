"""Keeps a loop turning: one that falls over is logged and started again; one that says it cannot go on ends the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from bot.app.runtime.backoff import Backoff
from bot.core.errors import AftercareError

logger = logging.getLogger(__name__)


async def supervised(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Runs ``loop`` until it returns. Raises only what trying again cannot help: an AftercareError that is not retryable."""
    backoff = Backoff(longest=10.0)
    clock = asyncio.get_running_loop().time
    while True:
        started = clock()
        try:
            return await loop()
        except AftercareError as error:
            if not error.retryable:
                raise
            logger.exception("the %s stopped", name)
        except Exception:
            logger.exception("the %s fell over", name)
        if clock() - started > 60:
            backoff.reset()
        await asyncio.sleep(backoff.next())
