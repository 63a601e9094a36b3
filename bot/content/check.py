"""What `aftercare check` does: every file that people write, read together; every problem of all of them, at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from bot.content.catalogue import load_rule_book
from bot.content.clinic import load_clinic
from bot.content.knowledge import load_knowledge
from bot.content.library import CATALOGUE
from bot.content.messages import load_messages
from bot.content.problems import Problem, ProblemsFound
from bot.content.questions import load_questions
from bot.content.schedules import load_schedule
from bot.content.yaml_source import FlawedError, Source
from bot.core.careplan.question import Question
from bot.core.clinical.rules import RuleBook

T = TypeVar("T")

CLINIC = "clinic.yaml"
QUESTIONS = "questions.yaml"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def check(paths: Sequence[Path], *, schedules: Path, messages: Path, catalogue: Path = CATALOGUE) -> list[Problem]:
    """Every problem, sorted by file and line; an empty list where all is well.

    Without ``paths`` everything is checked: messages, catalogue, questions, clinic and schedules. A path is a schedule file, a
    clinic.yaml, or a folder of both; it is checked against the shipped catalogue and messages. A folder's clinic.yaml serves
    the schedules in it; where it has none, that of ``schedules`` does.
    """
    problems: list[Problem] = []
    everything = not paths
    keys = _try(lambda: load_messages(messages).keys, problems if everything else [])
    questions = _questions(catalogue, keys, problems if everything else [])
    if everything:
        _try(lambda: load_knowledge(catalogue, messages), problems)
    known = _Known(questions=questions, keys=keys, rules=_try(lambda: load_rule_book(catalogue), []))
    for folder, files in _by_folder(paths or [schedules]).items():
        problems += _check_folder(folder, files, schedules / CLINIC, known)
    return sorted(set(problems))


def _by_folder(paths: Sequence[Path]) -> dict[Path, list[Path]]:
    folders: dict[Path, list[Path]] = {}
    for path in paths:
        found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        folders.setdefault(path if path.is_dir() else path.parent, []).extend(found)
    return folders


@dataclass(frozen=True)
class _Known:
    """What schedules are held against; None where it could not be read."""

    questions: Mapping[str, Question]
    keys: Collection[str] | None
    rules: RuleBook | None

    def loader(self, path: Path, escalations: Collection[str] | None) -> Callable[[], object]:
        return lambda: load_schedule(path, self.questions, escalations=escalations, message_keys=self.keys, rules=self.rules)


def _check_folder(folder: Path, files: Sequence[Path], usual_clinic: Path, known: _Known) -> list[Problem]:
    own = folder / CLINIC
    problems: list[Problem] = []
    clinic = _try(lambda: load_clinic(own if own.exists() else usual_clinic), problems if own in files else [])
    names = None if clinic is None else {policy.escalation for policy in clinic.policies}
    if not files:
        problems.append(Problem(path=folder.as_posix(), line=1, col=1, message="holds no schedule", rule="file"))
    for path in files:
        if path.name != CLINIC:
            _try(known.loader(path, names), problems)
    return problems


def _try(load: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return load()
    except ProblemsFound as found:
        problems += found.problems
        return None


def _questions(catalogue: Path, keys: Collection[str] | None, problems: list[Problem]) -> Mapping[str, Question]:
    """The questions; where they are flawed their bare ids, so that schedules are still checked against something."""
    path = catalogue / QUESTIONS
    found = _try(lambda: load_questions(path, message_keys=keys), problems)
    if found is not None:
        return found
    try:
        ids = [key for key, _ in dict(Source.read(path).root().pairs())["questions"].pairs()]
    except (ProblemsFound, FlawedError, KeyError):
        return {}
    return {question: Question(id=question, topic=question, options=()) for question in ids}


def as_text(problems: Sequence[Problem]) -> str:
    """For people: each problem with its line, a caret and a hint, then a count."""
    if not problems:
        return "No problems.\n"
    files = len({problem.path for problem in problems})
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in {files} file{'s' if files > 1 else ''}."
    return "\n".join([*(str(problem) for problem in problems), "", count, ""])


def as_json(problems: Sequence[Problem]) -> str:
    """For programs: ``{"problems": [{path, line, col, message, hint, rule, source_line}]}``."""
    return json.dumps({"problems": [asdict(problem) for problem in problems]}, ensure_ascii=False, indent=2) + "\n"


def as_sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0, which code hosts show beside the changed line."""
    rules = [{"id": rule} for rule in sorted({problem.rule for problem in problems})]
    run = {
        "tool": {"driver": {"name": "aftercare check", "rules": rules}},
        "results": [_sarif_result(problem) for problem in problems],
        "columnKind": "unicodeCodePoints",
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _sarif_result(problem: Problem) -> dict[str, object]:
    text = f"{problem.message} ({problem.hint})" if problem.hint else problem.message
    return {
        "ruleId": problem.rule,
        "level": "error",
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": problem.path},
                    "region": {"startLine": problem.line, "startColumn": problem.col},
                }
            }
        ],
    }


FORMATS: Mapping[str, Callable[[Sequence[Problem]], str]] = {"text": as_text, "json": as_json, "sarif": as_sarif}
