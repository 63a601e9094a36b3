"""Patients: name and birth year sealed with a key of their own; erased for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from bot.core.careplan.enrolment import Patient
from bot.storage import codec
from bot.storage.cipher import Cipher, seal, unseal
from bot.storage.database import Database, Record
from bot.storage.mapper import Mapper
from bot.storage.repositories.erasure import erase
from bot.storage.repositories.shared import found, inserting, new_id, saving
from bot.storage.rows import PatientRow, table
from bot.storage.statements import Prepared, const, first, param

_T = table(PatientRow)
_IDENTITY = ("name", "birth_year")
_MAPPER = Mapper(Patient, _T, apart=_IDENTITY)
_COLUMNS = [*_MAPPER.columns, _T.c.identity, _T.c.wrapped_key]
_PART = codec.Part(Patient, _IDENTITY)
_ABOUT = "patient.identity"
REMEMBERED = 4096
"""Opened identities that are held in memory, until one more is needed or somebody is erased."""

_ADD = inserting(_T)
_GET = Prepared(select(*_COLUMNS).where(_T.c.id == param("id")))
_BY_ADDRESS = Prepared(
    first(
        select(*_COLUMNS).where(_T.c.channel == param("channel"), _T.c.address == param("address")).order_by(_T.c.id.desc()),
        const(1),
    )
)
_BY_CODE = Prepared(select(*_COLUMNS).where(_T.c.code == param("code")))
_KEY = Prepared(select(_T.c.wrapped_key).where(_T.c.id == param("id")))
_SAVE = saving(_T, "wrapped_key")
_ALL = Prepared(select(*_COLUMNS).order_by(_T.c.id))
_BY_CLINIC = Prepared(select(_T.c.clinic, func.count()).group_by(_T.c.clinic))


class Patients:
    """``bot.ports.Patients``."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self.erased = False
        """Whether this transaction erased somebody: the store then cleans up behind it."""
        self._opened: dict[tuple[bytes, bytes], dict[str, Any]] = {}
        """Identities by what they are sealed in: opening one costs two decryptions, and every message of theirs needs it."""

    def add(self, patient: Patient) -> Patient:
        """Stores it under a new id. Raises AlreadyThere for a code that is taken."""
        key, wrapped = self._cipher.new_key()
        params = _MAPPER.params(patient, identity=_sealed(key, patient), wrapped_key=wrapped)
        return replace(patient, id=new_id(self._database, _ADD, params))

    def get(self, patient_id: int) -> Patient:
        """Raises NotFound."""
        return found(self._maybe(self._database.one(_GET, {"id": patient_id})), "patient", patient_id)

    def by_address(self, channel: str, address: str) -> Patient | None:
        """Whose chat this is; where it was used twice, the newest."""
        return self._maybe(self._database.one(_BY_ADDRESS, {"channel": channel, "address": address}))

    def by_code(self, code: str) -> Patient | None:
        """The patient of that code."""
        return self._maybe(self._database.one(_BY_CODE, {"code": code}))

    def save(self, patient: Patient) -> None:
        """Writes all of it. Raises NotFound."""
        wrapped: bytes = found(self._database.one(_KEY, {"id": patient.id}), "patient", patient.id)[0]
        identity = _sealed(self._cipher.unwrap(wrapped), patient)
        self._database.run(_SAVE, _MAPPER.params(patient, identity=identity, row_id=patient.id))

    def all(self) -> Sequence[Patient]:
        """Everyone, in the order in which they came."""
        return [self._core(row) for row in self._database.all(_ALL)]

    def by_clinic(self) -> Mapping[str, int]:
        """How many belong to each clinic."""
        return {str(clinic): int(count) for clinic, count in self._database.all(_BY_CLINIC)}

    def erase(self, patient_id: int) -> None:
        """Removes every row of theirs but the audit skeleton. Raises NotFound."""
        erase(self._database, self.get(patient_id))
        self._opened.clear()
        self.erased = True

    def _maybe(self, row: Record | None) -> Patient | None:
        return None if row is None else self._core(row)

    def _core(self, row: Record) -> Patient:
        *rest, identity, wrapped = row
        opened = self._opened.get((identity, wrapped))
        if opened is None:
            if len(self._opened) >= REMEMBERED:
                self._opened.clear()
            opened = _PART.loads(unseal(self._cipher.unwrap(wrapped), identity, _ABOUT).decode())
            self._opened[identity, wrapped] = opened
        return _MAPPER.core(tuple(rest), **opened)


def _sealed(key: bytes, patient: Patient) -> bytes:
    return seal(key, _PART.dumps(patient).encode(), _ABOUT)
