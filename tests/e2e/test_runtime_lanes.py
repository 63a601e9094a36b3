"""A page overtakes whatever waits: thousands of due check-ins, at Telegram's pace."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from bot.app.clock import SystemClock
from bot.core.delivery import Lane, OutgoingMessage
from bot.ports import UnitOfWork
from bot.simulator.telegram import Limits, StandIn
from tests.support.bot_process import PATIENCE, enrolled, in_database, on_call, polling, running, until

CHATS, EACH = 100, 40


async def test_a_page_overtakes_thousands_of_waiting_check_ins(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    async with StandIn(limits=Limits()) as standin:
        people = [standin.person(f"Person {n}", started=True) for n in range(CHATS)]
        ill, nurse = standin.person("Ill", started=True), standin.person("Nurse Cem", started=True)
        enrolled(database, [ill])
        on_call(database, {"nurse-cem": nurse})
        in_database(database, lambda uow: queue(uow, [person.address for person in people]))
        async with running(polling(standin, database)):
            await until(lambda: sum(len(person.messages) for person in people) >= 30, PATIENCE, "the queue flows")
            written = time.monotonic()
            ill.writes("39.4")
            await until(lambda: bool(nurse.messages), PATIENCE, "the page arrives")
            assert time.monotonic() - written < 5.0, "promise 3: at most five seconds, whatever waits"
            await until(lambda: bool(ill.messages), PATIENCE, "the patient has their advice")
            assert time.monotonic() - written < 10.0
        assert sum(len(person.messages) for person in people) < CHATS * EACH, "the queue was really long"
        assert not [call for call in standin.calls if call.status == 429], "Telegram never had to slow us down"


def queue(uow: UnitOfWork, addresses: list[str]) -> None:
    due = SystemClock().now() - timedelta(minutes=1)
    for _ in range(EACH):
        for address in addresses:
            uow.outbox.add(
                OutgoingMessage(id=0, channel="telegram", address=address, text="How are you?", lane=Lane.ROUTINE, due_at=due)
            )
