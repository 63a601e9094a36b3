"""Rows and core objects: nothing that a core type holds is lost on the way."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from sqlalchemy import BigInteger, Column, MetaData, String, Table

from bot.core.careplan.enrolment import Enrolment, Patient, PlannedCheckIn
from bot.core.careplan.invitation import Invitation
from bot.core.delivery import OutgoingMessage
from bot.core.escalation.alert import Alert
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.policy import Rota, Shift
from bot.ports import AlertEntry, InboxItem, StoredAssessment, StoredButton, Task
from bot.storage.codec import text_pair
from bot.storage.mapper import Mapper
from bot.storage.rows import METADATA
from bot.storage.values import micros, moment, storable

STORED = {
    "inbox": InboxItem,
    "patient": Patient,
    "invitation": Invitation,
    "enrolment": Enrolment,
    "check_in": PlannedCheckIn,
    "assessment": StoredAssessment,
    "alert": Alert,
    "alert_entry": AlertEntry,
    "task": Task,
    "outbox": OutgoingMessage,
    "button": StoredButton,
    "clinician": Clinician,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Grown:
    """A core type that has more fields than its table has columns."""

    id: int
    at: datetime
    name: str
    later: tuple[str, ...] = ()
    until: datetime | None = None


def grown_table(*more: str) -> Table:
    made: Table = Table("grown", MetaData(), Column("id", BigInteger), Column("at", BigInteger), Column("name", String))
    for name in more:
        made.append_column(Column(name, String))
    return made


def row_of(mapper: Mapper[Grown], value: Grown) -> tuple[object, ...]:
    params = mapper.params(value)
    return tuple(params[column.name] for column in mapper.columns)


def test_a_field_without_a_column_is_kept_in_extra() -> None:
    mapper = Mapper(Grown, grown_table("extra"))
    value = Grown(id=1, at=datetime(2026, 1, 1, tzinfo=UTC), name="n", later=("a", "b"), until=datetime(2027, 1, 1, tzinfo=UTC))
    assert mapper.core(row_of(mapper, value)) == value
    plain = dataclasses.replace(value, later=(), until=None)
    assert row_of(mapper, plain)[-1] == "{}"
    assert mapper.core(row_of(mapper, plain)) == plain


def test_a_field_that_the_type_has_lost_is_ignored() -> None:
    mapper = Mapper(Grown, grown_table("extra"))
    assert mapper.core((1, 0, "n", '{"gone":1,"later":["a"]}')).later == ("a",)


def test_a_table_that_cannot_keep_a_field_is_refused_when_the_code_is_loaded() -> None:
    with pytest.raises(TypeError, match="later"):
        Mapper(Grown, grown_table())


@pytest.mark.parametrize(("table", "kind"), STORED.items())
def test_every_field_of_a_stored_type_has_a_place(table: str, kind: type) -> None:
    columns = METADATA.tables[table].c
    names = {field.name for field in dataclasses.fields(kind)}
    assert "extra" in columns or names <= {c.name for c in columns}


def test_structured_values_come_back_as_they_were() -> None:
    rota = Rota(
        id="day",
        timezone="Europe/Berlin",
        shifts=(Shift(weekdays=frozenset({0, 6}), start=time(8, 30), end=time(17), clinicians=("ann", "b\ud800\x00")),),
    )
    write, read = text_pair(Rota)
    assert read(write(rota)) == rota
    assert write(rota).isascii()


def test_a_moment_keeps_its_microsecond_and_loses_only_its_zone() -> None:
    given = datetime(2026, 3, 29, 2, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert moment(micros(given)) == given
    assert moment(micros(given)).utcoffset() == timedelta(0)
    assert moment(micros(datetime(1969, 12, 31, tzinfo=UTC))) == datetime(1969, 12, 31, tzinfo=UTC)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        micros(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("text", "stored"),
    [("plain", "plain"), ("a\x00b", "a\ufffdb"), ("\ud83d half", "\ufffd half"), ("é \U0001f9b5", "é \U0001f9b5"), ("", "")],
)
def test_only_what_no_database_takes_is_replaced(text: str, stored: str) -> None:
    assert storable(text) == stored
