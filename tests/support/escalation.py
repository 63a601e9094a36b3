"""What the tests of alerts share: a small clinic, alerts by hand, and a ward on a real SQLite store."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from bot.content.library import Library
from bot.content.messages import Messages, load_messages
from bot.content.questions import load_questions
from bot.content.schedules import load_schedule
from bot.core.careplan.enrolment import Enrolment, Patient, PatientState
from bot.core.clinical.assessment import Assessment, Reason
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.delivery import Kind, Outcome, OutgoingMessage, Receipt
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import Clinic, EscalationPolicy, PolicyStep, Rota, Shift
from bot.core.escalation.roster import Roster
from bot.core.events import Inbound, InboundKind
from bot.core.triage import Knowledge
from bot.ports import Store, StoredAssessment, UnitOfWork
from bot.services import clinicians, escalations, outbox
from bot.services.world import World
from bot.storage import open_store

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
T0 = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
"""A Wednesday, 12:00 UTC, 13:00 in Berlin."""
MINUTE = timedelta(minutes=1)
DAY_AND_NIGHT = frozenset(range(7))

NURSE, ADA, BORA, CHIEF = "nurse-cem", "dr-ada", "dr-bora", "chief"
NAMES = {NURSE: "Nurse Cem", ADA: "Dr Ada", BORA: "Dr Bora", CHIEF: "Professor Dide"}


def rota(*names: str, rota_id: str = "nurses", zone: str = "Europe/Berlin") -> Rota:
    """The same people day and night."""
    shift = Shift(weekdays=DAY_AND_NIGHT, start=time(0), end=time(0), clinicians=names)
    return Rota(id=rota_id, timezone=zone, shifts=(shift,) if names else ())


def policy(disposition: Disposition = Disposition.URGENT, **changes: Any) -> EscalationPolicy:
    """The nurses for 5 minutes, Dr Ada for 10, Dr Bora for 15; the chief at the end."""
    usual = EscalationPolicy(
        id=disposition.word,
        disposition=disposition,
        steps=(
            PolicyStep(wait=5 * MINUTE, rotas=("nurses",)),
            PolicyStep(wait=10 * MINUTE, clinicians=(ADA,)),
            PolicyStep(wait=15 * MINUTE, clinicians=(BORA,)),
        ),
        last_resort=(CHIEF,),
        resolve_within=timedelta(hours=2),
    )
    return replace(usual, **changes)


def roster(*absent: str, **changes: Any) -> Roster:
    """Everybody but the absent can be reached; the nurse's rota runs day and night."""
    everybody = Roster(rotas={"nurses": rota(NURSE)}, reachable=frozenset(NAMES) - set(absent))
    return replace(everybody, **changes)


def alert(**changes: Any) -> Alert:
    """An urgent alert that has just been opened and has paged nobody."""
    fresh = Alert(
        id=1,
        patient_id=1,
        assessment_id=1,
        disposition=Disposition.URGENT,
        state=AlertState.OPEN,
        policy=policy(),
        opened_at=T0,
        next_step_at=T0,
    )
    return replace(fresh, **changes)


def clinic(**changes: Any) -> Clinic:
    """Urgent and emergency page; same-day is a task."""
    usual = Clinic(
        name="Cedar Clinic",
        phone="+49 30 5550100",
        country="DE",
        emergency_number="112",
        crisis_number="0800 1110111",
        timezone="Europe/Berlin",
        policies=(policy(), policy(Disposition.EMERGENCY)),
        rotas=(rota(NURSE),),
        clinicians=dict(NAMES),
        last_resort=(CHIEF,),
    )
    return replace(usual, **changes)


def assessment(disposition: Disposition = Disposition.URGENT, *rules: str) -> Assessment:
    """One reason per rule id (``fever.urgent.39`` unless told)."""
    names = rules or ("fever.urgent.39",)
    reasons = tuple(
        Reason(
            rule=rule,
            disposition=disposition,
            where="bot/catalogue/symptoms/fever.yaml:31",
            text="Temperature of 39 °C or more",
            symptom=rule.partition(".")[0],
        )
        for rule in names
    )
    return Assessment(disposition=disposition, reasons=reasons, content="c0ffee")


