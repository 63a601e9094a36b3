"""One symptom's file: what it is, what its qualities mean, its floor, its milder forms and its rules."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.catalogue_conditions import ConditionReader
from bot.content.catalogue_fields import listed, one_or_more, optional_number, word_of
from bot.content.catalogue_rules import level, level_of_id, read_rule
from bot.content.yaml_source import Fields, FlawedError, Node
from bot.core.clinical.conditions import AnyOf, Condition, with_known_time
from bot.core.clinical.disposition import Disposition
from bot.core.clinical.facts import Measured, Scored
from bot.core.clinical.rules import MilderForm, Rule, Symptom, floor_rule

REQUIRED = (
    "symptom",
    "term",
    "phase",
    "window",
    "source_lines",
    "refs",
    "codes",
    "qualities",
    "floor",
    "floor_because",
    "advice",
    "rules",
)
OPTIONAL = ("floor_source", "counts_when_over", "measured", "scored", "milder")
PHASES = {"immediate": "immediate", "short_term": "short_term", "long_term": "long_term"}
SYSTEMS = ("ctcae", "snomed", "loinc")
NO_CODES: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class SymptomFile:
    """A file after the first pass: its id and qualities are known, its rules not yet read."""

    id: str
    fields: Fields
    qualities: dict[str, str]

    @classmethod
    def open(cls, stem: str, root: Node | None) -> SymptomFile | None:
        """The first pass over the file; None where it is no mapping at all."""
        if root is None:
            return None
        try:
            fields = root.fields(required=REQUIRED, optional=OPTIONAL)
        except FlawedError:
            return None
        symptom = fields.get("symptom", Node.words, stem)
        if symptom != stem:
            fields.at("symptom").fail(f"the file is named {stem}.yaml", f"write `symptom: {stem}`", "file-name")
        return cls(stem, fields, _qualities(fields))


def read_symptom(file: SymptomFile, reader: ConditionReader) -> Symptom:
    """The second pass: floor, milder forms and rules."""
    fields = file.fields
    floor = floor_rule(
        file.id,
        fields.get("floor", level, Disposition.EMERGENCY),
        fields.get("floor_because", Node.words, ""),
        fields.at("floor").where,
        fields.get("floor_source", Node.words, "A1"),
    )
    if fields.has("floor") and floor.disposition is Disposition.NONE:
        fields.at("floor").fail("a symptom that is present is never none", "use self_manage", "floor")
    no_score: Scored | None = None
    rules = listed(fields, "rules", lambda item: read_rule(item, reader, file.id))
    milder = listed(fields, "milder", lambda item: _milder(item, reader, file, floor))
    measured = listed(fields, "measured", lambda item: _measured(item, reader))
    if fields.has("rules") and not milder and not measured:
        _refuse_dead(fields, rules, floor)
    return Symptom(
        id=file.id,
        term=fields.get("term", Node.words, ""),
        floor=floor,
        qualities=file.qualities,
        advice=fields.get("advice", Node.words, ""),
        counts_when_over=fields.get("counts_when_over", Node.boolean, default=False),
        phases=listed(fields, "phase", word_of(PHASES)),
        window=fields.get("window", Node.words, ""),
        source_lines=listed(fields, "source_lines", Node.words),
        refs=listed(fields, "refs", Node.words),
        codes=fields.get("codes", _codes, NO_CODES),
        measured=measured,
        scored=fields.get("scored", lambda n: _scored(n, reader, file), no_score),
        milder=milder,
        rules=rules,
        where=fields.node.where,
    )


def _codes(node: Node) -> dict[str, tuple[str, ...]]:
    fields = node.fields(optional=SYSTEMS)
    return {system: listed(fields, system, Node.words) for system in SYSTEMS if fields.has(system)}


def _milder(node: Node, reader: ConditionReader, file: SymptomFile, floor: Rule) -> MilderForm:
    fields = node.fields(
        required=["id", "because"], optional=["quality", "qualities", "unless_quality", "when", "unless", "source"]
    )
    disposition = fields.get("id", level_of_id, floor.disposition)
    always: Condition | None = None
    if disposition >= floor.disposition and fields.has("id"):
        fields.at("id").fail(f"a milder form lies below the floor ({floor.disposition.word})", "make it a rule", "milder")
    return MilderForm(
        id=f"{file.id}.{fields.get('id', Node.words, '')}",
        disposition=disposition,
        any_of=_own(fields, "quality", file),
        all_of=_own(fields, "qualities", file),
        unless_qualities=_own(fields, "unless_quality", file),
        when=fields.get("when", lambda n: with_known_time(reader.read(n, file.id)), always),
        unless=AnyOf(of=listed(fields, "unless", lambda item: reader.read(item, file.id))),
        reason=fields.get("because", Node.words, ""),
        where=node.where,
        source=fields.get("source", Node.words, "A1"),
    )


def _own(fields: Fields, key: str, file: SymptomFile) -> frozenset[str]:
    return frozenset(one_or_more(fields, key, word_of({quality: quality for quality in file.qualities})))


def _qualities(fields: Fields) -> dict[str, str]:
    nothing: dict[str, str] = {}
    return fields.get("qualities", lambda node: node.mapping(Node.words), nothing)


def _measured(node: Node, reader: ConditionReader) -> Measured:
    fields = node.fields(required=["measure"], optional=["at_least", "at_most"])
    if not fields.has("at_least") and not fields.has("at_most"):
        node.fail("needs a limit", "add `at_least:` or `at_most:`", "missing-field")
    return Measured(
        measure=fields.get("measure", lambda n: n.choice(reader.names.measures).id, ""),
        at_least=optional_number(fields, "at_least"),
        at_most=optional_number(fields, "at_most"),
    )


def _scored(node: Node, reader: ConditionReader, file: SymptomFile) -> Scored:
    fields = node.fields(required=["measure", "quality", "at_least"])
    return Scored(
        measure=fields.get("measure", lambda n: n.choice(reader.names.measures).id, ""),
        qualities=_own(fields, "quality", file),
        at_least=fields.get("at_least", Node.number, 0.0),
    )


def _refuse_dead(fields: Fields, rules: tuple[Rule, ...], floor: Rule) -> None:
    """A rule that only repeats the floor, or asks for less, changes nothing."""
    own = floor.when.triggers()
    for rule, node in zip(rules, fields.at("rules").items(lambda item: item), strict=False):
        if rule.disposition <= floor.disposition and rule.when.triggers() <= own:
            node.fail(
                f"this rule never changes anything: the floor is {floor.disposition.word} already",
                "raise its disposition, or remove it",
                "dead-rule",
            )
