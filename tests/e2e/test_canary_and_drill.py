"""Two rehearsals through the real runtime: the canary that nobody sees, and the drill that every telephone answers."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.delivery import Outcome, OutgoingMessage, Receipt
from bot.services import canaries
from bot.simulator.telegram import StandIn
from tests.e2e.test_cli_people import call
from tests.e2e.test_runtime_jobs import Scene, scene
from tests.support.bot_process import PATIENCE, in_database, on_call, polling, running, until

__all__ = ["scene"]


async def flies(scene: Scene) -> None:
    await scene.runtime.jobs.canary()
    await scene.runtime.sender.claim()
    await scene.runtime.sender.settle()


async def test_a_canary_goes_the_whole_way_acknowledges_itself_and_nobody_sees_it(scene: Scene) -> None:
    nurse = scene.standin.person("Nurse", started=True)
    on_call(scene.database, {"nurse-cem": nurse})
    await flies(scene)
    canary = in_database(scene.database, lambda uow: uow.canaries.newest())
    assert canary is not None
    assert canary.acknowledged_at is not None
    assert canary.alert.acknowledged_by == "canary"
    assert canary.alert.state.value == "acknowledged"
    assert in_database(scene.database, lambda uow: uow.alerts.unresolved()) == []
    assert nurse.messages == []
    assert scene.standin.violations == []
    await scene.runtime.jobs.audit()
    assert scene.beats == ["/beat"]


async def test_one_that_does_not_come_back_withholds_the_heartbeat(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def swallows(message: OutgoingMessage) -> Receipt:
        return Receipt(outcome=Outcome.SENT, provider_id=str(message.id))

    monkeypatch.setattr(scene.parts.canary, "send", swallows)
    await flies(scene)
    scene.clock.turn_to(scene.clock.now() + timedelta(seconds=61))
    await scene.runtime.jobs.audit()
    assert scene.beats == []
    assert any(trouble.startswith("canary_lost") for trouble in scene.runtime.jobs.troubles)
    monkeypatch.undo()
    scene.clock.turn_to(scene.clock.now() + timedelta(minutes=15))
    await flies(scene)
    await scene.runtime.jobs.audit()
    assert scene.beats == ["/beat"]


async def test_no_canary_for_three_quarters_of_an_hour_withholds_it_too(scene: Scene) -> None:
    await flies(scene)
    scene.clock.turn_to(scene.clock.now() + timedelta(minutes=46))
    await scene.runtime.jobs.audit()
    assert any(trouble.startswith("canary_missing") for trouble in scene.runtime.jobs.troubles)


async def test_two_workers_send_one_canary(scene: Scene) -> None:
    await flies(scene)
    before = in_database(scene.database, lambda uow: uow.canaries.newest())
    await flies(scene)
    assert in_database(scene.database, lambda uow: uow.canaries.newest()) == before


async def test_a_forged_press_acknowledges_no_canary(scene: Scene) -> None:
    world = scene.parts.world()
    scene.parts.store.transact(lambda uow: canaries.send(uow, world, scene.clock.now()))
    for forged in ("1:", "1:guess", "9:guess", "x", ""):
        inbound = replace(scene.parts.canary.parse(b'{"message": "1", "button": "x"}'), button=forged)
        assert not scene.parts.store.transact(lambda uow, one=inbound: canaries.returned(uow, one, scene.clock.now()))  # type: ignore[misc]


async def test_a_file_that_leaves_hours_open_goes_live_when_its_people_can_be_reached(scene: Scene) -> None:
    people = {name: scene.standin.person(name, started=True) for name in ("nurse-cem", "dr-ada", "dr-bora")}
    on_call(scene.database, people)
    clinic = scene.schedules / "clinic.yaml"
    text = clinic.read_text().replace('  nurse-cem: "Nurse Cem"', '  nurse-cem: "Nurse Cem"\n  nurse-new: "Nurse New"')
    clinic.write_text(text.replace("clinicians: [nurse-cem]}", "clinicians: [nurse-new]}"))
    await scene.runtime.jobs.reload()
    assert "nurse-new" not in scene.parts.world().content.clinic.clinicians
    assert "nobody who can be reached would be on call: nurses: now" in (scene.parts.content.problem or "")
    newcomer = scene.standin.person("New", started=True)
    nurse = in_database(scene.database, lambda uow: uow.clinicians.get("nurse-cem"))
    assert nurse is not None
    bound = replace(nurse, id="nurse-new", name="Nurse New", address=newcomer.address)
    in_database(scene.database, lambda uow: uow.clinicians.put(bound))
    await scene.runtime.jobs.reload()
    assert "nurse-new" in scene.parts.world().content.clinic.clinicians
    assert scene.parts.content.problem is None


# --- the drill -----------------------------------------------------------------------------------------------------------


async def test_a_drill_times_every_telephone_and_names_who_did_not_answer(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    async with StandIn() as standin:
        settings = polling(standin, database)
        nurse, ada = (standin.person(name, started=True) for name in ("Nurse", "Ada"))
        on_call(database, {"nurse-cem": nurse, "dr-ada": ada})
        async with running(settings):
            drill = asyncio.create_task(call(settings, "drill", "--wait", "0.4", "--json"))
            await until(lambda: any("DRILL, no patient" in seen.text for seen in nurse.messages), PATIENCE, "the nurse is paged")
            nurse.presses("I have it (DRILL)")
            code, out, err = await drill
        assert code == 1, err
        found = json.loads(out)
        seconds = {line["clinician"]: line["seconds"] for line in found["clinicians"]}
        assert seconds["nurse-cem"] is not None
        assert 0 <= seconds["nurse-cem"] < PATIENCE
        assert (seconds["dr-ada"], seconds["dr-bora"]) == (None, None)
        assert {line["clinician"]: line["paged"] for line in found["clinicians"]}["dr-bora"] is False
        assert found["did_not_acknowledge"] == ["dr-ada", "dr-bora"]
        assert found["median_seconds"] == found["slowest_seconds"] == seconds["nurse-cem"]
        assert in_database(database, lambda uow: uow.alerts.unresolved()) == []
        assert sum("DRILL" in seen.text for seen in ada.messages) == 1


async def test_digest_and_baseline_at_the_terminal(tmp_path: Path) -> None:
    async with StandIn() as standin:
        settings = polling(standin, tmp_path / "a.db")
        code, out, err = await call(settings, "digest")
        assert (code, err) == (0, "")
        assert out.startswith("How it stands (")
        assert out.endswith("nothing is open.\n")
        enrolled = ("enrol", "--name", "Ann Example", "--birth-year", "1970", "--schedule", "msc-recipient", "--route", "iv")
        _, out, _ = await call(settings, *enrolled, "--treated-at", "2026-03-02T10:00", "--json")
        patient = json.loads(out)["patient"]
        base = ("patient", "baseline", "set", patient, "pain_other", "--by", "dr-ada", "--reason", "arthritis", "--up-to", "6")
        code, out, err = await call(settings, *base, "--days", "7")
        assert code == 0, err
        assert "pain_other is usual until" in out
        code, _, _ = await call(settings, *base, "--days", "31")
        assert code == 2
        _, out, _ = await call(settings, "patient", "baseline", "list", patient, "--json")
        [listed] = json.loads(out)
        assert (listed["symptom"], listed["up to"], listed["holds"]) == ("pain_other", "6", True)
        code, _, _ = await call(settings, "patient", "baseline", "end", patient, str(listed["id"]))
        assert code == 0
