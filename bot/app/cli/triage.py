"""`aftercare triage`: what the bot makes of a message, without a patient, a database or a network."""

from __future__ import annotations

import json
import math
import sys
from enum import StrEnum
from typing import Any, BinaryIO, TypeVar

import click

from bot.app.settings import Settings
from bot.content.knowledge import load_knowledge
from bot.content.library import CATALOGUE
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.triage import Knowledge
from bot.core.triage import triage as assess

Kind = TypeVar("Kind", bound=StrEnum)
LONGEST_NUMBER = 4000
"""Digits: Python itself refuses to read longer integers."""
LONGEST_LIFE_HOURS = 1e6
"""A century and more: beyond it every rule has been reached."""


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", type=click.File("rb"), help="A file of JSON lines, - for standard input; one line out for each.")
def triage(text: str | None, jsonl: BinaryIO | None) -> None:
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
        answer = answer_line(line, knowledge)
        click.echo(json.dumps(answer))
        if "error" in answer:
            flawed = True
            click.echo(f"line {number}: {answer['error']}", err=True)
    sys.exit(1 if flawed else 0)


def answer_line(line: bytes, knowledge: Knowledge) -> dict[str, Any]:
    """One line in, one object out, whatever the line holds: every field of the contract, and ``error`` where it has a flaw.

    A flaw never hides a red flag: the text is read all the same, with what is known; without a text the answer is ``unclear``.
    """
    request, flaws = _parsed(line)
    text, asked = request.get("text"), request.get("asked")
    if not isinstance(text, str):
        flaws.append('expected an object with a "text"')
        text = ""
    if asked is not None and not isinstance(asked, str):
        flaws.append('"asked" must be a string or null')
        asked = None
    patient = _patient(request.get("context"), flaws)
    answer = as_output(_echoed(request.get("id")), assess(text, asked=asked, patient=patient, knowledge=knowledge))
    return {**answer, "error": "; ".join(flaws)} if flaws else answer


def _parsed(line: bytes) -> tuple[dict[str, Any], list[str]]:
    flaws: list[str] = []
    text = line.decode("utf-8", errors="replace").lstrip("\ufeff")
    try:
        request = json.loads(text, parse_int=_whole, parse_constant=str)
    except (ValueError, RecursionError) as error:
        return {}, [f"not JSON: {error}"]
    if not isinstance(request, dict):
        return {}, ["expected an object"]
    if "\ufffd" in text:
        flaws.append("not UTF-8 everywhere")
    return request, flaws


def _whole(digits: str) -> int | str:
    """A number too long to be one stays as it was written."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _echoed(ident: object) -> object:
    """The id as it came; one that JSON cannot say again (1e999) in words."""
    return str(ident) if isinstance(ident, float) and not math.isfinite(ident) else ident


def as_output(ident: object, assessment: Assessment) -> dict[str, Any]:
    """The line that the contract promises. ``escalates``: a red flag, which pages clinicians until one of them answers.

    A question that is open over a level that reaches nobody counts as ``unclear``: the next unreadable answer goes to a person.
    """
    told = assessment.disposition >= Disposition.SAME_DAY
    open_question = assessment.unclear and not told
    return {
        "id": ident,
        "disposition": "unclear" if open_question else assessment.disposition.word,
        "escalates": assessment.disposition.red,
        "asks": assessment.unclear or assessment.reading_asked_again is not None,
        "findings": [
            {"symptom": f.symptom, "status": f.status.value, "text": f.text, "start": f.start, "end": f.end}
            for f in assessment.findings
        ],
        "measures": [{"kind": m.kind, "value": m.value, "unit": m.unit} for m in assessment.measures],
        "reasons": [{"rule": r.rule, "disposition": r.disposition.word, "where": r.where} for r in assessment.reasons],
        "content": assessment.content,
    }


def _patient(context: object, flaws: list[str]) -> PatientContext:
    """What can be read of the context; every part that cannot is named in ``flaws`` and taken as unknown."""
    known = context if isinstance(context, dict) else {}
    if context is not None and not isinstance(context, dict):
        flaws.append('"context" must be an object')
    risks = known.get("risks") or ()
    if not isinstance(risks, list | tuple):
        flaws.append('"risks" must be a list')
        risks = ()
    role, route = _one_of(Role, known.get("role"), flaws), _one_of(Route, known.get("route"), flaws)
    found = (_one_of(Risk, risk, flaws) for risk in risks)
    return PatientContext(
        role=role or Role.RECIPIENT,
        route=route,
        risks=frozenset(risk for risk in found if risk is not None),
        hours_since_treatment=_hours(known.get("hours_since_treatment"), flaws),
    )


def _one_of(kind: type[Kind], value: object, flaws: list[str]) -> Kind | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or value not in set(kind):
        flaws.append(f"{str(value)[:40]!r} is no {kind.__name__.lower()}")
        return None
    return kind(value)


def _hours(value: object, flaws: list[str]) -> float | None:
    """Hours since treatment; None, so that no allowance applies, for anything that is not a number of 0 or more."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value) if value <= LONGEST_LIFE_HOURS else LONGEST_LIFE_HOURS
    flaws.append('"hours_since_treatment" must be a number of 0 or more')
    return None
