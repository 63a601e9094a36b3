"""A single-use link that binds a chat to a patient or a clinician."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

INVITATION_LIFE = timedelta(hours=72)
IDENTITY_TRIES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """Stored by the SHA-256 of its 128-bit token. ``subject`` is ``patient:<id>`` or ``clinician:<id>``."""

    id: int
    token_hash: str
    subject: str
    expires_at: datetime
    used_at: datetime | None = None
    used_by: str | None = None
    """The address that opened it: a second address is refused."""
    tries: int = 0
