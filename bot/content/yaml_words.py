"""What the YAML parser's own complaints mean to somebody who has never heard of tokens: the place, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

_QUOTE = re.compile(r"""\\\\.|'[^'"]*'|(?:^|\s)\#.*|\"""")
"""What must be told apart: escapes, single quotes, comments, and the double quotes that are looked for."""
_INDENT = "check the spaces in front; lines that belong together begin in the same column"
_COLON = "a colon and a space begin a field: put quotes round a text that has them, or check the spaces in front"
_WORDS = (
    ("found character '\\t'", "a tab stands here", "indent with spaces", False),
    ("found unexpected end of stream", "this quote is never closed", "close it with the same kind of quote", True),
    ("did not find expected ',' or ']'", "this [ is never closed", "close it with ]", True),
    ("did not find expected ',' or '}'", "this { is never closed", "close it with }", True),
    (
        "did not find expected node content",
        "this bracket is not closed, or a value is missing in it",
        "close it with ] or }",
        True,
    ),
    ("mapping values are not allowed", "a field cannot begin here", _COLON, False),
    ("could not find expected ':'", "this line is neither a field (`name: value`) nor an entry (`- value`)", _INDENT, False),
    ("did not find expected key", "a field or an entry of another indentation stands here", _INDENT, False),
    ("did not find expected '-' indicator", "an entry (`- ...`) was expected here", _INDENT, False),
    ("block sequence entries are not allowed", "an entry (`- ...`) cannot begin here", _INDENT, False),
    ("found undefined tag handle", "tags (`!...`) are not allowed", "remove it; write plain text or numbers", False),
    ("exceeded maximum nesting depth", "is nested too deep", "write it flatter", False),
    ("found unknown escape character", "this \\ means nothing here", "write \\\\ for one, or use single quotes", False),
)
"""(what the parser says, what we say, hint, whether the place is where the thing began)"""


def in_our_words(error: yaml.MarkedYAMLError, text: str) -> tuple[Any, str, str]:
    """The mark to point at, the message, a hint."""
    said = error.problem or "is no YAML"
    mark = error.problem_mark or error.context_mark
    lonely = _lonely_quote(text, mark)
    if lonely is not None:
        return lonely, "this quote is not closed on its line", 'close it with "; a " inside of a text is written \\"'
    if said.startswith("found character that cannot start any token"):
        letter = _at(text, mark)
        if letter == "\t":
            return mark, "a tab stands here", "indent with spaces"
        return mark, f"a text cannot begin with {letter!r}", "put quotes round it"
    for start, ours, hint, began in _WORDS:
        if said.startswith(start):
            return (error.context_mark or mark) if began else mark, ours, hint
    return mark, said, ""


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, counted from 0, as the parser's marks have them."""

    line: int
    column: int


def _lonely_quote(text: str, mark: Any) -> Place | None:  # noqa: ANN401 - two Mark classes
    """The first quote above the complaint that its own line does not close: the parser notices it lines later."""
    for number, line in enumerate(text.split("\n")[: mark.line if mark is not None else 0]):
        places = [found.start() for found in _QUOTE.finditer(line) if found[0] == '"']
        if len(places) % 2:
            return Place(number, places[-1])
    return None


def _at(text: str, mark: Any) -> str:  # noqa: ANN401 - two Mark classes
    lines = text.split("\n")
    if mark is None or mark.line >= len(lines):
        return ""
    line, column = int(mark.line), int(mark.column)
    return lines[line][column : column + 1]
