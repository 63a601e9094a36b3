"""Everything that an alert may ask for, in the imperative."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Page these clinicians, with buttons of the alert's new version."""

    clinicians: tuple[str, ...]
    step: int
    cause: Cause


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
    """Tell the patient who has seen their message."""

    clinician: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TellFirst:
    """Tell the one who pressed second who was first."""

    presser: str
    first: str
    resolved: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A line for the alert's history. ``detail`` never holds a patient's words."""

    event: str
    by: str = ""
    detail: str = ""


Action = Page | RaiseNobodyReachable | RemindHolder | UpdateCopies | TellPatientSeen | TellFirst | Record
