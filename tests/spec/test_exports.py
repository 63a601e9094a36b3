"""What other systems take over: complete, valid FHIR R4, and a table that can do nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from bot.reports.csv_export import BOM, COLUMNS, csv_lines
from bot.reports.fhir_export import bundle_lines
from bot.reports.record import Record, record_of
from tests.support.course import Course


@pytest.fixture(scope="module")
def course() -> Course:
    """A day with a reading, a red flag and words that a spreadsheet would run."""
    course = Course()
    course.at(hours=26).says("38.9, no cough")
    course.at(hours=27).says("=HYPERLINK(1) my chest hurts badly")
    course.at(hours=28).says("@ me? \ud83d lone, and NUL \0 too")
    return course


@pytest.fixture(scope="module")
def record(course: Course) -> Record:
    return course.store.transact(lambda uow: record_of(uow, uow.patients.get(course.patient_id)))


def bundle(course: Course, record: Record, **how: bool) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads("".join(bundle_lines(iter([record]), course.now, **how)))
    return whole


def rows(record: Record) -> list[dict[str, str]]:
    text = "".join(csv_lines(iter([record])))
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


def of_type(whole: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in whole["entry"] if entry["resource"]["resourceType"] == kind]


def test_the_bundle_is_valid_fhir(course: Course, record: Record) -> None:
    Bundle.model_validate(bundle(course, record))
    Bundle.model_validate(bundle(course, record, names=True))


def test_nobody_is_named_unless_asked_for(course: Course, record: Record) -> None:
    name = record.patient.name
    assert name not in json.dumps(bundle(course, record))
    [patient] = of_type(bundle(course, record, names=True), "Patient")
    assert (patient["name"], patient["birthDate"]) == ([{"text": name}], str(record.patient.birth_year))


def test_a_reading_has_its_code_and_unit(course: Course, record: Record) -> None:
    [temperature] = [
        observation
        for observation in of_type(bundle(course, record), "Observation")
        if observation["code"].get("coding", [{}])[0].get("code") == "8310-5"
    ]
    assert temperature["valueQuantity"] | {"unit": ""} == {
        "value": 38.9,
        "unit": "",
        "system": "http://unitsofmeasure.org",
        "code": "Cel",
    }


def test_what_is_denied_is_told_as_denied(course: Course, record: Record) -> None:
    symptoms = {o["code"]["text"]: o.get("valueBoolean") for o in of_type(bundle(course, record), "Observation")}
    assert symptoms["chest_pain"] is True
    assert any(value is False for value in symptoms.values())


def test_every_message_and_alert_and_check_in_is_there(course: Course, record: Record) -> None:
    whole = bundle(course, record)
    assert len(of_type(whole, "Communication")) == len(record.messages) == 3
    assert len(of_type(whole, "Flag")) == len(record.alerts) == 1
    [plan] = of_type(whole, "CarePlan")
    assert len(plan["activity"]) == len(record.check_ins)
    counts = {what: sum(row["what"] == what for row in rows(record)) for what in ("check_in", "message", "alert")}
    assert counts == {"check_in": len(record.check_ins), "message": 3, "alert": 1}


def test_no_cell_is_a_formula(record: Record) -> None:
    cells = [cell for row in rows(record) for cell in row.values()]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert "'=HYPERLINK(1) my chest hurts badly" in cells


def test_every_row_has_every_column_and_its_day(record: Record) -> None:
    table = rows(record)
    assert all(tuple(row) == COLUMNS for row in table)
    assert {row["day"] for row in table if row["what"] == "message"} == {"1"}
