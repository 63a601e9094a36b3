"""One normaliser for everything that patients write: folded for matching, every character traceable to the original.

Folding: lower case in every script (both Turkish i fold to ``i``), accents and Arabic vowel signs dropped, digits of any
script become ASCII, typographic quotes and dashes become plain ones. Dropped: zero-width and direction marks, NUL, lone
surrogates, skin tones. Emoji stay.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

READ_IN_DETAIL = 4_000
"""Characters that measures and context are read in; the rest is scanned for symptoms only (see reader.py)."""
READ_AT_ALL = 100_000
"""Longer messages do not exist on any of our channels; what lies beyond is handed to a person."""

_SPECIAL = {
    "İ": "i", "I": "i", "ı": "i", "ё": "е", "Ё": "е", "й": "й", "Й": "й", "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe",
    "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "ð": "d",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": "", "ک": "ك", "ی": "ي",
    "٫": ".", "٬": ",", "،": ",", "؛": ";", "؟": "?", "٪": "%", "‰": "%", "¿": " ", "¡": " ",
    "‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'", "ʼ": "'", "′": "'", "＇": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": " - ", "―": "-", "−": "-", "…": "...", "º": "°", "˚": "°", "℃": "°c", "℉": "°f",
    "½": ".5", "¼": ".25", "¾": ".75", "×": "x", "\t": " ", "\r": " ", "\u2028": "\n", "\u2029": "\n", "\u00a0": " ", "\u0085": "\n",
}  # fmt: skip
_DROPPED_CATEGORIES = {"Cf", "Cs", "Mn", "Me", "Cn", "Co"}


class _Folds(dict[str, str]):
    """Each character's fold, worked out once. It is a pure function's table: entries never change."""

    def __missing__(self, char: str) -> str:
        folded = _fold(char)
        if len(self) < 20_000:  # a flood of rare characters must not become a leak
            self[char] = folded
        return folded


def _fold(char: str) -> str:
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    if char < "\x80":
        return char.lower() if char >= " " or char == "\n" else ""
    category = unicodedata.category(char)
    if category in _DROPPED_CATEGORIES or "\U0001f3fb" <= char <= "\U0001f3ff":
        return ""
    return _fold_letter(char, category)


def _fold_letter(char: str, category: str) -> str:
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "So":
        return char
    if category.startswith("Z"):
        return " "
    parts = unicodedata.normalize("NFKD", char)
    return "".join(_SPECIAL.get(p, p) for p in parts.casefold() if unicodedata.category(p) not in _DROPPED_CATEGORIES)


_FOLDS = _Folds()
_ASCII = {code: _fold(chr(code)) for code in range(128)}


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text, and for each of its characters the offset of the original character that it came from."""

    original: str
    text: str
    offsets: tuple[int, ...] | None = field(default=None, repr=False)
    """None: one to one."""
    ends: tuple[int, ...] | None = field(default=None, repr=False)
    """Where each character ends in the original, where that is not one behind its offset: a digit for a whole word."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original offsets (end exclusive) of ``text[start:end]``."""
        if self.offsets is None or start >= end:
            return (start, end) if self.offsets is None else self._point(start)
        return self.offsets[start], self.ends[end - 1] if self.ends is not None else self.offsets[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """The patient's own words there."""
        first, last = self.span(start, end)
        return self.original[first:last]

    def _point(self, start: int) -> tuple[int, int]:
        offsets = self.offsets or ()
        at = offsets[start] if start < len(offsets) else len(self.original)
        return at, at


def normalise(text: str) -> Normalised:
    """Never fails, whatever the text holds; reads at most READ_AT_ALL characters."""
    read = text[:READ_AT_ALL]
    if read.isascii():
        folded = read.translate(_ASCII)
        if len(folded) == len(read):
            return Normalised(text, folded)
    parts = [_FOLDS[char] for char in read]
    folded = "".join(parts)
    if len(folded) == len(read) and all(len(part) == 1 for part in parts):
        return Normalised(text, folded)
    offsets = [at for at, part in enumerate(parts) for _ in part]
    return Normalised(text, folded, tuple(offsets))


def fold(text: str) -> str:
    """The folded text alone: vocabularies pass through here, so that they meet what patients write."""
    return normalise(text).text
