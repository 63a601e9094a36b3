"""Versions of a schedule: its hash, and one that was published, read again from its stored text.

A course that is pinned to an old version must go on whatever the catalogue has become since: it is read as plainly as can be, and
not held against today's catalogue, messages or clinic.yaml once more. Its limits only ever raise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.content.own_questions import FILE as OWN_QUESTIONS
from bot.content.own_questions import OwnQuestions, load_own_questions
from bot.content.questions import Symptoms
from bot.content.schedules import load_schedule
from bot.content.yaml_source import Source
from bot.core.careplan.question import Question
from bot.core.careplan.schedule import Schedule
from bot.core.clinical.rules import RuleBook

if TYPE_CHECKING:
    from bot.ports import Publication  # numpy comes with it, and most checks end before

HASH_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Version:
    """A schedule with the own questions that it asks, and the texts that both were read from."""

    schedule: Schedule
    own: OwnQuestions
    file: str
    text: str

    @property
    def questions_text(self) -> str:
        """The text of its own questions; empty where it asks none."""
        return self.own.text


def version_of(text: str, questions: str) -> str:
    """The first 12 hex digits of the SHA-256 of a schedule's text, and of its own questions' where it asks any."""
    digest = hashlib.sha256(text.encode())
    if questions:
        digest.update(b"\0" + questions.encode())
    return digest.hexdigest()[:HASH_DIGITS]


def of_source(schedule: Schedule, source: Source, own: OwnQuestions, file: str) -> Version:
    """What was just read, as a version: with the own questions only where it asks one."""
    asked = {ask.question for check_in in schedule.check_ins for ask in check_in.asks}
    used = own if asked & own.questions.keys() else OwnQuestions()
    version = version_of(source.text, used.text)
    return Version(schedule=replace(schedule, version=version), own=used, file=file, text=source.text)


def load_version(publication: Publication, questions: Mapping[str, Question], rules: RuleBook) -> Version:
    """A published version again. ``questions`` are the catalogue's. Raises ProblemsFound where today's program cannot read it."""
    own = OwnQuestions()
    if publication.questions:
        own = load_own_questions(Source(OWN_QUESTIONS, publication.questions), symptoms_of(rules))
    source = Source(f"{publication.file}@{publication.version}", publication.text)
    schedule = load_schedule(source, own.over(questions))
    return Version(
        schedule=replace(schedule, id=publication.schedule, version=publication.version),
        own=own,
        file=publication.file,
        text=publication.text,
    )


def live_ones(published: Sequence[Publication]) -> dict[str, Publication]:
    """Of each schedule the publication with the highest number."""
    live: dict[str, Publication] = {}
    for publication in published:
        known = live.get(publication.schedule)
        if publication.number is not None and (known is None or publication.number > (known.number or 0)):
            live[publication.schedule] = publication
    return live


def symptoms_of(rules: RuleBook) -> Symptoms:
    """Each symptom's qualities, as own questions are read against them."""
    return {symptom.id: frozenset(symptom.qualities) for symptom in rules.symptoms.values()}


def together(owns: Iterable[OwnQuestions]) -> OwnQuestions:
    """All of them; of two that bear one id the later one counts."""
    questions: dict[str, Question] = {}
    texts: dict[str, dict[str, str]] = {}
    for own in owns:
        questions.update(own.questions)
        for language, said in own.texts.items():
            texts.setdefault(language, {}).update(said)
    return OwnQuestions(questions=questions, texts=texts)
