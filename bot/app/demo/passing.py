"""Time passes: the clock is turned from one thing that falls due to the next, and everything it causes is lived through."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.app.demo.cast import Line
from bot.app.demo.stage import Player, Stage
from bot.core.careplan.enrolment import Patient
from bot.core.conversation.session import Session
from bot.core.escalation.alert import Alert, AlertState
from bot.ports import UnitOfWork
from bot.services.alert_buttons import ACKNOWLEDGE, OUTCOME, RESOLVE
from bot.simulator.moves import Move, Write, best_answer
from bot.simulator.telegram import Person

LOOK = 0.003
"""Seconds between two looks at whether the bot has caught up."""
PATIENCE = timedelta(minutes=3)
"""After a question, a scripted patient answers."""
OTHERS_TAKEN = timedelta(minutes=4)
"""Alerts of patients whom the visitor does not watch are acknowledged by scripted clinicians."""
OWN_TAKEN = timedelta(minutes=45)
"""So is the watched patient's, but late: the climb can be seen, and a year can pass without an endless one."""
RESOLVED = timedelta(minutes=50)
AGAIN = timedelta(minutes=5)


class Passing:
    """Moves one stage through time. ``watched`` is the player whose phone is shown."""

    def __init__(self, stage: Stage, watched: str) -> None:
        self._stage = stage
        self.watched = watched
        self._asked: dict[str, tuple[int, datetime]] = {}
        """Since when each player has had an open question: (its round, the moment)."""
        self._not_before: dict[int, datetime] = {}
        """When scripted clinicians look at an alert again after they could not do anything about it."""

    async def settle(self) -> None:
        """Returns when the bot has handled everything that has happened and nothing more is due now."""
        stage = self._stage
        while True:
            while len(stage.standin.world.updates):  # noqa: ASYNC110 - the stand-in's queue empties when the bot confirms
                await asyncio.sleep(LOOK)
            for job in (stage.runtime.jobs.tick, stage.runtime.jobs.escalate, stage.runtime.jobs.drain):
                await job()
            claimed = await stage.runtime.sender.claim()
            await stage.runtime.sender.settle()
            if not claimed and not len(stage.standin.world.updates):
                return

    async def pass_until(self, end: datetime) -> bool:
        """Lives through everything until then; True where it stopped early because the watched patient raised an alert."""
        await self.settle()
        known = await self._watched_alerts()
        while (moment := await self._next(end)) < end:
            self._stage.clock.turn_to(moment)
            await self._act()
            if await self._watched_alerts() - known:
                return True
        self._stage.clock.turn_to(end)
        await self._act()
        return bool(await self._watched_alerts() - known)

    async def onboard(self) -> None:
        """Every scripted player answers until the bot waits for nothing."""
        await self.settle()
        for player in self._scripted():
            while (move := best_answer(*await self._standing(player))) is not None:
                await self._do(player, move)

    async def next_check_in(self) -> datetime | None:
        """When the watched patient is asked next."""
        player = self._stage.players[self.watched]
        rows = await self._stage.work(
            lambda uow: [row for e in uow.enrolments.of_patient(player.patient_id) for row in uow.check_ins.of_enrolment(e.id)]
        )
        ahead = [row.due_at for row in rows if row.state == "planned" and row.check_in != "clarification"]
        return min(ahead, default=None)

    async def _act(self) -> None:
        await self.settle()
        for player in self._scripted():
            await self._speak(player)
        await self._clinicians()
        await self.settle()

    def _scripted(self) -> list[Player]:
        return [player for player in self._stage.players.values() if player.member.scripted]

    async def _next(self, end: datetime) -> datetime:
        """The next moment at which anything happens, at most ``end``."""
        now = self._stage.clock.now()
        moments = [end, *await self._stage.work(_due)]
        for player in self._scripted():
            moments += [player.treated_at + line.after for _, line in _unsaid(player) if line.asked is None]
            if player.member.id in self._asked:
                moments.append(self._asked[player.member.id][1] + PATIENCE)
        moments += [moment for _, moment in await self._taken_at()]
        return min(max(moment, now + timedelta(seconds=1)) for moment in moments)

    async def _speak(self, player: Player) -> None:
        now = self._stage.clock.now()
        for position, line in _unsaid(player):
            if line.asked is None and player.treated_at + line.after <= now:
                player.said.add(position)
                await self._do(player, Write(line.text))
        session, patient = await self._standing(player)
        move = best_answer(session, patient)
        if move is None:
            self._asked.pop(player.member.id, None)
            return
        asked = self._asked.get(player.member.id)
        if asked is None or asked[0] != session.round:
            self._asked[player.member.id] = (session.round, now)
            return
        if now - asked[1] >= PATIENCE:
            await self._finish(player)

    async def _finish(self, player: Player) -> None:
        """Once they have begun they answer to the end."""
        while (move := best_answer(*await self._standing(player))) is not None:
            session, _ = await self._standing(player)
            await self._do(player, self._own_words(player, session) or move)
        self._asked.pop(player.member.id, None)

    def _own_words(self, player: Player, session: Session) -> Move | None:
        since = self._stage.clock.now() - player.treated_at
        for position, line in _unsaid(player):
            if line.asked == session.asked and line.after <= since:
                player.said.add(position)
                return Write(line.text)
        return None

    async def _do(self, player: Player, move: Move) -> None:
        if isinstance(move, Write):
            player.person.writes(move.text)
        else:
            buttons = next((seen.buttons for seen in reversed(player.person.messages) if seen.buttons), [])
            if move.index >= len(buttons):
                raise LookupError(f"{player.member.name} has no button {move.index} to press")
            player.person.presses(buttons[move.index].data)
        await self.settle()

    async def _standing(self, player: Player) -> tuple[Session, Patient]:
        return await self._stage.work(lambda uow: (uow.sessions.get(player.patient_id), uow.patients.get(player.patient_id)))

    async def _watched_alerts(self) -> set[int]:
        patient = self._stage.players[self.watched].patient_id
        return await self._stage.work(lambda uow: {alert.id for alert in uow.alerts.of_patient(patient)})

    async def _taken_at(self) -> list[tuple[Alert, datetime]]:
        """When scripted clinicians act on each unresolved alert."""
        watched = self._stage.players[self.watched].patient_id
        alerts = await self._stage.work(lambda uow: uow.alerts.unresolved())
        taken = []
        for alert in alerts:
            wait = OWN_TAKEN if alert.patient_id == watched else OTHERS_TAKEN
            moment = alert.opened_at + (wait if alert.state is AlertState.OPEN else wait + RESOLVED)
            taken.append((alert, max(moment, self._not_before.get(alert.id, moment))))
        return taken

    async def _clinicians(self) -> None:
        now = self._stage.clock.now()
        for alert, moment in await self._taken_at():
            if moment <= now:
                self._not_before[alert.id] = now + AGAIN
                await self._take(alert)

    async def _take(self, alert: Alert) -> None:
        """The newest page's reader acknowledges, or resolves and says how it ended."""
        if alert.state is AlertState.OPEN:
            await self._press_page(alert, ACKNOWLEDGE)
        elif await self._press_page(alert, RESOLVE):
            await self._press_page(alert, OUTCOME)

    async def _press_page(self, alert: Alert, action: str) -> bool:
        found = await self._stage.work(lambda uow: _button(uow, alert.id, action, self._stage.clinicians))
        if found is None:
            return False
        person, data = found
        person.presses(data)
        await self.settle()
        return True


def _button(uow: UnitOfWork, alert_id: int, action: str, phones: dict[str, Person]) -> tuple[Person, str] | None:
    """The newest usable button of that action on a clinician's phone."""
    for person in phones.values():
        for seen in reversed(person.messages):
            for button in seen.buttons:
                stored = uow.buttons.get(button.data)
                if stored and stored.action == action and stored.payload.get("alert") == str(alert_id):
                    return person, button.data
    return None


def _unsaid(player: Player) -> list[tuple[int, Line]]:
    return [(position, line) for position, line in enumerate(player.member.lines) if position not in player.said]


def _due(uow: UnitOfWork) -> list[datetime]:
    moments = [uow.check_ins.next_due(), uow.outbox.next_due(), *(alert.next_step_at for alert in uow.alerts.unresolved())]
    return [moment for moment in moments if moment is not None]
