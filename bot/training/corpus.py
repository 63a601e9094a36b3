"""The labelled replies of ``corpus/``: one JSON object a line, one file for each language (format in corpus/README.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext, Risk, Role, Route

CORPUS = Path(__file__).parents[2] / "corpus"
LANGUAGES = ("en", "tr", "es", "ru", "ar", "de")


class Part(StrEnum):
    """Where a reply may be used. Nobody looks at TEST while anything is still being chosen."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """The words that say a symptom is there, or (``denied``) that it is not: offsets into the text, end exclusive."""

    symptom: str
    start: int
    end: int
    denied: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One labelled reply. ``unit`` names the cluster of near-duplicates and the voice that it must stay together with."""

    id: str
    language: str
    text: str
    expected: Disposition
    acceptable: tuple[Disposition, ...] = ()
    symptoms: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    patient: PatientContext = field(default_factory=PatientContext)
    asked: str | None = None
    hard: str = "plain"
    source: str = ""
    unit: str = ""
    part: Part = Part.TRAIN

    @property
    def red(self) -> bool:
        """Whether it is a red flag."""
        return self.expected.red

    @property
    def allowed(self) -> frozenset[Disposition]:
        """Every disposition that is defensible."""
        return frozenset((self.expected, *self.acceptable))


def load(directory: Path = CORPUS, *parts: Part) -> list[Reply]:
    """All replies of these parts (of every part where none is named), language by language, in the files' order."""
    replies = [
        reply_of(json.loads(line))
        for language in LANGUAGES
        for line in (directory / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
        if line
    ]
    return [reply for reply in replies if not parts or reply.part in parts]


def save(replies: Iterable[Reply], directory: Path = CORPUS) -> None:
    """Writes each language's file, ordered by id: the same replies always give the same bytes."""
    by_language: dict[str, list[Reply]] = {language: [] for language in LANGUAGES}
    for reply in replies:
        by_language[reply.language].append(reply)
    directory.mkdir(exist_ok=True)
    for language, own in by_language.items():
        lines = [json.dumps(row_of(reply), ensure_ascii=False) for reply in sorted(own, key=lambda r: r.id)]
        (directory / f"{language}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def reply_of(row: Mapping[str, Any]) -> Reply:
    """The reply of one line. Raises KeyError or ValueError where it is not as it must be."""
    context = row["context"]
    return Reply(
        id=row["id"],
        language=row["language"],
        text=row["text"],
        expected=Disposition.of(row["expected"]),
        acceptable=tuple(Disposition.of(word) for word in row["acceptable"]),
        symptoms=tuple(row["symptoms"]),
        absent=tuple(row["absent"]),
        spans=tuple(Span(symptom=s, start=a, end=b, denied=d) for s, a, b, d in row["spans"]),
        patient=PatientContext(
            role=Role(context["role"]),
            route=Route(context["route"]) if context["route"] else None,
            risks=frozenset(Risk(risk) for risk in context["risks"]),
            hours_since_treatment=context["hours_since_treatment"],
        ),
        asked=row["asked"],
        hard=row["hard"],
        source=row["source"],
        unit=row["unit"],
        part=Part(row["part"]),
    )


def row_of(reply: Reply) -> dict[str, Any]:
    """The line of one reply: the inverse of ``reply_of``."""
    patient = reply.patient
    return {
        "id": reply.id,
        "language": reply.language,
        "text": reply.text,
        "context": {
            "role": patient.role.value,
            "hours_since_treatment": patient.hours_since_treatment,
            "route": patient.route.value if patient.route else None,
            "risks": sorted(risk.value for risk in patient.risks),
        },
        "asked": reply.asked,
        "expected": reply.expected.word,
        "acceptable": [d.word for d in reply.acceptable],
        "symptoms": list(reply.symptoms),
        "absent": list(reply.absent),
        "spans": [[s.symptom, s.start, s.end, s.denied] for s in reply.spans],
        "hard": reply.hard,
        "source": reply.source,
        "unit": reply.unit,
        "part": reply.part.value,
    }


def digest(replies: Sequence[Reply]) -> str:
    """A hash of everything that training can see of these replies."""
    found = hashlib.sha256()
    for reply in sorted(replies, key=lambda r: r.id):
        found.update(json.dumps(row_of(reply), ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return found.hexdigest()[:16]
