"""Two-way relay: a clinician writes to the patient from an alert, and what the patient answers comes back, while the alert is open.

Neither learns anything of the other's account: the bot writes both messages itself, under the name of clinic.yaml and the patient's
code. What the patient writes is triaged like any other message before it goes on. The words stand in the outbox rows, which go with
the patient when they are erased; history and audit say who, when and which row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.actions import RecordAssessment
from bot.core.careplan.enrolment import PatientState
from bot.core.clinical.disposition import Disposition
from bot.core.conversation.session import SessionState
from bot.core.delivery import DeliveryState, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician, Writing
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.events import Acknowledged, Wrote
from bot.core.escalation.transitions import StaleButton
from bot.core.escalation.visible import make_visible
from bot.core.events import ConversationEvent, Inbound, InboundKind, MessageReceived
from bot.ports import UnitOfWork
from bot.services import alert_patient, clinics, escalations
from bot.services.alert_buttons import REPLY, RESOLVE, action_button, rows_of
from bot.services.alert_desk import Desk
from bot.services.alert_text import name_of
from bot.services.clinician_chat import Chat
from bot.services.clinics import may_act
from bot.services.talk import Talk

WRITING_LASTS = timedelta(minutes=15)
"""How long a press of Reply waits for the words: what is typed much later was meant for somebody else."""
WORDS_SHOWN = 10_000
"""Telegram brings at most 4096 characters in a message, an edited or joined one may be longer; the rest stays in the assessment."""
PASSED_ON_AT_MOST = 20
PASSED_ON_WITHIN = timedelta(minutes=10)
"""More messages in that time are kept and triaged, and not passed on: a clinician's telephone must stay usable."""
IF_FAILED = "if_failed"
"""``if_failed:<row>`` is the purpose of a note that is sent only if the message of that row fails."""
_PASSED_ON = frozenset({InboundKind.TEXT, InboundKind.EDITED, InboundKind.UNREADABLE})


# --- clinician to patient ------------------------------------------------------------------------------------------------


def begin(chat: Chat, alert: Alert, version: int) -> None:
    """Reply was pressed: the next message is for the patient."""
    if not _may_write(chat, alert):
        return
    if version < alert.fence:
        raise StaleButton("the alert has asked anew since")
    writing = Writing(alert=alert.id, version=version, until=chat.now + WRITING_LASTS)
    _keep(chat, writing)
    chat.say("alert.relay.ask", code=_desk(chat, alert).code(), name=name_of(chat.world.content, chat.clinician.id))


def cancel(chat: Chat) -> None:
    """/cancel: nothing is sent."""
    _keep(chat, None)
    chat.say("alert.relay.cancelled")


def write(chat: Chat, inbound: Inbound) -> bool:
    """Passes the message on where it answers an alert, or Reply was pressed before; False where it is for nobody."""
    found = _answered(chat, inbound) or _begun(chat, inbound)
    if found is None:
        return False
    alert, version = found
    if not chat.enters(clinics.of_alert(chat.uow, chat.world, alert)):
        chat.audit("relay.refused", f"alert:{alert.id}", "not of its clinic")
        chat.say("clinician.press.refused")
    elif inbound.kind is InboundKind.EDITED:
        chat.say("alert.relay.no_edits", code=_desk(chat, alert).code())
    elif inbound.kind is not InboundKind.TEXT or not inbound.text.strip():
        chat.say("alert.relay.words_only")
    elif _may_write(chat, alert):
        _send(chat, alert, version, inbound.text.strip())
    return True


def _answered(chat: Chat, inbound: Inbound) -> tuple[Alert, int] | None:
    """The alert whose message they answer to, and its version when that message was made."""
    message = chat.uow.outbox.to_clinician(chat.clinician.id, inbound.reply_to) if inbound.reply_to else None
    kind, _, number = message.purpose.partition(":") if message is not None else ("", "", "")
    if message is None or kind not in {"alert", "thread", "alert_question", "alert_chart"} or not number.isdecimal():
        return None
    try:
        alert = chat.uow.alerts.get(int(number))
    except NotFound:
        return None
    made = (chat.uow.buttons.get(button.id) for row in message.buttons for button in row)
    versions = [int(stored.payload["version"]) for stored in made if stored is not None]
    return alert, max(versions, default=alert.version)