class SeededIds:
    """Tokens and codes that are the same in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same in every run, and no secret

    def token(self) -> str:
        return f"{self._random.getrandbits(128):032x}"

    def code(self) -> str:
        return f"{self._random.choice('KLMNP')}{self._random.randint(1, 9)}-{self._random.randint(10, 99)}"


@cache
def messages() -> Messages:
    """The project's own messages about alerts, for clinicians and in conversations."""
    with TemporaryDirectory() as folder:
        english = Path(folder) / "en"
        english.mkdir()
        for name in ("alerts.yaml", "clinicians.yaml", "conversation.yaml"):
            shutil.copy(ROOT / "messages" / "en" / name, english / name)
        return load_messages(Path(folder))


@cache
def _schedules() -> Library:
    questions = load_questions(ROOT / "bot" / "catalogue" / "questions.yaml")
    loaded = [load_schedule(ROOT / "schedules" / f"{name}.yaml", questions) for name in ("msc-recipient", "msc-donor")]
    return Library(
        clinic=clinic(),
        knowledge=Knowledge(),
        questions=questions,
        schedules={s.id: s for s in loaded},
        messages=messages(),
    )


def library(used: Clinic | None = None) -> Library:
    """Real messages and schedules around the test's own clinic; nothing here is triaged."""
    return replace(_schedules(), clinic=used or clinic())


def world(used: Clinic | None = None) -> World:
    """The bundle that the services take."""
    return World(content=library(used), ids=SeededIds(), bot_username="aftercare_bot")


