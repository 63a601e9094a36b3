"""The outcome of triage: a disposition with every reason, or an open question."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.clinical.disposition import Disposition
from bot.core.clinical.finding import Finding, Measure, Status

ENGINE_VERSION = "1"
"""Raised by hand whenever the same content and input could give another assessment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One rule that fired: its id, the least disposition that it asks for, where it stands, why, and on which words."""

    rule: str
    disposition: Disposition
    where: str
    """``bot/catalogue/symptoms/fever.yaml:31``"""
    text: str
    """Plain language, for clinicians and for the alert."""
    symptom: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment:
    """What one message means. ``unclear`` says that one closed question should be asked before anyone decides.

    An unclear assessment may still carry a disposition above NONE (the safe floor that holds while the question is open).
    ``question`` names the symptom to ask about, or None for the general "is this about your health?" question.
    """

    disposition: Disposition
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    unclear: bool = False
    question: str | None = None
    at_stake: Disposition = Disposition.NONE
    """What the open question decides: how grave it is if the patient says yes, where the rules suspect it (suspicion.py)."""
    reading_asked_again: str | None = None
    """The kind of a measure whose value was impossible and must be asked again."""
    usual: tuple[Reason, ...] = ()
    """Reasons that count for nothing here because a clinician has set them as usual for this patient (baseline.py)."""
    content: str = ""
    """Hash of the catalogue and vocabulary that decided."""
    engine: str = ENGINE_VERSION

    @property
    def present(self) -> tuple[str, ...]:
        """Ids of the symptoms that are present now, in the order of mention, each once."""
        return tuple(dict.fromkeys(f.symptom for f in self.findings if f.status is Status.PRESENT))
