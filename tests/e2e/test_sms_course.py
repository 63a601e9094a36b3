"""A patient's course and a clinician's page by SMS: the real bot as a process, between Telegram's and Twilio's stand-ins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.escalation.alert import AlertState
from bot.simulator.telegram import StandIn
from tests.support.bot_process import PATIENCE, BotProcess, in_database, polling, running, until
from tests.support.twilio import ACCOUNT, OUR_NUMBER, TOKEN, Twilio

ANN = "+436641234567"
DOCTOR = "+436647654321"


@dataclass
class Sms:
    """The running bot and the phones."""

    twilio: Twilio
    bot: BotProcess
    database: Path

    @property
    def base(self) -> str:
        return self.bot.settings["AFTERCARE_PUBLIC_URL"]

    async def cli(self, *arguments: str) -> None:
        """`aftercare ...` on the same database, beside the running bot."""
        command = BotProcess(self.bot.settings, arguments)
        await command.start()
        assert await command.ended() == 0, command.log

    async def writes(self, number: str, text: str) -> None:
        assert await self.twilio.brings(self.base, self.twilio.writes(number, text)) == 200

    async def shows(self, number: str, words: str, *, after: int = 0) -> str:
        """Waits until the phone shows these words; the whole SMS."""
        await until(lambda: any(words in body for body in self.twilio.to(number)[after:]), PATIENCE, f"an SMS with {words!r}")
        return next(body for body in self.twilio.to(number)[after:] if words in body)

    async def says(self, number: str, text: str, words: str) -> str:
        """Writes, and waits for an answer with these words."""
        known = len(self.twilio.to(number))
        await self.writes(number, text)
        return await self.shows(number, words, after=known)

    async def invites_ann(self) -> None:
        treated = datetime.now(UTC) - timedelta(minutes=5)
        person = ("--name", "Ann Example", "--birth-year", "1980", "--sms", ANN)
        await self.cli("enrol", *person, "--schedule", "msc-recipient", "--treated-at", treated.isoformat(), "--route", "iv")
        await self.shows(ANN, "answer with any word")

    async def ann_joins(self) -> None:
        await self.invites_ann()
        await self.says(ANN, "ok", "year you were born")
        languages = await self.says(ANN, "1980", "1 = English")
        assert "2 = " in languages
        await self.says(ANN, "1", "1 = I agree")
        await self.says(ANN, "1", "Your follow-up has started")


@pytest.fixture
async def sms(tmp_path: Path) -> AsyncIterator[Sms]:
    database = tmp_path / "sms.db"
    async with StandIn() as telegram, Twilio() as twilio:
        settings = polling(telegram, database)
        settings |= {
            "AFTERCARE_TWILIO_ACCOUNT_SID": ACCOUNT,
            "AFTERCARE_TWILIO_AUTH_TOKEN": TOKEN,
            "AFTERCARE_TWILIO_FROM": OUR_NUMBER,
            "AFTERCARE_TWILIO_API_URL": twilio.url,
            "AFTERCARE_PUBLIC_URL": f"http://127.0.0.1:{settings['AFTERCARE_HTTP_PORT']}",
        }
        async with running(settings) as bot:
            await _listens(bot, f"{settings['AFTERCARE_PUBLIC_URL']}/readyz")
            yield Sms(twilio, bot, database)
        assert twilio.violations == []


async def _listens(bot: BotProcess, url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(PATIENCE):
        while True:
            assert bot.alive, f"the bot ended: {await bot.ended()} {bot.log}"
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)


def _alert(sms: Sms) -> Callable[[], bool]:
    return lambda: bool(in_database(sms.database, lambda uow: uow.alerts.unresolved()))


async def test_a_red_flag_by_sms_pages_a_clinician_who_answers_by_sms(sms: Sms) -> None:
    await sms.cli("clinician", "add", "dr-ada", "--sms", DOCTOR)
    await sms.says(DOCTOR, "hello", "Welcome")
    await sms.ann_joins()

    advice = await sms.says(ANN, "my chest hurts badly and i cannot breathe", "Call")
    assert "<b>" not in advice

    page = await sms.shows(DOCTOR, "= Acknowledge")
    assert "Ann" not in page
    mark = next(line[0] for line in page.splitlines() if line.endswith("= Acknowledge"))
    await sms.writes(DOCTOR, mark)

    def taken() -> bool:
        [alert] = in_database(sms.database, lambda uow: uow.alerts.unresolved())
        return alert.state is AlertState.ACKNOWLEDGED

    await until(taken, PATIENCE, "the alert is acknowledged")
    assert any(
        alert.disposition is Disposition.EMERGENCY for alert in in_database(sms.database, lambda uow: uow.alerts.unresolved())
    )


async def test_stop_to_the_invitation_declines_it(sms: Sms) -> None:
    await sms.invites_ann()
    await sms.says(ANN, "STOP", "I will not write to you")
    await sms.says(ANN, "hello", "clinic")
    assert not any("year you were born" in body for body in sms.twilio.to(ANN))
    assert "declined" in [task.kind for task in in_database(sms.database, lambda uow: uow.tasks.open())]


async def test_a_red_flag_in_the_first_answer_counts(sms: Sms) -> None:
    await sms.invites_ann()
    await sms.says(ANN, "ok but my chest hurts badly and i cannot breathe", "Call")
    await until(_alert(sms), PATIENCE, "an alert")


async def test_a_bare_yes_is_the_phone_companies_word(sms: Sms) -> None:
    await sms.ann_joins()
    await sms.says(ANN, "YES", "number or letter")


async def test_what_no_webhook_brought_is_found_in_the_providers_list(sms: Sms) -> None:
    await sms.ann_joins()
    sms.twilio.writes(ANN, "i coughed up a lot of blood")
    assert not _alert(sms)()
    await sms.bot.stop()
    async with running(sms.bot.settings) as again:
        sms.bot = again
        await until(_alert(sms), PATIENCE, "the missed SMS is an alert")


async def test_a_number_that_opted_out_becomes_a_task_for_the_clinic(sms: Sms) -> None:
    await sms.ann_joins()
    sms.twilio.refuses[ANN] = 21610
    await sms.writes(ANN, "thanks, all is well")
    await until(
        lambda: any(task.kind == "unreachable" for task in in_database(sms.database, lambda uow: uow.tasks.open())),
        PATIENCE,
        "a task says that the patient cannot be reached",
    )


async def test_a_page_that_the_network_did_not_deliver_climbs(sms: Sms) -> None:
    await sms.cli("clinician", "add", "dr-ada", "--sms", DOCTOR)
    await sms.says(DOCTOR, "hello", "Welcome")
    await sms.ann_joins()
    await sms.writes(ANN, "my chest hurts badly and i cannot breathe")
    await sms.shows(DOCTOR, "= Acknowledge")
    page = next(sent for sent in sms.twilio.sent if sent.to == DOCTOR and "= Acknowledge" in sent.body)
    assert await sms.twilio.reports(page, "sent") == 200
    assert await sms.twilio.reports(page, "undelivered", 30003) == 200
    assert await sms.twilio.reports(page, "delivered") == 200

    def noted() -> bool:
        [alert] = in_database(sms.database, lambda uow: uow.alerts.unresolved())
        history = in_database(sms.database, lambda uow: uow.alerts.history(alert.id))
        return any(entry.event == "page_failed" for entry in history)

    await until(noted, PATIENCE, "the alert knows that its page failed")


async def test_a_webhook_that_is_not_signed_keeps_nothing(sms: Sms) -> None:
    form = sms.twilio.writes(ANN, "hello")
    sms.twilio.received.clear()
    assert await sms.twilio.brings(sms.base, form, token="wrong") == 403
    assert await sms.twilio.brings(sms.base, {"From": ANN}) == 400
    assert in_database(sms.database, lambda uow: uow.inbox.waiting()) == 0
