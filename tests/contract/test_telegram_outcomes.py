"""Every Outcome, by the real channel and python-telegram-bot over HTTP against the stand-in."""

from __future__ import annotations

import asyncio
import logging
import logging.config
import socket
import time
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram import TelegramChannel
from bot.core.delivery import Button, Kind, Outcome
from bot.core.errors import PollingConflict, TokenRejected
from bot.simulator.telegram import Fault, Person, StandIn
from bot.simulator.telegram.faults import DROP_AFTER, DROP_BEFORE, FORBIDDEN, TRUNCATED
from tests.support.telegram import all_updates, buttons, channel_to, edit, message

SECRET_WORDS = "my chest is bleeding"


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        yield standin
    assert standin.violations == []


@pytest.fixture
async def channel(standin: StandIn) -> AsyncIterator[TelegramChannel]:
    async with channel_to(standin) as channel:
        yield channel


@pytest.fixture
def ann(standin: StandIn) -> Person:
    return standin.person("Ann", started=True)


async def test_a_message_is_sent_protected_formatted_and_with_its_buttons(channel: TelegramChannel, ann: Person) -> None:
    receipt = await channel.send(message(ann.address, "<b>Hello</b> &amp; welcome", buttons=buttons("Yes", "No")))
    [seen] = ann.messages
    assert (receipt.outcome, receipt.provider_id) == (Outcome.SENT, str(seen.message_id))
    assert (seen.text, seen.entities, seen.labels) == (
        "Hello & welcome",
        [{"type": "bold", "offset": 0, "length": 5}],
        ["Yes", "No"],
    )
    assert (seen.protected, seen.buttons[0].data) == (True, "id-Yes")


