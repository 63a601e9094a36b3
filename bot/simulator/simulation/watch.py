"""Looks on while the bot works, and names what must never happen, whatever goes wrong around it."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.delivery import Kind, OutgoingMessage, is_page
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.entries import EntryKind
from bot.core.escalation.roster import PAGE_LIMIT, PAGE_WINDOW
from bot.core.escalation.transitions import stuck
from bot.ports import StoredAssessment, UnitOfWork
from bot.services.auditor import Report
from bot.simulator.simulation.clock import SkewedClock
from bot.simulator.simulation.crowd import Crowd
from bot.simulator.simulation.ledger import Ledger

STEP_LATE = timedelta(seconds=15)
_ABOUT_PATIENTS = frozenset({"alert", "alert_edit", "alert_question", "alert_chart", "thread"})
_AFTER_TROUBLE = (" was stuck", " alerts were overdue", " waited for a moment far ahead")
"""Repairs that are the auditor's work after a restart or a clock that was set."""
_ANY_TIME = " attempts were lost while sending"
"""Whoever looks first after a lease has passed settles the attempt."""
_EXPECTED = frozenset({"nobody_reachable", "clock_jumped"})
"""Alarms that trouble raises, and a person outside must answer."""
_ASKS_ANEW = frozenset({EntryKind.STARTED, EntryKind.HANDED_OVER})


@dataclass(kw_only=True, slots=True)
class Watch:
    """One run's safety. Everything found goes into the ledger's violations, with its true moment."""

    crowd: Crowd
    clock: SkewedClock
    ledger: Ledger
    steady_since: datetime
    """By the machine's clock: when the bot last started, or its clock was last set."""
    disturbed: bool = False
    """Whether that was after the last audit."""
    doubtful: dict[tuple[int, str], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    """When pages of an alert reached a clinician, within the window of repeats."""

    def disturb(self) -> None:
        """It has just started, or its clock was just set."""
        self.steady_since = self.clock.now()
        self.disturbed = True
        self.doubtful.clear()

    def violated(self, what: str) -> None:
        """Named for good."""
        self.ledger.violations.append(f"{self.clock.true.isoformat()}: {what}")

    # --- what arrives at telephones --------------------------------------------------------------------------------------

    def arrived(self, message: OutgoingMessage) -> None:
        """It has reached whoever reads at its address."""
        self.ledger.arrived(message, self.clock.true)
        kind = message.purpose.partition(":")[0]
        if kind in _ABOUT_PATIENTS and not self.crowd.is_staff(message.address):
            self.violated(f"message {message.id} ({message.purpose}) reached {message.address}, who does not work here")
        elif (
            kind in _ABOUT_PATIENTS
            and message.patient_id is not None
            and not self.crowd.serves(message.address, message.patient_id)
        ):
            self.violated(f"message {message.id} ({message.purpose}) reached {message.address}, who works at another clinic")
        elif message.clinician is None and message.patient_id is not None:
            owner = self.crowd.patient_at(message.address)
            if owner != message.patient_id:
                self.violated(f"message {message.id} about patient {message.patient_id} reached {message.address}")
        if is_page(message) and kind == "alert" and message.kind is Kind.MESSAGE:
            self._paged(int(message.purpose.partition(":")[2]), message)

    def _paged(self, alert: int, message: OutgoingMessage) -> None:
        times = self.doubtful[alert, message.clinician or ""]
        times.append(self.clock.now())
        while times[0] <= times[-1] - PAGE_WINDOW:
            times.popleft()

    def often(self, uow: UnitOfWork) -> None:
        """Whoever was paged more often than PAGE_LIMIT in PAGE_WINDOW, where nobody has asked anew meanwhile."""
        for (alert, clinician), times in self.doubtful.items():
            if len(times) <= PAGE_LIMIT:
                continue
            history = uow.alerts.history(alert, since=times[0] - timedelta(microseconds=1))
            anew = [entry.at for entry in history if entry.event in _ASKS_ANEW]
            repeats = [at for at in times if not anew or at >= max(anew)]
            if len(repeats) > PAGE_LIMIT:
                self.violated(f"alert {alert} reached {clinician} {len(repeats)} times in {PAGE_WINDOW}")
            times.clear()

    # --- what a transaction has done -------------------------------------------------------------------------------------

    def red_flags(self, uow: UnitOfWork, since: datetime) -> None:
        """In the very transaction: what was just found red has an alert."""
        for stored in uow.assessments.red_since(since):
            alert = covering(uow, stored)
            if alert is not None:
                self.ledger.opened.setdefault(str(alert.id), self.clock.true)
            else:
                self.violated(f"assessment {stored.id} is red and has no alert in its transaction")

    def steps(self, due: Iterable[Alert], now: datetime) -> None:
        """Alerts that are about to take a step: none of them late."""
        for alert in due:
            if alert.next_step_at is not None and now - max(alert.next_step_at, self.steady_since) > STEP_LATE:
                self.violated(f"alert {alert.id} takes its step of {alert.next_step_at.isoformat()} at {now.isoformat()}")

    def check_ins(self, settled: Sequence[tuple[PlannedCheckIn, PlannedCheckIn]], *, in_doubt: bool) -> None:
        """One tick begins at most one check-in of a patient; none while the time is in doubt."""
        if in_doubt and any(after.state is not before.state for before, after in settled):
            self.violated("a check-in was settled while the clock was in doubt")
        begun = Counter(after.patient_id for _, after in settled if after.state is CheckInState.SENT)
        for patient, count in begun.items():
            if count > 1:
                self.violated(f"patient {patient} was asked {count} check-ins at once")

    def alerts(self, unresolved: Iterable[Alert], now: datetime) -> None:
        """Each open alert climbs, each acknowledged one has its timer."""
        for alert in unresolved:
            if alert.next_step_at is None or stuck(alert, now):
                self.violated(f"alert {alert.id} is {alert.state}, and nothing will happen to it")

    def settled(self, uow: UnitOfWork, now: datetime) -> None:
        """No attempt whose time is over is left to itself."""
        for message in uow.outbox.overdue(now, 1):
            self.violated(f"message {message.id} ({message.purpose}) was lost while sending, and nobody settles it")

    def audited(self, report: Report, *, faults: bool) -> None:
        """What the auditor had to repair, or could not: only what trouble has left behind is its work."""
        for repair in report.repaired:
            expected = (faults and repair.endswith(_ANY_TIME)) or (self.disturbed and repair.endswith(_AFTER_TROUBLE))
            if not expected:
                self.violated(f"the auditor had to repair: {repair}")
        for problem in report.problems:
            if not (faults and problem.kind in _EXPECTED):
                self.violated(f"{problem.kind}: {problem.detail}")
        self.disturbed = False


def covering(uow: UnitOfWork, stored: StoredAssessment) -> Alert | None:
    """The alert that speaks of this assessment."""
    line = f"assessment {stored.id}"
    for alert in uow.alerts.of_patient(stored.patient_id):
        if alert.assessment_id == stored.id or any(entry.detail == line for entry in uow.alerts.history(alert.id)):
            return alert
    return None


def climbing(alert: Alert, now: datetime) -> bool:
    """Whether it is open and will go on by itself."""
    return alert.state is AlertState.OPEN and alert.next_step_at is not None and not stuck(alert, now)
