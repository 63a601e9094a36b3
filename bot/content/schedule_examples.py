"""The worked examples that operators write into a schedule file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, Node
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Example
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk, Route

NO_REPLY = "_"
UNCLEAR = "unclear"
_RISKS = {risk.value: risk for risk in Risk}
_ROUTES = {route.value: route for route in Route}
_EXPECTED: dict[str, Disposition | None] = {disposition.word: disposition for disposition in Disposition} | {UNCLEAR: None}
_NO_ANSWERS: tuple[tuple[str, str], ...] = ()


def read_example(node: Node, questions: Mapping[str, Question]) -> Example:
    """One example. Raises FlawedError (its problem recorded) where the patient neither says nor answers anything."""
    fields = node.fields(required=["at", "expect"], optional=["says", "answers", "check_in", "risks", "route", "language"])
    if fields.has("says") == fields.has("answers"):
        raise node.fail("an example has either `says` or `answers`", "`says: text`, or `answers: {question: reply}`", "example")
    expect = (
        fields.found["expect"].fields(optional=["disposition", "alert", "messages", "told"]) if fields.has("expect") else None
    )
    return Example(
        at=fields.get("at", Node.duration, timedelta()),
        where=node.where,
        says=fields.get("says", Node.words, None),
        answers=fields.get("answers", lambda n: _answers(n, questions), _NO_ANSWERS),
        check_in=fields.get("check_in", Node.words, None),
        risks=fields.get("risks", lambda n: frozenset(n.items(lambda c: c.choice(_RISKS))), frozenset()),
        route=fields.get("route", lambda n: n.choice(_ROUTES), None),
        disposition=_disposition(expect),
        unclear=expect is not None and expect.get("disposition", Node.string, "") == UNCLEAR,
        alert=expect.get("alert", Node.boolean, None) if expect else None,
        messages=expect.get("messages", Node.strings, ()) if expect else (),
        told=expect.get("told", Node.strings, ()) if expect else (),
        language=fields.get("language", Node.words, "en"),
    )


def _disposition(expect: Fields | None) -> Disposition | None:
    return expect.get("disposition", lambda n: n.choice(_EXPECTED), None) if expect else None


def _answers(node: Node, questions: Mapping[str, Question]) -> tuple[tuple[str, str], ...]:
    """Question id and reply. The reply is a button's id, words of the patient's own, or ``_`` for none."""
    answers = []
    for question, reply in node.pairs():
        if question not in questions:
            reply.fail(f"the question {question!r} is not known", did_you_mean(question, questions), "unknown-question")
            continue
        answers.append((question, reply.words()))
    return tuple(answers)
