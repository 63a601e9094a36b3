"""A patient's words made safe to look at: nothing in them is invisible, reorders the line, or fills the screen."""

from __future__ import annotations

import unicodedata

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show as nothing, though Unicode does not call them format characters."""
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS_IN_A_ROW = 3


def make_visible(text: str, limit: int, cut: str) -> str:
    """One line of at most ``limit`` characters plus ``cut``: line breaks are shown as ⏎, and whatever is invisible or turns the
    direction of writing (bidi controls, zero-width characters, controls, lone surrogates) as its code: ``[U+202E]``.

    More than three combining marks in a row are shown as codes as well, so that no word paints over its neighbours.
    """
    shown: list[str] = []
    length = marks = 0
    for char in " ⏎ ".join(line.strip() for line in text.strip().splitlines() if line.strip()):
        marks = marks + 1 if unicodedata.combining(char) else 0
        piece = _code(char) if _hidden(char) or marks > _MARKS_IN_A_ROW else char
        if length + len(piece) > limit:
            return "".join(shown).rstrip() + cut
        shown.append(piece)
        length += len(piece)
    return "".join(shown)


def _hidden(char: str) -> bool:
    return char != "\t" and (unicodedata.category(char) in _HIDDEN_CATEGORIES or char in _BLANK_LETTERS)


def _code(char: str) -> str:
    return f"[U+{ord(char):04X}]"
