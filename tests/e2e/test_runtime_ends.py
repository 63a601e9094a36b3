"""How the process ends: a rejected token, a taken port, invalid files, SIGTERM under load."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from bot.simulator.telegram import Fault, StandIn
from tests.support.bot_process import PATIENCE, ROOT, BotProcess, enrolled, in_database, polling, running, until


async def test_a_token_that_telegram_rejects_is_a_clear_error_and_an_exit(tmp_path: Path) -> None:
    async with StandIn() as standin:
        settings = polling(standin, tmp_path / "a.db")
        bot = BotProcess({**settings, "AFTERCARE_TELEGRAM_TOKEN": "110201543:another-token-entirely-canary"})
        await bot.start()
        assert await bot.ended() == 1
    assert "Telegram does not accept the bot's token" in bot.log
    assert "Put a valid token in AFTERCARE_TELEGRAM_TOKEN" in bot.log
    assert "canary" not in bot.log


async def test_a_token_that_is_revoked_while_the_bot_runs_ends_it_too(tmp_path: Path) -> None:
    async with StandIn() as standin, running(polling(standin, tmp_path / "a.db")) as bot:
        await until(lambda: any(call.method == "getUpdates" for call in standin.calls), PATIENCE, "the bot polls")
        standin.token = "110201543:a-new-token-after-the-revocation"
        standin.person("Ann").writes("hello")
        assert await bot.ended() == 1
    assert "Telegram does not accept the bot's token" in bot.log


async def test_without_a_token_nothing_starts_and_the_setting_is_named(tmp_path: Path) -> None:
    bot = BotProcess({"AFTERCARE_DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"})
    await bot.start()
    assert await bot.ended() == 2
    assert "AFTERCARE_TELEGRAM_TOKEN is missing" in bot.log


async def test_a_taken_port_is_named(tmp_path: Path) -> None:
    async with StandIn() as standin:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            bot = BotProcess({**polling(standin, tmp_path / "a.db"), "AFTERCARE_HTTP_PORT": port})
            await bot.start()
            assert await bot.ended() == 2
    assert f"AFTERCARE_HTTP_PORT: cannot listen on 127.0.0.1:{port}" in bot.log


async def test_an_invalid_schedule_is_refused_at_start_with_its_place(tmp_path: Path) -> None:
    schedules = tmp_path / "schedules"
    shutil.copytree(ROOT / "schedules", schedules)
    with (schedules / "msc-recipient.yaml").open("a") as file:
        file.write("\nsurprise: 1\n")
    async with StandIn() as standin:
        bot = BotProcess({**polling(standin, tmp_path / "a.db"), "AFTERCARE_SCHEDULES": str(schedules)})
        await bot.start()
        assert await bot.ended() == 1
    assert "msc-recipient.yaml:" in bot.log
    assert "unknown field 'surprise'" in bot.log


async def test_sigterm_finishes_what_is_under_way(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    async with StandIn() as standin:
        people = [standin.person(f"Person {n}", started=True) for n in range(10)]
        enrolled(database, people)
        standin.faults.plan(Fault.delay(0.3), method="sendMessage", times=None)
        async with running(polling(standin, database)) as bot:
            await until(lambda: any(call.method == "getUpdates" for call in standin.calls), PATIENCE, "the bot polls")
            for person in people:
                person.writes("37.0")
            await until(lambda: any(person.messages for person in people), PATIENCE, "the first reply")
            assert await bot.stop() == 0
        assert "stopped" in bot.log
        assert all(person.messages for person in people)
        assert in_database(database, lambda uow: uow.inbox.waiting()) == 0
        unfinished = in_database(database, lambda uow: [m for m in uow.outbox.of_purpose("reply:1") if m.state != "sent"])
        assert unfinished == []
