"""What a clinician presses under an alert. Each press is loaded anew, and refused where it is stale, theirs no more, or too late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.core.clinical.trend import subjects
from bot.core.delivery import Button, Kind
from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.events import Acknowledged, Called, CallPromised, HandedOver, Resolved, TakenOver
from bot.core.escalation.transitions import CannotBeReached, StaleButton
from bot.ports import StoredButton, Task
from bot.services import alert_buttons as buttons
from bot.services import escalations, relay
from bot.services.alert_desk import Desk
from bot.services.alert_pages import ask, show
from bot.services.alert_text import local_time, name_of
from bot.services.alert_trend import chart_of, measure_word
from bot.services.clinician_chat import Chat
from bot.services.reachability import reachable
from bot.services.rotas import on_call_now

COLLEAGUES = 8

Press = Callable[[Chat, StoredButton], None]


def _on_alert(work: Callable[[Chat, StoredButton, Alert], None]) -> Press:
    """A press about an alert: loaded, and refused where the press is stale or the alert is gone."""

    def pressed(chat: Chat, stored: StoredButton) -> None:
        try:
            alert = chat.uow.alerts.get(int(stored.payload["alert"]))
            work(chat, stored, alert)
        except StaleButton:
            chat.audit("button.stale", f"alert:{stored.payload['alert']}")
            chat.toast("clinician.press.stale")
        except NotFound:
            chat.audit("button.refused", f"alert:{stored.payload['alert']}", "gone")
            chat.toast("clinician.press.refused")

    return pressed


def desk_of(chat: Chat, alert: Alert) -> Desk:
    """The alert on this clinician's desk."""
    return Desk(uow=chat.uow, world=chat.world, alert=alert, now=chat.now)


def _version(stored: StoredButton) -> int:
    return int(stored.payload["version"])


# --- taking it -----------------------------------------------------------------------------------------------------------