def _begun(chat: Chat, inbound: Inbound) -> tuple[Alert, int] | None:
    writing = chat.clinician.writing
    if writing is None or inbound.kind is InboundKind.EDITED:
        return None
    _keep(chat, None)
    if writing.until <= chat.now:
        return None
    try:
        return chat.uow.alerts.get(writing.alert), writing.version
    except NotFound:
        return None


def _may_write(chat: Chat, alert: Alert) -> bool:
    """Only whoever has it, or somebody who was paged while nobody has: the others are told why not."""
    code = _desk(chat, alert).code()
    if alert.state is AlertState.RESOLVED:
        chat.say("alert.relay.closed", code=code)
    elif alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by != chat.clinician.id:
        chat.say("alert.relay.not_yours", name=name_of(chat.world.content, alert.acknowledged_by), code=code)
    else:
        return True
    chat.audit("relay.refused", f"alert:{alert.id}")
    return False


def _send(chat: Chat, alert: Alert, version: int, words: str) -> None:
    """Whoever writes has it: an open alert is acknowledged by its first answer."""
    patient = chat.uow.patients.get(alert.patient_id)
    if patient.address is None or patient.state is PatientState.UNREACHABLE:
        chat.say("alert.relay.unreachable", code=patient.code)
        return
    if alert.state is AlertState.OPEN:
        try:
            seen = Acknowledged(by=chat.clinician.id, version=version)
            alert = escalations.apply(chat.uow, alert, seen, chat.world, chat.now)
        except StaleButton:
            chat.audit("button.stale", f"alert:{alert.id}")
            chat.say("clinician.press.stale")
            return
        chat.audit("alert.acknowledged", f"alert:{alert.id}", "by writing to the patient")
    row = alert_patient.relay(_desk(chat, alert), chat.clinician.id, words)
    if row is None:
        chat.say("alert.relay.unreachable", code=patient.code)
        return
    escalations.apply(chat.uow, alert, Wrote(by=chat.clinician.id, message=row), chat.world, chat.now)
    chat.audit("relay.to_patient", f"alert:{alert.id}", f"message {row}, {len(words)} characters")
    chat.say("alert.relay.sent", code=patient.code)
    _note_if_it_fails(chat, row, patient.id, patient.code)


def _note_if_it_fails(chat: Chat, row: int, patient_id: int, code: str) -> None:
    """Waits in the outbox; services/outbox.py sets it free when the words can not be delivered."""
    chat.uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=chat.clinician.channel,
            address=chat.clinician.address or "",
            text=chat.text("alert.relay.failed", code=code),
            lane=Lane.ALERT,
            purpose=f"{IF_FAILED}:{row}",
            patient_id=patient_id,
            clinician=chat.clinician.id,
            state=DeliveryState.WAITING,
        )
    )


def _keep(chat: Chat, writing: Writing | None) -> None:
    if chat.clinician.writing != writing:
        chat.clinician = replace(chat.clinician, writing=writing)
        chat.uow.clinicians.put(chat.clinician)


def _desk(chat: Chat, alert: Alert) -> Desk:
    return Desk(uow=chat.uow, world=chat.world, alert=alert, now=chat.now)


# --- patient to clinician ------------------------------------------------------------------------------------------------


def thread_of(talk: Talk) -> Alert | None:
    """The patient's alert, while a clinician writes with them about it."""
    alert = talk.uow.alerts.unresolved_of(talk.patient.id)
    return alert if alert is not None and alert.thread else None


