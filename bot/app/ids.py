"""Production randomness, from the operating system. The simulation implements the same port with a seed."""

from __future__ import annotations

import secrets

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which a person reads as 1 and 0."""


class SystemIds:
    """Unguessable tokens, and short codes that a person can read aloud."""

    def token(self) -> str:
        """128 random bits, URL-safe, 22 characters."""
        return secrets.token_urlsafe(16)

    def code(self) -> str:
        """Such as ``K7-42``; it may collide, the caller asks again."""
        return f"{secrets.choice(CODE_LETTERS)}{secrets.randbelow(10)}-{secrets.randbelow(100):02d}"
