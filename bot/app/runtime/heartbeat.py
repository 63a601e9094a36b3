"""The heartbeat: an address outside is called while all is well. When the calls stop, the outside raises the alarm."""

from __future__ import annotations

import logging

import aiohttp

TIMEOUT = 10.0

logger = logging.getLogger(__name__)


class Heartbeat:
    """``url`` is a secret: whoever knows it can silence the alarm."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def beat(self) -> bool:
        """One call; False where it did not arrive. Never raises: the outside notices by itself."""
        try:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT)
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self._url) as response:
                arrived = response.status < 400
        except (aiohttp.ClientError, TimeoutError, OSError):
            arrived = False
        if not arrived:
            logger.warning("the heartbeat did not arrive")
        return arrived
