"""`aftercare triage`: what the bot makes of a message, without a patient, a database or a network."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import click

from bot.app.settings import Settings
from bot.content.knowledge import load_knowledge
from bot.content.library import CATALOGUE
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.errors import InvalidValue
from bot.core.triage import Knowledge
from bot.core.triage import triage as assess


@click.command()
@click.argument("text", required=False)
@click.option(
    "--jsonl", type=click.File("r", encoding="utf-8"), help="A file of JSON lines, - for standard input; one line out for each."
)
def triage(text: str | None, jsonl: TextIO | None) -> None:
    """Reads one message (TEXT), or one JSON object a line: {"id", "text", "language", "context", "asked"}."""
    if (text is None) == (jsonl is None):
        raise click.UsageError("give either a TEXT or --jsonl FILE")
    settings = Settings.load()
    knowledge = load_knowledge(CATALOGUE, settings.messages)
    if text is not None:
        click.echo(
            json.dumps(
                as_output(None, assess(text, asked=None, patient=PatientContext(), knowledge=knowledge)),
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    flawed = False
    for number, line in enumerate(jsonl or (), start=1):
        if line.strip():
            answer = answer_line(line, knowledge)
            flawed |= "error" in answer
            click.echo(json.dumps(answer))
            if "error" in answer:
                click.echo(f"line {number}: {answer['error']}", err=True)
    sys.exit(1 if flawed else 0)


def answer_line(line: str, knowledge: Knowledge) -> dict[str, Any]:
    """One line in, one object out; a line that cannot be read gives ``{"id", "error"}``."""
    ident: object = None
    try:
        request = json.loads(line)
        if not isinstance(request, dict) or not isinstance(request.get("text"), str):
            raise InvalidValue('expected an object with a "text"')
        ident = request.get("id")
        asked = request.get("asked")
        assessment = assess(
            request["text"],
            asked=None if asked is None else str(asked),
            patient=_patient(request.get("context") or {}),
            knowledge=knowledge,
        )
    except (ValueError, TypeError) as error:
        return {"id": ident, "error": str(error)}
    return as_output(ident, assessment)


def as_output(ident: object, assessment: Assessment) -> dict[str, Any]:
    """The line that the contract promises. ``escalates``: somebody of the clinic is told, by an alert or a task.

    A question that is open over a level that reaches nobody counts as ``unclear``: the next unreadable answer goes to a person.
    """
    told = assessment.disposition >= Disposition.SAME_DAY
    open_question = assessment.unclear and not told
    return {
        "id": ident,
        "disposition": "unclear" if open_question else assessment.disposition.word,
        "escalates": told,
        "asks": assessment.unclear or assessment.reading_asked_again is not None,
        "findings": [
            {"symptom": f.symptom, "status": f.status.value, "text": f.text, "start": f.start, "end": f.end}
            for f in assessment.findings
        ],
        "measures": [{"kind": m.kind, "value": m.value, "unit": m.unit} for m in assessment.measures],
        "reasons": [{"rule": r.rule, "disposition": r.disposition.word, "where": r.where} for r in assessment.reasons],
        "content": assessment.content,
    }


def _patient(context: Mapping[str, Any]) -> PatientContext:
    if not isinstance(context, dict):
        raise InvalidValue('"context" must be an object')
    hours, route = context.get("hours_since_treatment"), context.get("route")
    return PatientContext(
        role=Role(context.get("role") or "recipient"),
        route=Route(route) if route else None,
        risks=frozenset(Risk(risk) for risk in context.get("risks") or ()),
        hours_since_treatment=None if hours is None else float(hours),
    )
