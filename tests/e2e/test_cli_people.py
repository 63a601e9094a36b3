"""enrol, clinician and patient, with Telegram's stand-in for the bot's name: the link that is printed opens."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.simulator.telegram import StandIn
from tests.support.bot_process import PATIENCE, ROOT, polling, running

ENROL = ("enrol", "--name", "Ann Example", "--birth-year", "1970", "--schedule", "msc-recipient", "--route", "iv")


async def call(settings: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def data(settings: dict[str, str], *arguments: str) -> Any:
    code, out, err = await call(settings, *arguments)
    assert code == 0, err
    return json.loads(out)


async def test_from_the_printed_link_to_erasure(tmp_path: Path) -> None:
    async with StandIn() as standin:
        settings = polling(standin, tmp_path / "a.db")
        invited = await data(settings, *ENROL, "--treated-at", "2026-03-02T10:00", "--risk", "diabetes", "--json")
        assert invited["link"].startswith("https://t.me/aftercare_bot?start=")
        nurse = await data(settings, "clinician", "add", "nurse-cem", "--json")
        person, clinician = standin.person("Ann"), standin.person("Cem")
        async with running(settings):
            person.opens(invited["link"].partition("start=")[2])
            await person.receives("year you were born", timeout=PATIENCE)
            clinician.opens(nurse["link"].partition("start=")[2])
            await clinician.receives("Nurse Cem", timeout=PATIENCE)
            shown = await data(settings, "patient", "show", invited["patient"], "--json")
            assert (shown["code"], shown["state"]) == (invited["patient"], "invited")
            listed = {row["clinician"]: row for row in await data(settings, "clinician", "list", "--json")}
            assert listed["nurse-cem"]["chat"]
            assert not listed["dr-ada"]["chat"]
        exported = await data(settings, "patient", "export", invited["patient"])
        assert exported["patient"]["name"] == "Ann Example"
        assert exported["enrolments"][0]["risks"] == ["diabetes"]
        assert (await call(settings, "patient", "erase", invited["patient"], "--yes"))[0] == 0
        code, _, err = await call(settings, "patient", "show", invited["patient"])
        assert code == 1
        assert "no patient has the code" in err
        assert b"Ann Example" not in (tmp_path / "a.db").read_bytes()


async def test_a_qr_code_is_drawn_in_the_terminal(tmp_path: Path) -> None:
    async with StandIn() as standin:
        code, out, _ = await call(polling(standin, tmp_path / "a.db"), *ENROL, "--treated-at", "2026-03-02T10:00")
        assert code == 0
        assert "https://t.me/aftercare_bot?start=" in out
        assert out.count("█") > 50 or out.count("▀") > 50


async def test_what_cannot_be_enrolled_is_wrong_use(tmp_path: Path) -> None:
    async with StandIn() as standin:
        settings = polling(standin, tmp_path / "a.db")
        for wrong in (
            ("--treated-at", "tomorrow"),
            ("--treated-at", "2999-01-01T00:00"),
            ("--treated-at", "2026-03-02T10:00", "--timezone", "Mars"),
        ):
            code, _, err = await call(settings, *ENROL, *wrong)
            assert code == 2, err
        code, _, err = await call(settings, "clinician", "add", "nobody")
        assert code == 1
        assert "clinic.yaml has no clinician 'nobody'" in err
