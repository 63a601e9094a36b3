"""One example's patient inside one transaction: what they send goes through the real intake, what they read comes from the outbox.

The services are those of production; only the clock is turned, and the channel hands everything over at once.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import CheckInState, Patient, PlannedCheckIn
from bot.core.careplan.schedule import Example, Schedule
from bot.core.clinical.patient import Role, Route
from bot.core.conversation.session import Session, SessionState
from bot.core.delivery import Button, Kind, OutgoingMessage
from bot.ports import UnitOfWork
from bot.services import check_ins, enrolments, intake, outbox
from bot.services.world import World
from bot.simulator.moves import Move, Press, Write, best_answer
from bot.simulator.simulation.channel import MemoryChannel

ADDRESS = "500001"
BIRTH_YEARS_AGO = 45
"""Old enough to consent, too young for the risk that age brings by itself."""
JOINS_AFTER = timedelta(minutes=1)
"""After treatment: nothing is missed, so no catch-up stands in the way."""
AT_ONCE = 100
ROUNDS = 200
_RUNNING = frozenset({CheckInState.SENT, CheckInState.REMINDED})
_TAG = re.compile(r"<[^>]*>")


@dataclass(kw_only=True)
class ExamplePatient:
    """Lives one example. ``now`` only moves forward; everything that falls due on the way happens at its own time."""

    uow: UnitOfWork
    world: World
    channel: MemoryChannel
    schedule: Schedule
    treated_at: datetime
    now: datetime = field(init=False)
    patient_id: int = 0
    read: list[OutgoingMessage] = field(default_factory=list)
    """Every message that reached the patient."""

    def __post_init__(self) -> None:
        self.now = self.treated_at + JOINS_AFTER
        self.channel.told = self._told

    # --- the beginning ---------------------------------------------------------------------------------------------------

    def joins(self, example: Example) -> None:
        """Enrols, opens the invitation, says the year of birth, chooses the language, agrees."""
        patient, _, token = enrolments.enrol(
            self.uow,
            self.world,
            self.now,
            name="Example",
            birth_year=self.treated_at.year - BIRTH_YEARS_AGO,
            schedule=self.schedule.id,
            treated_at=self.treated_at,
            route=self._route(example),
            risks=sorted(example.risks),
            language=example.language,
            by="example",
        )
        self.patient_id = patient.id
        self._send(self.channel.text_update(ADDRESS, f"/start {token}"))
        while self.session.state not in {SessionState.IDLE, SessionState.CHECK_IN}:
            if self.session.state is SessionState.CHOOSING_LANGUAGE:
                self._press_labelled(self.world.content.languages[example.language])
            else:
                move = best_answer(self.session, self.patient)
                if move is None:
                    raise RuntimeError(f"the example's patient cannot join: {self.session.state}")
                self.does(move)

    def has_answered_until(self, moment: datetime, *, keeps: str | None = None) -> None:
        """Whatever was due by then counts as answered and settled, but for the check-in ``keeps``."""
        for row in self.planned:
            if row.due_at <= moment and row.check_in != keeps:
                self.uow.check_ins.save(replace(row, state=CheckInState.ANSWERED, sent_at=row.due_at))

    def _route(self, example: Example) -> Route | None:
        if example.route is not None or self.schedule.role is Role.DONOR:
            return example.route
        return Route.IV if Route.IV in self.schedule.routes else min(self.schedule.routes)

    # --- time ------------------------------------------------------------------------------------------------------------

    def waits_until(self, moment: datetime) -> None:
        """Everything that falls due on the way happens at its own time."""
        for _ in range(ROUNDS):
            due = [found for found in (self.uow.check_ins.next_due(), self.uow.outbox.next_due()) if found is not None]
            following = min(due, default=None)
            if following is None or following > moment:
                break
            self.now = max(self.now, following)
            self._settle()
        self.now = max(self.now, moment)
        self._settle()

    def falls_silent(self, most: timedelta) -> None:
        """Until the running check-in is given up (reminded, and handed to the clinic), or for ``most``."""
        running, end = self.session.check_in_id, self.now + most
        while running is not None and self.uow.check_ins.get(running).state in _RUNNING and self.now < end:
            self.waits_until(min(end, max(self.now, self.uow.check_ins.get(running).due_at)))

    # --- what they do ----------------------------------------------------------------------------------------------------

    def does(self, move: Move) -> None:
        """Writes, or presses a button of their newest message that has any."""
        if isinstance(move, Write):
            self._send(self.channel.text_update(ADDRESS, move.text))
        else:
            self._send(self.channel.press_update(ADDRESS, self._buttons()[move.index][0]))

    def answers(self, reply: str) -> None:
        """The open question: with the button of that id, or in those words."""
        question = self.world.content.questions[self.session.asked or ""]
        ids = [option.id for option in question.options]
        self.does(Press(ids.index(reply)) if reply in ids else Write(reply))

    def answers_best(self) -> None:
        """Whatever is open, as somebody who is well would."""
        move = best_answer(self.session, self.patient)
        if move is not None:
            self.does(move)

    def _press_labelled(self, label: str) -> None:
        button = next(button for row in self._buttons() for button in row if button.label == label)
        self._send(self.channel.press_update(ADDRESS, button))

    # --- what can be seen ------------------------------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """Where the conversation stands."""
        return self.uow.sessions.get(self.patient_id)

    @property
    def patient(self) -> Patient:
        """As stored."""
        return self.uow.patients.get(self.patient_id)

    @property
    def planned(self) -> list[PlannedCheckIn]:
        """Every check-in of the course, by time."""
        enrolment = self.uow.enrolments.of_patient(self.patient_id)[0]
        return list(self.uow.check_ins.of_enrolment(enrolment.id))

    # --- inside ----------------------------------------------------------------------------------------------------------

    def _buttons(self) -> tuple[tuple[Button, ...], ...]:
        return next(message.buttons for message in reversed(self.read) if message.buttons)

    def _send(self, raw: bytes) -> None:
        intake.accept(self.uow, self.channel, raw, self.now)
        self._settle()

    def _settle(self) -> None:
        """The jobs of a running bot, until nothing is left to do at this moment."""
        for _ in range(ROUNDS):
            done = intake.drain(self.uow, self.world, self.now, AT_ONCE)
            done += check_ins.tick(self.uow, self.world, self.now, AT_ONCE)
            claimed = outbox.claim(self.uow, self.now, AT_ONCE, world=self.world)
            outbox.record(self.uow, [(message, self.channel.deliver(message, self.now)) for message in claimed], self.now)
            if not done and not claimed:
                return
        raise RuntimeError("the example's moment does not end")

    def _told(self, message: OutgoingMessage) -> None:
        if message.address == ADDRESS and message.kind is Kind.MESSAGE:
            self.read.append(message)


def plain(text: str) -> str:
    """Telegram HTML as a reader sees it."""
    return html.unescape(_TAG.sub("", text))
