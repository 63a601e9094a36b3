"""Enrolments, invitations and sessions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import func, select, update

from bot.core.careplan.enrolment import Enrolment
from bot.core.careplan.invitation import Invitation
from bot.core.conversation.session import Session
from bot.storage import codec
from bot.storage.database import Database
from bot.storage.mapper import Mapper
from bot.storage.repositories.shared import changed, found, getting, inserting, new_id, saving
from bot.storage.rows import EnrolmentRow, InvitationRow, SessionRow, table
from bot.storage.statements import Prepared, first, param, putting

_ENROLMENT, _INVITATION, _SESSION = table(EnrolmentRow), table(InvitationRow), table(SessionRow)
_ENROLMENTS = Mapper(Enrolment, _ENROLMENT)
_INVITATIONS = Mapper(Invitation, _INVITATION)
_write_session, _read_session = codec.text_pair(Session)

_ADD_ENROLMENT = inserting(_ENROLMENT)
_GET_ENROLMENT = getting(_ENROLMENTS, _ENROLMENT)
_SAVE_ENROLMENT = saving(_ENROLMENT)
_OF_PATIENT = Prepared(
    select(*_ENROLMENTS.columns).where(_ENROLMENT.c.patient_id == param("patient_id")).order_by(_ENROLMENT.c.id.desc())
)
ANY = "*"
_active = select(*_ENROLMENTS.columns).where(_ENROLMENT.c.schedule == param("schedule"), _ENROLMENT.c.active)
_ON_SCHEDULE = Prepared(first(_active.where(_ENROLMENT.c.id > param("after")).order_by(_ENROLMENT.c.id), param("limit")))
_elsewhere = _active.where(_ENROLMENT.c.schedule_version != param("version")).order_by(_ENROLMENT.c.id)
_TO_MOVE = Prepared(
    first(_elsewhere, param("limit")),
    on_postgresql=first(_elsewhere, param("limit")).with_for_update(skip_locked=True),
)
_of_one = _active.where(_ENROLMENT.c.schedule_version == param("only")).order_by(_ENROLMENT.c.id)
_TO_MOVE_FROM = Prepared(
    first(_of_one, param("limit")),
    on_postgresql=first(_of_one, param("limit")).with_for_update(skip_locked=True),
)
_VERSIONS = Prepared(
    select(_ENROLMENT.c.schedule, _ENROLMENT.c.schedule_version, func.count())
    .where(_ENROLMENT.c.active)
    .group_by(_ENROLMENT.c.schedule, _ENROLMENT.c.schedule_version)
)
_ADOPT = Prepared(
    update(_ENROLMENT)
    .where(_ENROLMENT.c.schedule == param("of"), _ENROLMENT.c.schedule_version == param("held"))
    .values(schedule_version=param("version"))
)
_HELD = Prepared(select(_ENROLMENT.c.schedule_version).where(_ENROLMENT.c.schedule == param("schedule")).distinct())
_ADD_INVITATION = inserting(_INVITATION)
_BY_HASH = getting(_INVITATIONS, _INVITATION, "token_hash")
_OF_SUBJECT = Prepared(
    select(*_INVITATIONS.columns).where(_INVITATION.c.subject == param("subject")).order_by(_INVITATION.c.id.desc())
)
_SAVE_INVITATION = saving(_INVITATION)
_GET_SESSION = Prepared(select(_SESSION.c.data).where(_SESSION.c.patient_id == param("patient_id")))
_PUT_SESSION = putting(_SESSION, "patient_id")


class Enrolments:
    """``bot.ports.Enrolments``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, enrolment: Enrolment) -> Enrolment:
        """Stores it under a new id. Raises AlreadyThere where there is no such patient."""
        return replace(enrolment, id=new_id(self._database, _ADD_ENROLMENT, _ENROLMENTS.params(enrolment)))

    def get(self, enrolment_id: int) -> Enrolment:
        """Raises NotFound."""
        row = self._database.one(_GET_ENROLMENT, {"id": enrolment_id})
        return found(_ENROLMENTS.maybe(row), "enrolment", enrolment_id)

    def of_patient(self, patient_id: int) -> Sequence[Enrolment]:
        """Newest first."""
        return [_ENROLMENTS.core(row) for row in self._database.all(_OF_PATIENT, {"patient_id": patient_id})]

    def save(self, enrolment: Enrolment) -> None:
        """Writes all of it. Raises NotFound."""
        params = _ENROLMENTS.params(enrolment, row_id=enrolment.id)
        changed(self._database.run(_SAVE_ENROLMENT, params), "enrolment", enrolment.id)

    def on_schedule(self, schedule: str, after: int, limit: int) -> Sequence[Enrolment]:
        """Active ones on it with an id above ``after``, in the order of their ids."""
        params = {"schedule": schedule, "after": after, "limit": limit}
        return [_ENROLMENTS.core(row) for row in self._database.all(_ON_SCHEDULE, params)]

    def to_move(self, schedule: str, version: str, only: str, limit: int) -> Sequence[Enrolment]:
        """Active ones on another version than this one; ``only`` names one, ``*`` is any."""
        if only == version:
            return []
        params: dict[str, object] = {"schedule": schedule, "limit": limit}
        if only == ANY:
            return [_ENROLMENTS.core(row) for row in self._database.all(_TO_MOVE, {**params, "version": version})]
        return [_ENROLMENTS.core(row) for row in self._database.all(_TO_MOVE_FROM, {**params, "only": only})]

    def versions(self) -> Mapping[tuple[str, str], int]:
        """How many active ones live by each (schedule, version)."""
        return {(schedule, version): number for schedule, version, number in self._database.all(_VERSIONS)}

    def adopt(self, schedule: str, version: str, known: Iterable[str]) -> int:
        """Those whose version is none of ``known`` live by this one from now on; how many."""
        held = {row[0] for row in self._database.all(_HELD, {"schedule": schedule})}
        strangers = sorted(held - {*known, version})
        return sum(self._database.run(_ADOPT, {"of": schedule, "held": old, "version": version}) for old in strangers)


class Invitations:
    """``bot.ports.Invitations``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, invitation: Invitation) -> Invitation:
        """Stores it under a new id. Raises AlreadyThere for a hash that is taken."""
        return replace(invitation, id=new_id(self._database, _ADD_INVITATION, _INVITATIONS.params(invitation)))

    def by_hash(self, token_hash: str) -> Invitation | None:
        """The invitation whose token has that SHA-256."""
        return _INVITATIONS.maybe(self._database.one(_BY_HASH, {"token_hash": token_hash}))

    def of_subject(self, subject: str) -> Sequence[Invitation]:
        """Newest first."""
        return [_INVITATIONS.core(row) for row in self._database.all(_OF_SUBJECT, {"subject": subject})]

    def save(self, invitation: Invitation) -> None:
        """Writes all of it. Raises NotFound."""
        params = _INVITATIONS.params(invitation, row_id=invitation.id)
        changed(self._database.run(_SAVE_INVITATION, params), "invitation", invitation.id)


class Sessions:
    """``bot.ports.Sessions``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, patient_id: int) -> Session:
        """Their session; a fresh one where there is none."""
        row = self._database.one(_GET_SESSION, {"patient_id": patient_id})
        if row is None:
            return Session()
        session: Session = _read_session(row[0])
        return session

    def put(self, patient_id: int, session: Session) -> None:
        """Keeps it as theirs."""
        self._database.run(_PUT_SESSION, {"patient_id": patient_id, "data": _write_session(session)})
