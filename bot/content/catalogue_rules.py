"""Rules, combinations, modifiers, the allowance and the tally, read from their YAML entries."""

from __future__ import annotations

from collections.abc import Collection

from bot.content.catalogue_conditions import ConditionReader
from bot.content.catalogue_fields import DISPOSITIONS, RISKS, hours, listed, word_of
from bot.content.problems import did_you_mean
from bot.content.yaml_source import Fields, Node
from bot.core.clinical.conditions import AnyOf, Condition
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import Risk
from bot.core.clinical.rules import Allowance, Modifier, Rule, Tally

DAY = 24.0
_NEVER: Condition = AnyOf(of=())


def level(node: Node) -> Disposition:
    """A disposition's word."""
    return node.choice(DISPOSITIONS)


def level_of_id(node: Node) -> Disposition:
    """The disposition with which a rule's id begins: ``urgent.39``."""
    word, dot, name = node.words().partition(".")
    if word not in DISPOSITIONS or not dot or not name:
        hint = did_you_mean(word, DISPOSITIONS) if word not in DISPOSITIONS else "write it as urgent.39"
        raise node.fail("a rule's id is its disposition, a point and a name", hint, "rule-id")
    return DISPOSITIONS[word]


def condition(fields: Fields, reader: ConditionReader, own: str | None, key: str = "when") -> Condition:
    """The condition of that field; it must name a symptom or a measure, or the rule could never be reached."""
    found = fields.get(key, lambda n: reader.read(n, own), _NEVER)
    if found is not _NEVER and not found.triggers():
        fields.at(key).fail(
            "this rule can never be reached: its condition names no symptom and no measure",
            "add `has:` or `measure:`",
            "unreachable",
        )
    return found


def read_rule(node: Node, reader: ConditionReader, own: str) -> Rule:
    """One rule of a symptom's file."""
    fields = node.fields(required=["id", "when", "because"], optional=["source"])
    return Rule(
        id=f"{own}.{fields.get('id', Node.words, '')}",
        disposition=fields.get("id", level_of_id, Disposition.EMERGENCY),
        when=condition(fields, reader, own),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "A1"),
        symptom=own,
    )


def read_combination(node: Node, reader: ConditionReader) -> Rule:
    """One rule of combinations.yaml; ``within`` (24h unless said) is how far back it looks."""
    fields = node.fields(required=["id", "then", "when", "because"], optional=["source", "within", "about"])
    return Rule(
        id=fields.get("id", Node.words, ""),
        disposition=fields.get("then", level, Disposition.EMERGENCY),
        when=condition(fields, reader, None),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "B"),
        symptom=fields.get("about", reader.symptom, "") or None,
        window_hours=fields.get("within", hours, DAY),
    )


def read_modifier(node: Node, reader: ConditionReader) -> Modifier:
    """One "+1 level"; ``raises: all`` means every symptom."""
    fields = node.fields(required=["id", "raises", "when", "because"], optional=["source", "up_to"])
    return Modifier(
        id=fields.get("id", Node.words, ""),
        symptoms=_raised(fields, reader),
        when=fields.get("when", lambda n: reader.read(n, None), _NEVER),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "B"),
        up_to=fields.get("up_to", level, Disposition.EMERGENCY),
    )


def read_allowance(node: Node, reader: ConditionReader) -> Allowance | None:
    """The single rule that may lower; ``enabled: false`` switches it off."""
    required = ["id", "waives", "then", "until", "measure", "below", "unless", "unless_risk", "because"]
    fields = node.fields(required=required, optional=["source", "enabled"])
    if not fields.get("enabled", Node.boolean, default=True):
        return None
    until = fields.get("until", hours, 0.0)
    below = fields.get("below", Node.number, 0.0)
    _keep_bounds(fields, until, below)
    return Allowance(
        id=fields.get("id", Node.words, ""),
        waives=frozenset(listed(fields, "waives", Node.words)),
        disposition=fields.get("then", level, Disposition.EMERGENCY),
        until_hours=until,
        measure=fields.get("measure", lambda n: n.choice(reader.names.measures).id, ""),
        below=below,
        unless=AnyOf(of=listed(fields, "unless", lambda item: reader.read(item, None))),
        unless_risks=fields.get("unless_risk", _risks, frozenset(Risk)),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "B01"),
    )


def _keep_bounds(fields: Fields, until: float, below: float) -> None:
    """The clinical content's own bounds (B01): nobody can widen them in the file."""
    if until > DAY:
        fields.at("until").fail("the fever allowance ends at 24 h (B01)", "write 24h or less", "allowance")
    if below > 39.0:
        fields.at("below").fail("the fever allowance ends below 39.0 (B01)", "write 39.0 or less", "allowance")


def read_tally(node: Node, measures: Collection[str]) -> Tally:
    """So many symptoms at one level at once."""
    fields = node.fields(required=["id", "of", "at_least", "then", "because"], optional=["source", "within", "unplaced"])
    return Tally(
        id=fields.get("id", Node.words, ""),
        of=fields.get("of", level, Disposition.SAME_DAY),
        at_least=fields.get("at_least", Node.integer, 2),
        disposition=fields.get("then", level, Disposition.URGENT),
        window_hours=fields.get("within", hours, DAY),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "B"),
        unplaced=frozenset(listed(fields, "unplaced", word_of({kind: kind for kind in measures}))),
    )


def _raised(fields: Fields, reader: ConditionReader) -> tuple[str, ...]:
    node = fields.at("raises")
    if fields.has("raises") and not node.is_list() and not node.is_mapping() and node.string() == "all":
        return tuple(reader.names.qualities)
    return reader.symptoms(fields, "raises")


def _risks(node: Node) -> frozenset[Risk]:
    if not node.is_list() and node.string() == "all":
        return frozenset(Risk)
    return frozenset(node.items(lambda item: item.choice(RISKS)))
