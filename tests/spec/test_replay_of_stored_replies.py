"""Proposed rules over what patients have said: nothing missed unseen, nobody recognised, the same every time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.triage import triage
from bot.ports import StoredAssessment, UnitOfWork
from bot.reports.deidentify import deidentified, name_parts
from tests.support.clinic import TempClinic, new_clinic

SAID = (
    "my temperature is 38.2 today, Maria Weber took it, call 0176 1234567",
    "38.6 this morning",
    "all fine, no fever",
    "my left calf is swollen and sore",
)


@pytest.fixture
def clinic(tmp_path: Path) -> TempClinic:
    """With a patient five days on who has said all of that, a day apart."""
    made = new_clinic(tmp_path)
    made.data("publish", made.schedule)
    (patient,) = made.patients(9)
    content = made.content()
    course = made.course(patient)

    def say(uow: UnitOfWork) -> None:
        for number, text in enumerate(SAID):
            at = datetime.now(UTC) - timedelta(days=8 - 2 * number)
            found = triage(
                text,
                asked="temperature" if text.startswith("38") else None,
                patient=course.context(at),
                knowledge=content.knowledge,
                tighter=content.schedules[made.schedule].thresholds,
            )
            asked = "temperature" if text.startswith("38") else None
            uow.assessments.add(
                StoredAssessment(id=0, patient_id=patient, inbox_id=None, at=at, text=text, assessment=found, asked=asked)
            )

    made.work(say)
    return made


def test_a_tighter_limit_adds_alerts_and_shows_the_replies_without_who_wrote_them(clinic: TempClinic) -> None:
    clinic.edit(("at_least: 38.5", "at_least: 38.0"))
    report = clinic.data("replay", clinic.schedule)
    assert (report["replies"], report["missed"], report["added"]) == (4, 0, 1)
    (shown,) = report["added_replies"]
    assert "38.2" in shown["reply"]
    assert "Maria" not in shown["reply"]
    assert "Weber" not in shown["reply"]
    assert "1234567" not in shown["reply"]
    assert (shown["day"], shown["after"]) == (1, "urgent")
    assert clinic.data("replay", clinic.schedule) == report
    assert sum(report["weeks"].values()) == 1


def test_a_looser_limit_misses_red_flags_and_exits_with_1(clinic: TempClinic) -> None:
    clinic.edit(("at_least: 38.5", "at_least: 38.8"))
    report = clinic.data("replay", clinic.schedule, exit_code=1)
    assert (report["missed"], report["added"]) == (1, 0)
    assert [shown["reply"] for shown in report["missed_replies"]] == ["38.6 this morning"]


def test_two_versions_are_compared_by_the_same_reading(clinic: TempClinic) -> None:
    published = clinic.data("versions")["versions"][0]["version"]
    clinic.edit(("at_least: 38.5", "at_least: 38.0"))
    report = clinic.data("replay", clinic.schedule, "--against", published)
    assert (report["against"], report["missed"], report["added"]) == (published, 0, 1)
    assert clinic.data("replay", published, "--against", published)["added"] == 0


def test_only_replies_since_a_date(clinic: TempClinic) -> None:
    since = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    assert clinic.data("replay", clinic.schedule, "--since", since)["replies"] == 1


def test_what_was_read_with_other_content_is_told(clinic: TempClinic) -> None:
    def older(uow: UnitOfWork) -> None:
        stored = uow.assessments.since(datetime(1970, 1, 1, tzinfo=UTC), 0, 1)[0]
        fields = {name: getattr(stored.assessment, name) for name in stored.assessment.__dataclass_fields__}
        old = type(stored.assessment)(**{**fields, "content": "an-older-one"})
        uow.assessments.add(
            StoredAssessment(
                id=0, patient_id=stored.patient_id, inbox_id=None, at=stored.at, text="38.3", asked="temperature", assessment=old
            )
        )

    clinic.work(older)
    assert clinic.data("replay", clinic.schedule)["read_otherwise"] == 1


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("write to ann@example.org or @ann_k, see https://example.org/x", ("ann", "example", "https")),
        ("this is K7-42, my daughter Elif called", ("K7-42", "Elif")),
        ("born 12.03.1961, flat 7", ("12", "1961", "7")),
        ("annas arm hurts, says anna", ("anna",)),
        ("меня зовут Ольга, рука болит", ("Ольга",)),
    ],
)
def test_names_numbers_and_addresses_are_masked(text: str, hidden: tuple[str, ...]) -> None:
    masked = deidentified(text, Assessment(disposition=Disposition.NONE), name_parts("Anna Schmidt"))
    for word in hidden:
        assert word not in masked
