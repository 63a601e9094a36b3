"""People as tests and the demo drive them."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram import TelegramChannel
from bot.core.events import InboundKind
from bot.simulator.telegram import StandIn
from tests.support.telegram import all_updates, buttons, channel_to, edit, message


async def test_a_person_receives_each_message_once_and_edits_as_news() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann = standin.person(started=True)
        sent = await channel.send(message(ann.address, "How are you?"))
        assert (await ann.receives("How")).text == "How are you?"
        with pytest.raises(AssertionError, match="nothing like 'How'"):
            await ann.receives("How", timeout=0.05)
        await channel.send(edit(ann.address, sent.provider_id, "How are you today?"))
        assert (await ann.receives(lambda seen: seen.edited_at is not None)).text == "How are you today?"


async def test_waiting_for_a_message_ends_when_it_comes() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann = standin.person(started=True)
        waiting = asyncio.create_task(ann.receives("later", timeout=5))
        await asyncio.sleep(0.02)
        await channel.send(message(ann.address, "sooner"))
        await channel.send(message(ann.address, "later"))
        assert (await asyncio.wait_for(waiting, 1)).text == "later"


async def _kinds(channel: TelegramChannel) -> list[InboundKind]:
    return [channel.parse(update.raw).kind for update in await all_updates(channel)]


async def test_everything_that_a_person_can_do_reaches_the_bot_as_what_it_is() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann = standin.person()
        first = ann.opens("token")
        ann.sends_voice()
        ann.sends_photo("my knee")
        ann.edits(first, "/start other")
        await channel.send(message(ann.address, "Yes or no?", buttons=buttons("Yes", "No")))
        ann.presses("No")
        ann.presses("stolen", forged=True)
        ann.blocks()
        ann.unblocks()
        assert await _kinds(channel) == [
            InboundKind.TEXT,
            InboundKind.UNREADABLE,
            InboundKind.UNREADABLE,
            InboundKind.EDITED,
            InboundKind.BUTTON,
            InboundKind.BUTTON,
            InboundKind.BLOCKED,
            InboundKind.UNBLOCKED,
        ]


async def test_a_button_that_nobody_shows_can_not_be_pressed() -> None:
    async with StandIn() as standin:
        with pytest.raises(LookupError, match="no message shows a button 'Yes'"):
            standin.person().presses("Yes")


async def test_a_group_reaches_the_bot_as_a_group() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann, group = standin.person(), standin.group()
        group.adds_bot(ann)
        group.says(ann, "hello all")
        group.migrates(ann)
        assert await _kinds(channel) == [InboundKind.GROUP, InboundKind.GROUP, InboundKind.MIGRATED]


async def test_what_is_shown_is_safe_html() -> None:
    async with StandIn() as standin, channel_to(standin) as channel:
        ann = standin.person(started=True)
        link = '<a href="https://example.org/?a=1&amp;b=2">link</a>'
        await channel.send(
            message(ann.address, f'<b>a</b> &lt;img src=x onerror=alert(1)&gt; {link} <a href="javascript:x">no</a>')
        )
        assert ann.messages[0].shown == f"<b>a</b> &lt;img src=x onerror=alert(1)&gt; {link} <a>no</a>"
        assert ann.writes("<script>").shown == "&lt;script&gt;"
