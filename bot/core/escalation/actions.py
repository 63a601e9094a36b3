"""Everything that an alert may ask for, in the imperative."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.escalation.entries import EntryKind


class Cause(StrEnum):
    """Why somebody is paged."""

    OPENED = "opened"
    CLIMBED = "climbed"
    """Nobody before them answered."""
    WORSE = "worse"
    """The patient said something worse, or something red after it had been acknowledged."""
    REOPENED = "reopened"
    """Acknowledged, but not resolved in time, or its holder is gone."""
    LAST_RESORT = "last_resort"
    """The whole chain was tried, or a rota is empty."""
    HANDED_OVER = "handed_over"
    """A colleague gives it to them by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Page these clinicians, with buttons of the alert's new version."""

    clinicians: tuple[str, ...]
    step: int
    cause: Cause
    by: str = ""
    """Who hands it over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RaiseNobodyReachable:
    """Not one person of the chain, nor the last-resort contact, can be reached: the operator must know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemindHolder:
    """Remind the one who acknowledged that it is not resolved."""

    clinician: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateCopies:
    """Edit what every paged clinician sees, so that it tells the present state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TellPatientSeen:
    """Tell the patient who has seen their message, and by when they will call where they promised to."""

    clinician: str
    call_by: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TellPatientWaits:
    """Tell the patient that nobody has answered yet, and give the number to call again: they must not wait for us.

    ``uncalled`` is who promised to call and did not. ``again``: they were told before; from now on only what is new is said.
    """

    uncalled: str = ""
    again: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TellPatientClosed:
    """Tell the patient that the conversation with this clinician is over."""

    clinician: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TellFormer:
    """Tell the one who had it that ``by`` has it now."""

    clinician: str
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TellFirst:
    """Tell the one who pressed second who was first."""

    presser: str
    first: str
    resolved: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A line for the alert's history. ``detail`` never holds a patient's words."""

    event: EntryKind
    by: str = ""
    detail: str = ""


Action = (
    Page
    | RaiseNobodyReachable
    | RemindHolder
    | UpdateCopies
    | TellPatientSeen
    | TellPatientWaits
    | TellPatientClosed
    | TellFormer
    | TellFirst
    | Record
)
