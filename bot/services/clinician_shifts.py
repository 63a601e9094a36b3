"""/oncall: who is on call now and next, and the buttons that take a shift over or give it back.

What was taken over counts at once, for pages of alerts that are open too. Both are told: who took it, and who was on call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.core.delivery import Button
from bot.core.errors import InvalidValue, NotFound
from bot.core.escalation.policy import Rota
from bot.core.escalation.rota import on_call, present_shift
from bot.core.escalation.takeover import LONGEST_TAKEOVER
from bot.ports import StoredButton
from bot.services.alert_buttons import A_ROW
from bot.services.alert_text import local_time, name_of
from bot.services.clinician_chat import Chat, Rows
from bot.services.reachability import reachable
from bot.services.rotas import give_back, rota_of, rotas_now, take_over, taken_over

TAKE = "shift.take"
BACK = "shift.back"
HOURS = (4, 12)
BUTTON_LIFE = timedelta(hours=12)


def command(chat: Chat) -> None:
    """Each rota: who is on call now, who of them cannot be reached here, and who comes next."""
    clinic = chat.world.content.clinic
    lines = [chat.text("clinician.on_call.head", time=local_time(chat.world.content, chat.now), zone=clinic.timezone)]
    reached = reachable(chat.uow, chat.world)
    buttons: list[Button] = []
    for rota in rotas_now(chat.uow, chat.world, chat.now):
        span, then = present_shift(rota, chat.now)
        lines.append(chat.text("clinician.on_call.line", rota=rota.id, names=_names(chat, on_call(rota, chat.now), reached)))
        if then != on_call(rota, chat.now):
            names = _names(chat, then, reached)
            lines.append(chat.text("clinician.shift.next", rota=rota.id, time=moment(chat, span.end), names=names))
        buttons += _buttons(chat, rota, span.end, reached)
    chat.send("\n".join(lines), rows_of(buttons))


def rows_of(buttons: list[Button]) -> Rows:
    """Two in a row."""
    return tuple(tuple(buttons[at : at + A_ROW]) for at in range(0, len(buttons), A_ROW))


def _buttons(chat: Chat, rota: Rota, end: datetime, reached: frozenset[str]) -> list[Button]:
    """Whoever can be paged may take over what is not theirs, and give back what they took."""
    me = chat.clinician.id
    if me not in reached:
        return []
    if any(
        taken.rota == rota.id and taken.clinician == me for taken in taken_over(chat.uow, chat.world.content.clinic, chat.now)
    ):
        return [_button(chat, BACK, chat.label("clinician.shift.back", rota=rota.id), rota=rota.id)]
    if on_call(rota, chat.now) == (me,):
        return []
    offered = []
    if end - chat.now <= LONGEST_TAKEOVER:
        label = chat.label("clinician.shift.until", rota=rota.id, time=moment(chat, end))
        offered.append(_button(chat, TAKE, label, rota=rota.id, until=end.isoformat()))
    for hours in HOURS:
        label = chat.label("clinician.shift.hours", rota=rota.id, count=str(hours))
        offered.append(_button(chat, TAKE, label, rota=rota.id, hours=str(hours)))
    return offered


def _button(chat: Chat, action: str, label: str, **payload: str) -> Button:
    button = StoredButton(
        id=chat.world.ids.token(),
        owner=chat.subject,
        action=action,
        payload={**payload, "clinic": chat.world.content.clinic.id},
        expires_at=chat.now + BUTTON_LIFE,
    )
    chat.uow.buttons.add(button)
    return Button(id=button.id, label=label)


def _take(chat: Chat, stored: StoredButton) -> None:
    rota_id, me = stored.payload["rota"], chat.clinician.id
    if me not in reachable(chat.uow, chat.world):
        chat.toast_and_say("clinician.shift.unreachable")
        return
    before = on_call(rota_of(chat.uow, chat.world, chat.now, rota_id), chat.now)
    if before == (me,):
        chat.toast("clinician.shift.already")
        return
    hours = stored.payload.get("hours")
    end = chat.now + timedelta(hours=int(hours)) if hours else datetime.fromisoformat(stored.payload["until"])
    taken = take_over(chat.uow, chat.world, chat.now, rota_id, clinician=me, end=end)
    chat.uow.buttons.use(stored.id, chat.now)
    until = moment(chat, taken.end)
    chat.toast("clinician.shift.taken", rota=rota_id, until=until)
    chat.edit_pressed("clinician.shift.taken", rota=rota_id, until=until)
    _tell(chat, before, "clinician.shift.taken_by", rota=rota_id, until=until)


def _give_back(chat: Chat, stored: StoredButton) -> None:
    rota_id = stored.payload["rota"]
    if not give_back(chat.uow, chat.world, chat.now, rota_id, chat.clinician.id):
        chat.toast("clinician.press.stale")
        return
    chat.uow.buttons.use(stored.id, chat.now)
    chat.toast("clinician.shift.given_back", rota=rota_id)
    chat.edit_pressed("clinician.shift.given_back", rota=rota_id)
    after = on_call(rota_of(chat.uow, chat.world, chat.now, rota_id), chat.now)
    _tell(chat, after, "clinician.shift.given_back_by", rota=rota_id)


def _tell(chat: Chat, names: tuple[str, ...], key: str, **params: str) -> None:
    """Whoever was, or is again, on call there."""
    me = name_of(chat.world.content, chat.clinician.id)
    for name in names:
        colleague = chat.uow.clinicians.get(name)
        if colleague is not None and name != chat.clinician.id:
            Chat(uow=chat.uow, world=chat.world, now=chat.now, clinician=colleague).say(key, name=me, **params)


def moment(chat: Chat, at: datetime) -> str:
    """Hours and minutes on the clinic's clock, with the day where it is not today."""
    zone = chat.world.content_zone()
    local, today = at.astimezone(zone), chat.now.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"


def _names(chat: Chat, names: tuple[str, ...], reached: frozenset[str]) -> str:
    shown = [_name(chat, name, reached) for name in names]
    return ", ".join(shown) or chat.label("clinician.on_call.nobody")


def _name(chat: Chat, clinician: str, reached: frozenset[str]) -> str:
    name = name_of(chat.world.content, clinician)
    return name if clinician in reached else chat.label("clinician.on_call.unreachable", name=name)


def _guarded(press: Callable[[Chat, StoredButton], None]) -> Callable[[Chat, StoredButton], None]:
    def pressed(chat: Chat, stored: StoredButton) -> None:
        try:
            press(chat, stored)
        except (NotFound, InvalidValue):  # the rota is gone from clinic.yaml, or the shift is over
            chat.audit("button.refused", f"rota:{stored.payload['rota']}", "gone")
            chat.toast("clinician.press.stale")

    return pressed


PRESSES: Mapping[str, Callable[[Chat, StoredButton], None]] = {TAKE: _guarded(_take), BACK: _guarded(_give_back)}
