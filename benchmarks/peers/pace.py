"""python-telegram-bot's AIORateLimiter as shipped, 900 messages waiting. Prints when each was let go, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from telegram.ext import AIORateLimiter


async def main(seconds: float) -> None:
    """As many messages as the limit allows in that time, all wanting to go at once, each to a chat of its own."""
    limiter = AIORateLimiter()
    await limiter.initialize()
    times: list[float] = []
    began = time.perf_counter()

    async def send() -> dict[str, Any]:
        times.append(time.perf_counter() - began)
        return {}

    async def one(chat: int) -> None:
        await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": chat}, None)

    cpu = time.process_time()
    tasks = [asyncio.ensure_future(one(number)) for number in range(int(seconds * 30))]
    await asyncio.wait(tasks, timeout=seconds + 5)
    print(json.dumps({"times": times, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
