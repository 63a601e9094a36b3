"""Alerts and their pages under random outcomes, presses, crashes and departures, on a real store, one seed a run.

Whatever happens, every unresolved alert is on its way to somebody, and nobody is flooded.
"""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Kind, Outcome, OutgoingMessage
from bot.core.escalation.alert import Alert, AlertState
from bot.core.escalation.policy import PolicyStep
from bot.services import auditor, clinicians
from tests.support.escalation import ADA, BORA, MINUTE, NAMES, NURSE, Ward, button, clinic, pages, policy

HASTY = policy(
    steps=(PolicyStep(wait=MINUTE, rotas=("nurses",)), PolicyStep(wait=2 * MINUTE, clinicians=(ADA, BORA))),
    resolve_within=15 * MINUTE,
)
OUTCOMES = [Outcome.SENT] * 6 + [Outcome.AMBIGUOUS] * 3 + [Outcome.NOT_SENT] * 2 + [Outcome.RATE_LIMITED, Outcome.BLOCKED]
SURELY_NOT = {Outcome.NOT_SENT, Outcome.RATE_LIMITED, Outcome.BLOCKED}


class Course:
    """One random course, with the ground truth of what may have reached whom."""

    def __init__(self, path: Path, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the seed is the test's name
        self.ward = Ward.open(path, clinic(policies=(HASTY,)))
        self.patients = [self.ward.patient(f"K{n}-10") for n in range(2)]
        self.arrived: dict[tuple[str, str, int], list[datetime]] = defaultdict(list)
        self.on_screen: list[OutgoingMessage] = []

    def step(self) -> None:
        acts = [*[self.send] * 7, *[self.wait] * 7, self.write, self.press, self.leave, self.come_back, self.come_back]
        self.random.choice(acts)()
        self.ward.tick()

    def write(self) -> None:
        level = self.random.choice([Disposition.URGENT, Disposition.URGENT, Disposition.EMERGENCY])
        self.ward.says(self.random.choice(self.patients), "something red", level)

    def send(self) -> None:
        for message in self.ward.claim(20):
            crashed = self.random.random() < 0.1
            outcome = self.random.choice(OUTCOMES)
            if pages([message]) and (crashed or outcome not in SURELY_NOT):
                alert = self.ward.alert(int(message.purpose.partition(":")[2]))
                self.arrived[message.clinician or "", message.purpose, alert.fence].append(self.ward.now)
            if crashed:
                continue
            self.ward.record(message, outcome, retry_after=float(self.random.choice([2, 400])), provider_id=str(message.id))
            if outcome is Outcome.SENT and message.buttons and message.kind is Kind.MESSAGE:
                self.on_screen.append(message)

    def wait(self) -> None:
        self.ward.passes(timedelta(seconds=self.random.choice([1, 5, 20, 30, 60])))

    def press(self) -> None:
        if not self.on_screen:
            return
        message = self.random.choice(self.on_screen[-6:])
        labels = [b.label for row in message.buttons for b in row]
        inbound_from = message.clinician or NURSE
        self._press(inbound_from, button(message, self.random.choice(labels)))

    def _press(self, name: str, button_id: str) -> None:
        self.ward.answers(name, button_id)

    def leave(self) -> None:
        if self.random.random() < 0.1:
            name = self.random.choice(sorted(NAMES))
            self.ward.do(lambda uow: clinicians.revoke(uow, name, "operator", self.ward.now))

    def come_back(self) -> None:
        name = self.random.choice(sorted(NAMES))
        if self.ward.clinician(name).active:
            self.ward.do(
                lambda uow: clinicians.bind(uow, name, self.ward.world, self.ward.now, channel="telegram", address=f"chat-{name}")
            )

    def unresolved(self) -> list[Alert]:
        return list(self.ward.do(lambda uow: uow.alerts.unresolved()))


@pytest.mark.parametrize("seed", range(6))
def test_every_unresolved_alert_is_on_its_way_and_nobody_is_flooded(tmp_path: Path, seed: int) -> None:
    course = Course(tmp_path, seed)
    for _ in range(100):
        course.step()
        for alert in course.unresolved():
            assert alert.next_step_at is not None
            assert alert.next_step_at > course.ward.now, "the ticker has just been round"
            assert alert.next_step_at <= course.ward.now + HASTY.resolve_within
            if alert.state is AlertState.ACKNOWLEDGED:
                assert alert.acknowledged_by in NAMES
    for (name, purpose, fence), times in course.arrived.items():
        for first, fourth in zip(times, times[3:], strict=False):
            assert fourth - first >= timedelta(minutes=10), (name, purpose, fence)
    course.ward.store.close()


@pytest.mark.parametrize("seed", range(3))
def test_once_the_faults_stop_every_open_alert_is_paged_and_can_be_acknowledged(tmp_path: Path, seed: int) -> None:
    course = Course(tmp_path, seed)
    ward = course.ward
    for _ in range(30):
        course.step()
    for name in NAMES:
        if ward.clinician(name).active:
            ward.writes(name, "/help")
    ward.passes(timedelta(minutes=20))
    ward.do(lambda uow: auditor.inspect(uow, ward.world, ward.now))
    for _ in range(30):
        ward.passes(MINUTE)
        ward.tick()
        for page in pages(ward.deliver()):
            labels = [b.label for row in page.buttons for b in row]
            if "Acknowledge" in labels:
                ward.presses(page.clinician or "", button(page, "Acknowledge"))
    waiting = [a for a in course.unresolved() if a.state is AlertState.OPEN]
    anybody = [n for n in NAMES if ward.clinician(n).active]
    assert waiting == [] or anybody == []
    ward.store.close()
