"""Replies as batches of pieces: replies of like length together, in a few lengths only, as each new one costs PyTorch a second."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.core.reading.recogniser_pieces import END, PADDING, START, Pieces
from bot.core.reading.recogniser_transformer import WINDOW
from bot.training.corpus import Reply

SIZE: Final = 128
LENGTHS: Final = (12, 16, 20, 24, 32, 48, 72, WINDOW + 2)
SORTED_TOGETHER: Final = 40
"""Batches whose replies are sorted by length among themselves."""
BARE: Final = 0.3
"""How often a reply is shown without the marks on its letters, as many people type."""
MARKED_LANGUAGES: Final = ("tr", "es", "de")


@dataclass(frozen=True)
class Cut:
    """A reply's pieces, and those of its text without marks where that is another text."""

    pieces: Sequence[int]
    bare: Sequence[int]


def cut_all(replies: Sequence[Reply], pieces: Pieces) -> list[Cut]:
    """Every reply in pieces, as much of it as is read together."""
    return [
        Cut(
            pieces.cut(reply.text)[:WINDOW],
            pieces.cut(bare(reply.text) if reply.language in MARKED_LANGUAGES else reply.text)[:WINDOW],
        )
        for reply in replies
    ]


def bare(text: str) -> str:
    """The text without accents, umlauts and the marks of Turkish letters."""
    plain = unicodedata.normalize("NFD", text.replace("ı", "i").replace("ß", "ss"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def padded(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """One row a message, filled up to the next of LENGTHS."""
    longest = max(map(len, rows)) + 2
    width = next(length for length in LENGTHS if longest <= length)
    filled = np.full((len(rows), width), PADDING, np.int64)
    for row, pieces in zip(filled, rows, strict=True):
        row[: len(pieces) + 2] = [START, *pieces, END]
    return filled


def as_typed(cuts: Sequence[Cut], random: np.random.Generator) -> NDArray[np.int64]:
    """A batch to learn from: some rows without the marks on their letters."""
    return padded([cut.bare if random.random() < BARE else cut.pieces for cut in cuts])


def batches(cuts: Sequence[Cut], random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Row numbers of SIZE replies each, every reply once (the last batches are filled up by chance)."""
    order = random.permutation(len(cuts))
    for start in range(0, len(order), SIZE * SORTED_TOGETHER):
        some = order[start : start + SIZE * SORTED_TOGETHER]
        some = some[np.argsort([len(cuts[at].pieces) for at in some], kind="stable")]
        parts = [some[at : at + SIZE] for at in range(0, len(some), SIZE)]
        parts = [np.concatenate((part, random.choice(len(cuts), SIZE - len(part)))) for part in parts]
        yield from (parts[at] for at in random.permutation(len(parts)))
