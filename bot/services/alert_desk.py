"""One alert in one transaction, and what is needed to speak of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.errors import NotFound
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.clinician import Clinician
from bot.core.escalation.entries import EntryKind
from bot.ports import AlertEntry, UnitOfWork
from bot.services.alert_text import AlertView, alert_text, load_view, minimal_text, standing_text
from bot.services.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """``alert`` is as the transaction has it now."""

    uow: UnitOfWork
    world: World
    alert: Alert
    now: datetime
    _views: list[AlertView | None] = field(default_factory=list, repr=False, compare=False)

    @property
    def purpose(self) -> str:
        """The purpose of this alert's pages."""
        return f"alert:{self.alert.id}"

    def standing(self, language: str) -> str:
        """The line that says who has the alert, or how it ended; empty while it is open and nobody was named."""
        at = self.now
        if self.alert.state is AlertState.RESOLVED:
            ended = (EntryKind.RESOLVED, EntryKind.MERGED)
            at = next((e.at for e in reversed(self.uow.alerts.history(self.alert.id)) if e.event in ended), self.now)
        return standing_text(self.alert, self.world.content, language, at)

    def view(self) -> AlertView | None:
        """What its text is made of, read once for all who are paged; None where a row of it is gone."""
        if not self._views:
            try:
                self._views.append(load_view(self.uow, self.alert, self.world.content.knowledge.rules))
            except NotFound:
                self._views.append(None)
        return self._views[0]

    def text(self, language: str, status: str) -> str:
        """The whole text; where a row that it needs is gone, the shortest one that still gets somebody to act."""
        view = self.view()
        if view is None:
            return minimal_text(self.alert, self.code(), self.world, language)
        return alert_text(view, self.world, language, status)

    def code(self) -> str:
        """The patient's code."""
        try:
            return self.uow.patients.get(self.alert.patient_id).code
        except NotFound:
            return "?"

    def log(self, event: EntryKind, by: str = "", detail: str = "", *, before: AlertState | None = None) -> None:
        """A line in the alert's history; ``before`` is the state that a transition found it in."""
        entry = AlertEntry(alert_id=self.alert.id, at=self.now, event=event, by=by, detail=detail)
        if before is not None:
            entry = replace(entry, from_state=before, to_state=self.alert.state)
        self.uow.alerts.log(entry)

    def known(self, clinicians: Iterable[str]) -> list[Clinician]:
        """Those of them who have a chat."""
        found = [self.uow.clinicians.get(name) for name in clinicians]
        return [c for c in found if c is not None and c.address]
