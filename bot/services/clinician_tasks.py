"""/tasks: work for the clinic that is no page, most urgent first, each with a button that says it is done."""

from __future__ import annotations

from bot.core.delivery import Button
from bot.core.errors import NotFound
from bot.ports import StoredButton, Task
from bot.services.alert_buttons import BUTTON_LIFE
from bot.services.alert_text import disposition_word
from bot.services.clinician_chat import Chat
from bot.services.clinician_lists import LISTED, age_of
from bot.services.clinics import task_here

DONE = "task.done"


def command(chat: Chat) -> None:
    """Lists this clinic's open tasks by the patients' codes, the longest waiting first within a level."""
    ours = (task for task in chat.uow.tasks.open() if task_here(chat.uow, chat.world, task))
    tasks = sorted(ours, key=lambda t: (-t.disposition, t.at, t.id))
    if not tasks:
        chat.say("clinician.tasks.none")
        return
    lines = [chat.text("clinician.tasks.head", count=str(len(tasks)))]
    lines += [_line(chat, task) for task in tasks[:LISTED]]
    if len(tasks) > LISTED:
        lines.append(chat.text("clinician.open.more", count=str(len(tasks) - LISTED)))
    chat.send("\n".join(lines), tuple((_button(chat, task),) for task in tasks[:LISTED]))


def done(chat: Chat, stored: StoredButton) -> None:
    """Takes the task off the list; one that a colleague has done already stays done."""
    task_id = int(stored.payload["task"])
    if any(task.id == task_id for task in chat.uow.tasks.open()):
        chat.uow.tasks.done(task_id, chat.now)
        chat.uow.buttons.use(stored.id, chat.now)
        chat.audit("task.done", f"task:{task_id}")
    chat.toast("clinician.tasks.done")


def _line(chat: Chat, task: Task) -> str:
    return chat.text(
        "clinician.tasks.line",
        word=disposition_word(chat.world.content, chat.clinician.language, task.disposition),
        code=_code(chat, task),
        what=_what(chat, task),
        age=age_of(chat, task.at),
    )


def _button(chat: Chat, task: Task) -> Button:
    button = StoredButton(
        id=chat.world.ids.token(),
        owner=chat.subject,
        action=DONE,
        payload={"task": str(task.id)},
        expires_at=chat.now + BUTTON_LIFE,
    )
    chat.uow.buttons.add(button)
    return Button(id=button.id, label=chat.label("clinician.tasks.button", code=_code(chat, task), what=_what(chat, task)))


def _what(chat: Chat, task: Task) -> str:
    """The kind in words; one that the messages do not have, as it is."""
    key = f"clinician.tasks.kind.{task.kind}"
    return chat.label(key) if chat.world.content.has(key) else task.kind


def _code(chat: Chat, task: Task) -> str:
    if task.patient_id is None:
        return "-"
    try:
        return chat.uow.patients.get(task.patient_id).code
    except NotFound:
        return "?"
