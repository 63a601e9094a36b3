"""The clinical content: bot/catalogue/symptoms/*.yaml, combinations.yaml and vitals.yaml become one RuleBook.

Two passes: first every file's symptom and qualities, then the rules, which may name any of them. All problems are reported at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogue_conditions import ConditionReader, Names
from bot.content.catalogue_fields import listed
from bot.content.catalogue_rules import (
    read_allowance,
    read_combination,
    read_modifier,
    read_tally,
)
from bot.content.catalogue_symptom import SymptomFile, read_symptom
from bot.content.catalogue_vitals import read_early_warning, read_measures
from bot.content.problems import Problem, ProblemsFound, did_you_mean
from bot.content.yaml_source import Fields, Node, Source
from bot.core.clinical.conditions import Condition
from bot.core.clinical.rules import Allowance, EarlyWarning, MeasureKind, Modifier, Rule, RuleBook, Tally

VERSION_LENGTH = 12


def load_rule_book(directory: Path) -> RuleBook:
    """The rule book of that directory (``symptoms/``, ``combinations.yaml``, ``vitals.yaml``); its version is their hash.

    Rules say where they stand as ``bot/catalogue/symptoms/fever.yaml:31``, relative to the directory above the package.
    Raises ProblemsFound with every problem of every file.
    """
    paths = [*sorted((directory / "symptoms").glob("*.yaml")), directory / "combinations.yaml", directory / "vitals.yaml"]
    files = _Files(directory)
    roots = {path: files.root(path) for path in paths}
    files.check()
    *symptom_paths, combinations_path, vitals_path = paths
    symptoms = [found for path in symptom_paths if (found := SymptomFile.open(path.stem, roots[path])) is not None]
    vitals = _Vitals.read(roots[vitals_path])
    names = Names(qualities={s.id: s.qualities for s in symptoms}, measures=vitals.measures)
    reader = ConditionReader(names)
    combinations = _Combinations.read(roots[combinations_path], reader)
    read = [read_symptom(symptom, reader) for symptom in symptoms]
    files.check()
    book_symptoms = {symptom.id: symptom for symptom in read}
    files.check_ids((*(r for s in read for r in s.rules), *combinations.rules))
    if combinations.allowance is not None:
        known = {rule.id for s in read for rule in (s.floor, *s.rules)}
        files.check_waived(combinations.allowance, known, roots[combinations_path])
    files.check()
    return RuleBook(
        symptoms=book_symptoms,
        combinations=combinations.rules,
        modifiers=combinations.modifiers,
        allowance=combinations.allowance,
        tally=combinations.tally,
        early_warning=vitals.early_warning,
        measures=vitals.measures,
        version=_version(directory, paths),
    )


def _version(directory: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:VERSION_LENGTH]


class _Files:
    """The files being read, and the problems of all of them together."""

    def __init__(self, directory: Path) -> None:
        self.base = directory.resolve().parents[1]
        self.sources: list[Source] = []
        self.problems: list[Problem] = []

    def root(self, path: Path) -> Node | None:
        try:
            source = Source.read(path, path.resolve().relative_to(self.base).as_posix())
            self.sources.append(source)
            return source.root()
        except ProblemsFound as found:
            self.problems += found.problems
            return None

    def check_ids(self, rules: Iterable[Rule]) -> None:
        seen: dict[str, Rule] = {}
        for rule in rules:
            if rule.id in seen:
                path, _, line = rule.where.rpartition(":")
                message = f"the rule id {rule.id!r} stands at {seen[rule.id].where} already"
                self.problems.append(Problem(path=path, line=int(line), col=1, message=message, rule="duplicate-id"))
            seen[rule.id] = rule

    def check_waived(self, allowance: Allowance, known: set[str], root: Node | None) -> None:
        for rule_id in sorted(allowance.waives - known):
            assert root is not None  # noqa: S101 - the allowance was read from it
            path, _, line = allowance.where.rpartition(":")
            message = f"the allowance waives {rule_id!r}, which is no rule"
            self.problems.append(
                Problem(
                    path=path, line=int(line), col=1, message=message, hint=did_you_mean(rule_id, known), rule="unknown-value"
                )
            )

    def check(self) -> None:
        problems = [*self.problems, *(problem for source in self.sources for problem in source.problems)]
        if problems:
            raise ProblemsFound(problems)


@dataclass(frozen=True)
class _Vitals:
    """vitals.yaml: the measures and the NEWS2 table."""

    measures: dict[str, MeasureKind]
    early_warning: EarlyWarning | None

    @classmethod
    def read(cls, root: Node | None) -> _Vitals:
        if root is None:
            return cls({}, None)
        fields = root.fields(required=["measures", "news2"])
        nothing: dict[str, MeasureKind] = {}
        no_table: EarlyWarning | None = None
        known = fields.get("measures", read_measures, nothing)
        return cls(known, fields.get("news2", lambda n: read_early_warning(n, known), no_table))


@dataclass(frozen=True)
class _Combinations:
    """combinations.yaml: groups, combination rules, modifiers, the one allowance, the tally."""

    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]
    allowance: Allowance | None
    tally: Tally | None

    @classmethod
    def read(cls, root: Node | None, reader: ConditionReader) -> _Combinations:
        if root is None:
            return cls((), (), None, None)
        fields = root.fields(required=["rules"], optional=["groups", "modifiers", "allowance", "tally"])
        _read_groups(fields, reader)
        no_allowance: Allowance | None = None
        no_tally: Tally | None = None
        return cls(
            rules=listed(fields, "rules", lambda item: read_combination(item, reader)),
            modifiers=listed(fields, "modifiers", lambda item: read_modifier(item, reader)),
            allowance=fields.get("allowance", lambda n: read_allowance(n, reader), no_allowance),
            tally=fields.get("tally", lambda n: read_tally(n, reader.names.measures), no_tally),
        )


def _read_groups(fields: Fields, reader: ConditionReader) -> None:
    """Groups may use those above them, so that none can go round in a circle."""

    def one(node: Node) -> dict[str, Condition]:
        for name, value in node.pairs():
            reader.groups[name] = reader.read(value, own=None)
        return reader.groups

    fields.get("groups", one, reader.groups)