async def test_link_previews_are_off(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    await channel.send(message(ann.address))
    assert standin.calls[-1].params["link_preview_options"] == {"is_disabled": True}


async def test_an_edit_replaces_text_and_buttons(channel: TelegramChannel, ann: Person) -> None:
    sent = await channel.send(message(ann.address, "Page", buttons=buttons("Acknowledge")))
    receipt = await channel.send(edit(ann.address, sent.provider_id, "Acknowledged by Dr B"))
    assert (receipt.outcome, receipt.provider_id) == (Outcome.SENT, sent.provider_id)
    [seen] = ann.messages
    assert (seen.text, seen.labels) == ("Acknowledged by Dr B", [])


async def test_an_edit_that_changes_nothing_counts_as_sent(channel: TelegramChannel, ann: Person) -> None:
    sent = await channel.send(message(ann.address, "Page", buttons=buttons("Acknowledge")))
    receipt = await channel.send(edit(ann.address, sent.provider_id, "Page", buttons=buttons("Acknowledge")))
    assert receipt.outcome is Outcome.SENT


async def test_an_edit_of_an_unknown_message_is_rejected(channel: TelegramChannel, ann: Person) -> None:
    assert (await channel.send(edit(ann.address, "4711", "x"))).outcome is Outcome.REJECTED
    assert (await channel.send(edit(ann.address, None, "x"))).outcome is Outcome.REJECTED


async def test_a_pressed_button_is_answered_once(channel: TelegramChannel, ann: Person) -> None:
    await channel.send(message(ann.address, buttons=buttons("Yes")))
    answer = message(ann.address, "Thank &amp; you", kind=Kind.BUTTON_ANSWER, edits=ann.presses("Yes"))
    assert (await channel.send(answer)).outcome is Outcome.SENT
    assert ann.notices == ["Thank & you"]
    again = await channel.send(answer)
    assert (again.outcome, again.detail) == (Outcome.REJECTED, "query is too old")


async def test_a_group_is_left(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    group = standin.group()
    group.adds_bot(ann)
    receipt = await channel.send(message(str(group.chat.id), "", kind=Kind.LEAVE))
    assert (receipt.outcome, group.has_bot) == (Outcome.SENT, False)


async def test_plain_text_has_no_markup_left(channel: TelegramChannel, ann: Person) -> None:
    await channel.send(message(ann.address, "<b>BP</b> &lt;90 &amp; dizzy", as_plain_text=True))
    assert (ann.messages[0].text, ann.messages[0].entities) == ("BP <90 & dizzy", [])


async def test_a_long_alert_is_split_header_first_and_its_buttons_come_last(channel: TelegramChannel, ann: Person) -> None:
    receipt = await channel.send(message(ann.address, "<b>ALERT A-17</b>\n" + "line\n" * 2000, buttons=buttons("Acknowledge")))
    seen = ann.messages
    assert len(seen) == 3
    assert seen[0].text.startswith("ALERT A-17")
    assert [one.labels for one in seen] == [[], [], ["Acknowledge"]]
    assert receipt.provider_id == str(seen[-1].message_id)


async def test_a_split_message_that_breaks_off_is_never_surely_unsent(
    channel: TelegramChannel, standin: StandIn, ann: Person
) -> None:
    ok = Fault.delay(0)
    standin.faults.plan(ok)
    standin.faults.plan(Fault.too_many(7))
    receipt = await channel.send(message(ann.address, "line\n" * 2000))
    assert (receipt.outcome, receipt.retry_after) == (Outcome.AMBIGUOUS, 7)
    assert receipt.detail == "part 2 of 3: too many requests"


async def test_lone_surrogates_and_nul_do_not_stop_a_message(channel: TelegramChannel, ann: Person) -> None:
    receipt = await channel.send(message(ann.address, "they wrote: a\ud800b\0c", buttons=((Button(id="1", label="Yes\udfff"),),)))
    assert receipt.outcome is Outcome.SENT
    assert ann.messages[0].text == "they wrote: a\ufffdbc"
    assert ann.messages[0].labels == ["Yes\ufffd"]


async def test_429_waits_as_long_as_telegram_says(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    standin.faults.plan(Fault.too_many(300))
    receipt = await channel.send(message(ann.address))
    assert (receipt.outcome, receipt.retry_after, ann.messages) == (Outcome.RATE_LIMITED, 300, [])


async def test_a_blocked_bot_and_a_403_are_blocked(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    standin.faults.plan(FORBIDDEN)
    assert (await channel.send(message(ann.address))).outcome is Outcome.BLOCKED
    ann.blocks()
    assert (await channel.send(message(ann.address))).outcome is Outcome.BLOCKED


async def test_a_chat_that_is_not_there_is_blocked(channel: TelegramChannel, standin: StandIn) -> None:
    assert (await channel.send(message("999"))).outcome is Outcome.BLOCKED
    assert (await channel.send(message("not a number"))).outcome is Outcome.BLOCKED
    assert (await channel.send(message(standin.person("Never wrote").address))).outcome is Outcome.BLOCKED


async def test_a_migrated_chat_names_its_new_address(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    group = standin.group()
    group.adds_bot(ann)
    new_id = group.migrates(ann)
    receipt = await channel.send(message(str(group.chat.id)))
    assert (receipt.outcome, receipt.new_address) == (Outcome.MIGRATED, str(new_id))


@pytest.mark.parametrize("text", ["<b>open", "a <dizzy> word", "</b>", "<b>x</i>", "1 < 2", "<span>x</span>"])
async def test_bad_markup_is_bad_format_and_goes_through_as_plain_text(channel: TelegramChannel, ann: Person, text: str) -> None:
    assert (await channel.send(message(ann.address, text))).outcome is Outcome.BAD_FORMAT
    assert (await channel.send(message(ann.address, f"{text} end", as_plain_text=True))).outcome is Outcome.SENT


async def test_no_connection_is_not_sent(ann: Person) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}", "http://no-such-host.invalid"):
        channel = TelegramChannel("1:x", url, connect_timeout=1.0)
        assert (await channel.send(message(ann.address))).outcome is Outcome.NOT_SENT
        await channel.close()


async def test_a_full_pool_is_not_sent(standin: StandIn, ann: Person) -> None:
    async with channel_to(standin, connect_timeout=0.3) as channel:
        connector = channel._request
        connector._pool_size = 1
        standin.faults.plan(Fault.delay(1.5))
        first, second = await asyncio.gather(channel.send(message(ann.address, "a")), channel.send(message(ann.address, "b")))
        assert {first.outcome, second.outcome} == {Outcome.SENT, Outcome.NOT_SENT}


async def test_an_answer_that_comes_too_late_is_ambiguous_and_was_delivered(standin: StandIn, ann: Person) -> None:
    standin.faults.plan(Fault.delay(2.0))
    async with channel_to(standin, read_timeout=0.5) as channel:
        assert (await channel.send(message(ann.address))).outcome is Outcome.AMBIGUOUS
    assert len(ann.messages) == 1


@pytest.mark.parametrize(("fault", "delivered"), [(DROP_BEFORE, 0), (DROP_AFTER, 1), (TRUNCATED, 1)])
async def test_a_connection_that_breaks_is_ambiguous(
    channel: TelegramChannel, standin: StandIn, ann: Person, fault: Fault, delivered: int
) -> None:
    standin.faults.plan(fault)
    assert (await channel.send(message(ann.address))).outcome is Outcome.AMBIGUOUS
    assert len(ann.messages) == delivered


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_5xx_is_ambiguous(channel: TelegramChannel, standin: StandIn, ann: Person, status: int) -> None:
    standin.faults.plan(Fault.server_error(status))
    assert (await channel.send(message(ann.address))).outcome is Outcome.AMBIGUOUS


@pytest.mark.parametrize("status", [402, 413, 418])
async def test_other_4xx_are_rejected(channel: TelegramChannel, standin: StandIn, ann: Person, status: int) -> None:
    standin.faults.plan(Fault.server_error(status))
    assert (await channel.send(message(ann.address))).outcome is Outcome.REJECTED


async def test_429_without_its_parameters_still_waits(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    standin.faults.plan(Fault.server_error(429))
    receipt = await channel.send(message(ann.address))
    assert receipt.outcome is Outcome.RATE_LIMITED
    assert receipt.retry_after is not None
    assert receipt.retry_after > 0


async def test_button_data_over_64_bytes_and_an_empty_text_are_rejected(channel: TelegramChannel, ann: Person) -> None:
    assert (await channel.send(message(ann.address, buttons=buttons("x" * 70)))).outcome is Outcome.REJECTED
    assert (await channel.send(message(ann.address, " "))).outcome is Outcome.REJECTED


@pytest.mark.parametrize("token", ["110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDXXX", "nonsense"])
async def test_a_token_that_telegram_rejects_raises_and_is_not_quoted(standin: StandIn, ann: Person, token: str) -> None:
    async with channel_to(standin, token=token) as channel:
        for attempt in (channel.send(message(ann.address)), channel.updates(None, timeout=0), channel.get_me()):
            with pytest.raises(TokenRejected) as raised:
                await attempt
            assert token not in str(raised.value)
            assert raised.value.__cause__ is None


async def test_polling_while_a_webhook_is_set_is_a_conflict(channel: TelegramChannel) -> None:
    await channel.set_webhook("https://example.org/telegram/webhook", "secret")
    with pytest.raises(PollingConflict):
        await all_updates(channel)
    await channel.delete_webhook()
    assert await all_updates(channel) == []


@pytest.mark.parametrize("fault", [DROP_BEFORE, DROP_AFTER, TRUNCATED, Fault.server_error(502), Fault.too_many(3)])
async def test_polling_trouble_that_may_pass_is_a_connection_error(
    channel: TelegramChannel, standin: StandIn, ann: Person, fault: Fault
) -> None:
    ann.writes("hello")
    standin.faults.plan(fault)
    with pytest.raises(ConnectionError):
        await all_updates(channel)
    [update] = await all_updates(channel)
    assert channel.parse(update.raw).text == "hello"


async def test_a_long_poll_answers_as_soon_as_somebody_writes(channel: TelegramChannel, ann: Person) -> None:
    polling = asyncio.create_task(channel.updates(None, timeout=5))
    await asyncio.sleep(0.05)
    started = time.monotonic()
    ann.writes("hello")
    assert len(await polling) == 1
    assert time.monotonic() - started < 3.0


async def test_a_poison_update_does_not_block_those_behind_it(channel: TelegramChannel, standin: StandIn, ann: Person) -> None:
    now = standin.world.clock.now()
    standin.world.updates.put({"update_id": 100_000, "message": {"chat": {"id": "x"}, "date": "never", "text": ["\ud800"]}}, now)
    ann.writes("lone \ud800 surrogate")
    poison, good = await all_updates(channel)
    assert channel.parse(poison.raw).external_id == "100000"
    assert channel.parse(good.raw).text == "lone \ud800 surrogate"


async def test_get_me_and_the_command_menu(channel: TelegramChannel, standin: StandIn) -> None:
    assert (await channel.get_me())["username"] == "aftercare_bot"
    await channel.set_commands({"help": "What I can do"}, language="en")
    assert standin.world.commands == [{"command": "help", "description": "What I can do"}]


async def test_neither_token_nor_patient_text_reaches_a_log_or_a_receipt(
    channel: TelegramChannel, standin: StandIn, ann: Person, caplog: pytest.LogCaptureFixture
) -> None:
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})  # as uvicorn does: it opens every logger
    caplog.set_level(logging.DEBUG)
    faults = [Fault.server_error(502), TRUNCATED, DROP_AFTER, FORBIDDEN, Fault.too_many(1), Fault.server_error(413)]
    for fault in faults:
        standin.faults.plan(fault)
    for text in [*[SECRET_WORDS] * len(faults), f"<{SECRET_WORDS}>", f"<b>{SECRET_WORDS}", SECRET_WORDS]:
        receipt = await channel.send(message(ann.address, text))
        assert SECRET_WORDS not in repr(receipt)
        assert standin.token not in repr(receipt)
    ann.writes(SECRET_WORDS)
    await all_updates(channel)
    written = caplog.text + "".join(str(record.args) for record in caplog.records)
    assert standin.token not in written
    assert SECRET_WORDS not in written