@_on_alert
def _acknowledge(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    if _told_who_was_first(chat, alert):
        return
    event = Acknowledged(by=chat.clinician.id, version=_version(stored))
    escalations.apply(chat.uow, alert, event, chat.world, chat.now)
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.acknowledged", f"alert:{alert.id}")
    chat.toast("clinician.press.acknowledged")


@_on_alert
def _calling(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """Takes it where nobody has it, and promises the patient a call."""
    if _somebody_else_s(chat, alert):
        return
    event = CallPromised(by=chat.clinician.id, version=_version(stored))
    after = escalations.apply(chat.uow, alert, event, chat.world, chat.now)
    if after.call_by is None or after.version == alert.version:
        chat.toast("clinician.press.promised")
        return
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.calling", f"alert:{alert.id}", f"by {after.call_by.isoformat(timespec='minutes')}")
    chat.toast("clinician.press.calling", until=local_time(chat.world.content, after.call_by))


@_on_alert
def _called(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """The promise is kept; the alert stays theirs until it is resolved."""
    if alert.state is AlertState.OPEN:
        raise StaleButton("nobody has it any more")
    if _somebody_else_s(chat, alert):
        return
    escalations.apply(chat.uow, alert, Called(by=chat.clinician.id, version=_version(stored)), chat.world, chat.now)
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.called", f"alert:{alert.id}")
    chat.toast("clinician.press.called")


def _somebody_else_s(chat: Chat, alert: Alert) -> bool:
    """Whether it is closed or a colleague has it; they are told then."""
    mine = alert.state is AlertState.ACKNOWLEDGED and alert.acknowledged_by == chat.clinician.id
    return not mine and _told_who_was_first(chat, alert)


def _told_who_was_first(chat: Chat, alert: Alert) -> bool:
    """False where nobody has it. Both of two who press at once are told: the first by the alert, the second by this."""
    if alert.state is AlertState.OPEN:
        return False
    if alert.state is AlertState.RESOLVED:
        chat.toast_and_say("clinician.press.resolved_before", name=name_of(chat.world.content, alert.resolved_by))
    elif alert.acknowledged_by == chat.clinician.id:
        chat.toast("clinician.press.already")
    else:
        chat.toast_and_say("clinician.press.first", name=name_of(chat.world.content, alert.acknowledged_by))
    return True


# --- handing it over -----------------------------------------------------------------------------------------------------


@_on_alert
def _hand_over(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """Asks to whom; nothing changes until a name is pressed."""
    if _somebody_else_s(chat, alert):
        return
    _require_fresh(stored, alert)
    desk = desk_of(chat, alert)
    names = _colleagues(desk, chat.clinician)
    chat.toast("")
    if not names:
        chat.say("alert.no_colleague")
        return
    offered = [
        buttons.add_button(desk, chat.clinician, buttons.COLLEAGUE, name_of(chat.world.content, name), to=name) for name in names
    ]
    offered.append(_not_yet(desk, chat.clinician))
    ask(desk, chat.clinician, chat.text("alert.ask_colleague", code=desk.code()), offered)


@_on_alert
def _to_colleague(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    if _somebody_else_s(chat, alert):
        return
    to = stored.payload["to"]
    name = name_of(chat.world.content, to)
    event = HandedOver(by=chat.clinician.id, to=to, version=_version(stored))
    try:
        escalations.apply(chat.uow, alert, event, chat.world, chat.now)
    except CannotBeReached:
        chat.audit("alert.not_handed_over", f"alert:{alert.id}", f"to {to}")
        chat.toast_and_say("clinician.press.cannot_be_reached", name=name)
        return
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.handed_over", f"alert:{alert.id}", f"to {to}")
    chat.toast("clinician.press.handed_over", name=name)
    chat.edit_pressed("clinician.press.handed_over", name=name)


def _colleagues(desk: Desk, presser: Clinician) -> list[str]:
    """Who is on call now, then those whom the alert's chain names; each of them can be reached, and is somebody else."""
    alert = desk.alert
    names = list(on_call_now(desk.uow, desk.world, desk.now))
    names += [name for step in alert.policy.steps for name in step.clinicians]
    people = reachable(desk.uow, desk.world)
    known = dict.fromkeys([*names, *alert.policy.last_resort])
    return [name for name in known if name in people and name != presser.id][:COLLEAGUES]


@_on_alert
def _take_over(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """From a colleague who has it; from nobody it is an acknowledgement."""
    former = alert.acknowledged_by
    if alert.state is AlertState.RESOLVED or former == chat.clinician.id:
        _told_who_was_first(chat, alert)
        return
    event = TakenOver(by=chat.clinician.id, holder=stored.payload.get("holder", ""), version=_version(stored))
    after = escalations.apply(chat.uow, alert, event, chat.world, chat.now)
    if after.acknowledged_by != chat.clinician.id:
        _told_who_was_first(chat, after)
        return
    chat.uow.buttons.use(stored.id, chat.now)
    if former is None:
        chat.audit("alert.acknowledged", f"alert:{alert.id}")
        chat.toast("clinician.press.acknowledged")
    else:
        chat.audit("alert.taken_over", f"alert:{alert.id}", f"from {former}")
        chat.toast("clinician.press.taken_over", name=name_of(chat.world.content, former))


# --- closing it ----------------------------------------------------------------------------------------------------------


@_on_alert
def _resolve(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """Resolving asks for an outcome first; nothing changes until one is pressed."""
    _ask_outcome(chat, stored, alert, "alert.ask_outcome", buttons.OUTCOMES)


@_on_alert
def _not_clinical(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """The same with the one outcome: a second tap closes it."""
    _ask_outcome(chat, stored, alert, "alert.ask_not_clinical", (buttons.WOLF,))


def _ask_outcome(chat: Chat, stored: StoredButton, alert: Alert, question: str, outcomes: tuple[str, ...]) -> None:
    if alert.state is AlertState.RESOLVED:
        _told_who_was_first(chat, alert)
        return
    _require_fresh(stored, alert)
    desk = desk_of(chat, alert)
    labels = {outcome: f"alert.outcome.{outcome}" for outcome in outcomes} | (
        {buttons.WOLF: "alert.yes_not_clinical"} if outcomes == (buttons.WOLF,) else {}
    )
    offered = [
        buttons.add_button(desk, chat.clinician, buttons.OUTCOME, chat.label(labels[outcome]), outcome=outcome)
        for outcome in outcomes
    ]
    ask(desk, chat.clinician, chat.text(question, code=desk.code()), [*offered, _not_yet(desk, chat.clinician)])
    chat.toast("")


@_on_alert
def _outcome(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    outcome = stored.payload.get("outcome", "")
    if outcome == buttons.NOT_YET:
        chat.uow.buttons.use(stored.id, chat.now)
        chat.toast("clinician.press.kept")
        chat.edit_pressed("clinician.press.kept")
        return
    if outcome not in {*buttons.OUTCOMES, buttons.WOLF}:
        raise NotFound("an outcome that is not offered")
    if alert.state is AlertState.RESOLVED:
        _told_who_was_first(chat, alert)
        return
    event = Resolved(by=chat.clinician.id, version=_version(stored), outcome=outcome)
    escalations.apply(chat.uow, alert, event, chat.world, chat.now)
    chat.uow.buttons.use(stored.id, chat.now)
    chat.audit("alert.resolved", f"alert:{alert.id}", outcome)
    if outcome == buttons.NOT_REACHED:
        _leave_task(chat, alert)
    chat.toast("clinician.press.resolved")
    chat.edit_pressed("clinician.press.resolved")


def _leave_task(chat: Chat, alert: Alert) -> None:
    """An alert may end with nobody reached; the patient may not be forgotten for it."""
    if chat.uow.tasks.open_of(alert.patient_id, buttons.NOT_REACHED) is None:
        kind, level = buttons.NOT_REACHED, alert.disposition
        chat.uow.tasks.add(
            Task(id=0, patient_id=alert.patient_id, kind=kind, disposition=level, at=chat.now, detail=f"alert {alert.id}")
        )


# --- looking and writing -------------------------------------------------------------------------------------------------


@_on_alert
def _show(chat: Chat, _stored: StoredButton, alert: Alert) -> None:
    chat.uow.outbox.add(show(desk_of(chat, alert), chat.clinician))
    chat.toast("")


@_on_alert
def _trend(chat: Chat, _stored: StoredButton, alert: Alert) -> None:
    """The chart, to the one who asked: drawn by the channel, from figures that carry the code and no name."""
    content = chat.world.content
    enrolments = chat.uow.enrolments.of_patient(alert.patient_id)
    enrolment = next((e for e in enrolments if e.active), next(iter(enrolments), None))
    stored = chat.uow.assessments.get(alert.assessment_id)
    first = subjects(stored.assessment, content.knowledge.rules)
    chart = chart_of(chat.uow, chat.uow.patients.get(alert.patient_id), enrolment, content, chat.now, first=first)
    if chart is None:
        chat.toast("clinician.press.no_trend")
        return
    measures = ", ".join(measure_word(series.kind, content, chat.clinician.language) for series in chart.series)
    desk = desk_of(chat, alert)
    picture = show(desk, chat.clinician)
    caption = chat.text("alert.chart", code=chart.code, measures=measures)
    purpose = f"alert_chart:{alert.id}"
    chat.uow.outbox.add(replace(picture, kind=Kind.PHOTO, chart=chart, text=caption, buttons=(), purpose=purpose))
    chat.audit("alert.chart", f"alert:{alert.id}")
    chat.toast("")


@_on_alert
def _reply(chat: Chat, stored: StoredButton, alert: Alert) -> None:
    """The clinician's next message goes to the patient."""
    chat.toast("")
    relay.begin(chat, alert, _version(stored))


def _not_yet(desk: Desk, clinician: Clinician) -> Button:
    label = desk.world.content.label(clinician.language, "alert.outcome.not_yet")
    return buttons.add_button(desk, clinician, buttons.OUTCOME, label, outcome=buttons.NOT_YET)


def _require_fresh(stored: StoredButton, alert: Alert) -> None:
    if _version(stored) < alert.fence:
        raise StaleButton("the alert has asked anew since")


PRESSES: Mapping[str, Press] = {
    buttons.ACKNOWLEDGE: _acknowledge,
    buttons.CALLING: _calling,
    buttons.CALLED: _called,
    buttons.HAND_OVER: _hand_over,
    buttons.COLLEAGUE: _to_colleague,
    buttons.TAKE_OVER: _take_over,
    buttons.NOT_CLINICAL: _not_clinical,
    buttons.RESOLVE: _resolve,
    buttons.OUTCOME: _outcome,
    buttons.SHOW: _show,
    buttons.TREND: _trend,
    buttons.REPLY: _reply,
}
