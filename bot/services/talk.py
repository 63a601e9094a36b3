"""One patient's conversation inside one transaction: what was loaded, and how it speaks to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.actions import AskQuestion, Choice, Part
from bot.core.careplan.enrolment import Enrolment, Patient, PatientState
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.replies import CRISIS, symptoms_of
from bot.core.conversation.session import Session, SessionState
from bot.core.conversation.situation import Situation
from bot.core.delivery import Button, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.ports import StoredAssessment, StoredButton, Task, UnitOfWork
from bot.services import clinics
from bot.services.wording import Wording
from bot.services.world import World

BUTTON_LIFE = timedelta(days=30)


@dataclass(kw_only=True, slots=True)
class Talk:
    """Mutable on purpose: a changed language or patient must count for the very next message. Lives for one transaction."""

    uow: UnitOfWork
    world: World
    now: datetime
    patient: Patient
    enrolments: tuple[Enrolment, ...]
    """Their active courses, the newest first; of a patient without any, the newest that there was."""
    session: Session
    kept: Session
    """The session as the store has it."""
    inbox_id: int | None = None
    stored: StoredAssessment | None = None
    """The assessment recorded last."""
    asked: str | None = None
    """What was spoken of when the words assessed last were read."""
    pressed: bool = False
    """Whether what was assessed last were findings, known without reading."""
    said: tuple[StoredAssessment, ...] | None = None
    """What they said in the last days, once somebody has asked for it."""
    hushed: bool = False
    """They write so much that an answer to each would only bury the others: nothing more is said to them for the moment."""
    waiting: tuple[Alert, ...] | None = None
    """Their emergency that nobody has, once somebody has asked for it."""
    number_said: bool = False
    """Whether what is said first in this transaction has been said."""
    prompts_expire_at: datetime | None = None
    """When a routine prompt of this transaction is not worth sending any more."""

    @property
    def enrolment(self) -> Enrolment:
        """The newest course."""
        return self.enrolments[0]

    @property
    def schedule(self) -> Schedule | None:
        """The course's schedule; None where the file is gone."""
        return self.schedule_of(self.enrolment)

    def schedule_of(self, enrolment: Enrolment, version: str = "") -> Schedule | None:
        """The schedule of that course in the version that it lives by, or in ``version``."""
        return self.world.content.course(enrolment.schedule, version or enrolment.schedule_version)

    @property
    def subject(self) -> str:
        """The patient as the audit chain names them."""
        return f"patient:{self.patient.id}"

    def situation(self) -> Situation:
        """What the core may know."""
        content = self.world.content
        return Situation(
            now=self.now,
            birth_year=self.patient.birth_year,
            enrolment=self.enrolment,
            zone=self.patient.zone(),
            clinic_zone=ZoneInfo(content.clinic.timezone),
            questions=content.questions,
            languages=tuple(content.languages),
        )

    def wording(self) -> Wording:
        """The patient's language and clock."""
        language = self.patient.language
        return Wording(content=self.world.content, language=language, zone=self.patient.zone(), now=self.now)

    def save_patient(self, patient: Patient) -> None:
        """The patient as they are from now on, here and in the store."""
        self.patient = patient
        self.uow.patients.save(patient)

    def keep_session(self, session: Session) -> None:
        """The session as it is from now on; most messages leave it as it was."""
        self.session = session
        if session != self.kept:
            self.kept = session
            self.uow.sessions.put(self.patient.id, session)

    def reachable_again(self) -> None:
        """Somebody who was unreachable has written: they are what they were before."""
        if self.patient.state is PatientState.UNREACHABLE:
            state = {SessionState.STOPPED: PatientState.STOPPED}.get(self.session.standing, PatientState.ACTIVE)
            self.save_patient(replace(self.patient, state=state))

    def send(self, parts: tuple[Part, ...], lane: Lane, choices: tuple[tuple[Choice, ...], ...] = (), purpose: str = "") -> None:
        """Puts the paragraphs into the outbox, the buttons under the last message."""
        if self.hushed:
            return
        if lane is not Lane.ROUTINE:
            parts = (*self._number_first(parts), *parts)
        texts = self.wording().texts(parts)
        for text in texts[:-1]:
            self._post(text, lane, purpose)
        if texts:
            self._post(texts[-1], lane, purpose, self._buttons(choices))

    def emergency_waits(self) -> bool:
        """Whether, as this transaction found it, an emergency of theirs is open and nobody has it."""
        if self.waiting is None:
            alert = self.uow.alerts.unresolved_of(self.patient.id)
            open_still = alert is not None and alert.state is AlertState.OPEN
            self.waiting = (alert,) if alert and open_still and alert.disposition >= Disposition.EMERGENCY else ()
        return bool(self.waiting)

    def _number_first(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """While an emergency has nobody, the first thing that a transaction says is the number to call, whatever else it says."""
        if self.number_said or not self.emergency_waits():
            self.number_said = True
            return ()
        self.number_said = True
        if any(key.startswith("emergency.call") for part in parts[:1] for key in part.keys):
            return ()
        [alert] = self.waiting or ()
        crisis = CRISIS in symptoms_of(self.uow.assessments.get(alert.assessment_id).assessment)
        return (Part(keys=("emergency.still_crisis" if crisis else "emergency.still",)),)

    def ask(self, action: AskQuestion) -> None:
        """A question with its buttons."""
        question = self.world.content.questions[action.question]
        bound = {"question": question.id, "round": str(action.round)}
        choices = tuple(
            (Choice(action="answer", payload={**bound, "option": o.id}, key=f"question.{question.id}.option.{o.id}"),)
            for o in question.options
        )
        parts = (*action.intro, Part(keys=(f"question.{question.id}.text",)))
        purpose = f"asked:{self.patient.id}" if action.check_in_id is None else f"check_in:{action.check_in_id}"
        self.send(parts, action.lane, choices, purpose)

    def task(self, task: Task) -> None:
        """Leaves a task, unless one of its kind that is as pressing is open already."""
        open_already = self.uow.tasks.open_of(self.patient.id, task.kind)
        if open_already is None or open_already.disposition < task.disposition:
            self.uow.tasks.add(task)

    def audit(self, action: str, detail: str = "") -> None:
        """A row of the audit chain about this patient."""
        self.uow.audit.append(self.now, self.subject, action, self.subject, detail)

    def _post(self, text: str, lane: Lane, purpose: str, buttons: tuple[tuple[Button, ...], ...] = ()) -> None:
        if self.patient.address is None:
            return
        self.uow.outbox.add(
            OutgoingMessage(
                id=0,
                channel=self.patient.channel,
                address=self.patient.address,
                text=text,
                lane=lane,
                buttons=buttons,
                purpose=purpose or f"reply:{self.inbox_id or 0}",
                patient_id=self.patient.id,
                due_at=self.now,
                expires_at=self.prompts_expire_at if lane is Lane.ROUTINE else None,
            )
        )

    def _buttons(self, choices: tuple[tuple[Choice, ...], ...]) -> tuple[tuple[Button, ...], ...]:
        wording = self.wording()
        return tuple(tuple(self._button(choice, wording.label(choice)) for choice in row) for row in choices)

    def _button(self, choice: Choice, label: str) -> Button:
        button = StoredButton(
            id=self.world.ids.token(),
            owner=self.subject,
            action=choice.action,
            payload=_plain(choice.payload),
            expires_at=self.now + BUTTON_LIFE,
        )
        self.uow.buttons.add(button)
        return Button(id=button.id, label=label)


def open_talk(uow: UnitOfWork, patient: Patient, world: World, now: datetime, inbox_id: int | None = None) -> Talk:
    """Loads the patient's session and active courses; from here on their own clinic speaks. Raises NotFound for a patient who was
    never enrolled."""
    world = clinics.of_patient(world, patient)
    enrolled = uow.enrolments.of_patient(patient.id)
    enrolments = tuple(e for e in enrolled if e.active) or tuple(enrolled[:1])
    if not enrolments:
        raise NotFound(f"patient {patient.id} has no enrolment")
    session = uow.sessions.get(patient.id)
    content = world.content.for_courses([(e.schedule, e.schedule_version) for e in enrolments])
    if content is not world.content:
        world = replace(world, content=content)
    return Talk(
        uow=uow, world=world, now=now, patient=patient, enrolments=enrolments, session=session, kept=session, inbox_id=inbox_id
    )


def _plain(payload: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value) for name, value in payload.items()}
