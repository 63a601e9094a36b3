"""One patient's course, lived through in tests: the real services and content on a real SQLite store, with a clock that is pushed.

What the patient sends is a raw Telegram update; what the bot sends is taken from the outbox as the sender would. Everything goes
into a transcript that a clinician can read.
"""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.content.library import Library
from bot.core.careplan.enrolment import Enrolment, Patient, PatientState, PlannedCheckIn
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.conversation.session import Session, SessionState
from bot.core.delivery import Button, Kind, Outcome, OutgoingMessage, Receipt
from bot.core.escalation.alert import Alert
from bot.ports import Store, StoredAssessment, Task, UnitOfWork
from bot.services import check_ins, clinicians, enrolments, escalations, intake, outbox
from bot.services.world import World
from bot.storage import open_store
from tests.support.paper import PaperChannel, SeededIds
from tests.support.transcript import Transcript, plain
from tests.support.updates import Updates

ROOT = Path(__file__).parents[2]
T0 = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday, 10:00 in London."""
RETRY = timedelta(seconds=5)
"""How often a message that failed is looked at again."""
PATIENT = 5001
FIRST_CLINICIAN = 9001
MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of random name is made in it
"""A file system in memory, where there is one: nothing here tests what a power cut does."""
T = TypeVar("T")


@cache
def library() -> Library:
    """The real content of this checkout."""
    return Library.load(ROOT / "schedules", ROOT / "messages")


class Course:
    """Fluent: ``course.at(hours=24).asks("temperature").replies("38.2")``."""

    def __init__(
        self,
        *,
        schedule: str = "msc-recipient",
        route: Route | None = Route.IV,
        risks: frozenset[Risk] = frozenset(),
        language: str = "en",
        treated_at: datetime = T0,
        timezone: str = "Europe/London",
        onboarded: bool = True,
    ) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="course-", dir=MEMORY if MEMORY.is_dir() else None)
        self.store: Store = open_store(str(Path(self._directory.name) / "course.db"))
        weakref.finalize(self, _close, self.store, self._directory)
        self.world = World(
            content=library(), ids=SeededIds(), channels={"telegram": PaperChannel()}, bot_username="aftercare_bot"
        )
        self.now = treated_at + timedelta(minutes=10)
        self.treated_at = treated_at
        self.script = Transcript(treated_at=treated_at, zone=ZoneInfo(timezone), patient=PATIENT)
        self.sent: list[OutgoingMessage] = []
        self._updates = Updates()
        self._clinicians = self._bind_clinicians()
        donor = self.world.content.schedules[schedule].role is Role.DONOR
        self.patient_id, self.token = self._enrol(schedule, None if donor else route, risks, language, timezone)
        if onboarded:
            self.onboard()

    # --- the clock ---------------------------------------------------------------------------------------------------

    def at(self, **spans: float) -> Course:
        """Lives on until that long after treatment; everything that falls due on the way happens at its own time."""
        return self.until(self.treated_at + timedelta(**spans))

    def later(self, **spans: float) -> Course:
        """Lives on for that long: ``later(hours=1, minutes=30)``."""
        return self.until(self.now + timedelta(**spans))

    def until(self, moment: datetime) -> Course:
        """Lives on until that moment."""
        assert moment >= self.now, f"{moment} has passed already"
        while (due := self._next_due()) is not None and due <= moment:
            self.now = max(self.now, due)
            self._settle()
        self.now = moment
        self._settle()
        return self

    def sleeps(self, *, hours: float) -> Course:
        """The whole system is down for that long, then starts again."""
        self.now += timedelta(hours=hours)
        self.script.note(self.now, f"(the system was down for {hours:g} hours)")
        self._settle()
        return self

    def to_next_check_in(self) -> Course:
        """Lives on until something is asked."""
        before = len(self.sent)
        while not any(m.purpose.startswith("check_in:") for m in self.sent[before:]):
            due = self._next_due()
            assert due is not None, "nothing is planned any more"
            self.until(max(due, self.now))
        return self

    # --- the patient -------------------------------------------------------------------------------------------------

    def onboard(self) -> Course:
        """The whole way from the link to consent."""
        return self.opens().replies("1961").presses("English").presses("I agree")

    def opens(self, *, address: int = PATIENT, token: str | None = None) -> Course:
        """Opens the invitation's deep link."""
        self._heard(f"(opens the invitation{_by(address)})")
        return self._text(f"/start {token or self.token}", address)

    def replies(self, text: str, *, address: int = PATIENT) -> Course:
        """Writes something."""
        self._heard(f"{text}{_by(address)}")
        return self._text(text, address)

    says = replies

    def edits(self, text: str) -> Course:
        """Changes an earlier message."""
        self._heard(f"(changes a message to) {text}")
        return self._receive(self._updates.edit(PATIENT, self.now, text))

    def sends_voice(self, caption: str = "") -> Course:
        """Sends a voice message."""
        self._heard(f"(a voice message){' ' + caption if caption else ''}")
        return self._receive(self._updates.voice(PATIENT, self.now, caption))

    def blocks(self) -> Course:
        """Blocks the bot."""
        self._heard("(blocks the bot)")
        return self._receive(self._updates.block(PATIENT, self.now))

    def presses(self, label: str, *, address: int = PATIENT) -> Course:
        """Presses the newest button of theirs with that label."""
        return self.presses_button(self.button(label, address=address), address=address)

    def presses_button(self, button: Button, *, address: int = PATIENT) -> Course:
        """Presses this button, however old it is."""
        self._heard(f"[{button.label}]{_by(address)}")
        return self._receive(self._updates.press(address, self.now, button.id))

    def button(self, label: str, *, address: int = PATIENT) -> Button:
        """The newest button that was sent to this address with that label."""
        for message in reversed(self.sent):
            for button in (b for row in message.buttons for b in row):
                if message.address == str(address) and button.label == label:
                    return button
        raise AssertionError(f"no button {label!r} was ever sent to {address}")

    def asks(self, question: str) -> Course:
        """Answers with the best option until this question is open."""
        while self.session.asked != question:
            assert self.session.asked is not None, f"{question!r} was not asked"
            self.presses_best()
        return self

    def presses_best(self) -> Course:
        """The first option of the open question: the best answer."""
        question = self.world.content.questions[self.session.asked or ""]
        return self.presses(
            self.world.content.label(self.patient.language, f"question.{question.id}.option.{question.options[0].id}")
        )

    def all_well(self) -> Course:
        """Answers the whole running check-in with the best options."""
        while self.session.state is SessionState.CHECK_IN:
            self.presses_best()
        return self

    def clinician_presses(self, label: str, *, who: str | None = None) -> Course:
        """The first clinician with such a button presses it, or the one named."""
        for address, name in self._clinicians.items():
            if who not in {None, name}:
                continue
            try:
                button = self.button(label, address=address)
            except AssertionError:
                continue
            self.script.note(self.now, f"{name} > [{label}]")
            self.clinician_address = address
            return self._receive(self._updates.press(address, self.now, button.id))
        raise AssertionError(f"no clinician has a button {label!r}")

    def clinician_says(self, text: str) -> Course:
        """The clinician who pressed last writes something."""
        assert self.clinician_address is not None, "no clinician has pressed anything"
        self.script.note(self.now, f"{self._clinicians[self.clinician_address]} > {text}")
        return self._receive(self._updates.text(self.clinician_address, self.now, text))

    def clinician_writes(self, who: str, text: str) -> Course:
        """The clinician of that name writes something, a command perhaps."""
        self.clinician_address = next(address for address, name in self._clinicians.items() if name == who)
        return self.clinician_says(text)

    def lets(self, work: Callable[[UnitOfWork], object]) -> Course:
        """Something that a job or an operator does now; what is sent for it arrives."""
        self.store.transact(work)
        return self.later(minutes=0)

    clinician_address: int | None = None

    # --- what can be seen ------------------------------------------------------------------------------------------------

    @property
    def patient(self) -> Patient:
        return self.read(lambda uow: uow.patients.get(self.patient_id))

    @property
    def enrolment(self) -> Enrolment:
        return self.read(lambda uow: uow.enrolments.of_patient(self.patient_id)[0])

    @property
    def planned(self) -> list[PlannedCheckIn]:
        """Every planned check-in of their newest course, whatever its state."""
        enrolment = self.enrolment.id
        return self.read(lambda uow: list(uow.check_ins.of_enrolment(enrolment)))

    @property
    def session(self) -> Session:
        return self.read(lambda uow: uow.sessions.get(self.patient_id))

    def state(self) -> SessionState:
        """Where the conversation stands."""
        return self.session.state

    def patient_state(self) -> PatientState:
        """Where the patient stands with us."""
        return self.patient.state

    @property
    def alerts(self) -> list[Alert]:
        return self.read(lambda uow: list(reversed(uow.alerts.of_patient(self.patient_id))))

    @property
    def tasks(self) -> list[Task]:
        return self.read(lambda uow: list(uow.tasks.open()))

    @property
    def assessments(self) -> list[StoredAssessment]:
        return self.read(lambda uow: list(uow.assessments.recent(self.patient_id, self.treated_at - timedelta(days=1))))

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """One transaction of its own."""
        return self.store.transact(work)

    def told(self, address: int = PATIENT) -> list[str]:
        """Everything that this address was sent, as plain text."""
        return [plain(m.text) for m in self.sent if m.address == str(address) and m.kind is Kind.MESSAGE]

    @property
    def last(self) -> str:
        """What the patient was told last."""
        return self.told()[-1]

    def expect_alert(self, symptom: str, disposition: Disposition) -> Course:
        """An alert of this level is there, and its assessment names the symptom."""
        levels = [(alert.disposition, self._symptoms(alert)) for alert in self.alerts]
        assert any(level is disposition and symptom in symptoms for level, symptoms in levels), levels
        return self

    def expect_patient_told(self, what: str) -> Course:
        """The words (or the clinic's number of that name) are in what the patient was told since their last message."""
        words = str(getattr(library().clinic, what, what))
        since = [plain(m.text) for m in self.sent[self.sent_before :] if m.address == str(PATIENT)]
        assert any(words in text for text in since), since
        return self

    def expect_task(self, kind: str, disposition: Disposition | None = None) -> Course:
        """An open task of that kind."""
        found = {task.kind: task.disposition for task in self.tasks}
        assert kind in found, found
        assert disposition is None or found[kind] is disposition, found
        return self

    def transcript(self, title: str) -> str:
        """Everything that happened, for a golden file."""
        return self.script.text(title)

    expects_poison = False
    """Whether a quarantined update is what the test is about; else it fails the test."""

    # --- inside --------------------------------------------------------------------------------------------------------

    sent_before = 0

    def _symptoms(self, alert: Alert) -> set[str | None]:
        stored = [a for a in self.assessments if a.id >= alert.assessment_id]
        return {s for a in stored for s in (*a.assessment.present, *(r.symptom for r in a.assessment.reasons))}

    def _enrol(self, schedule: str, route: Route | None, risks: frozenset[Risk], language: str, timezone: str) -> tuple[int, str]:
        def work(uow: UnitOfWork) -> tuple[int, str]:
            patient, _, token = enrolments.enrol(
                uow,
                self.world,
                self.now,
                name="Alex Example",
                birth_year=1961,
                schedule=schedule,
                treated_at=self.treated_at,
                route=route,
                risks=risks,
                language=language,
                timezone=timezone,
            )
            return patient.id, token

        return self.store.transact(work)

    def _bind_clinicians(self) -> dict[int, str]:
        names = {FIRST_CLINICIAN + i: name for i, name in enumerate(self.world.content.clinic.clinicians)}

        def work(uow: UnitOfWork) -> None:
            for address, name in names.items():
                clinicians.bind(uow, name, self.world, self.now, channel="telegram", address=str(address))

        self.store.transact(work)
        self._settle()
        self.script = replace(self.script, clinicians=names, lines=[], _noted=None)
        return names

    def _next_due(self) -> datetime | None:
        def work(uow: UnitOfWork) -> list[datetime]:
            found = [uow.check_ins.next_due(), uow.outbox.next_due()]
            found += [self.now + RETRY] if uow.inbox.waiting() else []
            found += [a.next_step_at for a in uow.alerts.unresolved()]
            return [moment for moment in found if moment is not None]

        return min(self.store.transact(work), default=None)

    def _settle(self) -> None:
        """The jobs, until nothing is left to do at this moment."""
        for _ in range(20):
            done, claimed = self.store.transact(self._jobs)
            self._deliver(claimed)
            if not done and not claimed:
                break
        if not self.expects_poison:
            spoiled = self.store.transact(lambda uow: uow.inbox.quarantined(self.treated_at))
            assert not spoiled, f"an update could not be handled: {spoiled[0].raw!r}"

    def _jobs(self, uow: UnitOfWork) -> tuple[int, list[OutgoingMessage]]:
        """In the order of promises.md: what came in first, then alerts, then check-ins; then whatever goes out."""
        done = intake.drain(uow, self.world, self.now, 100)
        done += escalations.tick(uow, self.world, self.now, 100)
        done += check_ins.tick(uow, self.world, self.now, 100)
        return done, outbox.claim(uow, self.now, 100, world=self.world)

    def _deliver(self, claimed: list[OutgoingMessage]) -> None:
        results = []
        for message in claimed:
            self.sent.append(message)
            self.script.sent(self.now, message)
            results.append((message, Receipt(outcome=Outcome.SENT, provider_id=str(70000 + message.id))))
        if results:
            self.store.transact(lambda uow: outbox.record(uow, results, self.now))

    def _receive(self, raw: bytes) -> Course:
        self.sent_before = len(self.sent)
        self.store.transact(lambda uow: intake.accept(uow, PaperChannel(), raw, self.now))
        self._settle()
        return self

    def _text(self, text: str, address: int) -> Course:
        return self._receive(self._updates.text(address, self.now, text))

    def _heard(self, text: str) -> None:
        self.script.note(self.now, f"patient > {text}")


def _by(address: int) -> str:
    return "" if address == PATIENT else f"   (from another chat, {address})"


def _close(store: Store, directory: tempfile.TemporaryDirectory[str]) -> None:
    store.close()
    directory.cleanup()
