"""Two sides of a comparison: files, folders or published versions, and whom the difference between them would touch."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from bot.app.live_content import LiveContent
from bot.app.settings import Settings
from bot.content.catalogue import load_rule_book
from bot.content.clinic_differences import clinic_differences
from bot.content.clinics import CLINIC, Clinics, is_clinic_file
from bot.content.differences import Difference, Weight, differences
from bot.content.folder import CATALOGUE, Folder, Known, files_of
from bot.content.messages import load_messages
from bot.content.problems import ProblemsFound, Severity
from bot.content.questions import load_questions
from bot.content.versions import Version, live_ones, load_version
from bot.core.clinical.rules import RuleBook
from bot.core.errors import AftercareError, InvalidValue
from bot.core.escalation.policy import MAIN, Clinic
from bot.ports import Content, Publication, Store
from bot.services.effects import Effect, effect_page

_HASH = re.compile(r"[0-9a-f]{6,12}\Z")


@dataclass(frozen=True, kw_only=True)
class Side:
    """Versions by their schedule, and the clinics by their id where a folder, or a clinic's file, was named."""

    versions: Mapping[str, Version]
    clinics: Mapping[str, Clinic] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One schedule on both sides; None where a side lacks it."""

    schedule: str
    old: Version | None
    new: Version | None
    found: tuple[Difference, ...]
    effect: Effect | None = None
    """None: there is no database to count in."""

    @property
    def loosens(self) -> tuple[str, ...]:
        """What needs a second person."""
        return tuple(difference.text for difference in self.found if difference.weight is Weight.LOOSENS)


@dataclass
class Comparing:
    """Reads sides; ``known`` is what files are held against."""

    settings: Settings
    publications: list[Publication]
    rules: RuleBook = field(init=False)
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        messages = load_messages(self.settings.messages)
        self.rules = load_rule_book(CATALOGUE)
        questions = load_questions(CATALOGUE / "questions.yaml", message_keys=messages.keys)
        self.known = Known(questions=questions, messages=messages, rules=self.rules)

    def side(self, named: str) -> Side:
        """A folder, a file (a clinic's too), the name of a schedule in the folder, or the beginning of a version's hash.

        Raises ProblemsFound for files that are not sound, InvalidValue for what is none of these.
        """
        path = Path(named)
        if path.is_dir():
            return self._read(path, files_of(path))
        for file in (path, self.settings.schedules / f"{named}.yaml", self.settings.schedules / named):
            if file.is_file() and is_clinic_file(file):
                return self._clinic(file)
            if file.is_file():
                return self._read(file.parent, [file])
        if _HASH.match(named):
            return self._stored(named)
        raise InvalidValue(f"{named!r} is no file, no folder, no schedule of {self.settings.schedules} and no version's hash")

    def live(self, schedule: str) -> Version | None:
        """The published version that is live; None where there is none."""
        publication = live_ones(self.publications).get(schedule)
        return self.load(publication) if publication else None

    def load(self, publication: Publication) -> Version:
        """Raises ProblemsFound where today's program cannot read it."""
        return load_version(publication, self.known.questions, self.rules)

    def compare(self, schedule: str, old: Version | None, new: Version | None) -> Compared:
        """Both versions of one schedule, without patients."""
        found: tuple[Difference, ...] = ()
        if old is not None and new is not None:
            found = tuple(differences(old, new, self.rules))
        elif new is not None:
            found = (Difference(what="schedule.added", text=f"a new schedule with {len(new.schedule.check_ins)} check-ins"),)
        elif old is not None:
            found = (Difference(what="schedule.removed", text="the schedule is gone", weight=Weight.LESS),)
        return Compared(schedule=schedule, old=old, new=new, found=found)

    def clinics(self, old: Side, new: Side) -> dict[str, list[Difference]]:
        """What changes in each clinic's file, by its id, where both sides are folders or clinics' files."""
        if not old.clinics or not new.clinics:
            return {}
        if len(old.clinics) == len(new.clinics) == 1:  # two files: what they say is compared, not their names
            (one,), ((name, other),) = old.clinics.values(), new.clinics.items()
            return {name: clinic_differences(one, other)}
        found = {
            name: clinic_differences(old.clinics.get(name), new.clinics.get(name)) for name in {**old.clinics, **new.clinics}
        }
        return {name: changes for name, changes in found.items() if changes}

    @staticmethod
    def _clinic(file: Path) -> Side:
        """One clinic's file alone, held against those beside it. Raises ProblemsFound."""
        clinics = Clinics.of(file.parent.parent if file.name != CLINIC else file.parent)
        problems = [problem for path, found in clinics.read() if path == file for problem in found]
        if problems:
            raise ProblemsFound(problems)
        name = MAIN if file.name == CLINIC else file.stem
        return Side(versions={}, clinics={name: clinics.found[name]})

    def _read(self, folder_path: Path, files: list[Path]) -> Side:
        folder = Folder(folder_path, files, self.settings.schedules / CLINIC, self.known)
        for _ in folder.read():
            pass
        names = {path.as_posix() for path in files}
        errors = [p for p in folder.problems if p.severity is Severity.ERROR and p.path in names]
        if errors or not folder.versions:
            raise ProblemsFound(errors or folder.problems)
        own_clinic = (folder_path / CLINIC).exists() and (folder_path / CLINIC) in files
        return Side(versions=folder.versions, clinics=folder.clinics if own_clinic else {})

    def _stored(self, named: str) -> Side:
        found = {p.version: p for p in self.publications if p.version.startswith(named)}
        if len(found) != 1:
            raise InvalidValue(f"{len(found) or 'no'} published version{'s' if len(found) != 1 else ''} begin with {named!r}")
        version = self.load(next(iter(found.values())))
        return Side(versions={version.schedule.id: version})


def content_if_sound(settings: Settings, store: Store) -> Content | None:
    """What is live, for counting; None where the files do not allow it."""
    try:
        return LiveContent(settings.schedules, settings.messages, store).current
    except AftercareError:
        return None


def effect_on(
    store: Store, content: Content, new: Version, now: datetime, seen: Callable[[int], None] = lambda _: None
) -> Effect:
    """Whom it would touch, counted a page at a time; ``seen`` hears how many more were looked at."""
    total, after, first = Effect(), 0, True
    while first or after:
        found, after = store.transact(partial(effect_page, content=content, new=new.schedule, now=now, after=after))
        total, first = total + found, False
        seen(found.courses)
    return total
