"""Everything people wrote in files, loaded together and checked against each other: the ``Content`` that services use.

A library is replaced whole, never half: a file with a problem raises, and whoever holds the last good library keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.content.folder import CATALOGUE, Folder, Known
from bot.content.knowledge import load_knowledge
from bot.content.messages import Messages, load_messages
from bot.content.problems import ProblemsFound, Severity
from bot.content.questions import load_questions
from bot.content.versions import Version, together
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.escalation.policy import MAIN, Clinic
from bot.core.triage import Knowledge

__all__ = ["CATALOGUE", "Library"]


@dataclass(frozen=True, kw_only=True)
class Library:
    """Implements ``bot.ports.Content``."""

    clinic: Clinic
    """The clinic that it speaks for."""
    knowledge: Knowledge
    questions: Mapping[str, Question]
    schedules: Mapping[str, Schedule]
    messages: Messages
    versions: Mapping[tuple[str, str], Version] = field(default_factory=dict)
    """Published versions by (schedule, version): the live ones, and older ones that courses still go by."""
    further: Mapping[str, Clinic] = field(default_factory=dict)
    """The clinics of clinics/, by id."""
    _main: Clinic | None = field(default=None, repr=False, compare=False)
    """That of clinic.yaml, where it speaks for another."""
    _views: dict[tuple[tuple[str, str], ...], Library] = field(default_factory=dict, init=False, repr=False, compare=False)
    _elsewhere: dict[str, Library] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, schedules: Path, messages: Path, catalogue: Path = CATALOGUE) -> Library:
        """Reads schedules/, messages/ and the catalogue, and holds them against each other as `aftercare check` does.

        Raises ProblemsFound with the problems of the first faulty part.
        """
        texts = load_messages(messages)
        knowledge = load_knowledge(catalogue, messages)
        questions = load_questions(catalogue / "questions.yaml", message_keys=texts.keys)
        folder = Folder.whole(schedules, Known(questions=questions, messages=texts, rules=knowledge.rules))
        return cls.of(folder, knowledge)

    @classmethod
    def of(cls, folder: Folder, knowledge: Knowledge) -> Library:
        """What this folder (read or not yet) and everything it was held against make together. Raises ProblemsFound."""
        if folder.clinic is None and not folder.problems:
            for _ in folder.read():
                pass
        errors = [problem for problem in folder.problems if problem.severity is Severity.ERROR]
        if errors or folder.clinic is None or folder.messages is None:
            raise ProblemsFound(errors)
        return cls(
            messages=folder.messages,
            knowledge=knowledge,
            questions=folder.questions,
            clinic=folder.clinic,
            further=folder.further,
            schedules=folder.schedules,
        )

    @property
    def clinics(self) -> Mapping[str, Clinic]:
        """Every clinic by its id, that of clinic.yaml first."""
        return {MAIN: self._main or self.clinic, **self.further}

    def at(self, clinic: str) -> Library:
        """The same, speaking for that clinic; for the main one where there is none of that id (any more)."""
        wanted = clinic if clinic in self.further else MAIN
        if wanted == self.clinic.id:
            return self
        if wanted not in self._elsewhere:
            known = self.clinics
            self._elsewhere[wanted] = replace(self, clinic=known[wanted], _main=known[MAIN])
        return self._elsewhere[wanted]

    def course(self, schedule: str, version: str) -> Schedule | None:
        """The schedule as that version says, where it is kept; else the live one. None: there is none of that name."""
        live = self.schedules.get(schedule)
        if live is not None and live.version == version:
            return live
        kept = self.versions.get((schedule, version))
        return live if kept is None else kept.schedule

    def for_courses(self, courses: Sequence[tuple[str, str]]) -> Library:
        """The same with the own questions of these versions and their words, the first one's before the others'."""
        asking = tuple(key for key in courses if key in self.versions and self.versions[key].own.questions)
        if not asking:
            return self
        view = self._views.get(asking)
        if view is None:
            own = together(self.versions[key].own for key in reversed(asking))
            view = replace(self, questions=own.over(self.questions), messages=own.over_messages(self.messages))
            self._views[asking] = view
        return view

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
