"""What the transport does before anything is sent: proxies, uploads, keep-alive."""

from __future__ import annotations

import asyncio

import pytest
import telegram

from bot.channels.aiohttp_request import AiohttpRequest, NotSent
from bot.simulator.telegram import StandIn
from tests.support.pictures import png
from tests.support.telegram import channel_to, message


def test_an_https_address_goes_through_the_environments_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "internal.example")
    request = AiohttpRequest()
    assert request._route("https://api.telegram.org/bot1:x/getMe")[1] == "http://proxy.example:3128"
    assert request._route("https://internal.example/bot1:x/getMe")[1] is None
    assert request._route("http://127.0.0.1:8081/bot1:x/getMe")[1] is None


async def test_a_proxy_that_is_not_there_means_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    request = AiohttpRequest(connect_timeout=1.0)
    with pytest.raises(NotSent) as raised:
        await request.do_request("https://api.telegram.org/bot1:secret/getMe", "POST")
    assert "secret" not in str(raised.value)
    await request.shutdown()


async def test_the_library_itself_works_on_this_transport_with_uploads() -> None:
    async with StandIn() as standin:
        ann = standin.person(started=True)
        base = f"{standin.url}/bot"
        request = AiohttpRequest()
        async with telegram.Bot(
            standin.token, base, f"{standin.url}/file/bot", request=request, get_updates_request=AiohttpRequest()
        ) as bot:
            sent = await bot.send_photo(ann.id, png(), caption="trend", filename="trend.png")
            file = await bot.get_file(sent.photo[-1].file_id)
            assert bytes(await file.download_as_bytearray()) == png()
        assert ann.messages[0].text == "trend"


async def test_connections_are_kept_and_used_again() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann = standin.person(started=True)
        for _ in range(5):
            await channel.send(message(ann.address))
        connector = channel._request._session.connector if channel._request._session else None
        assert connector is not None
        assert sum(len(kept) for kept in connector._conns.values()) == 1


async def test_a_closed_channel_opens_again_and_many_send_at_once() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann = standin.person(started=True)
        await channel.open()
        await channel.close()
        await asyncio.gather(*(channel.send(message(ann.address, str(number))) for number in range(40)))
        assert sorted(int(seen.text) for seen in ann.messages) == list(range(40))
