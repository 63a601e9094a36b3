"""What is wrong with a file, told as a good compiler would: file:line:col, the line, a caret, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.errors import ContentInvalid


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Problem:
    """One flaw. ``line`` and ``col`` count from 1; ``rule`` is the stable short name of the check that found it."""

    path: str
    line: int
    col: int
    message: str
    hint: str = ""
    rule: str = "content"
    source_line: str = ""

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:{self.col}: {self.message}"
        shown = f"\n    {self.source_line}\n    {' ' * (self.col - 1)}^" if self.source_line else ""
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{head} [{self.rule}]{shown}{hint}"


class ProblemsFound(ContentInvalid):
    """Files with problems; all of them at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or lists them all where none is close."""
    options = sorted(known)
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known here: {', '.join(options)}" if options else ""
