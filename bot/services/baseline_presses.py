"""The conversation under "Usual for them": which symptom, for how long, and why. Nothing counts before the reason is written.

The reason comes as an answer to the bot's last question (reply), or as the next message: what was chosen so far stands in the clinician's
row, and lapses after a quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.clinical.baseline import LONGEST_BASELINE
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Button
from bot.core.errors import InvalidValue, NotFound
from bot.core.escalation.alert import Alert
from bot.core.escalation.clinician import UsualDraft
from bot.core.events import Inbound, InboundKind
from bot.ports import StoredButton
from bot.services import baselines, clinics
from bot.services.alert_buttons import USUAL, add_button
from bot.services.alert_desk import Desk
from bot.services.alert_pages import ask
from bot.services.baselines import Candidate
from bot.services.clinician_chat import Chat

SYMPTOM = "usual.symptom"
DAYS = "usual.days"
OFFERED_DAYS = (3, 7, 14, 30)
DRAFT_LASTS = timedelta(minutes=15)


def begin(chat: Chat, stored: StoredButton) -> None:
    """Usual for them: asks which symptom; where there is but one, for how long."""
    desk = _desk(chat, stored)
    found = _candidates(desk)
    chat.toast("")
    if not found:
        chat.say("clinician.usual.nothing", code=desk.code())
    elif len(found) == 1:
        _ask_days(chat, desk, found[0])
    else:
        offered = [_button(desk, chat, SYMPTOM, _words(chat, one), symptom=one.symptom) for one in found]
        ask(desk, chat.clinician, chat.text("clinician.usual.which", code=desk.code()), offered)


def symptom_chosen(chat: Chat, stored: StoredButton) -> None:
    """Which one is known."""
    desk = _desk(chat, stored)
    chat.toast("")
    _ask_days(chat, desk, _candidate(desk, stored.payload.get("symptom", "")))


def days_chosen(chat: Chat, stored: StoredButton) -> None:
    """How long is known: the reason is what is left."""
    desk = _desk(chat, stored)
    one, days = _candidate(desk, stored.payload.get("symptom", "")), int(stored.payload.get("days", "0"))
    draft = UsualDraft(alert=desk.alert.id, symptom=one.symptom, days=days, until=chat.now + DRAFT_LASTS)
    chat.clinician = replace(chat.clinician, usual=draft, writing=None)
    chat.uow.clinicians.put(chat.clinician)
    chat.toast("")
    chat.say("clinician.usual.why", code=desk.code(), what=_words(chat, one), days=str(days))


def reason_given(chat: Chat, inbound: Inbound) -> bool:
    """The next message is the reason; False where no baseline was being set (the message is for somebody else then)."""
    draft = chat.clinician.usual
    if draft is None or inbound.kind is InboundKind.EDITED or inbound.reply_to:
        return False
    chat.clinician = replace(chat.clinician, usual=None)
    chat.uow.clinicians.put(chat.clinician)
    if draft.until <= chat.now or inbound.kind is not InboundKind.TEXT or not inbound.text.strip():
        chat.say("clinician.usual.lapsed")
        return True
    alert = chat.uow.alerts.get(draft.alert)
    if not chat.enters(clinics.of_alert(chat.uow, chat.world, alert)):
        chat.audit("baseline.refused", f"alert:{alert.id}", "not of its clinic")
        chat.say("clinician.usual.lapsed")
        return True
    desk = Desk(uow=chat.uow, world=chat.world, alert=alert, now=chat.now)
    try:
        one = _candidate(desk, draft.symptom)
        baseline = baselines.set_baseline(
            chat.uow,
            chat.world,
            chat.now,
            alert.patient_id,
            one,
            reason=inbound.text,
            days=draft.days,
            by=chat.subject,
            name=chat.clinician.id,
        )
    except (InvalidValue, NotFound):
        chat.say("clinician.usual.lapsed")
        return True
    until = f"{baseline.until.astimezone(chat.world.content_zone()):%Y-%m-%d %H:%M}"
    chat.say("clinician.usual.set", code=desk.code(), what=_words(chat, one), until=until)
    return True


def drop(chat: Chat) -> None:
    """/cancel: nothing is set."""
    if chat.clinician.usual is not None:
        chat.clinician = replace(chat.clinician, usual=None)
        chat.uow.clinicians.put(chat.clinician)


def _ask_days(chat: Chat, desk: Desk, one: Candidate) -> None:
    offered = [
        _button(desk, chat, DAYS, chat.label("clinician.usual.days", count=str(days)), symptom=one.symptom, days=str(days))
        for days in OFFERED_DAYS
        if timedelta(days=days) <= LONGEST_BASELINE
    ]
    text = chat.text("clinician.usual.how_long", code=desk.code(), what=_words(chat, one))
    ask(desk, chat.clinician, text, offered)


def _button(desk: Desk, chat: Chat, action: str, label: str, **payload: str) -> Button:
    return add_button(desk, chat.clinician, action, label, **payload)


def _desk(chat: Chat, stored: StoredButton) -> Desk:
    """Raises NotFound where the alert is gone."""
    alert: Alert = chat.uow.alerts.get(int(stored.payload["alert"]))
    return Desk(uow=chat.uow, world=chat.world, alert=alert, now=chat.now)


def _candidates(desk: Desk) -> tuple[Candidate, ...]:
    """Of everything that was told since the alert opened, the newest of each symptom."""
    first = desk.uow.assessments.get(desk.alert.assessment_id)
    told = desk.uow.assessments.newest(desk.alert.patient_id, first.at, Disposition.NONE, 20)
    found: dict[str, Candidate] = {}
    for stored in (first, *told):
        found.update({one.symptom: one for one in baselines.candidates(stored.assessment, desk.world.content)})
    return tuple(found.values())


def _candidate(desk: Desk, symptom: str) -> Candidate:
    """Raises NotFound for one that the alert does not offer (any more)."""
    one = next((one for one in _candidates(desk) if one.symptom == symptom), None)
    if one is None:
        raise NotFound(f"alert {desk.alert.id} offers no baseline for that symptom")
    return one


def _words(chat: Chat, one: Candidate) -> str:
    key = f"symptom.{one.symptom}"
    what = chat.label(key) if chat.world.content.has(key) else one.symptom
    return what if one.value is None else chat.label("baseline.up_to", what=what, value=f"{one.value:g}")


def _guarded(press: Callable[[Chat, StoredButton], None]) -> Callable[[Chat, StoredButton], None]:
    def pressed(chat: Chat, stored: StoredButton) -> None:
        try:
            press(chat, stored)
        except NotFound:
            chat.audit("button.refused", f"alert:{stored.payload['alert']}", "gone")
            chat.toast("clinician.press.refused")

    return pressed


PRESSES: Mapping[str, Callable[[Chat, StoredButton], None]] = {
    USUAL: _guarded(begin),
    SYMPTOM: _guarded(symptom_chosen),
    DAYS: _guarded(days_chosen),
}
