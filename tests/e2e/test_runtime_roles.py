"""Several processes on one PostgreSQL: one keeps what arrives, two handle and send, and nothing is done twice."""

from __future__ import annotations

import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from bot.ports import UnitOfWork
from bot.simulator.telegram import Person, StandIn
from tests.support.bot_process import LONG_AGO, PATIENCE, enrolled, free_port, in_database, on_call, running, until, webhook
from tests.support.stores import KEY, PostgresServer, postgres_server

__all__ = ["postgres_server"]
MANY = 12


async def test_a_web_process_and_two_workers_share_the_load(postgres_server: PostgresServer, tmp_path: Path) -> None:
    database = postgres_server.new_database()
    async with StandIn() as standin:
        people = [standin.person(f"Person {n}", started=True) for n in range(MANY)]
        nurse = standin.person("Nurse Cem", started=True)
        health = free_port()
        patients = enrolled(database, people)
        on_call(database, {"nurse-cem": nurse})
        common = {
            **webhook(standin, tmp_path / "unused"),
            "AFTERCARE_DATABASE_URL": database,
            "AFTERCARE_ENCRYPTION_KEY": KEY.hex(),
        }
        async with (
            running(common, "run", "--role", "web"),
            running({**common, "AFTERCARE_HTTP_PORT": str(health)}, "run", "--role", "worker"),
            running({**common, "AFTERCARE_HTTP_PORT": str(health)}, "run", "--role", "worker") as other,
        ):
            await until(lambda: bool(standin.world.webhook["url"]), PATIENCE, "the webhook is registered")
            await until(lambda: answers(health, "livez") == 200, PATIENCE, "a worker says that it is well")
            assert answers(health, "telegram/webhook") == 404
            assert other.alive, "the second worker's port is taken: it works all the same"
            for person in people:
                person.writes("39.4")
            await until(lambda: all(person.messages for person in people), PATIENCE, "everybody is answered")
            await until(lambda: pages(nurse) == MANY, PATIENCE, "every alert is paged")
        assert in_database(database, lambda uow: [told(uow, patient) for patient in patients]) == [("39.4", 1)] * MANY
        assert pages(nurse) == MANY, "no page came twice"
        assert [len({seen.text for seen in person.messages}) for person in people] == [len(person.messages) for person in people]


def answers(port: int, path: str) -> int:
    with suppress(urllib.error.HTTPError, OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
        return int(answer.status)
    return 404


def pages(nurse: Person) -> int:
    return sum("· patient " in seen.text for seen in nurse.messages)


def told(uow: UnitOfWork, patient_id: int) -> tuple[str, int]:
    (stored,) = uow.assessments.recent(patient_id, LONG_AGO)
    return stored.text, len(uow.alerts.of_patient(patient_id))