def answers_a_person(talk: Talk, thread: Alert | None, event: ConversationEvent) -> bool:
    """Whether this is a plain answer in the conversation with a clinician: kept, and not asked back by the bot, because a person
    reads it now. Whatever triage finds anything in takes the usual way."""
    if thread is None or thread.state is not AlertState.ACKNOWLEDGED or not isinstance(event, MessageReceived):
        return False
    said = event.assessment
    if talk.session.state is not SessionState.IDLE or said.disposition is not Disposition.NONE:
        return False
    return said.question is None and said.reading_asked_again is None and not said.present


def kept(event: ConversationEvent) -> tuple[RecordAssessment, ...]:
    """What is done with such an answer."""
    return (RecordAssessment(text=event.text, assessment=event.assessment),) if isinstance(event, MessageReceived) else ()


def pass_on(talk: Talk, thread: Alert | None, inbound: Inbound) -> None:
    """Takes what the patient wrote into the thread (as it was before), after it was triaged: to whoever had the alert, or else to
    all who were paged. What triage found in it has paged whom it must already."""
    if thread is None or inbound.kind not in _PASSED_ON or inbound.text.startswith("/"):
        return
    alert = talk.uow.alerts.get(thread.id)
    desk = Desk(uow=talk.uow, world=talk.world, alert=alert, now=talk.now)
    passed_on = sum(e.event is EntryKind.ANSWERED for e in talk.uow.alerts.history(alert.id, since=talk.now - PASSED_ON_WITHIN))
    if passed_on > PASSED_ON_AT_MOST:
        return
    holder = (thread.acknowledged_by,) if thread.acknowledged_by else talk.uow.alerts.paged(alert.id)
    reached = [c for c in desk.known(holder) if may_act(c, talk.world)]
    told = _from_patient if passed_on < PASSED_ON_AT_MOST else _too_many
    rows = [talk.uow.outbox.add(told(desk, clinician, inbound)) for clinician in reached]
    desk.log(EntryKind.ANSWERED, detail=f"messages {', '.join(map(str, rows))}")
    talk.audit("relay.to_clinician", f"alert {alert.id}, messages {', '.join(map(str, rows))}")


def _too_many(desk: Desk, clinician: Clinician, _inbound: Inbound) -> OutgoingMessage:
    """Said once, in place of the rest: all of it is kept and triaged, and a person must speak with them."""
    return _to_thread(desk, clinician, desk.world.content.text(clinician.language, "alert.relay.too_many", code=desk.code()))


def _from_patient(desk: Desk, clinician: Clinician, inbound: Inbound) -> OutgoingMessage:
    """Their words, literal and with nothing invisible, under their code."""
    content, language = desk.world.content, clinician.language
    readable = inbound.kind is not InboundKind.UNREADABLE
    words = make_visible(inbound.text if readable else inbound.caption, WORDS_SHOWN, content.label(language, "alert.cut"))
    lines = [content.text(language, "alert.relay.from_patient", code=desk.code(), words=words)] if words else []
    lines += [] if readable else [content.text(language, "alert.relay.unreadable", code=desk.code())]
    return _to_thread(desk, clinician, "\n".join(lines))


def _to_thread(desk: Desk, clinician: Clinician, text: str) -> OutgoingMessage:
    return OutgoingMessage(
        id=0,
        channel=clinician.channel,
        address=clinician.address or "",
        text=text,
        lane=Lane.ALERT,
        buttons=rows_of([action_button(desk, clinician, action) for action in (REPLY, RESOLVE)]),
        purpose=f"thread:{desk.alert.id}",
        patient_id=desk.alert.patient_id,
        clinician=clinician.id,
        due_at=desk.now,
    )


def release_notes(uow: UnitOfWork, message: OutgoingMessage) -> None:
    """The message has failed: whoever was to hear of that hears it now."""
    for note in uow.outbox.of_purpose(f"{IF_FAILED}:{message.id}"):
        if note.state is DeliveryState.WAITING:
            uow.outbox.save(replace(note, state=DeliveryState.PENDING, due_at=None))
