"""bot/catalogue/examples.yaml -> one message for each level that a symptom's file can give."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.content.catalogue_fields import DISPOSITIONS, RISKS, ROLES, ROUTES
from bot.content.problems import did_you_mean
from bot.content.yaml_source import Node, Source
from bot.core.clinical.example import Example
from bot.core.clinical.patient import PatientContext, Risk, Role, Route
from bot.core.clinical.rules import RuleBook

FILE = "examples.yaml"
DAY_5 = 120.0
"""Hours since treatment of a writer of whom the file says nothing."""


def load_examples(catalogue: Path, rules: RuleBook) -> tuple[Example, ...]:
    """The examples of that directory in the file's order.

    Raises ProblemsFound for an unknown symptom, a level that no rule of the symptom's file gives, or one without a message.
    """
    source = Source.read(catalogue / FILE, f"bot/catalogue/{FILE}")
    fields = source.root().fields(required=["examples"])
    nothing: tuple[Example, ...] = ()
    found = fields.get("examples", lambda node: tuple(_examples(node, rules)), nothing)
    source.check()
    return found


def _examples(node: Node, rules: RuleBook) -> Iterable[Example]:
    written = dict(node.pairs())
    for symptom in rules.symptoms:
        if symptom not in written:
            node.fail(f"{symptom} has no example", "add one message for each level of its file", "missing-field")
    for symptom, levels in written.items():
        if symptom not in rules.symptoms:
            levels.fail(f"the symptom {symptom!r} is not known", did_you_mean(symptom, rules.symptoms), "unknown-value")
            continue
        yield from _levels(symptom, levels, rules)


def _levels(symptom: str, node: Node, rules: RuleBook) -> Iterable[Example]:
    own = rules.symptoms[symptom]
    raising = (own.floor, *own.rules)
    given = {rule.disposition.word for rule in raising} | {form.disposition.word for form in own.milder}
    written = dict(node.pairs())
    for word in sorted(given ^ set(written)):
        message = f"no rule of {symptom} gives {word}" if word in written else f"{symptom} has no example of {word}"
        node.fail(message, f"its file gives {', '.join(sorted(given))}", "example")
    for word, entry in written.items():
        if word in given:
            yield _example(symptom, word, entry)


def _example(symptom: str, word: str, node: Node) -> Example:
    fields = node.fields(required=["says"], optional=["hours", "role", "route", "risks", "asked"])
    no_topic: str | None = None
    route: Route | None = Route.IV
    return Example(
        symptom=symptom,
        disposition=DISPOSITIONS[word],
        says=fields.get("says", Node.string, ""),
        patient=PatientContext(
            role=fields.get("role", lambda n: n.choice(ROLES), Role.RECIPIENT),
            route=fields.get("route", lambda n: n.choice(ROUTES), route),
            risks=fields.get("risks", lambda n: frozenset(n.items(lambda item: item.choice(RISKS))), frozenset[Risk]()),
            hours_since_treatment=fields.get("hours", Node.number, DAY_5),
        ),
        asked=fields.get("asked", Node.words, no_topic),
        where=node.where,
    )
