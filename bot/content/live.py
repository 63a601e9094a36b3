"""What is live: each schedule in its published version, and as its file says where it was never published.

Once a schedule is published its file is a draft: a change in it, or a mistake, touches no patient until it is published too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.content.clinics import is_clinic_file
from bot.content.folder import CATALOGUE, Folder, Known
from bot.content.knowledge import load_knowledge
from bot.content.library import Library
from bot.content.messages import load_messages
from bot.content.own_questions import FILE as OWN_QUESTIONS
from bot.content.problems import Problem, ProblemsFound, Severity
from bot.content.questions import load_questions
from bot.content.versions import Version, live_ones, load_version, together
from bot.core.careplan.schedule import Schedule
from bot.core.triage import Knowledge
from bot.ports import Publication

Key = tuple[str, str]
"""(schedule, version)."""


@dataclass(frozen=True, kw_only=True)
class Live:
    """``problems`` are those of files that are drafts: they keep nothing from running, and a person must hear of them."""

    library: Library
    problems: tuple[Problem, ...] = ()
    drafts: tuple[str, ...] = ()
    """Schedules whose file says something else than the version that is live."""


def load_live(schedules: Path, messages: Path, published: Sequence[Publication], pinned: frozenset[Key]) -> Live:
    """Reads the files and the published versions. ``published`` are those that went live at some time, newest first; of the
    older ones those in ``pinned`` are kept.

    Raises ProblemsFound where a file that is no draft is not sound: clinic.yaml, the messages, a schedule never published.
    """
    texts = load_messages(messages)
    knowledge = load_knowledge(CATALOGUE, messages)
    questions = load_questions(CATALOGUE / "questions.yaml", message_keys=texts.keys)
    folder = Folder.whole(schedules, Known(questions=questions, messages=texts, rules=knowledge.rules))
    for _ in folder.read():
        pass
    return _live(folder, knowledge, published, pinned)


def _live(folder: Folder, knowledge: Knowledge, published: Sequence[Publication], pinned: frozenset[Key]) -> Live:
    live = live_ones(published)
    unreadable: list[Problem] = []
    versions = dict(_versions(folder, knowledge, published, live, pinned, unreadable))
    errors = [problem for problem in folder.problems if problem.severity is Severity.ERROR]
    drafts = {publication.file for name, publication in live.items() if (name, publication.version) in versions}
    if drafts:
        drafts.add(OWN_QUESTIONS)
    fatal = [problem for problem in errors if (path := Path(problem.path)).name not in drafts or is_clinic_file(path)]
    if fatal or folder.clinic is None or folder.known.messages is None:
        raise ProblemsFound(fatal or errors)
    kept = [versions[key].own for key in reversed(versions)]
    own = together([*kept, folder.own])
    found = {name: version.schedule for (name, hashed), version in versions.items() if live[name].version == hashed}
    library = Library(
        messages=own.over_messages(folder.known.messages),
        knowledge=knowledge,
        questions=own.over(folder.known.questions),
        clinic=folder.clinic,
        further=folder.further,
        schedules={**folder.schedules, **found},
        versions=versions,
    )
    return Live(library=library, problems=(*unreadable, *errors), drafts=tuple(_drafts(folder.schedules, found)))


def _versions(  # noqa: PLR0917 - what is kept depends on all of it
    folder: Folder,
    knowledge: Knowledge,
    published: Sequence[Publication],
    live: Mapping[str, Publication],
    pinned: frozenset[Key],
    unreadable: list[Problem],
) -> Iterator[tuple[Key, Version]]:
    """The live ones, the ones before them (a check-in may still run by it), and those that courses are pinned to."""
    seen: set[Key] = set()
    for publication in published:
        key = (publication.schedule, publication.version)
        newest = live.get(publication.schedule)
        if publication.number is None or newest is None or key in seen:
            continue
        seen.add(key)
        if key not in pinned and publication.number < (newest.number or 0) - 1:
            continue
        try:
            yield key, load_version(publication, folder.known.questions, knowledge.rules)
        except ProblemsFound as error:
            unreadable += error.problems


def _drafts(files: Mapping[str, Schedule], live: Mapping[str, Schedule]) -> Iterator[str]:
    for name, schedule in live.items():
        if name not in files or files[name].version != schedule.version:
            yield name
