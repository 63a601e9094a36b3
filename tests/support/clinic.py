"""A clinic from `aftercare init` in a folder of its own, with a database and patients: what an operator's test works on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from bot.app.cli.root import aftercare
from bot.app.ids import SystemIds
from bot.app.live_content import LiveContent
from bot.content.clinics import load_clinics
from bot.core.careplan.enrolment import CheckInState, Enrolment, PatientState, PlannedCheckIn
from bot.core.careplan.occurrences import plan
from bot.core.clinical.patient import Route
from bot.core.conversation.session import Session, SessionState
from bot.core.escalation.clinician import Clinician
from bot.ports import Content, Store, UnitOfWork
from bot.services import enrolments
from bot.services.world import World
from bot.storage import open_store
from tests.support.careplan import MESSAGES

SCHEDULE = "linden-clinic"


@dataclass(frozen=True)
class TempClinic:
    """``url`` is its database."""

    folder: Path
    url: str
    key: bytes | None = None

    @property
    def schedules(self) -> Path:
        return self.folder / "schedules"

    @property
    def file(self) -> Path:
        return next(path for path in self.schedules.glob("*.yaml") if path.name not in {"clinic.yaml", "questions.yaml"})

    @property
    def schedule(self) -> str:
        return self.file.stem

    @property
    def environment(self) -> dict[str, str]:
        found = {
            "AFTERCARE_SCHEDULES": str(self.schedules),
            "AFTERCARE_MESSAGES": str(MESSAGES),
            "AFTERCARE_DATABASE_URL": self.url if "://" in self.url else f"sqlite:///{self.url}",
        }
        return {**found, "AFTERCARE_ENCRYPTION_KEY": self.key.hex()} if self.key else found

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(aftercare, list(words), env=self.environment, catch_exceptions=False)

    def data(self, *words: str, exit_code: int = 0) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)

    def edit(self, *changes: tuple[str, str]) -> None:
        text = self.file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        self.file.write_text(text, encoding="utf-8")

    def store(self) -> Store:
        return open_store(self.url, key=self.key)

    def work(self, work: Any) -> Any:
        store = self.store()
        try:
            return store.transact(work)
        finally:
            store.close()

    def binds(self, *but: str) -> None:
        """Everybody of every clinic has a chat, but for those named."""
        people = {name: said for one in load_clinics(self.schedules).values() for name, said in one.clinicians.items()}

        def bind(uow: UnitOfWork) -> None:
            for name, said in people.items():
                if name not in but:
                    uow.clinicians.put(Clinician(id=name, name=said, address=f"chat-{name}"))

        self.work(bind)

    def content(self) -> Content:
        store = self.store()
        try:
            return LiveContent(self.schedules, MESSAGES, store).current
        finally:
            store.close()

    def patients(self, *days: int, address: str | None = None) -> list[int]:
        """A patient for each number of days since treatment, who has answered everything that was due so far."""
        world = World(content=self.content(), ids=SystemIds())
        now = datetime.now(UTC)

        def enrol(uow: UnitOfWork) -> Iterator[int]:
            for since in days:
                treated = now - timedelta(days=since, minutes=30)
                patient, course, _ = enrolments.enrol(
                    uow, world, now, name="Ann", birth_year=1970, schedule=self.schedule, treated_at=treated, route=Route.IV
                )
                state = PatientState.ACTIVE
                uow.patients.save(replace(patient, state=state, address=address or f"7000{patient.id}"))
                uow.sessions.put(patient.id, Session(state=SessionState.IDLE))
                started = replace(course, enrolled_at=treated)
                uow.enrolments.save(started)
                rows = plan(world.content.schedules[self.schedule], started, patient.zone(), treated)
                uow.check_ins.plan(rows)
                for row in uow.check_ins.of_enrolment(course.id):
                    if row.due_at <= now:
                        uow.check_ins.save(replace(row, state=CheckInState.ANSWERED, sent_at=row.due_at))
                yield patient.id

        return list(self.work(lambda uow: list(enrol(uow))))

    def course(self, patient_id: int) -> Enrolment:
        found: Enrolment = self.work(lambda uow: uow.enrolments.of_patient(patient_id)[0])
        return found

    def rows(self, patient_id: int) -> dict[str, PlannedCheckIn]:
        course = self.course(patient_id)
        return {row.check_in: row for row in self.work(lambda uow: uow.check_ins.of_enrolment(course.id))}


def new_clinic(folder: Path, url: str | None = None, key: bytes | None = None) -> TempClinic:
    """What `aftercare init` makes, with everybody of it bound to a chat: nothing is published while nobody can be reached."""
    clinic = TempClinic(folder / "clinic", url or str(folder / "a.db"), key)
    words = ("--name", "Linden Clinic", "--country", "DE", "--timezone", "Europe/Berlin", "--language", "de")
    result = CliRunner().invoke(aftercare, ["init", str(clinic.folder), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    clinic.binds()
    return clinic
