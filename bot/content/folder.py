"""One folder that operators edit: its clinics and its schedules, read together and held against everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.content.clinics import CLINIC, Clinics, clinic_files, is_clinic_file
from bot.content.messages import Messages
from bot.content.own_questions import FILE as OWN_QUESTIONS
from bot.content.own_questions import OwnQuestions, load_own_questions
from bot.content.problems import Problem, ProblemsFound, Severity
from bot.content.schedules import load_schedule
from bot.content.versions import Version, of_source, symptoms_of
from bot.content.yaml_source import Source
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.rules import RuleBook
from bot.core.escalation.policy import MAIN, Clinic

CATALOGUE = Path(__file__).parent.parent / "catalogue"
"""Clinical content ships inside the package: operators do not edit it."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What schedules are held against; None where it could not be read."""

    questions: Mapping[str, Question]
    messages: Messages | None
    rules: RuleBook | None


@dataclass
class Folder:
    """``read`` goes through the files one by one, so that the first finding need not wait for the last file.

    ``usual_clinic`` serves a folder without a clinic.yaml of its own.
    """

    path: Path
    files: Sequence[Path]
    usual_clinic: Path
    known: Known
    clinic: Clinic | None = None
    """That of clinic.yaml."""
    clinics: dict[str, Clinic] = field(default_factory=dict)
    """All of them by id; one whose file is not sound is missing."""
    own: OwnQuestions = field(default_factory=OwnQuestions)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)
    """The same with the texts that they were read from."""
    problems: list[Problem] = field(default_factory=list)
    _where: dict[str, Path] = field(default_factory=dict)

    @classmethod
    def whole(cls, path: Path, known: Known) -> Folder:
        """With every file that is in it."""
        return cls(path, files_of(path), path / CLINIC, known)

    def read(self) -> Iterator[tuple[Path, list[Problem]]]:
        """Each file with its problems, the clinics' first; what was read and found is kept."""
        own = self.path / CLINIC
        clinics = Clinics.of(self.path, None if own.exists() else self.usual_clinic)
        for file, found in clinics.read():
            if file in self.files or not own.exists():
                yield file, self._keep(found)
        self.clinics, self.clinic = clinics.found, clinics.found.get(MAIN)
        own_questions = self.path / OWN_QUESTIONS
        if own_questions.exists():
            found = self._own(own_questions)
            if own_questions in self.files:
                yield own_questions, self._keep(found)
        if not self.files:
            yield self.path, self._keep([_nothing(self.path)])
        for file in self.files:
            if file.name != OWN_QUESTIONS and not is_clinic_file(file):
                yield file, self._keep(self._schedule(file))
        unasked = self._unasked()
        if unasked:
            yield own_questions, self._keep(unasked)

    @property
    def further(self) -> dict[str, Clinic]:
        """All clinics but that of clinic.yaml."""
        return {name: clinic for name, clinic in self.clinics.items() if name != MAIN}

    @property
    def questions(self) -> Mapping[str, Question]:
        """The catalogue's and the clinic's own."""
        return self.own.over(self.known.questions)

    @property
    def messages(self) -> Messages | None:
        """The shipped texts, and those of the clinic's own questions."""
        return self.own.over_messages(self.known.messages) if self.known.messages else None

    def _own(self, file: Path) -> list[Problem]:
        rules = self.known.rules
        symptoms = symptoms_of(rules) if rules else {}
        try:
            self.own = load_own_questions(file, symptoms)
        except ProblemsFound as error:
            return error.problems
        return []

    def _unasked(self) -> list[Problem]:
        """Own questions that nobody is asked; judged where the whole folder was read and every schedule is sound."""
        schedules = [path for path in schedule_files(self.path) if path.name not in {CLINIC, OWN_QUESTIONS}]
        if len(self.schedules) != len(schedules):
            return []
        asked = {ask.question for s in self.schedules.values() for check_in in s.check_ins for ask in check_in.asks}
        return [problem for name, problem in self.own.unasked.items() if name not in asked]

    def _schedule(self, file: Path) -> list[Problem]:
        names = None if self.clinic is None else {policy.escalation for policy in self.clinic.policies}
        warnings: list[Problem] = []
        try:
            source = Source.read(file)
            schedule = load_schedule(
                source,
                self.questions,
                escalations=names,
                messages=self.messages,
                rules=self.known.rules,
                warnings=warnings,
            )
        except ProblemsFound as error:
            return error.problems
        if schedule.id in self.schedules:
            message = f"the schedule {schedule.id!r} stands in {self._where[schedule.id].name} already"
            hint = "give each schedule its own `schedule:` name"
            return [Problem(path=file.as_posix(), line=1, col=1, message=message, hint=hint, rule="duplicate-id")]
        version = of_source(schedule, source, self.own, file.name)
        self.schedules[schedule.id] = version.schedule
        self.versions[schedule.id] = version
        self._where[schedule.id] = file
        return [*warnings, *self._without_chain(schedule, source)]

    def _without_chain(self, schedule: Schedule, source: Source) -> list[Problem]:
        """Clinics that do not have the set of chains which the schedule names: their patients' alerts take the default one."""
        sets = {name: {policy.escalation for policy in clinic.policies} for name, clinic in self.further.items()}
        without = [f"{name}.yaml" for name, chains in sets.items() if schedule.escalation not in chains]
        if not without:
            return []
        line = next((n for n, text in enumerate(source.text.split("\n"), 1) if text.startswith("escalation:")), 1)
        return [
            Problem(
                path=source.path,
                line=line,
                col=1,
                message=f"{', '.join(without)} has no escalation {schedule.escalation!r}: alerts there take the default chains",
                hint="add that set to `escalations:` of that clinic, or leave it so",
                rule="unknown-escalation",
                source_line=source.text.split("\n")[line - 1],
                severity=Severity.WARNING,
            )
        ]

    def _keep(self, problems: list[Problem]) -> list[Problem]:
        self.problems += problems
        return problems


def files_of(directory: Path) -> list[Path]:
    """All that operators write there: schedules, own questions, clinics."""
    return [*schedule_files(directory), *clinic_files(directory)]


def schedule_files(directory: Path) -> list[Path]:
    """Every YAML file of the folder, clinic.yaml among them, sorted."""
    return sorted(directory.glob("*.yaml"))


def _nothing(path: Path) -> Problem:
    return Problem(path=path.as_posix(), line=1, col=1, message="holds no schedule", rule="file")
