"""How the larger learned reader takes a message apart: into the pieces of words that its base model was taught with.

A unigram vocabulary (Kudo 2018, SentencePiece): of all ways to cut the text into known pieces the most probable one is taken. What
no piece covers becomes the unknown piece, so every text can be cut. Cutting is quick enough to be done without a library: a tenth of
a millisecond for a message of a hundred characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

SPACE: Final = "▁"
"""A space, and the start of the text, as the vocabulary writes it."""
START, PADDING, END, UNKNOWN = range(4)
"""The first four pieces of every vocabulary; they stand for no text."""
RARER: Final = 10.0
"""By how much an unknown character is less probable than the rarest piece, in the natural logarithm."""

_BLANK = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_DIGIT = re.compile(r"\d")


def prepared(text: str) -> str:
    """The text as the pieces are looked up in it: small letters, every digit a 0, one ``SPACE`` for any blank, one at the start.

    What a number means is for the rules; that there is one may weigh.
    """
    small = unicodedata.normalize("NFKC", text.replace("İ", "i").lower())
    return SPACE + _BLANK.sub(SPACE, _DIGIT.sub("0", small).strip())


class Pieces:
    """A vocabulary: ``pieces`` with the logarithm of how probable each is. The first four are START, PADDING, END and UNKNOWN."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self.pieces = tuple(pieces)
        self.scores = tuple(scores)
        self._known = {piece: (at, scores[at]) for at, piece in enumerate(pieces) if at > UNKNOWN}
        self._unknown = min(scores, default=0.0) - RARER
        self._longest: dict[str, int] = {}
        for piece in self._known:
            self._longest[piece[0]] = max(self._longest.get(piece[0], 1), len(piece))

    def __len__(self) -> int:
        return len(self.pieces)

    def cut(self, text: str) -> list[int]:
        """The numbers of the pieces of ``text``, without START and END. Never fails."""
        text = prepared(text)
        best, came = self._paths(text)
        found: list[int] = []
        at = len(text)
        while at > 0:
            at, piece = came[at]
            found.append(piece)
        return found[::-1] if best else []

    def _paths(self, text: str) -> tuple[list[float], list[tuple[int, int]]]:
        """For each place in the text, how probable the best way to it is, and from where it came with which piece (Viterbi)."""
        size, known, longest = len(text), self._known, self._longest
        best = [0.0] + [-1e30] * size
        came = [(0, UNKNOWN)] * (size + 1)
        for start in range(size):
            here = best[start]
            if here + self._unknown > best[start + 1]:
                best[start + 1], came[start + 1] = here + self._unknown, (start, UNKNOWN)
            for end in range(start + 1, min(size, start + longest.get(text[start], 0)) + 1):
                piece = known.get(text[start:end])
                if piece is not None and here + piece[1] > best[end]:
                    best[end], came[end] = here + piece[1], (start, piece[0])
        return best, came
