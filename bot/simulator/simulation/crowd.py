"""Patients, clinicians and strangers as they live: what they hear, and what they do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.conversation.session import SessionState
from bot.core.delivery import Button, Kind, Lane, OutgoingMessage
from bot.core.errors import InvalidValue
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import MAIN
from bot.core.events import InboundKind
from bot.ports import UnitOfWork
from bot.services import clinicians as clinic_staff
from bot.services import enrolments
from bot.services.clinics import everybody
from bot.services.world import World
from bot.simulator.moves import Press, Write, best_answer
from bot.simulator.simulation.agenda import Agenda
from bot.simulator.simulation.channel import TroubledChannel
from bot.simulator.simulation.clock import SkewedClock
from bot.simulator.simulation.faults import Faults
from bot.simulator.simulation.ledger import Ledger, Said
from bot.simulator.simulation.people import SimPatient
from bot.simulator.simulation.sayings import Saying
from bot.simulator.simulation.staff import Deed, SimClinician

STRANGER = "666000"
"""The chat of somebody who is nobody's patient and nobody's colleague."""
TRIES_AGAIN = timedelta(hours=1)
FORWARDED = 0.05
"""Of the pages: so many end on a telephone that is not the clinician's, and are pressed there."""
HASTE = timedelta(seconds=30)
Happening = Callable[[UnitOfWork], None]


