"""Tokens and codes from a seed."""

from __future__ import annotations

import random

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class SeededIds:
    """``bot.ports.Ids`` without surprise."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(f"ids {seed}")  # noqa: S311 - made to be repeatable

    def token(self) -> str:
        """128 bits, hexadecimal."""
        return f"{self._random.getrandbits(128):032x}"

    def code(self) -> str:
        """Such as ``K7-42``."""
        return f"{self._random.choice(_LETTERS)}{self._random.randrange(10)}-{self._random.randrange(100):02d}"
