"""Twenty updates under way, the process is killed, and after a restart twenty of twenty are handled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.ports import UnitOfWork
from bot.simulator.telegram import Fault, Person, StandIn
from tests.support.bot_process import LONG_AGO, PATIENCE, enrolled, in_database, on_call, polling, running, until, webhook

MANY = 20
Mode = Callable[[StandIn, Path], dict[str, str]]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "aftercare.db"


@pytest.mark.parametrize("killed_after", [0, 1, 9], ids=lambda n: f"killed_after_{n}_replies")
@pytest.mark.parametrize("mode", [polling, webhook], ids=["polling", "webhook"])
async def test_twenty_updates_survive_sigkill(mode: Mode, killed_after: int, database: Path) -> None:
    async with StandIn() as standin:
        people = [standin.person(f"Person {n}", started=True) for n in range(MANY)]
        patients = enrolled(database, people)
        nurse = standin.person("Nurse Cem", started=True)
        on_call(database, {"nurse-cem": nurse})
        standin.faults.plan(Fault.delay(0.05), method="sendMessage", times=None)
        settings = mode(standin, database)
        async with running(settings) as bot:
            await until(lambda: called(standin, "setWebhook" if mode is webhook else "getUpdates"), PATIENCE, "the bot listens")
            for person in people:
                person.writes("39.4")
            await until(lambda: replied(people) >= killed_after, PATIENCE, f"{killed_after} replies")
            await bot.kill()
        standin.faults.clear()
        before = replied(people)
        assert before < MANY, "the kill came too late to prove anything"
        async with running(settings):
            await until(lambda: not len(standin.world.updates), PATIENCE, "every update is fetched")
            await until(lambda: in_database(database, handled) == MANY, PATIENCE, "every update is handled")
            if killed_after == 1 and mode is polling:
                await until(lambda: replied(people) == MANY, PATIENCE, "whoever was being answered is answered again")
        told = in_database(database, lambda uow: [about(uow, patient) for patient in patients])
        assert told == [("39.4", Disposition.URGENT, 1, True)] * MANY


def called(standin: StandIn, method: str) -> bool:
    return any(call.method == method for call in standin.calls)


def replied(people: list[Person]) -> int:
    return sum(bool(person.messages) for person in people)


def handled(uow: UnitOfWork) -> int:
    if uow.inbox.waiting():
        return 0
    return sum(bool(uow.assessments.recent(patient.id, LONG_AGO)) for patient in uow.patients.all())


def about(uow: UnitOfWork, patient_id: int) -> tuple[str, Disposition, int, bool]:
    """What they wrote (once, or the unpacking fails), what it means, how many alerts, and whether advice is on its way or sent."""
    (stored,) = uow.assessments.recent(patient_id, LONG_AGO)
    alerts = uow.alerts.of_patient(patient_id)
    advice = uow.outbox.of_purpose(f"reply:{stored.inbox_id}")
    on_its_way = any(message.state in {"pending", "sending", "sent"} for message in advice)
    return stored.text, stored.assessment.disposition, len(alerts), on_its_way
