"""Who the message is about, as far as the rules may know: role, route, risks, hours since treatment, recent findings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure
from bot.core.errors import InvalidValue


class Role(StrEnum):
    """Recipient of the cells, or their donor (an autologous patient has both schedules)."""

    RECIPIENT = "recipient"
    DONOR = "donor"


class Route(StrEnum):
    """How the cells were given."""

    IV = "iv"
    INTRA_ARTICULAR = "intra_articular"
    LOCAL_INJECTION = "local_injection"
    INTRATHECAL = "intrathecal"
    FACIAL = "facial"


class Risk(StrEnum):
    """What raises the level of a finding (clinical content, B20-B29)."""

    DIABETES = "diabetes"
    HEART_DISEASE = "heart_disease"
    AUTOIMMUNE = "autoimmune"
    IMMUNOSUPPRESSANT = "immunosuppressant"
    ANTICOAGULANT = "anticoagulant"
    CHEMOTHERAPY = "chemotherapy"
    PREVIOUS_CLOT = "previous_clot"
    AGE_65_PLUS = "age_65_plus"
    PREGNANCY = "pregnancy"
    HIGH_DOSE = "high_dose"


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """An earlier message's outcome, ``hours_ago`` hours before this one; combination rules and trends look at these."""

    hours_ago: float
    disposition: Disposition
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PatientContext:
    """What the rules may know of the patient. ``hours_since_treatment`` is None when unknown: then no allowance applies."""

    role: Role = Role.RECIPIENT
    route: Route | None = None
    risks: frozenset[Risk] = frozenset()
    hours_since_treatment: float | None = None
    recent: tuple[Observation, ...] = ()

    def __post_init__(self) -> None:
        hours = self.hours_since_treatment
        if hours is not None and not hours >= 0:
            raise InvalidValue(f"hours since treatment must be 0 or more, got {hours}")
