"""A message that shows what a level of a symptom means, for the page that clinicians sign."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.patient import PatientContext


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """``says`` must reach at least ``disposition``. ``asked`` is the topic of the question that was open, or None."""

    symptom: str
    disposition: Disposition
    says: str
    patient: PatientContext
    asked: str | None = None
    where: str = ""
    """``bot/catalogue/examples.yaml:12``"""
