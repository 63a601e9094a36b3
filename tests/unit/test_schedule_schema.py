"""The schemas that editors use are those of the readers: what one accepts or refuses, the other does too."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from bot.content.schema import as_file, clinic_schema, schedule_schema
from tests.golden.test_schedule_problems import CLINIC, CLINIC_CASES, SCHEDULE, SCHEDULE_CASES
from tests.support.careplan import SCHEDULES, assert_golden, questions, shipped_names
from tests.unit.test_schedule_files import FULL

SCHEMAS = SCHEDULES / "schema"


def valid(schema: dict[str, Any], value: object) -> bool:
    """The part of JSON Schema that these schemas use."""
    if "anyOf" in schema:
        return any(valid(choice, value) for choice in schema["anyOf"])
    if "enum" in schema:
        return value in schema["enum"]
    kinds: dict[str, Any] = {"string": str, "array": list, "object": dict, "boolean": bool, "number": (int, float)}
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(value, kinds[kind]) for kind in wanted) or (isinstance(value, bool) and "boolean" not in wanted):
        return False
    if isinstance(value, str):
        return bool(re.search(schema.get("pattern", ""), value)) and len(value) >= schema.get("minLength", 0)
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(valid(schema["items"], item) for item in value)
    return _valid_fields(schema, value) if isinstance(value, dict) else True


def _valid_fields(schema: dict[str, Any], value: dict[str, object]) -> bool:
    known = schema.get("properties", {})
    others = schema["additionalProperties"]
    if not set(schema.get("required", [])) <= set(value) or len(value) < schema.get("minProperties", 0):
        return False
    return all(valid(known[key], item) if key in known else bool(others) and valid(others, item) for key, item in value.items())


def test_the_files_are_those_that_the_code_makes() -> None:
    assert_golden(SCHEMAS / "schedule.json", as_file(schedule_schema(questions())))
    assert_golden(SCHEMAS / "clinic.json", as_file(clinic_schema()))


def test_every_file_that_operators_edit_names_the_schema_that_fits_it() -> None:
    for name in [*shipped_names(), "clinic"]:
        text = (SCHEDULES / f"{name}.yaml").read_text(encoding="utf-8")
        match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
        assert match is not None
        assert (SCHEDULES / match[1]).exists()
        schema = clinic_schema() if name == "clinic" else schedule_schema(questions())
        assert valid(schema, yaml.safe_load(text)), name


@pytest.mark.parametrize("text", [SCHEDULE, FULL])
def test_a_sound_schedule_fits_the_schema(text: str) -> None:
    assert valid(schedule_schema(questions()), yaml.safe_load(text))


STRUCTURAL = {
    *("phase-missing", "unknown-question", "unknown-risk", "unknown-route", "nobody-meant", "no-late-enrolment"),
    *("unknown-late-enrolment", "unknown-field", "asks-nothing", "time-that-is-none", "time-of-day-with-hours", "hour-24"),
    *("quiet-hours-unreadable", "example-with-an-unknown-disposition", "several-at-once"),
}


@pytest.mark.parametrize("case", sorted(STRUCTURAL))
def test_an_editor_marks_what_the_reader_would_refuse(case: str) -> None:
    old, new = SCHEDULE_CASES[case]
    assert not valid(schedule_schema(questions()), yaml.safe_load(SCHEDULE.replace(old, new, 1)))


@pytest.mark.parametrize(
    "case", ["shift-without-anybody", "unknown-day", "no-emergency-chain", "no-phone-number", "no-country-code"]
)
def test_an_editor_marks_what_the_clinics_reader_would_refuse(case: str) -> None:
    old, new = CLINIC_CASES[case]
    assert valid(clinic_schema(), yaml.safe_load(CLINIC))
    assert not valid(clinic_schema(), yaml.safe_load(CLINIC.replace(old, new, 1)))
