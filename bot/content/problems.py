"""What is wrong with a file, told as a good compiler would: file:line:col, the line, a caret, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.content.problem_kinds import page_of
from bot.core.errors import ContentInvalid

LONGEST_LINE = 160


class Severity(StrEnum):
    """An error keeps the file from going live; a warning is said and passed over."""

    ERROR = "error"
    WARNING = "warning"


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
    severity: Severity = Severity.ERROR

    @property
    def page(self) -> str:
        """Where the operators' page explains it."""
        return page_of(self.rule)

    def __str__(self) -> str:
        word = "warning: " if self.severity is Severity.WARNING else ""
        head = f"{self.path}:{self.line}:{self.col}: {word}{self.message}"
        shown = "".join(f"\n    {line}" for line in self.excerpt())
        hint = f"\n    hint: {self.hint}" if self.hint else ""
        return f"{head} [{self.rule}]{shown}{hint}\n    see:  {self.page}"

    def excerpt(self) -> tuple[str, ...]:
        """The line and a caret under the flaw; of a very long line the part around it. Empty where there is no line to show."""
        if not self.source_line:
            return ()
        start = max(0, self.col - 1 - LONGEST_LINE // 2) if len(self.source_line) > LONGEST_LINE else 0
        part = self.source_line[start : start + LONGEST_LINE]
        visible = "".join(c if c == "\t" or c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in part)
        indent = "".join("\t" if c == "\t" else " " for c in part[: self.col - 1 - start]).ljust(self.col - 1 - start)
        return visible, f"{indent}^"


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
