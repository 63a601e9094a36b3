"""Everything people wrote in files, loaded together and checked against each other: the ``Content`` that services use.

A library is replaced whole, never half: a file with a problem raises, and whoever holds the last good library keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.clinic import load_clinic
from bot.content.knowledge import load_knowledge
from bot.content.messages import Messages, load_messages
from bot.content.problems import Problem, ProblemsFound
from bot.content.questions import load_questions
from bot.content.schedules import load_schedule
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.escalation.policy import Clinic
from bot.core.triage import Knowledge

CATALOGUE = Path(__file__).parent.parent / "catalogue"
"""Clinical content ships inside the package: operators do not edit it."""


@dataclass(frozen=True, kw_only=True)
class Library:
    """Implements ``bot.ports.Content``."""

    clinic: Clinic
    knowledge: Knowledge
    questions: Mapping[str, Question]
    schedules: Mapping[str, Schedule]
    messages: Messages

    @classmethod
    def load(cls, schedules: Path, messages: Path, catalogue: Path = CATALOGUE) -> Library:
        """Reads schedules/, messages/ and the catalogue. Raises ProblemsFound with the problems of the first faulty part."""
        questions = load_questions(catalogue / "questions.yaml")
        return cls(
            messages=load_messages(messages),
            knowledge=load_knowledge(catalogue, messages),
            questions=questions,
            clinic=load_clinic(schedules / "clinic.yaml"),
            schedules=_load_schedules(schedules, questions),
        )

    @property
    def languages(self) -> Mapping[str, str]:
        """Code to the language's own name, English first."""
        return self.messages.languages

    def text(self, language: str, key: str, **params: str) -> str:
        """The message as Telegram HTML, its parameters escaped. Raises KeyError for a key that no file has."""
        return self.messages.text(language, key, **params)

    def label(self, language: str, key: str, **params: str) -> str:
        """The same as plain text: button labels."""
        return self.messages.label(language, key, **params)

    def has(self, key: str) -> bool:
        """Whether the English source has this key."""
        return self.messages.has(key)


def _load_schedules(directory: Path, questions: Mapping[str, Question]) -> dict[str, Schedule]:
    problems: list[Problem] = []
    schedules: dict[str, Schedule] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name == "clinic.yaml":
            continue
        try:
            schedule = load_schedule(path, questions)
        except ProblemsFound as found:
            problems += found.problems
            continue
        schedules[schedule.id] = schedule
    if problems:
        raise ProblemsFound(problems)
    return schedules
