"""Runs the simulation: from one moment at which something happens to the next, each lived through to the end."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import CheckInState
from bot.core.conversation.session import SessionState
from bot.core.delivery import Button, Kind, Lane, OutgoingMessage, Receipt
from bot.core.escalation.clinician import Clinician
from bot.ports import Content, Store, UnitOfWork
from bot.services import auditor, check_ins, enrolments, escalations, intake, outbox
from bot.services.performing import CLARIFICATION
from bot.services.world import World
from bot.simulator.clock import VirtualClock
from bot.simulator.moves import Press, Write, best_answer
from bot.simulator.simulation.channel import MemoryChannel
from bot.simulator.simulation.ids import SeededIds
from bot.simulator.simulation.ledger import Ledger, Said
from bot.simulator.simulation.people import SimClinician, SimPatient
from bot.simulator.simulation.sayings import Saying

AT_ONCE = 500
ROUNDS = 1000
"""More rounds than this at one moment mean that something goes round in circles."""
AUDITED_EVERY = timedelta(hours=6)
FIRST_CLINICIAN = 900
Happening = Callable[[UnitOfWork], None]
Delivered = tuple[OutgoingMessage, Receipt]


@dataclass(kw_only=True)
class Simulation:
    """One run. ``schedule`` is the course of every patient."""

    store: Store
    content: Content
    schedule: str
    patients: list[SimPatient]
    clinicians: list[SimClinician]
    start: datetime
    days: int
    seed: int
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self._clock = VirtualClock(self.start)
        self._channel = MemoryChannel(told=self._told)
        channels = {self._channel.name: self._channel}
        self._world = World(content=self.content, ids=SeededIds(self.seed), channels=channels, bot_username="simulated_bot")
        self._agenda: list[tuple[datetime, int, Happening]] = []
        self._numbers = itertools.count()
        self._by_address = {patient.address: patient for patient in self.patients}
        self._on_call = {clinician.address: clinician for clinician in self.clinicians}

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(days=self.days)

    @property
    def trace(self) -> str:
        """A hash over everything that was sent."""
        return self._channel.trace.hexdigest()

    def run(self) -> None:
        """From the first to the last day."""
        self.store.transact(self._bind_clinicians)
        for patient in self.patients:
            self._plan_life(patient)
        self._plan(self.start + AUDITED_EVERY, self._audit)
        moment = self.start
        while moment <= self.end:
            self._clock.turn_to(moment)
            moment = self._live()
        self.ledger.sent = self._channel.sent

    # --- one moment ------------------------------------------------------------------------------------------------------

    def _next(self, uow: UnitOfWork) -> datetime:
        due = [uow.check_ins.next_due(), uow.outbox.next_due(), *(alert.next_step_at for alert in uow.alerts.unresolved())]
        moments = [moment for moment in due if moment is not None]
        moments += [self._agenda[0][0]] if self._agenda else [self.end + timedelta(seconds=1)]
        return max(min(moments), self._clock.now())

    def _live(self) -> datetime:
        """Everything that happens at this moment; when the next one is."""
        results: list[Delivered] = []
        for _ in range(ROUNDS):
            claimed, following = self.store.transact(self._round(results))
            if following is not None:
                return following
            results = [(message, self._channel.deliver(message, self._clock.now())) for message in claimed]
        raise RuntimeError(f"seed {self.seed}: the moment {self._clock.now().isoformat()} does not end")

    def _round(self, results: list[Delivered]) -> Callable[[UnitOfWork], tuple[list[OutgoingMessage], datetime | None]]:
        """One transaction: what came of the last messages, what happens now, which messages go. The next moment, once all is done."""

        def work(uow: UnitOfWork) -> tuple[list[OutgoingMessage], datetime | None]:
            now = self._clock.now()
            outbox.record(uow, results, now)
            while self._agenda and self._agenda[0][0] <= now:
                heapq.heappop(self._agenda)[2](uow)
            intake.drain(uow, self._world, now, AT_ONCE)
            self._tick(uow, now)
            escalations.tick(uow, self._world, now, AT_ONCE)
            claimed = outbox.claim(uow, now, AT_ONCE)
            return claimed, None if claimed else self._next(uow)

        return work

    def _tick(self, uow: UnitOfWork, now: datetime) -> None:
        planned = [
            row for row in uow.check_ins.due(now, AT_ONCE) if row.state is CheckInState.PLANNED and row.check_in != CLARIFICATION
        ]
        check_ins.tick(uow, self._world, now, AT_ONCE)
        for row in planned:
            self.ledger.fell_due(row, uow.check_ins.get(row.id), now)

    def _audit(self, uow: UnitOfWork) -> None:
        now = self._clock.now()
        report = auditor.inspect(uow, self._world, now)
        self.ledger.violations += [f"{now.isoformat()}: the auditor had to repair: {what}" for what in report.repaired]
        self.ledger.violations += [f"{now.isoformat()}: {p.kind}: {p.detail}" for p in report.problems]
        self._plan(now + AUDITED_EVERY, self._audit)

    def _plan(self, at: datetime, happening: Happening) -> None:
        """At the next full minute: what happens in the same minute is handled in the same transactions."""
        at = max(at, self._clock.now())
        full = at.replace(second=0, microsecond=0)
        heapq.heappush(self._agenda, (full if full == at else full + timedelta(minutes=1), next(self._numbers), happening))

    def _plan_life(self, who: SimPatient) -> None:
        self._plan(who.joins_at, lambda uow: self._join(uow, who))
        for at, saying in who.unasked:
            self._plan(at, self._saying(who, saying))

    # --- patients --------------------------------------------------------------------------------------------------------

    def _join(self, uow: UnitOfWork, who: SimPatient) -> None:
        now = self._clock.now()
        patient, _, token = enrolments.enrol(
            uow,
            self._world,
            now,
            name=f"Patient {who.number}",
            birth_year=who.birth_year,
            schedule=self.schedule,
            treated_at=who.treated_at,
            route=who.route,
            risks=sorted(who.risks),
            timezone=who.timezone,
            by="simulation",
        )
        who.patient_id = patient.id
        self._arrives(uow, self._channel.text_update(who.address, f"/start {token}"))

    def _saying(self, who: SimPatient, saying: Saying) -> Happening:
        return lambda uow: self._say(uow, who, saying)

    def _say(self, uow: UnitOfWork, who: SimPatient, saying: Saying) -> None:
        self._arrives(uow, self._channel.text_update(who.address, saying.text))
        self.ledger.said.append(Said(who.patient_id, self._clock.now(), saying))

    def _move(self, uow: UnitOfWork, who: SimPatient) -> None:
        who.answering = False
        session, patient = uow.sessions.get(who.patient_id), uow.patients.get(who.patient_id)
        move = best_answer(session, patient)
        words = who.words() if session.state is SessionState.CHECK_IN else None
        if move is None:
            return
        if words is not None:
            self._say(uow, who, words)
        elif isinstance(move, Write):
            self._arrives(uow, self._channel.text_update(who.address, move.text))
        elif isinstance(move, Press) and who.last is not None:
            self._press(uow, who.address, who.last.buttons[move.index][0])

    def _press(self, uow: UnitOfWork, address: str, button: Button) -> None:
        self._arrives(uow, self._channel.press_update(address, button))

    def _arrives(self, uow: UnitOfWork, raw: bytes) -> None:
        intake.accept(uow, self._channel, raw, self._clock.now())

    # --- what is heard ---------------------------------------------------------------------------------------------------

    def _told(self, message: OutgoingMessage) -> None:
        if message.kind is not Kind.MESSAGE:
            return
        if message.address in self._by_address:
            self._patient_told(self._by_address[message.address], message)
        elif message.address in self._on_call:
            self._clinician_told(self._on_call[message.address], message)

    def _patient_told(self, who: SimPatient, message: OutgoingMessage) -> None:
        who.last = message if message.buttons else who.last
        self.ledger.prompted(message)
        delay = who.first_delay() if message.lane is Lane.ROUTINE else who.next_delay()
        if delay is not None and not who.answering:
            who.answering = True
            self._plan(self._clock.now() + delay, lambda uow: self._move(uow, who))

    def _clinician_told(self, who: SimClinician, message: OutgoingMessage) -> None:
        now, buttons = self._clock.now(), [button for row in message.buttons for button in row]
        if not buttons:
            return
        if message.purpose.startswith("alert_outcome:"):
            self._plan(now + timedelta(seconds=30), lambda uow: self._press(uow, who.address, buttons[0]))
            return
        delay = who.answers_after()
        if delay is None:
            return
        self._plan(now + delay, lambda uow: self._press(uow, who.address, buttons[0]))
        if len(buttons) > 1:
            self._plan(now + delay + who.resolves_after(), lambda uow: self._press(uow, who.address, buttons[1]))

    def _bind_clinicians(self, uow: UnitOfWork) -> None:
        for who in self.clinicians:
            uow.clinicians.put(Clinician(id=who.id, name=self.content.clinic.clinicians[who.id], address=who.address))
