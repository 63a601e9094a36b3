"""`make triage-page`: writes docs/triage.md from the catalogue, in the source tree only."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date
from pathlib import Path

from bot.app.clock import SystemClock
from bot.content.catalogue import load_rule_book
from bot.content.examples import FILE, load_examples
from bot.content.library import CATALOGUE
from bot.content.recogniser import THRESHOLDS, load_thresholds
from bot.content.yaml_source import Node, Source
from bot.reports.triage_page import Subject, dated, triage_page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "triage.md"
VERSION_LENGTH = 12
MEANING = {
    "red": "probability of a red flag from which it is escalated at once",
    "ask": "probability of a red flag from which one closed question is asked",
    "emergency": "probability of an emergency from which a red flag is one",
    "symptom": "probability of a symptom from which it is named and asked about",
    "denied": "probability of a denial from which the symptom is not named",
    "at_ease": "probability of a red flag below which a message that no rule understood may pass without a question",
    "nothing": "and the least probability of nothing to do that this needs",
}


def subject(root: Path = ROOT, catalogue: Path = CATALOGUE) -> Subject:
    """Everything that the page shows, read from the files. Raises ProblemsFound."""
    book = load_rule_book(catalogue)
    thresholds = asdict(load_thresholds(catalogue)) if (catalogue / THRESHOLDS).exists() else {}
    digest = hashlib.sha256(book.version.encode())
    for name in (FILE, THRESHOLDS):
        digest.update((catalogue / name).read_bytes() if (catalogue / name).exists() else b"")
    names = Source.read(root / "messages" / "en" / "symptoms.yaml").root().fields(required=["symptom"])
    return Subject(
        book=book,
        examples=load_examples(catalogue, book),
        names=names.at("symptom").mapping(Node.words),
        version=digest.hexdigest()[:VERSION_LENGTH],
        thresholds=[(name, value, MEANING.get(name, "")) for name, value in thresholds.items()],
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


def _curves(docs: Path) -> list[str]:
    """The page and the pictures of the learned reader, where they were written."""
    return sorted(path.name for path in docs.glob("recogniser*") if path.suffix in {".md", ".svg", ".png"})


if __name__ == "__main__":
    main()
