"""Which pieces of the base model's vocabulary are kept: those that the corpus uses, and the commonest of our scripts.

A quarter of a million pieces of a hundred languages would be four fifths of the weights file. Of replies that the choice did not
see, one piece in three hundred is lost, and its text is cut into smaller ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_pieces import SPACE, UNKNOWN, Pieces, prepared
from bot.training.transformer.base import BaseModel

COMMONEST: Final = 70_000
SCRIPTS: Final = ("LATIN", "CYRILLIC", "ARABIC")
LAST_LATIN: Final = "\u017f"
"""Beyond it lie the letters of other languages (Vietnamese, phonetics)."""
SYMBOLS: Final = ("\u3000", "\U0001f000")
"""From the first to the second: scripts that are not ours; emoji lie beyond."""


def kept(base: BaseModel, texts: Iterable[str]) -> NDArray[np.int64]:
    """The numbers of the pieces to keep, ascending; the first four always."""
    able = [at for at, piece in enumerate(base.pieces) if at > UNKNOWN and is_ours(piece)]
    common = sorted(able, key=lambda at: (-float(base.scores[at]), at))[:COMMONEST]
    whole = Pieces(base.pieces, base.scores.tolist())
    used = {piece for text in texts for piece in whole.cut(text)}
    return np.array(sorted({*range(UNKNOWN + 1), *common, *used}))


def is_ours(piece: str) -> bool:
    """Whether messages, once prepared, can hold this piece and it belongs to one of our scripts."""
    plain = piece.replace(SPACE, "")
    return prepared(plain)[1:] == plain and all(_ours(char) for char in plain)


def _ours(char: str) -> bool:
    if char.isalpha():
        name = unicodedata.name(char, "")
        return name.startswith(SCRIPTS) and not (name.startswith("LATIN") and char > LAST_LATIN)
    return not SYMBOLS[0] <= char < SYMBOLS[1]
