"""The static jobs of a real runtime: the heartbeat is withheld when something stands still, files are replaced whole or not at all."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.app.bootstrap import Parts, build
from bot.app.runtime.jobs import PERIODS
from bot.app.runtime.runtime import Role, Runtime
from bot.app.secret import Secret
from bot.app.settings import Settings
from bot.channels.pacing import Pacer
from bot.simulator.clock import VirtualClock
from bot.simulator.telegram import StandIn
from tests.support.bot_process import PATIENCE, ROOT, enrolled, on_call

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Scene:
    runtime: Runtime
    parts: Parts
    clock: VirtualClock
    schedules: Path
    database: Path
    standin: StandIn
    beats: list[str] = field(default_factory=list)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    beats: list[str] = []

    async def watchdog(request: web.BaseRequest) -> web.Response:
        beats.append(request.path)
        return web.Response()

    runner = web.ServerRunner(web.Server(watchdog))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    schedules = tmp_path / "schedules"
    shutil.copytree(ROOT / "schedules", schedules)
    clock = VirtualClock(START)
    async with StandIn(clock=clock) as standin:
        settings = Settings(
            database_url=Secret(f"sqlite:///{tmp_path / 'a.db'}"),
            telegram_token=Secret(standin.token),
            telegram_api_url=standin.url,
            schedules=schedules,
            messages=ROOT / "messages",
            heartbeat_url=Secret(f"http://127.0.0.1:{runner.addresses[0][1]}/beat"),
        )
        parts = build(settings, clock=clock, pacer=Pacer(None))
        runtime = Runtime(parts, Role.WORKER)
        await runtime.start(by_clock=False)
        yield Scene(runtime, parts, clock, schedules, tmp_path / "a.db", standin, beats)
        await runtime.stop()
    await runner.cleanup()


async def test_the_heartbeat_goes_out_while_all_is_well(scene: Scene) -> None:
    await scene.runtime.jobs.tick()
    await scene.runtime.jobs.audit()
    assert scene.beats == ["/beat"]
    assert scene.runtime.jobs.troubles == ()


@pytest.mark.parametrize("loop", ["poller", "sender", "ticker"])
async def test_a_loop_that_stands_still_withholds_the_heartbeat(scene: Scene, loop: str) -> None:
    scene.parts.pulses._last[loop] = scene.parts.pulses._clock() - 61
    await scene.runtime.jobs.audit()
    assert scene.beats == []
    assert scene.runtime.jobs.troubles == (f"stalled: 1 {loop}",)


async def test_an_alert_that_reaches_nobody_withholds_the_heartbeat(scene: Scene) -> None:
    person = scene.standin.person("Ann", started=True)
    enrolled(scene.database, [person])
    person.writes("39.4")
    await person.receives("Phone the clinic", timeout=PATIENCE)
    await scene.runtime.jobs.audit()
    assert scene.beats == []
    assert any(trouble.startswith("nobody_reachable") for trouble in scene.runtime.jobs.troubles)
    page = scene.parts.metrics.render()
    assert "aftercare_alerts_unresolved 1" in page


async def test_a_database_that_fails_withholds_the_heartbeat_and_stops_no_other_job(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    scene.parts.store.close()
    for job in PERIODS:
        await scene.runtime.jobs.guarded(job)
    assert scene.beats == []
    failed = {record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR}
    assert {"the job audit failed", "the job tick failed", "the job escalate failed"} <= failed
    assert scene.parts.metrics.value("aftercare_job_failures_total", job="audit") == 1


async def test_a_changed_file_becomes_live_and_a_flawed_one_does_not(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    clinic = scene.schedules / "clinic.yaml"
    clinic.write_text(clinic.read_text().replace("+90 212 555 01 00", "+90 212 555 99 99"))
    await scene.runtime.jobs.reload()
    assert scene.parts.world().content.clinic.phone == "+90 212 555 99 99"
    clinic.write_text("clinic: {name: [}")
    await scene.runtime.jobs.reload()
    assert scene.parts.world().content.clinic.phone == "+90 212 555 99 99"
    assert scene.parts.content.problem is not None
    assert "clinic.yaml" in scene.parts.content.problem
    assert "the last good ones stay live" in caplog.text


async def test_an_alert_that_waits_for_somebody_whom_a_new_file_drops_pages_the_next_at_once(scene: Scene) -> None:
    people = {name: scene.standin.person(name, started=True) for name in ("nurse-cem", "dr-ada", "dr-bora")}
    on_call(scene.database, people)
    await scene.runtime.jobs.reload()
    person = scene.standin.person("Ann", started=True)
    enrolled(scene.database, [person])
    person.writes("39.4")
    await people["nurse-cem"].receives("URGENT", timeout=PATIENCE)
    clinic = scene.schedules / "clinic.yaml"
    text = (
        clinic.read_text().replace("clinicians: [nurse-cem]", "clinicians: [dr-bora]").replace('  nurse-cem: "Nurse Cem"\n', "")
    )
    clinic.write_text(text)
    await scene.runtime.jobs.reload()
    assert "nurse-cem" not in scene.parts.world().content.clinic.clinicians
    await people["dr-ada"].receives("URGENT", timeout=PATIENCE)
    await scene.runtime.sender.settle()
    assert len([m for m in people["nurse-cem"].messages if "URGENT" in m.text]) == 1


async def test_the_jobs_are_static_and_never_dropped_for_being_late(scene: Scene) -> None:
    people = [scene.standin.person(f"Person {n}", started=True) for n in range(30)]
    enrolled(scene.database, people, treated_before=timedelta(minutes=1))
    scene.runtime.jobs.start()
    scheduler = scene.runtime.jobs._scheduler
    assert scheduler is not None
    jobs = scheduler.get_jobs()
    assert (
        {job.id for job in jobs}
        == set(PERIODS)
        >= {"tick", "drain", "escalate", "audit", "reload", "reconcile", "review", "canary", "watch", "rotas"}
    )
    assert {(job.misfire_grace_time, job.coalesce, job.max_instances) for job in jobs} == {(None, True, 1)}
    await scene.runtime.jobs.stop()
