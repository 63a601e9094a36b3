"""The clinic's side: tasks, clinicians, and the buttons of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from bot.core.escalation.clinician import Clinician
from bot.ports import StoredButton, Task
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import changed, found, getting, inserting, new_id
from bot.storage.rows import ButtonRow, ClinicianRow, TaskRow, table
from bot.storage.statements import Prepared, adding, const, first, param, putting
from bot.storage.values import micros

_TASK, _CLINICIAN, _BUTTON = table(TaskRow), table(ClinicianRow), table(ButtonRow)
_TASKS, _CLINICIANS, _BUTTONS = Mapper(Task, _TASK), Mapper(Clinician, _CLINICIAN), Mapper(StoredButton, _BUTTON)

_ADD_TASK = inserting(_TASK)
_open = select(*_TASKS.columns).where(_TASK.c.done_at.is_(None))
_OPEN = Prepared(_open.order_by(_TASK.c.disposition.desc(), _TASK.c.id))
_OPEN_OF = Prepared(
    first(_open.where(_TASK.c.patient_id == param("patient_id"), _TASK.c.kind == param("kind")).order_by(_TASK.c.id), const(1))
)
_DONE = Prepared(update(_TASK).where(_TASK.c.id == param("task"), _TASK.c.done_at.is_(None)).values(done_at=param("done_at")))
_HAS_TASK = getting(_TASKS, _TASK)
_PUT_CLINICIAN = putting(_CLINICIAN, "id")
_GET_CLINICIAN = getting(_CLINICIANS, _CLINICIAN)
_BY_ADDRESS = Prepared(
    first(
        select(*_CLINICIANS.columns)
        .where(_CLINICIAN.c.channel == param("channel"), _CLINICIAN.c.address == param("address"))
        .order_by(_CLINICIAN.c.active.desc(), _CLINICIAN.c.id),
        const(1),
    )
)
_ALL_CLINICIANS = Prepared(select(*_CLINICIANS.columns).order_by(_CLINICIAN.c.id))
_ADD_BUTTON = Prepared(adding(_BUTTON))
_GET_BUTTON = getting(_BUTTONS, _BUTTON)
_USE_BUTTON = Prepared(update(_BUTTON).where(_BUTTON.c.id == param("button")).values(used_at=param("used_at")))


class Tasks:
    """``bot.ports.Tasks``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, task: Task) -> int:
        """The new id."""
        return new_id(self._database, _ADD_TASK, _TASKS.params(task))

    def get(self, task_id: int) -> Task:
        """Raises NotFound."""
        return found(_TASKS.maybe(self._database.one(_HAS_TASK, {"id": task_id})), "task", task_id)

    def open(self) -> Sequence[Task]:
        """What is not done yet, most urgent first, then oldest."""
        return [_TASKS.core(row) for row in self._database.all(_OPEN)]

    def open_of(self, patient_id: int, kind: str) -> Task | None:
        """Their oldest open task of that kind."""
        return _TASKS.maybe(self._database.one(_OPEN_OF, {"patient_id": patient_id, "kind": kind}))

    def done(self, task_id: int, at: datetime) -> None:
        """It was done at ``at``; a task that is done stays as it was. Raises NotFound."""
        if not self._database.run(_DONE, {"task": task_id, "done_at": micros(at)}):
            changed(int(self._database.one(_HAS_TASK, {"id": task_id}) is not None), "task", task_id)


class Clinicians:
    """``bot.ports.Clinicians``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, clinician: Clinician) -> None:
        """Adds or replaces."""
        self._database.run(_PUT_CLINICIAN, _CLINICIANS.params(clinician))

    def get(self, clinician_id: str) -> Clinician | None:
        """The clinician of that id."""
        return _CLINICIANS.maybe(self._database.one(_GET_CLINICIAN, {"id": clinician_id}))

    def by_address(self, channel: str, address: str) -> Clinician | None:
        """Whose chat this is; an active one before a revoked one."""
        return _CLINICIANS.maybe(self._database.one(_BY_ADDRESS, {"channel": channel, "address": address}))

    def all(self) -> Sequence[Clinician]:
        """Everyone, by id."""
        return [_CLINICIANS.core(row) for row in self._database.all(_ALL_CLINICIANS)]


class Buttons:
    """``bot.ports.Buttons``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, button: StoredButton) -> None:
        """Raises AlreadyThere for an id that is taken."""
        self._database.run(_ADD_BUTTON, _BUTTONS.params(button))

    def get(self, button_id: str) -> StoredButton | None:
        """What the button does."""
        return _BUTTONS.maybe(self._database.one(_GET_BUTTON, {"id": button_id}))

    def use(self, button_id: str, at: datetime) -> None:
        """It was pressed. Raises NotFound."""
        changed(self._database.run(_USE_BUTTON, {"button": button_id, "used_at": micros(at)}), "button", button_id)
