"""/enrol: a clinician invites a patient from their own chat, in one line or by a short guided form that writes the line for them.

    /enrol msc-recipient 2026-11-26T10:00 1958 iv diabetes,anticoagulant First Last

Course, when the treatment ended (the clinic's wall clock, or with an offset), year of birth, route (recipients only), risks if any, name.
Somebody who works in several clinics begins with the one that follows the patient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.careplan.schedule import Schedule
from bot.core.clinical.patient import Risk, Role, Route
from bot.core.delivery import Button
from bot.ports import StoredButton
from bot.services import enrolments
from bot.services.clinician_chat import Chat

CLINIC = "enrol.clinic"
SCHEDULE = "enrol.schedule"
ROUTE = "enrol.route"
FORM_LIFE = timedelta(hours=1)
OLDEST_COURSE = timedelta(days=366 * 20)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnrolmentForm:
    """What the line says, checked."""

    schedule: str
    treated_at: datetime
    birth_year: int
    route: Route | None
    risks: frozenset[Risk]
    name: str


class NotUnderstood(Exception):
    """The line can not be read. ``key`` and ``params`` name the message that says why."""

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


def command(chat: Chat) -> None:
    """Enrols from a whole line; a bare /enrol starts the guided form."""
    words = chat.inbound.text.split()[1:] if chat.inbound is not None else []
    places = chat.at_each_clinic()
    if not words and len(places) > 1:
        _ask_clinic(chat, places)
        return
    try:
        chat, words = _at_clinic(chat, words, places)
        if not words:
            _ask_schedule(chat)
            return
        form = read_line(words, chat)
    except NotUnderstood as problem:
        chat.say(f"clinician.enrol.{problem.key}", **problem.params)
        _explain(chat, example_of(chat, words[0], None))
        return
    _enrol(chat, form)


def _at_clinic(chat: Chat, words: list[str], places: tuple[Chat, ...]) -> tuple[Chat, list[str]]:
    """The chat about the clinic that the line begins with, and what follows. Who works in one alone need not name it. Raises
    NotUnderstood."""
    by_id = {place.world.content.clinic.id: place for place in places}
    if words and words[0] in by_id:
        return by_id[words[0]], words[1:]
    if len(places) > 1:
        raise NotUnderstood("which_clinic", known=", ".join(by_id))
    return chat, words


def read_line(words: list[str], chat: Chat) -> EnrolmentForm:
    """Reads the words after the command. Raises NotUnderstood for the first that does not fit."""
    schedules = chat.world.content.schedules
    schedule = schedules.get(words[0])
    if schedule is None:
        raise NotUnderstood("unknown_schedule", value=words[0], known=", ".join(sorted(schedules)))
    rest = words[1:]
    treated_at = _moment(rest.pop(0) if rest else "", chat)
    birth_year = _year(rest.pop(0) if rest else "", chat.now)
    route = None
    if schedule.role is Role.RECIPIENT:
        route = _route(rest.pop(0) if rest else "", schedule)
    risks = _risks(rest[0]) if rest else None
    name = " ".join(rest[1:] if risks is not None else rest)
    if not name:
        raise NotUnderstood("no_name")
    return EnrolmentForm(
        schedule=schedule.id,
        treated_at=treated_at,
        birth_year=birth_year,
        route=route,
        risks=risks or frozenset(),
        name=name,
    )


def example_of(chat: Chat, schedule_id: str, route: str | None) -> str:
    """A line to copy for this course, treated an hour ago."""
    schedules = chat.world.content.schedules
    schedule = schedules.get(schedule_id) or next(iter(schedules.values()))
    routes = _routes(schedule)
    shown = "" if schedule.role is Role.DONOR else (route or (routes[0] if routes else Route.IV))
    time = (chat.now - timedelta(hours=1)).astimezone(_zone(chat)).strftime("%Y-%m-%dT%H:%M")
    clinic = f"{chat.world.content.clinic.id} " if len(chat.at_each_clinic()) > 1 else ""
    line = chat.label("clinician.enrol.example", schedule=clinic + schedule.id, time=time, route=shown)
    return " ".join(line.split())


def clinic_chosen(chat: Chat, _stored: StoredButton) -> None:
    """For somebody who works in several clinics: which one is known, and the chat is about it."""
    chat.toast("")
    _ask_schedule(chat)


def schedule_chosen(chat: Chat, stored: StoredButton) -> None:
    """The guided form's second question: the route, where the course has several."""
    chat.toast("")
    schedule = chat.world.content.schedules.get(stored.payload.get("schedule", ""))
    if schedule is None:
        _ask_schedule(chat)
        return
    routes = _routes(schedule)
    if schedule.role is Role.DONOR or len(routes) == 1:
        _explain(chat, example_of(chat, schedule.id, None))
        return
    rows = tuple((_button(chat, ROUTE, _route_label(chat, r), schedule=schedule.id, route=r),) for r in routes)
    chat.send(chat.text("clinician.enrol.choose_route"), rows)


