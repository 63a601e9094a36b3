"""Whatever stands in a file: it is read, or refused with its line; nothing else."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.clinic import load_clinic
from bot.content.problems import Problem, ProblemsFound
from bot.content.questions import load_questions
from bot.content.schedules import load_schedule
from tests.golden.test_schedule_problems import CLINIC, QUESTIONS, SCHEDULE, SYMPTOMS
from tests.support.careplan import questions
from tests.unit.test_schedule_files import FULL

READERS: dict[str, Callable[[Path], object]] = {
    "schedule": lambda path: load_schedule(path, questions(), escalations={"default"}),
    "clinic": load_clinic,
    "questions": lambda path: load_questions(path, symptoms=SYMPTOMS),
}
TEXTS = {"schedule": (SCHEDULE, FULL), "clinic": (CLINIC,), "questions": (QUESTIONS,)}
PIECES = [
    "",
    "[]",
    "{}",
    "null",
    "no",
    "012",
    "22:30",
    "-1h",
    "999999999h",
    "99999999999999999h",
    "9999y",
    "0d",
    "\u202e",
    "{a: b}",
    "- x",
    ":",
    "'",
    "1e999",
    "[red_flags]",
]


def mutated(text: str, seed: int) -> str:
    """The text with one to three of its scalars, lines or stretches replaced, doubled or removed."""
    chance = random.Random(seed)  # noqa: S311 - a test's seed
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        kind = chance.randrange(4)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[at])
        elif kind == 2:
            lines[at] = lines[at].partition(":")[0] + ": " + chance.choice(PIECES)
        else:
            cut = chance.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + chance.choice(PIECES)
        text = "\n".join(lines)
    return text


@given(st.sampled_from(sorted(READERS)), st.integers(0, 2**32), st.integers(0, 1))
@settings(max_examples=1000, deadline=None)
def test_a_damaged_file_is_read_or_refused_with_its_line(kind: str, seed: int, which: int) -> None:
    text = mutated(TEXTS[kind][which % len(TEXTS[kind])], seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.yaml"
        path.write_text(text, encoding="utf-8")
        problems = refusal(READERS[kind], path)
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines + 1 and problem.col >= 1 and problem.message for problem in problems)


def refusal(read: Callable[[Path], object], path: Path) -> list[Problem]:
    """What the reader has against the file; anything but a refusal with problems is raised on."""
    try:
        read(path)
    except ProblemsFound as found:
        return found.problems or [Problem(path="", line=0, col=0, message="")]
    return []
