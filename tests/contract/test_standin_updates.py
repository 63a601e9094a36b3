"""How updates reach the bot: long polling with confirmation by offset, and the webhook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.simulator.telegram import StandIn
from bot.simulator.telegram.faults import DUPLICATE, REORDER
from bot.simulator.telegram.webhook import SECRET_HEADER


class HandClock:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        yield standin


async def call(standin: StandIn, method: str, **params: Any) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{standin.url}/bot{standin.token}/{method}", json=params) as response,
    ):
        answer = await response.json()
    return answer["result"] if answer["ok"] else answer["description"]


async def texts(standin: StandIn, **params: Any) -> list[str]:
    return [update["message"]["text"] for update in await call(standin, "getUpdates", **params)]


async def test_updates_come_again_until_a_higher_offset_confirms_them(standin: StandIn) -> None:
    ann = standin.person()
    for text in ("one", "two", "three"):
        ann.writes(text)
    updates = await call(standin, "getUpdates")
    assert await texts(standin) == ["one", "two", "three"]
    assert await texts(standin, offset=updates[0]["update_id"]) == ["one", "two", "three"]
    assert await texts(standin, offset=updates[1]["update_id"]) == ["two", "three"]
    assert await texts(standin) == ["two", "three"]
    assert await texts(standin, limit=1) == ["two"]
    assert await texts(standin, offset=updates[2]["update_id"] + 1) == []


async def test_a_negative_offset_keeps_only_the_newest(standin: StandIn) -> None:
    ann = standin.person()
    for text in ("one", "two", "three"):
        ann.writes(text)
    assert await texts(standin, offset=-1) == ["three"]
    assert await texts(standin) == ["three"]


async def test_a_long_poll_waits_and_an_empty_one_ends_in_time(standin: StandIn) -> None:
    ann = standin.person()
    polling = asyncio.create_task(texts(standin, timeout=5))
    await asyncio.sleep(0.05)
    ann.writes("hello")
    assert await asyncio.wait_for(polling, 1) == ["hello"]
    assert await texts(standin, offset=10**9, timeout=1) == []


async def test_a_second_poller_ends_the_first_with_a_conflict(standin: StandIn) -> None:
    first = asyncio.create_task(call(standin, "getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(texts(standin, timeout=5))
    assert "Conflict: terminated by other getUpdates request" in await asyncio.wait_for(first, 1)
    standin.person().writes("hello")
    assert await asyncio.wait_for(second, 1) == ["hello"]


async def test_only_allowed_kinds_are_kept(standin: StandIn) -> None:
    ann = standin.person()
    await call(standin, "getUpdates", allowed_updates=["callback_query"])
    ann.writes("not wanted")
    ann.presses("forged", forged=True)
    assert [list(update) for update in await call(standin, "getUpdates")] == [["update_id", "callback_query"]]


async def test_after_24_hours_an_update_is_gone() -> None:
    clock = HandClock()
    async with StandIn(clock=clock) as standin:
        ann = standin.person()
        ann.writes("old")
        clock.moment += timedelta(hours=24, seconds=1)
        ann.writes("new")
        assert await texts(standin) == ["new"]


async def test_duplicates_and_another_order_can_be_planned(standin: StandIn) -> None:
    ann = standin.person()
    ann.writes("one")
    ann.writes("two")
    standin.faults.plan(DUPLICATE, method="getUpdates")
    standin.faults.plan(REORDER, method="getUpdates")
    assert await texts(standin) == ["one", "two", "one", "two"]
    assert await texts(standin) == ["two", "one"]


class Hook:
    """A bot's webhook that answers as it is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.secrets: set[str | None] = set()
        self.statuses: list[int] = []
        self.url = ""
        self.news = asyncio.Event()

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.secrets.add(request.headers.get(SECRET_HEADER))
        self.texts.append((await request.json())["message"]["text"])
        self.news.set()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def got(self, count: int) -> list[str]:
        async with asyncio.timeout(3):
            while len(self.texts) < count:
                self.news.clear()
                await self.news.wait()
        return self.texts


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    runner = web.ServerRunner(web.Server(hook.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook"
    yield hook
    await runner.cleanup()


async def test_the_webhook_gets_what_waits_and_what_comes_with_its_secret(standin: StandIn, hook: Hook) -> None:
    ann = standin.person()
    ann.writes("before")
    await call(standin, "setWebhook", url=hook.url, secret_token="s3cret")
    ann.writes("after")
    assert await hook.got(2) == ["before", "after"]
    assert hook.secrets == {"s3cret"}


async def test_the_webhook_is_called_again_until_it_answers_200(standin: StandIn, hook: Hook) -> None:
    hook.statuses = [500, 403, 200]
    await call(standin, "setWebhook", url=hook.url)
    standin.person().writes("once")
    assert await hook.got(3) == ["once"] * 3
    info = await call(standin, "getWebhookInfo")
    assert (info["url"], info["last_error_message"][:38]) == (hook.url, "Wrong response from the webhook: 403 F")


async def test_a_duplicate_and_a_reordered_delivery_can_be_planned(standin: StandIn, hook: Hook) -> None:
    standin.faults.plan(REORDER, method="webhook")
    standin.faults.plan(DUPLICATE, method="webhook")
    await call(standin, "setWebhook", url=hook.url)
    ann = standin.person()
    ann.writes("one")
    ann.writes("two")
    assert await hook.got(3) == ["two", "two", "one"]


async def test_after_the_webhook_is_deleted_polling_finds_the_rest(standin: StandIn, hook: Hook) -> None:
    hook.statuses = [500] * 100
    await call(standin, "setWebhook", url=hook.url)
    standin.person().writes("kept")
    await hook.got(1)
    assert "can't use getUpdates method while webhook is active" in await call(standin, "getUpdates")
    await call(standin, "deleteWebhook")
    assert await texts(standin) == ["kept"]