@dataclass(kw_only=True, slots=True)
class Crowd:
    """Everybody outside. What they do goes into the channel; the bot fetches it there."""

    world: World
    channel: TroubledChannel
    clock: SkewedClock
    faults: Faults
    ledger: Ledger
    schedule: str
    patients: Sequence[SimPatient]
    clinicians: Sequence[SimClinician]
    agenda: Agenda[Happening] = field(default_factory=Agenda)
    _patients: dict[str, SimPatient] = field(default_factory=dict)
    _clinicians: dict[str, SimClinician] = field(default_factory=dict)
    _labels: dict[str, Deed] = field(default_factory=dict)
    _follows: dict[int, str] = field(default_factory=dict)
    """The clinic of each patient."""

    def begin(self, uow: UnitOfWork) -> None:
        """Clinicians have their chats, and everybody's life is planned."""
        self._labels |= {self.world.content.label("en", f"alert.button.{deed}"): deed for deed in Deed}
        for who in self.clinicians:
            self._clinicians[who.address] = who
            uow.clinicians.put(Clinician(id=who.id, name=everybody(self.world.content)[who.id], address=who.address))
        for patient in self.patients:
            self._patients[patient.address] = patient
            self._plan_life(patient)

    def plan(self, at: datetime, happening: Happening, *, exact: bool = False) -> None:
        """At the next full minute: what happens in the same minute is handled in the same transactions."""
        at = max(at, self.clock.true)
        full = at.replace(second=0, microsecond=0)
        self.agenda.add(at if exact or full == at else full + timedelta(minutes=1), happening)

    def is_staff(self, address: str) -> bool:
        """Whether somebody who works here now reads at this address."""
        who = self._clinicians.get(address)
        return who is not None and not who.left

    def serves(self, address: str, patient_id: int) -> bool:
        """Whether whoever reads at this address works at the clinic of that patient."""
        who, clinic = self._clinicians.get(address), self._follows.get(patient_id, MAIN)
        return who is not None and who.id in self.world.content.clinics[clinic].clinicians

    def patient_at(self, address: str) -> int | None:
        """Whose chat this is."""
        who = self._patients.get(address)
        return None if who is None else who.patient_id

    # --- what befalls people ---------------------------------------------------------------------------------------------

    def moves(self, who: SimPatient | SimClinician) -> Happening:
        """Their chat has another id from now on; the bot learns of it when it next writes to them."""

        def happen(_uow: UnitOfWork) -> None:
            new = f"{who.address}1"
            self.channel.network.moved[who.address] = new

        return happen

    def has_moved(self, old: str, new: str) -> None:
        """The bot has been told the new id: from now on they write from there."""
        patient, clinician = self._patients.get(old), self._clinicians.get(old)
        if patient is not None:
            patient.chat = new
            self._patients[new] = patient
        if clinician is not None:
            clinician.address = new
            self._clinicians[new] = clinician

    def blocks(self, who: SimPatient | SimClinician, lasts: timedelta, *, tells: bool) -> Happening:
        """They block the bot for a while. Sometimes the channel says so at once, sometimes only the next message finds out."""

        def happen(_uow: UnitOfWork) -> None:
            self.channel.network.blocked.add(who.address)
            if isinstance(who, SimPatient):
                self.ledger.shut_out.add(who.patient_id)
            if tells:
                self._does(who.address, InboundKind.BLOCKED)
            self.plan(self.clock.true + lasts, lambda _: self._unblocks(who))

        return happen

    def leaves(self, who: SimClinician) -> Happening:
        """They do not work here any more, from the very page that they get next; they still try their old buttons."""

        def happen(_uow: UnitOfWork) -> None:
            who.leaving = True

        return happen

    def _leaves_now(self, who: SimClinician) -> Happening:
        def happen(uow: UnitOfWork) -> None:
            if who.left:
                return
            who.left = True
            clinic_staff.revoke(uow, who.id, "simulation", self.clock.now())
            for alert in who.screens:
                self.plan(self.clock.true + HASTE, lambda _, alert=alert: self._press_deed(who, alert, Deed.ACKNOWLEDGE))  # type: ignore[misc]

        return happen

    def _unblocks(self, who: SimPatient | SimClinician) -> None:
        if who.address in self.channel.network.blocked:
            self.channel.network.blocked.discard(who.address)
            self._does(who.address, InboundKind.UNBLOCKED)

    # --- patients --------------------------------------------------------------------------------------------------------

    def _plan_life(self, who: SimPatient) -> None:
        self.plan(who.joins_at, lambda uow: self._join(uow, who))
        for at, saying in who.unasked:
            self.plan(at, self.saying(who, saying))

    def _join(self, uow: UnitOfWork, who: SimPatient) -> None:
        """The clinic enrols them; again later where the machine's clock says that their treatment lies ahead."""
        try:
            with uow.savepoint():
                token = self._enrolled(uow, who)
        except InvalidValue:
            self.plan(self.clock.true + TRIES_AGAIN, lambda later: self._join(later, who))
        else:
            self._opens(who, token)

    def _enrolled(self, uow: UnitOfWork, who: SimPatient) -> str:
        patient, _, token = enrolments.enrol(
            uow,
            self.world,
            self.clock.now(),
            name=f"Patient {who.number}",
            birth_year=who.birth_year,
            schedule=self.schedule,
            treated_at=who.treated_at,
            route=who.route,
            risks=sorted(who.risks),
            timezone=who.timezone,
            clinic=self._clinic_of(who),
            by="simulation",
        )
        who.patient_id = patient.id
        self._follows[patient.id] = patient.clinic
        return token

    def _clinic_of(self, who: SimPatient) -> str:
        """Each clinic has as many as the others."""
        known = list(self.world.content.clinics)
        return known[who.number % len(known)]

    def _opens(self, who: SimPatient, token: str) -> None:
        """The invitation; again each hour while nothing comes back."""
        self._does(who.address, InboundKind.TEXT, text=f"/start {token}")
        self.plan(self.clock.true + TRIES_AGAIN, lambda _: None if who.heard else self._opens(who, token))

    def saying(self, who: SimPatient, saying: Saying) -> Happening:
        """They write this."""
        return lambda _: self._say(who, saying)

    def _say(self, who: SimPatient, saying: Saying) -> None:
        """Whoever has never had an answer waits for one; whoever has blocked the bot must let it in to write."""
        if not who.heard:
            self.plan(self.clock.true + TRIES_AGAIN, self.saying(who, saying))
            return
        self._unblocks(who)
        update = self._does(who.address, InboundKind.TEXT, text=saying.text)
        self.ledger.said.append(Said(who.patient_id, self.clock.true, saying, update, who.in_course))

    def _move(self, uow: UnitOfWork, who: SimPatient) -> None:
        who.answering = False
        session, patient = uow.sessions.get(who.patient_id), uow.patients.get(who.patient_id)
        move = best_answer(session, patient)
        words = who.words() if session.state is SessionState.CHECK_IN else None
        if move is None or who.address in self.channel.network.blocked:
            return
        if words is not None:
            self._say(who, words)
        elif isinstance(move, Write):
            self._does(who.address, InboundKind.TEXT, text=move.text)
        elif isinstance(move, Press) and who.last is not None:
            button = who.last.buttons[min(move.index, len(who.last.buttons) - 1)][0].id
            if button not in who.pressed:
                who.pressed.add(button)
                self._does(who.address, InboundKind.BUTTON, button=button)

    # --- clinicians ------------------------------------------------------------------------------------------------------

    def _press(self, who: SimClinician, button: Button, alert: str) -> None:
        if who.address in self.channel.network.blocked:
            return
        if not who.left:
            self.ledger.pressed.add((who.id, alert))
        self._does(who.address, InboundKind.BUTTON, button=button.id)

    def _press_deed(self, who: SimClinician, alert: str, deed: Deed | None = None) -> None:
        """On the newest page as it looks when they get to it."""
        offered = who.offered(alert, self._labels)
        deed = deed or who.deed(offered)
        if deed is None or deed not in offered:
            return
        self._press(who, offered[deed], alert)
        if deed is Deed.REPLY:
            self.plan(self.clock.true + HASTE, lambda _: self._writes(who, alert))
        delay = who.resolves_after()
        if delay is not None and deed in {Deed.ACKNOWLEDGE, Deed.TAKE_OVER, Deed.CALLING, Deed.CALLED, Deed.REPLY}:
            then = Deed.CALLED if deed is Deed.CALLING and who.random.random() < 0.5 else Deed.RESOLVE
            self.plan(self.clock.true + delay, lambda _: self._press_deed(who, alert, then))

    def _writes(self, who: SimClinician, alert: str) -> None:
        if who.address not in self.channel.network.blocked:
            self.ledger.pressed.add((who.id, alert))
            self._does(who.address, InboundKind.TEXT, text="How are you now? Is it better than this morning?")

    # --- what is heard ---------------------------------------------------------------------------------------------------

    def told(self, message: OutgoingMessage) -> None:
        """A message has reached a telephone."""
        if message.address in self._clinicians:
            self._clinician_told(self._clinicians[message.address], message)
        elif message.address in self._patients and message.kind is Kind.MESSAGE:
            self._patient_told(self._patients[message.address], message)

    def _patient_told(self, who: SimPatient, message: OutgoingMessage) -> None:
        who.heard = True
        who.in_course |= message.lane is Lane.ROUTINE
        who.last = message if message.buttons else who.last
        delay = who.first_delay() if message.lane is Lane.ROUTINE else who.next_delay()
        if delay is not None and not who.answering:
            who.answering = True
            self.plan(self.clock.true + delay, lambda uow: self._move(uow, who))

    def _clinician_told(self, who: SimClinician, message: OutgoingMessage) -> None:
        who.sees(message)
        kind, _, alert = message.purpose.partition(":")
        buttons = [button for row in message.buttons for button in row]
        if not buttons or message.kind is not Kind.MESSAGE:
            return
        if kind == "alert_question":
            self.plan(self.clock.true + HASTE, lambda _: self._press(who, who.chooses(buttons), alert))
        elif kind == "alert":
            if who.leaving:
                self.plan(self.clock.true + timedelta(seconds=who.random.randrange(25)), self._leaves_now(who), exact=True)
            delay = who.answers_after(self.clock.true)
            if delay is not None:
                self.plan(self.clock.true + delay, lambda _: self._press_deed(who, alert))
            if who.careless and who.random.random() < FORWARDED:
                self._forwarded(who, buttons)

    def _forwarded(self, who: SimClinician, buttons: list[Button]) -> None:
        """A stranger, or a patient, presses what is not theirs."""
        presser = who.random.choice([STRANGER, who.random.choice(list(self.patients)).address])
        button = who.random.choice(buttons).id

        def happen(_uow: UnitOfWork) -> None:
            self._does(presser, InboundKind.BUTTON, button=button)

        self.plan(self.clock.true + HASTE, happen)

    def _does(self, address: str, kind: InboundKind, **fields: str) -> str:
        """Whatever they do goes to the channel; the id of its update."""
        update = self.channel.update(address, kind, self.clock.true, **fields)
        for delay in self.faults.arrivals(self.clock.true):
            if delay:
                self.plan(self.clock.true + delay, lambda _: self.channel.waiting.append(update), exact=True)
            else:
                self.channel.waiting.append(update)
        return update.id
