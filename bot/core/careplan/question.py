"""Questions of the catalogue: what is asked, and what each button says (bot/catalogue/questions.yaml)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.clinical.finding import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One button. Pressing it yields these findings, exactly as if the patient had written them.

    ``follow_up`` names a question asked at once when this button is pressed (QR "yes": which one?).
    """

    id: str
    findings: tuple[Finding, ...] = ()
    follow_up: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question. Its wording is ``question.<id>.text`` in messages/, its buttons ``question.<id>.option.<option>``.

    ``topic`` is what a bare number or a bare "yes"/"no" in reply speaks of: temperature, breathing, heart, legs,
    injection_site, pain, bowels, fatigue, how_are_you (the values of ``asked`` in `aftercare triage`), or else the question's
    own id. ``covers`` lists the symptom ids that it asks about: the coverage map walks these.
    """

    id: str
    topic: str
    options: tuple[Option, ...]
    covers: tuple[str, ...] = ()
    code: str = ""
    """The clinical content's own short name (QR, QT ...)."""
    if_yes: str | None = None
    """The option that a bare typed "yes" amounts to; None: a "yes" does not answer this question."""
    if_no: str | None = None

    def option(self, option_id: str) -> Option | None:
        """The option of that id, or None."""
        return next((o for o in self.options if o.id == option_id), None)
