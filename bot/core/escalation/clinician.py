"""Somebody who can be on call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """They pressed Reply under an alert of that version: their next message until then goes to its patient."""

    alert: int
    version: int
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UsualDraft:
    """They chose what is usual for the patient of that alert, and for how many days: their next message until then says why."""

    alert: int
    symptom: str
    days: int
    until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Clinician:
    """``id`` is the name in clinic.yaml; ``address`` the chat, once the invitation is used. Inactive: revoked, at once."""

    id: str
    name: str
    language: str = "en"
    channel: str = "telegram"
    address: str | None = None
    active: bool = True
    reachable: bool = True
    """False from the moment a message to them bounced (they blocked the bot) until they write to us again."""
    at: tuple[str, ...] | None = None
    """The clinics whose file has them, as last noticed; None: nobody has looked yet."""
    writing: Writing | None = None
    usual: UsualDraft | None = None
