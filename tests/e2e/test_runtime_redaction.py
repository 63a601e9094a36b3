"""A canary token, name and symptom appear nowhere in the logs of a whole course at DEBUG, nor in the metrics."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from bot.simulator.telegram import Fault, StandIn
from tests.support.bot_process import PATIENCE, WEBHOOK_SECRET, enrolled, on_call, polling, running, until, webhook

WORDS = "kanarekwords: 39.4 and my left calf is swollen"
CANARIES = ("kanarek", "Kanarina", "39.4", "left calf")


async def test_debug_logs_and_metrics_hold_no_token_and_no_word_of_a_patient(tmp_path: Path) -> None:
    async with StandIn("110201543:AAkanarekkanarekkanarek-tok_0") as standin:
        person = standin.person("Kanarina", started=True)
        nurse = standin.person("Nurse Cem", started=True)
        settings = {**polling(standin, tmp_path / "a.db"), "AFTERCARE_LOG_LEVEL": "DEBUG"}
        enrolled(tmp_path / "a.db", [person])
        on_call(tmp_path / "a.db", {"nurse-cem": nurse})
        standin.faults.plan(Fault.server_error(), method="getUpdates")
        async with running(settings) as bot:
            person.writes(WORDS)
            await nurse.receives("kanarekwords", timeout=PATIENCE)
            person.sends_photo("kanarek caption")
            nurse.presses("Acknowledge")
            await person.receives("saw this at", timeout=PATIENCE)
            metrics = await page(settings, "/metrics")
            assert await bot.stop() == 0
    assert "updates cannot be fetched" in bot.log, "the log was really written"
    for canary in CANARIES:
        assert canary not in bot.log
        assert canary not in metrics
    assert 'aftercare_messages_total{lane="alert",outcome="sent"}' in metrics
    assert 'aftercare_updates_total{outcome="kept"}' in metrics


async def test_health_says_that_it_is_live_and_ready(tmp_path: Path) -> None:
    async with StandIn() as standin:
        settings = webhook(standin, tmp_path / "a.db")
        async with running(settings):
            await until(lambda: bool(standin.world.webhook["url"]), PATIENCE, "the webhook is registered")
            assert await page(settings, "/livez") == "ok"
            assert await page(settings, "/readyz") == "ok"
            async with aiohttp.ClientSession() as session:
                url = f"http://127.0.0.1:{settings['AFTERCARE_HTTP_PORT']}/telegram/webhook"
                secret = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
                async with session.post(url, data=b'{"update_id": 1}') as refused:
                    assert refused.status == 403
                async with session.post(url, data=b"{no json", headers=secret) as bad:
                    assert bad.status == 400
                async with session.post(url, data=b"x" * 1_000_001, headers=secret) as giant:
                    assert giant.status == 413
                async with session.post(url, data=b'{"update_id": 1}', headers=secret) as kept:
                    assert kept.status == 200


async def page(settings: dict[str, str], path: str) -> str:
    url = f"http://127.0.0.1:{settings['AFTERCARE_HTTP_PORT']}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.text()
