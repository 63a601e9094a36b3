"""The product as one process under load: the real runtime by webhook, `aftercare run` but for the pace, which is taken off.

Telegram's limit of 30 messages a second is ours to keep and would hide what is measured; the sender's pace has a row of its own.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import uvloop

from bot.app.bootstrap import build
from bot.app.opening import open_settings_store
from bot.app.redaction import configure_logging
from bot.app.runtime.runtime import Role, Runtime
from bot.app.settings import Settings
from bot.channels.pacing import Pacer
from bot.core.careplan.enrolment import Enrolment, Patient, PatientState
from bot.core.clinical.patient import Role as CareRole
from bot.core.clinical.patient import Route
from bot.core.conversation.session import Session, SessionState
from bot.ports import UnitOfWork


def seed(uow: UnitOfWork, count: int, first_chat: int, now: datetime) -> None:
    """That many enrolled patients, three days after treatment, in chats from ``first_chat`` on."""
    for number in range(count):
        patient = uow.patients.add(
            Patient(
                id=0,
                code=f"B{first_chat + number}",
                name=f"Patient {number}",
                birth_year=1970,
                language="en",
                timezone="Europe/Istanbul",
                state=PatientState.ACTIVE,
                address=str(first_chat + number),
            )
        )
        uow.enrolments.add(
            Enrolment(
                id=0,
                patient_id=patient.id,
                schedule="msc-recipient",
                schedule_version="bench",
                role=CareRole.RECIPIENT,
                route=Route.IV,
                risks=frozenset(),
                treated_at=now - timedelta(days=3),
                enrolled_at=now - timedelta(days=3),
            )
        )
        uow.sessions.put(patient.id, Session(state=SessionState.IDLE))


async def serve(settings: Settings) -> None:
    """Until the process is killed."""
    parts = build(settings, pacer=Pacer(rate=None))
    parts.settings = replace(settings, telegram_messages_per_second=1000)
    await Runtime(parts, Role.ALL).start()
    await asyncio.Event().wait()


def main(chats: str, first_chat: str) -> None:
    """Seeds the new database, then serves. Settings come from the environment as for `aftercare run`."""
    settings = Settings.load()
    configure_logging("WARNING", settings.secrets())
    store = open_settings_store(settings)
    store.transact(lambda uow: seed(uow, int(chats), int(first_chat), datetime.now(UTC)))
    store.close()
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main(*sys.argv[1:])
