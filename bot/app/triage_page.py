"""`make triage-page`: writes docs/triage.md from the catalogue, in the source tree only."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot.app.clock import SystemClock
from bot.content.catalogue import load_rule_book
from bot.content.examples import FILE, load_examples
from bot.content.library import CATALOGUE
from bot.content.recogniser import THRESHOLDS, read_thresholds
from bot.content.yaml_source import Node, Source
from bot.reports.triage_page import Subject, dated, triage_page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "triage.md"
VERSION_LENGTH = 12
_MEANING = re.compile(r"^(\w+):[^#\n]*#\s*(.+)$", re.MULTILINE)
"""A threshold with what its line says of it."""


def subject(root: Path = ROOT, catalogue: Path = CATALOGUE) -> Subject:
    """Everything that the page shows, read from the files. Raises ProblemsFound."""
    book = load_rule_book(catalogue)
    digest = hashlib.sha256(book.version.encode())
    for name in (FILE, THRESHOLDS):
        digest.update((catalogue / name).read_bytes() if (catalogue / name).exists() else b"")
    names = Source.read(root / "messages" / "en" / "symptoms.yaml").root().fields(required=["symptom"])
    return Subject(
        book=book,
        examples=load_examples(catalogue, book),
        names=names.at("symptom").mapping(Node.words),
        version=digest.hexdigest()[:VERSION_LENGTH],
        thresholds=_thresholds(catalogue),
        curves=_curves(root / "docs"),
    )


def fresh(before: str, today: date) -> str:
    """The page as it would be written now over the page ``before``."""
    found = subject()
    return triage_page(found, dated(found.version, before, today))


def main() -> None:
    """Writes the page."""
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(fresh(before, SystemClock().now().date()), encoding="utf-8")


def _thresholds(catalogue: Path) -> list[tuple[str, float, str]]:
    """Name, probability and meaning, the meaning as the file itself gives it; none where no file is shipped."""
    path = catalogue / THRESHOLDS
    if not path.exists():
        return []
    meaning = dict(_MEANING.findall(path.read_text(encoding="utf-8")))
    return [(name, value, meaning[name]) for name, value in asdict(read_thresholds(path)).items() if name in meaning]


def _curves(docs: Path) -> list[str]:
    """The page and the pictures of the learned reader, where they were written."""
    return sorted(path.name for pattern in ("recogniser.md", "*curve*.svg", "*curve*.png") for path in docs.glob(pattern))


if __name__ == "__main__":
    main()