def route_chosen(chat: Chat, stored: StoredButton) -> None:
    """The guided form's end: a line to copy and complete."""
    chat.toast("")
    _explain(chat, example_of(chat, stored.payload.get("schedule", ""), stored.payload.get("route")))


def _ask_clinic(chat: Chat, places: tuple[Chat, ...]) -> None:
    rows = tuple((_button(place, CLINIC, place.world.content.clinic.name),) for place in places)
    chat.send(chat.text("clinician.enrol.choose_clinic"), rows)


def _ask_schedule(chat: Chat) -> None:
    schedules = chat.world.content.schedules.values()
    rows = tuple((_button(chat, SCHEDULE, schedule.title, schedule=schedule.id),) for schedule in schedules)
    chat.send(chat.text("clinician.enrol.choose_schedule"), rows)


def _explain(chat: Chat, example: str) -> None:
    risks = chat.text("clinician.enrol.usage_risks", risks=", ".join(Risk))
    chat.send(chat.text("clinician.enrol.usage", example=example) + "\n" + risks)


def _button(chat: Chat, action: str, label: str, **payload: str) -> Button:
    button = StoredButton(
        id=chat.world.ids.token(),
        owner=chat.subject,
        action=action,
        payload={**payload, "clinic": chat.world.content.clinic.id},
        expires_at=chat.now + FORM_LIFE,
    )
    chat.uow.buttons.add(button)
    return Button(id=button.id, label=label)


def _route_label(chat: Chat, route: Route) -> str:
    return chat.label(f"alert.route.{route}")


def _routes(schedule: Schedule) -> list[Route]:
    return [r for r in Route if not schedule.routes or r in schedule.routes]


def _moment(word: str, chat: Chat) -> datetime:
    """An ISO date and time; without an offset it is the clinic's wall clock, which must exist on that day."""
    zone = _zone(chat)
    example = (chat.now - timedelta(hours=1)).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    unreadable = NotUnderstood("bad_time", value=word, example=example)
    if "T" not in word:
        raise unreadable
    try:
        written = datetime.fromisoformat(word)
        moment = (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise unreadable from None
    if written.tzinfo is None and moment.astimezone(zone).replace(tzinfo=None) != written:
        raise unreadable
    if moment > chat.now:
        raise NotUnderstood("future", value=word)
    if chat.now - moment > OLDEST_COURSE:
        raise NotUnderstood("long_ago", value=word)
    return moment


def _year(word: str, now: datetime) -> int:
    written = word.isascii() and word.isdecimal() and len(word) == 4
    if not written or not enrolments.ADULT <= now.year - int(word) <= enrolments.OLDEST:
        raise NotUnderstood("bad_year", value=word)
    return int(word)


def _route(word: str, schedule: Schedule) -> Route:
    fitting = {str(r): r for r in _routes(schedule)}
    if word.lower() not in fitting:
        raise NotUnderstood("bad_route", value=word, known=", ".join(fitting))
    return fitting[word.lower()]


def _risks(word: str) -> frozenset[Risk] | None:
    """The risks that the word lists; None where it is no list of risks, and so belongs to the name."""
    try:
        return frozenset(Risk(part) for part in word.lower().split(",") if part)
    except ValueError:
        return None


def _zone(chat: Chat) -> ZoneInfo:
    return ZoneInfo(chat.world.content.clinic.timezone)


def _enrol(chat: Chat, form: EnrolmentForm) -> None:
    """The patient, and the link that the clinician hands over. The name stays out of the reply: this chat may be looked at."""
    patient, _, token = enrolments.enrol(
        chat.uow,
        chat.world,
        chat.now,
        name=form.name,
        birth_year=form.birth_year,
        schedule=form.schedule,
        treated_at=form.treated_at,
        route=form.route,
        risks=form.risks,
        clinic=chat.world.content.clinic.id,
        by=chat.subject,
    )
    chat.say("clinician.enrol.done", code=patient.code, link=chat.world.invitation_link(token))