@dataclass
class Ward:
    """A real store with one patient and four clinicians, a clock in hand, and a channel that delivers when told to."""

    store: Store
    path: Path
    world: World = field(default_factory=world)
    now: datetime = T0
    numbers: int = 1000

    @classmethod
    def open(cls, path: Path, used: Clinic | None = None) -> Ward:
        """With everybody bound to a chat: ``chat-dr-ada``."""
        file = path / "ward.db"
        ward = cls(open_store(str(file)), file, world(used))
        for name in NAMES:
            ward.do(lambda u, n=name: u.clinicians.put(Clinician(id=n, name=NAMES[n], address=f"chat-{n}")))  # type: ignore[misc]
        return ward

    def edits(self, used: Clinic) -> None:
        """Somebody publishes another clinic.yaml."""
        self.world = replace(self.world, content=library(used))

    def do(self, work: Callable[[UnitOfWork], T]) -> T:
        """One transaction."""
        return self.store.transact(work)

    def patient(self, code: str = "K7-42", **enrolment: Any) -> Patient:
        """Treated 31 hours ago by infusion, with diabetes."""

        def work(uow: UnitOfWork) -> Patient:
            patient = uow.patients.add(
                Patient(
                    id=0,
                    code=code,
                    name="Marta Secretname",
                    birth_year=1958,
                    language="en",
                    timezone="Europe/Berlin",
                    state=PatientState.ACTIVE,
                    address=f"chat-{code}",
                )
            )
            usual = Enrolment(
                id=0,
                patient_id=patient.id,
                schedule="msc-recipient",
                schedule_version="v1",
                role=Role.RECIPIENT,
                route=Route.IV,
                risks=frozenset({Risk.DIABETES}),
                treated_at=self.now - timedelta(hours=31),
                enrolled_at=self.now - timedelta(hours=30),
            )
            uow.enrolments.add(replace(usual, **enrolment))
            return patient

        return self.do(work)

    def says(self, patient: Patient, text: str, level: Disposition = Disposition.URGENT, *rules: str) -> Alert | None:
        """The patient's words are assessed (as told), stored, and escalated, in one transaction."""

        def work(uow: UnitOfWork) -> Alert | None:
            stored = StoredAssessment(
                id=0, patient_id=patient.id, inbox_id=None, at=self.now, text=text, assessment=assessment(level, *rules)
            )
            stored = replace(stored, id=uow.assessments.add(stored))
            return escalations.open_alert(uow, patient, stored, self.world, self.now)

        return self.do(work)

    def passes(self, time: timedelta) -> None:
        """The clock goes on; nobody works meanwhile."""
        self.now += time

    def tick(self) -> int:
        """One round of the escalation ticker."""
        return self.do(lambda uow: escalations.tick(uow, self.world, self.now, 100))

    def claim(self, limit: int = 100) -> list[OutgoingMessage]:
        """What the sender would send now."""
        return self.do(lambda uow: outbox.claim(uow, self.now, limit, world=self.world))

    def record(self, message: OutgoingMessage, outcome: Outcome, **receipt: Any) -> None:
        """What came of one attempt."""
        result = Receipt(outcome=outcome, **receipt)
        self.do(lambda uow: outbox.record(uow, [(message, result)], self.now))

    def deliver(self, limit: int = 100) -> list[OutgoingMessage]:
        """Everything that is due is sent and arrives; what was sent."""
        sent = self.claim(limit)
        for message in sent:
            self.numbers += 1
            self.record(message, Outcome.SENT, provider_id=str(self.numbers))
        return sent

    def alert(self, alert_id: int = 1) -> Alert:
        """The alert as it is stored."""
        return self.do(lambda uow: uow.alerts.get(alert_id))

    def events(self, alert_id: int = 1) -> list[str]:
        """Its history, one word a line."""
        return self.do(lambda uow: [entry.event for entry in uow.alerts.history(alert_id)])

    def audited(self) -> list[str]:
        """The actions in the audit chain, read past the store: its port only appends."""
        with closing(sqlite3.connect(self.path)) as connection:
            return [action for (action,) in connection.execute("SELECT action FROM audit ORDER BY seq")]

    def clinician(self, name: str) -> Clinician:
        """As stored."""
        found = self.do(lambda uow: uow.clinicians.get(name))
        assert found is not None
        return found

    def presses(self, name: str, button_id: str, message_id: str = "77") -> list[OutgoingMessage]:
        """A clinician presses a button; what is sent in reply (and arrives)."""
        self.answers(name, button_id, message_id)
        return self.deliver()

    def answers(self, name: str, button_id: str, message_id: str = "77") -> None:
        """A clinician presses a button; the replies wait in the outbox."""
        inbound = Inbound(
            channel="telegram",
            external_id=button_id,
            address=f"chat-{name}",
            kind=InboundKind.BUTTON,
            button=button_id,
            callback_id="callback-1",
            message_id=message_id,
        )
        self._handles(name, inbound)

    def writes(
        self, name: str, text: str, kind: InboundKind = InboundKind.TEXT, *, to: OutgoingMessage | None = None
    ) -> list[OutgoingMessage]:
        """A clinician writes something, or answers ``to``; what is sent in reply (and arrives)."""
        reply_to = None if to is None else self.do(lambda uow: uow.outbox.get(to.id)).provider_id
        inbound = Inbound(channel="telegram", external_id=text, address=f"chat-{name}", kind=kind, text=text, reply_to=reply_to)
        self._handles(name, inbound)
        return self.deliver()

    def _handles(self, name: str, inbound: Inbound) -> None:
        clinician = self.clinician(name)
        self.do(lambda uow: clinicians.handle(uow, inbound, clinician, self.world, self.now))


def pages(messages: list[OutgoingMessage]) -> list[OutgoingMessage]:
    """Those that tell a clinician of an alert."""
    return [m for m in messages if m.purpose.startswith("alert:") and m.kind is Kind.MESSAGE]


def paged(messages: list[OutgoingMessage]) -> list[str]:
    """Who was paged, in order."""
    return [m.clinician or "" for m in pages(messages)]


def button(message: OutgoingMessage, label: str) -> str:
    """The id of the message's button of that label."""
    return next(b.id for row in message.buttons for b in row if b.label == label)
