"""What `aftercare check` does: every file that people write, read together; every problem of all of them, at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.content.catalogue import load_rule_book
from bot.content.clinic import FOLDER
from bot.content.clinics import CLINIC
from bot.content.folder import CATALOGUE, Folder, Known, files_of
from bot.content.messages import load_messages
from bot.content.problem_kinds import KINDS, page_of
from bot.content.problems import Problem, ProblemsFound, Severity
from bot.content.questions import load_questions
from bot.content.yaml_source import FlawedError, Source
from bot.core.careplan.question import Question

if TYPE_CHECKING:
    from bot.content.library import Library
    from bot.core.triage import Knowledge

T = TypeVar("T")

QUESTIONS = "questions.yaml"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def check(paths: Sequence[Path], *, schedules: Path, messages: Path, catalogue: Path = CATALOGUE) -> list[Problem]:
    """Every problem, sorted by file and line; an empty list where all is well.

    Without ``paths`` everything is checked: messages, catalogue, questions, clinic and schedules. A path is a schedule file, a
    clinic.yaml, or a folder of both; it is checked against the shipped catalogue and messages. A folder's clinic.yaml serves
    the schedules in it; where it has none, that of ``schedules`` does.
    """
    checking = Checking(paths, schedules=schedules, messages=messages, catalogue=catalogue)
    return sorted({problem for _, problems in checking.run() for problem in problems})


class Checking:
    """``run`` goes from what operators edit to what they do not, so that the first finding comes at once.

    ``folders`` are those read so far; what stands in them is sound where their ``problems`` hold no error.
    """

    def __init__(self, paths: Sequence[Path], *, schedules: Path, messages: Path, catalogue: Path = CATALOGUE) -> None:
        self._paths = paths
        self._schedules = schedules
        self._messages = messages
        self._catalogue = catalogue
        self._knowledge: Knowledge | None = None
        self.folders: list[Folder] = []

    def run(self) -> Iterator[tuple[str, list[Problem]]]:
        """What was looked at (a path as people write it), and its problems."""
        own, foreign = _Found(), _Found()
        texts = own.of(lambda: load_messages(self._messages))
        questions = _questions(self._catalogue, texts.keys if texts else None, own)
        known = Known(questions=questions, messages=texts, rules=foreign.of(lambda: load_rule_book(self._catalogue)))
        for path, files in _by_folder(self._paths or [self._schedules]).items():
            folder = Folder(path, files, self._schedules / CLINIC, known)
            self.folders.append(folder)
            for file, problems in folder.read():
                shown = problems if file in files or file == path else []
                yield file.as_posix(), shown
        if not self._paths:
            yield self._messages.as_posix(), own.problems
            yield "bot/catalogue" if self._catalogue == CATALOGUE else self._catalogue.as_posix(), foreign.problems
            if not foreign.problems:
                yield f"{self._messages.as_posix()}/*/vocabulary.yaml", self._vocabularies()

    def library(self, folder: Folder) -> Library | None:
        """What this folder makes together with everything else; None where something of it is not sound."""
        from bot.content.library import Library  # noqa: PLC0415 - numpy comes with it, and most checks end before

        if self._vocabularies():
            return None
        assert self._knowledge is not None  # noqa: S101 - read just now
        try:
            return Library.of(folder, self._knowledge)
        except ProblemsFound:
            return None

    def _vocabularies(self) -> list[Problem]:
        from bot.content.knowledge import load_knowledge  # noqa: PLC0415 - numpy comes with it, and most checks end before

        if self._knowledge is not None:
            return []
        found = _Found()
        self._knowledge = found.of(lambda: load_knowledge(self._catalogue, self._messages))
        return found.problems


class _Found:
    """Gathers the problems of several parts, each of which may fail alone."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def of(self, load: Callable[[], T]) -> T | None:
        try:
            return load()
        except ProblemsFound as found:
            self.problems += found.problems
            return None


def _by_folder(paths: Sequence[Path]) -> dict[Path, list[Path]]:
    folders: dict[Path, list[Path]] = {}
    for path in paths:
        found = files_of(path) if path.is_dir() else [path]
        folders.setdefault(_folder_of(path), []).extend(found)
    return folders


def _folder_of(path: Path) -> Path:
    """The folder of schedules that the path belongs to: clinics/ is a part of it."""
    if path.is_dir():
        return path
    return path.parent.parent if path.parent.name == FOLDER else path.parent


def _questions(catalogue: Path, keys: Collection[str] | None, into: _Found) -> Mapping[str, Question]:
    """The questions; where they are flawed their bare ids, so that schedules are still checked against something."""
    path = catalogue / QUESTIONS
    found = into.of(lambda: load_questions(path, message_keys=keys))
    if found is not None:
        return found
    try:
        ids = [key for key, _ in dict(Source.read(path).root().pairs())["questions"].pairs()]
    except (ProblemsFound, FlawedError, KeyError):
        return {}
    return {question: Question(id=question, topic=question, options=()) for question in ids}


def as_text(problems: Sequence[Problem]) -> str:
    """For people: each problem with its line, a caret, a hint and the page that explains it, then a count."""
    return "\n".join([*(str(problem) for problem in problems), *([""] if problems else []), counted(problems), ""])


def counted(problems: Sequence[Problem]) -> str:
    """The last line: how many, in how many files."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    warned = len(problems) - len(errors)
    found = f"{_number(len(errors), 'problem')} in {_number(len({p.path for p in errors}), 'file')}" if errors else "No problems"
    return f"{found}, {_number(warned, 'warning')}." if warned else f"{found}."


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def as_json(problems: Sequence[Problem]) -> str:
    """For programs: ``{"problems": [{path, line, col, message, hint, rule, source_line, severity, page}]}``."""
    found = [{**asdict(problem), "page": problem.page} for problem in problems]
    return json.dumps({"problems": found}, ensure_ascii=False, indent=2) + "\n"


def as_sarif(problems: Sequence[Problem]) -> str:
    """SARIF 2.1.0, which code hosts show beside the changed line."""
    rules = [
        {"id": rule, "shortDescription": {"text": KINDS.get(rule, rule)}, "help": {"text": f"See {page_of(rule)}"}}
        for rule in sorted({problem.rule for problem in problems})
    ]
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
        "level": problem.severity.value,
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
