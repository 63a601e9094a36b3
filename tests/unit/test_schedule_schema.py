"""The schemas that editors use are those of the readers: what one accepts or refuses, the other does too."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from bot.content.schema import as_file, clinic_schema, questions_schema, schedule_schema
from tests.golden.test_schedule_problems import CLINIC, CLINIC_CASES, SCHEDULE, SCHEDULE_CASES
from tests.support.careplan import SCHEDULES, assert_golden, questions, rule_book, shipped_names
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
    if "oneOf" in schema and sum(set(choice["required"]) <= set(value) for choice in schema["oneOf"]) != 1:
        return False
    for group in schema.get("allOf", []):
        if not any(set(choice["required"]) <= set(value) for choice in group["anyOf"]):
            return False
    if "propertyNames" in schema and not all(valid(schema["propertyNames"], key) for key in value):
        return False
    others = schema["additionalProperties"]
    if not set(schema.get("required", [])) <= set(value) or not (
        schema.get("minProperties", 0) <= len(value) <= schema.get("maxProperties", 99)
    ):
        return False
    return all(valid(known[key], item) if key in known else bool(others) and valid(others, item) for key, item in value.items())


def test_the_files_are_those_that_the_code_makes() -> None:
    assert_golden(SCHEMAS / "schedule.json", as_file(schedule_schema(questions())))
    assert_golden(SCHEMAS / "clinic.json", as_file(clinic_schema()))
    symptoms = {symptom.id: symptom.qualities for symptom in rule_book().symptoms.values()}
    assert_golden(SCHEMAS / "questions.json", as_file(questions_schema(symptoms)))


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


CANNOT_KNOW = {
    **dict.fromkeys(
        (
            "check-ins-out-of-order",
            "two-check-ins-at-one-moment",
            "in-no-phase",
            "gap-between-phases",
            "threshold-behind-another",
        ),
        "it compares no two places of a file",
    ),
    **dict.fromkeys(("doubled-id", "asked-twice", "example-of-an-unknown-check-in"), "it remembers no name from another place"),
    **dict.fromkeys(
        ("example-answers-what-is-not-asked", "example-in-another-language"), "it remembers no name from another place"
    ),
    **dict.fromkeys(("unknown-escalation", "example-expects-an-unknown-text"), "the names stand in other files"),
    **dict.fromkeys(
        ("threshold-that-loosens", "threshold-that-no-reading-reaches", "threshold-on-an-unknown-measure"), "the catalogue"
    ),
    **dict.fromkeys(
        ("phases-do-not-start-at-treatment", "quiet-hours-all-day", "empty-window", "reminder-at-once", "silence-row-at-once"),
        "it does not count",
    ),
    **dict.fromkeys(("question-for-a-route-of-others", "question-for-nobody", "check-in-for-nobody"), "it knows no patient"),
    **dict.fromkeys(("unknown-rota", "unknown-clinician"), "it remembers no name from another place"),
    **dict.fromkeys(
        ("rota-hour-uncovered", "weekend-uncovered", "emergency-that-waits", "step-that-does-not-wait"), "it does not count"
    ),
    "the-bots-own-id": "nothing else forbids a word",
    "does-not-start-with-the-red-flags": "a list's first entry is like the others",
    "unknown-time-zone": "the list of zones is the machine's",
    "no-default": "names are free",
    "bare-no-is-no-false": "YAML 1.1, which editors read, takes a bare no for false",
    "doubled-field": "the second one has replaced the first before it looks",
    "anchors": "they are resolved before it looks",
}
"""Bad files that fit their schema, and why a schema cannot know better: `aftercare check` is there for them."""

NO_YAML = {"a-tab", "quote-not-closed", "bracket-not-closed", "colon-in-a-text", "wrong-indentation", "python-object", "alias"}
NO_YAML |= {"second-document"}
"""No document comes out of these: the editor's own YAML parser complains."""

CORPUS = [("schedule", case) for case in SCHEDULE_CASES] + [("clinic", case) for case in CLINIC_CASES]


@pytest.mark.parametrize(("kind", "case"), CORPUS)
def test_schema_and_reader_agree_but_where_a_schema_cannot_know(kind: str, case: str) -> None:
    base, cases = (SCHEDULE, SCHEDULE_CASES) if kind == "schedule" else (CLINIC, CLINIC_CASES)
    schema = schedule_schema(questions()) if kind == "schedule" else clinic_schema()
    assert valid(schema, yaml.safe_load(base))
    old, new = cases[case]
    changed = base.replace(old, new, 1)
    if case in NO_YAML:
        with pytest.raises(yaml.YAMLError):
            yaml.safe_load(changed)
    else:
        assert valid(schema, yaml.safe_load(changed)) == (case in CANNOT_KNOW)


def test_every_reason_of_a_schema_belongs_to_a_bad_file() -> None:
    assert {*CANNOT_KNOW, *NO_YAML} <= {case for _, case in CORPUS}
