"""Whatever happens, in whatever order: an unresolved alert is never lost, never milder, and never acted on twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.core.clinical.disposition import Disposition
from bot.core.errors import IllegalTransition
from bot.core.escalation.actions import Action, Page, RaiseNobodyReachable, Record, TellFormer, TellPatientSeen, TellPatientWaits
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.events import (
    Acknowledged,
    AlertEvent,
    Called,
    CallPromised,
    FindingJoined,
    FoundStuck,
    HandedOver,
    Merged,
    Opened,
    PageFailed,
    Reopened,
    Resolved,
    ResolveElapsed,
    TakenOver,
    Wrote,
)
from bot.core.escalation.roster import Roster
from bot.core.escalation.transitions import NotTheHolder, StaleButton, advance, overdue_event, stuck
from tests.support.escalation import NAMES, T0, alert, policy, rota

people = st.sampled_from(sorted(NAMES))
crowds = st.frozensets(people)
LONGEST = timedelta(hours=2)


class AlertMachine(RuleBasedStateMachine):
    """One alert in a clinic whose people come and go."""

    @initialize(reachable=crowds, on_call=st.lists(people, max_size=2))
    def start(self, reachable: frozenset[str], on_call: list[str]) -> None:
        self.now = T0
        self.reachable = reachable
        self.on_call = tuple(on_call)
        self.alert = alert()
        self.paged: set[str] = set()
        self.history = [self.alert]
        self.waits: dict[Disposition, int] = {}
        self.happens(Opened())

    def roster(self) -> Roster:
        return Roster(rotas={"nurses": rota(*self.on_call)}, reachable=self.reachable, paged=tuple(sorted(self.paged)))

    def note(self, before: Alert, event: AlertEvent, actions: tuple[Action, ...]) -> None:
        """Every change of state says so in the history, and the patient hears at most twice a level that nobody has
        answered, the second time of a red flag alone."""
        if before.state is not self.alert.state:
            assert any(isinstance(a, Record) for a in actions), f"{event} left no line"
        if self.alert.acknowledged_by is not None and before.acknowledged_by is None:
            self.waits.clear()
        for told in (a for a in actions if isinstance(a, TellPatientWaits)):
            level = self.alert.disposition
            times = self.waits[level] = self.waits.get(level, 0) + 1
            assert told.again == (times > 1), "what is said again says that it is"
            assert times == 1 or (times == 2 and level.red), "told without end"

    def happens(self, event: AlertEvent) -> tuple[Action, ...]:
        before = self.alert
        self.alert, actions = advance(before, event, self.now, self.roster())
        for action in actions:
            if isinstance(action, Page):
                assert set(action.clinicians) <= self.reachable, "only who can be reached is paged"
                self.paged |= set(action.clinicians)
        self.note(before, event, actions)
        if self.alert != before:
            assert self.alert.version == before.version + 1, "every change raises the version by one"
            self.history.append(self.alert)
        return actions

    @rule(reachable=crowds)
    def people_come_and_go(self, reachable: frozenset[str]) -> None:
        self.reachable = reachable

    @rule(on_call=st.lists(people, max_size=2))
    def the_rota_changes(self, on_call: list[str]) -> None:
        self.on_call = tuple(on_call)

    @rule(seconds=st.integers(1, 3600))
    def time_passes_and_the_ticker_works(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for _ in range(200):
            event = overdue_event(self.alert)
            due = self.alert.next_step_at
            if event is None or due is None or due > self.now:
                return
            was_open = self.alert.state is AlertState.OPEN
            actions = self.happens(event)
            if was_open:
                reached = any(isinstance(a, Page) for a in actions)
                assert reached or RaiseNobodyReachable() in actions, "a climb pages somebody or says that it cannot"
        raise AssertionError("the alert never comes to rest")

    @rule(by=people, age=st.integers(0, 3))
    def somebody_acknowledges(self, by: str, age: int) -> None:
        event = Acknowledged(by=by, version=self.alert.version - age)
        before = self.alert
        try:
            actions = self.happens(event)
        except IllegalTransition:
            assert before.state is AlertState.OPEN
            assert event.version < before.fence, "only a stale press is refused"
            assert self.alert == before
            return
        if before.state is AlertState.OPEN:
            assert self.alert.acknowledged_by == by
            assert TellPatientSeen(clinician=by) in actions
        else:
            assert self.alert == before, "the first one keeps it"

    @rule(by=people)
    def somebody_resolves(self, by: str) -> None:
        was = self.alert.state
        self.happens(Resolved(by=by, version=self.alert.version, outcome="seen"))
        assert self.alert.state is AlertState.RESOLVED
        assert was is AlertState.RESOLVED or self.alert.resolved_by == by

    @rule(by=people, age=st.integers(0, 3))
    def somebody_promises_to_call(self, by: str, age: int) -> None:
        before = self.alert
        try:
            actions = self.happens(CallPromised(by=by, version=before.version - age))
        except IllegalTransition:
            assert self.alert == before
            return
        if self.alert == before:
            assert before.acknowledged_by is not None or before.state is AlertState.RESOLVED, "only what is taken is left alone"
            return
        assert self.alert.acknowledged_by == by, "a promise is made by whoever has it"
        assert self.alert.next_step_at == self.alert.call_by, "the promise is the timer"
        assert TellPatientSeen(clinician=by, call_by=self.alert.call_by) in actions

    @precondition(lambda self: self.alert.state is not AlertState.OPEN)
    @rule(by=people)
    def somebody_says_that_they_called(self, by: str) -> None:
        before = self.alert
        self.happens(Called(by=by, version=before.version))
        assert self.alert == before or (before.acknowledged_by == by and self.alert.call_by is None)

    @rule(by=people, to=people, age=st.integers(0, 3))
    def somebody_hands_it_over(self, by: str, to: str, age: int) -> None:
        before = self.alert
        try:
            actions = self.happens(HandedOver(by=by, to=to, version=before.version - age))
        except IllegalTransition:
            assert self.alert == before
            return
        if before.state is AlertState.RESOLVED:
            assert self.alert == before
            return
        assert before.acknowledged_by in {None, by}, "nobody gives away what another has"
        assert to in self.reachable
        assert self.alert.state is AlertState.OPEN
        assert any(isinstance(a, Page) and a.clinicians == (to,) for a in actions), "the colleague is paged at once"

    @rule(by=people, holder=people, age=st.integers(0, 3))
    def somebody_takes_it_over(self, by: str, holder: str, age: int) -> None:
        before = self.alert
        try:
            actions = self.happens(TakenOver(by=by, holder=holder, version=before.version - age))
        except StaleButton:
            assert self.alert == before
            return
        if before.state is AlertState.RESOLVED or (before.acknowledged_by not in {None, holder}) or by == before.acknowledged_by:
            assert self.alert == before, "nobody takes what another has taken meanwhile"
            return
        assert self.alert.acknowledged_by == by
        if before.acknowledged_by is not None:
            assert TellFormer(clinician=holder, by=by) in actions, "whoever had it knows"
            promised = before.call_by is not None and before.call_by > self.now
            assert not promised or self.alert.call_by == before.call_by, "the patient waits for that call"

    @precondition(lambda self: self.alert.state is AlertState.ACKNOWLEDGED)
    @rule(by=people)
    def somebody_writes_to_the_patient(self, by: str) -> None:
        before = self.alert
        try:
            self.happens(Wrote(by=by, message=1))
        except NotTheHolder:
            assert by != before.acknowledged_by
            assert self.alert == before
        else:
            assert by == before.acknowledged_by
            assert self.alert.thread

    @precondition(lambda self: self.alert.state is not AlertState.RESOLVED)
    @rule(chance=st.integers(0, 9))
    def it_is_merged(self, chance: int) -> None:
        if chance == 0:
            self.happens(Merged(into=2))
            assert (self.alert.state, self.alert.merged_into) == (AlertState.RESOLVED, 2)

    @precondition(lambda self: self.alert.state is not AlertState.RESOLVED)
    @rule(level=st.sampled_from([Disposition.SAME_DAY, Disposition.URGENT, Disposition.EMERGENCY]))
    def a_finding_joins(self, level: Disposition) -> None:
        before = self.alert
        joined = FindingJoined(assessment_id=before.findings + 1, disposition=level, policy=policy(level))
        actions = self.happens(joined)
        assert self.alert.findings == before.findings + 1
        if level > before.disposition or (level.red and before.state is AlertState.ACKNOWLEDGED):
            woken = any(isinstance(a, Page) for a in actions)
            assert woken or RaiseNobodyReachable() in actions, "worse, or red after the acknowledgement, pages again"
            assert self.alert.state is AlertState.OPEN
            assert self.alert.fence == self.alert.version

    @rule(who=people, back=st.integers(0, 2))
    def a_page_fails(self, who: str, back: int) -> None:
        before = self.alert
        self.happens(PageFailed(clinician=who, step=before.step - back))
        if before.state is AlertState.OPEN and back == 0:
            assert self.alert.next_step_at is not None
            assert self.alert.next_step_at <= self.now

    @precondition(lambda self: self.alert.state is AlertState.ACKNOWLEDGED)
    @rule()
    def the_holder_leaves(self) -> None:
        self.happens(Reopened(why="left"))
        assert self.alert.state is AlertState.OPEN
        assert self.alert.acknowledged_by is None

    @precondition(lambda self: self.alert.state is not AlertState.RESOLVED)
    @rule(hours=st.integers(1, 48))
    def the_clock_goes_back_and_the_auditor_looks(self, hours: int) -> None:
        self.now -= timedelta(hours=hours)
        if stuck(self.alert, self.now):
            self.happens(FoundStuck())

    @rule()
    def a_stale_worker_comes_back(self) -> None:
        before = self.alert
        stale = ResolveElapsed() if before.state is AlertState.OPEN else Opened()
        try:
            self.happens(stale)
        except IllegalTransition:
            assert self.alert is before
        else:
            raise AssertionError("an illegal event went through")

    @invariant()
    def it_is_never_lost(self) -> None:
        resolved = self.alert.state is AlertState.RESOLVED
        assert (self.alert.next_step_at is None) == resolved
        if self.alert.next_step_at is not None:
            assert self.alert.next_step_at <= self.now + LONGEST
            assert not stuck(self.alert, self.now), (
                "its next step comes as soon as its policy says, whatever the clock showed before"
            )
        assert (self.alert.acknowledged_by is not None) or self.alert.state is not AlertState.ACKNOWLEDGED

    @invariant()
    def nothing_about_it_goes_down(self) -> None:
        for before, after in zip(self.history[-2:], self.history[-1:], strict=False):
            assert after.disposition >= before.disposition
            assert after.findings >= before.findings
            assert after.fence >= before.fence
            assert after.fence <= after.version
            assert after.policy.disposition >= before.policy.disposition

    @invariant()
    def who_and_what_it_is_about_stays(self) -> None:
        assert (self.alert.id, self.alert.patient_id, self.alert.opened_at) == (1, 1, T0)


AlertMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestAlertMachine = AlertMachine.TestCase


def test_an_unanswered_alert_has_paged_everybody_within_one_round() -> None:
    everybody = Roster(rotas={"nurses": rota("nurse-cem")}, reachable=frozenset(NAMES))
    current: Alert = alert()
    current, actions = advance(current, Opened(), T0, everybody)
    paged: set[str] = set()
    while current.step < len(current.policy.steps):
        paged |= {name for a in actions if isinstance(a, Page) for name in a.clinicians}
        event, due = overdue_event(current), current.next_step_at
        assert event is not None
        assert due is not None
        current, actions = advance(current, event, due, replace(everybody, paged=tuple(paged)))
    paged |= {name for a in actions if isinstance(a, Page) for name in a.clinicians}
    assert paged == set(NAMES)
