"""JSON schemas of the files that operators edit, for completion and red underlines in their editors.

The readers (schedules.py, clinic.py) decide what is right; a test holds these schemas against them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.content.messages import LANGUAGES
from bot.core.careplan.schedule import Late, Phase
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Role, Route

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
NAME: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_-]{0,39}$"}
DURATION: Schema = {"type": "string", "pattern": "^[0-9]+ *(min|h|d|w)$", "examples": ["30min", "2h", "3d"]}
CLOCK: Schema = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["09:30"]}
OFFSET: Schema = {
    "type": "string",
    "pattern": "^[0-9]{1,4}(h|(d|w|mo|y)( +([01][0-9]|2[0-3]):[0-5][0-9])?)$",
    "examples": ["2h", "3d 10:00", "6mo 10:00", "15y 10:00"],
}
OWN_QUESTION: Schema = {
    "type": "string",
    "pattern": "^own_[a-z0-9_]{1,36}$",
    "description": "A question of your own, in questions.yaml of this folder.",
}
PHONE: Schema = {"type": "string", "pattern": "^\\+?[0-9][0-9 ()/-]{1,24}$"}


def _fields(required: Schema, optional: Schema | None = None, about: str = "") -> Schema:
    """A mapping with exactly these fields."""
    schema: Schema = {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }
    return {**schema, "description": about} if about else schema


def _one_of(words: Iterable[str]) -> Schema:
    return {"enum": list(words)}


def _list(items: Schema, *, at_least: int = 0) -> Schema:
    return {"type": "array", "items": items, **({"minItems": at_least} if at_least else {})}


def _named(values: Schema, *, names: Schema | None = None) -> Schema:
    """A mapping from free names (or such names) to values."""
    allowed = {"propertyNames": names} if names is not None else {}
    return {"type": "object", "additionalProperties": values, **allowed}


def schedule_schema(questions: Iterable[str]) -> Schema:
    """The schema of schedules/*.yaml, with the ids of the questions that may be asked."""
    known = _one_of(questions)
    question: Schema = {"anyOf": [known, OWN_QUESTION]}
    routes, risks = _list(_one_of(Route)), _list(_one_of(Risk))
    group = {**_fields({}, {"risks": risks, "routes": routes}), "minProperties": 1}
    ask = {"anyOf": [question, _fields({"ask": question}, {"only": group, "skip": group})]}
    dispositions = [disposition.word for disposition in Disposition]
    silence = _fields(
        {},
        {"remind_after": DURATION, "task_after": DURATION, "alert_after": DURATION, "disposition": _one_of(dispositions)},
        "No reply: reminded once, then a task for the clinic, then (where alert_after is set) an alert.",
    )
    silent_for = {"phases": _list(_one_of(Phase), at_least=1), "only": group, "skip": group, "last": _one_of(dispositions)}
    silent_row = _fields({}, {**silent_for, **silence["properties"]}, "For whom, and what comes sooner for them.")
    silent_row = {
        **silent_row,
        "allOf": [{"anyOf": [{"required": [name]} for name in names]} for names in (silent_for, silence["properties"])],
    }
    expect = _fields(
        {},
        {
            "disposition": _one_of([*dispositions, "unclear"]),
            "alert": {"type": "boolean"},
            "messages": _list(TEXT),
            "told": _list(TEXT),
        },
    )
    check_in = _fields(
        {"id": NAME, "at": OFFSET, "asks": _list(ask, at_least=1)},
        {
            "only": group,
            "skip": group,
            "window": DURATION,
            "quiet_hours": {"type": "boolean"},
            "bedtime": CLOCK,
            "silence": silence,
        },
    )
    example = _fields(
        {"at": DURATION, "expect": expect},
        {
            "says": TEXT,
            "answers": _named({"type": ["string", "number"]}, names=question),
            "check_in": TEXT,
            "risks": risks,
            "route": _one_of(Route),
            "language": _one_of(LANGUAGES),
        },
    )
    example = {**example, "oneOf": [{"required": ["says"]}, {"required": ["answers"]}]}
    limit = {"type": "number"}
    threshold = _fields({"measure": NAME, "disposition": _one_of(dispositions)}, {"at_least": limit, "at_most": limit})
    threshold = {**threshold, "minProperties": 3, "maxProperties": 3}
    whole = _fields(
        {
            "schedule": NAME,
            "title": TEXT,
            "for": _fields({"role": _one_of(Role)}, {"routes": routes}),
            "languages": _list(_one_of(LANGUAGES), at_least=1),
            "late_enrolment": _one_of(Late),
            "phases": _fields({phase.value: _fields({"from": DURATION}, {"until": DURATION}) for phase in Phase}),
            "check_ins": _list(check_in, at_least=1),
            "escalation": TEXT,
        },
        {
            "quiet_hours": _fields({"from": CLOCK, "until": CLOCK}),
            "lateness": _fields({"window": DURATION}),
            "silence": silence,
            "when_silent": _list(silent_row),
            "thresholds": _list(threshold),
            "examples": _list(example),
        },
    )
    return {"$schema": DIALECT, "title": "A schedule of check-ins", **whole}


def questions_schema(symptoms: Mapping[str, Iterable[str]]) -> Schema:
    """The schema of schedules/questions.yaml, with the symptoms that a button may speak of and their qualities."""
    sentence = {
        **_fields({"en": TEXT}, {code: TEXT for code in LANGUAGES if code != "en"}),
        "description": "The words, by language.",
    }
    says = {
        "type": "object",
        "properties": {name: _list(_one_of(sorted(words))) for name, words in sorted(symptoms.items())},
        "additionalProperties": False,
        "description": "The symptoms that this button reports, each with its qualities.",
    }
    denies = _list(_one_of(sorted(symptoms)))
    option = _fields({"label": sentence}, {"says": says, "denies": denies}, "One button.")
    options = {**_named(option, names={"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}), "minProperties": 1}
    question = _fields({"text": sentence, "options": options}, {"if_yes": TEXT, "if_no": TEXT})
    whole = _fields({"questions": _named(question, names=OWN_QUESTION)})
    return {"$schema": DIALECT, "title": "A clinic's own questions", **whole}


def clinic_schema() -> Schema:
    """The schema of clinic.yaml."""
    people = _list(TEXT, at_least=1)
    days = _list(_one_of(("mon", "tue", "wed", "thu", "fri", "sat", "sun")), at_least=1)
    shift = _fields({"days": days, "from": CLOCK, "until": CLOCK, "clinicians": people})
    override = _fields({"from": TEXT, "until": TEXT, "clinicians": people})
    step = _fields({"page": people, "wait": DURATION})
    chain = _fields({"steps": _list(step, at_least=1)}, {"resolve_within": DURATION, "call_within": DURATION})
    about = _fields(
        {
            "name": TEXT,
            "phone": PHONE,
            "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
            "emergency_number": PHONE,
            "crisis_number": PHONE,
            "timezone": TEXT,
        }
    )
    rota = _fields({"shifts": _list(shift, at_least=1)}, {"timezone": TEXT, "overrides": _list(override)})
    whole = _fields(
        {
            "clinic": about,
            "clinicians": _named(TEXT),
            "last_resort": people,
            "rotas": _named(rota),
            "escalations": _named(_fields({"emergency": chain, "urgent": chain}, {"same_day": chain})),
        }
    )
    return {"$schema": DIALECT, "title": "A clinic: numbers, people, rotas, chains of paging", **whole}


def as_file(schema: Schema) -> str:
    """The schema as the text of its file."""
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
