"""A value that must not be shown: printing, formatting or comparing it by accident gives nothing away."""

from __future__ import annotations

import hmac


class Secret:
    """Holds a secret text. ``reveal()`` is the only way to it, so that each use can be found by searching for that word."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def matches(self, other: bytes) -> bool:
        """Whether ``other`` is the same, in a time that does not depend on where they differ."""
        return hmac.compare_digest(self._value.encode(), other)

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.matches(other.reveal().encode())

    def __hash__(self) -> int:
        return hash(Secret)
