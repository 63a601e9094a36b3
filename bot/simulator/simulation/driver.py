"""Runs the simulation: from one moment at which something happens to the next, each lived through to the end.

The bot's process is here too: it runs, dies at the points that the plan of faults names, loses what its memory held, and starts again
on the same file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.careplan.enrolment import CheckInState, PlannedCheckIn
from bot.core.delivery import Outcome, OutgoingMessage, Receipt, is_page
from bot.core.timekeeping import Anchor
from bot.ports import Content, Store, UnitOfWork
from bot.services import auditor, check_ins, clock_watch, escalations, intake, outbox
from bot.services.performing import CLARIFICATION
from bot.services.world import World
from bot.simulator.simulation.agenda import Agenda
from bot.simulator.simulation.channel import TroubledChannel, Update
from bot.simulator.simulation.clock import SkewedClock
from bot.simulator.simulation.crowd import Crowd
from bot.simulator.simulation.faults import Faults, Kill, Spell, Trouble
from bot.simulator.simulation.ids import SeededIds
from bot.simulator.simulation.ledger import Ledger
from bot.simulator.simulation.misfortunes import plan_misfortunes
from bot.simulator.simulation.network import Network
from bot.simulator.simulation.people import SimPatient
from bot.simulator.simulation.staff import SimClinician
from bot.simulator.simulation.watch import Watch

AT_ONCE = 500
HELD = 60
"""Messages claimed at once where a crash may lose them: two seconds of Telegram's pace."""
ROUNDS = 1000
"""More rounds than this at one moment mean that something goes round in circles."""
AUDITED_EVERY = timedelta(hours=6)
AUDITED_EVERY_IN_TROUBLE = timedelta(hours=1)
AUDITED_AFTER_START = timedelta(seconds=20)
INBOX_LOOK = timedelta(seconds=5)


class Killed(BaseException):
    """The process dies here; nothing catches it."""


@dataclass(kw_only=True, slots=True)
class Round:
    """What one transaction has done; counted only once it is committed."""

    fetched: list[Update]
    settled: list[tuple[PlannedCheckIn, PlannedCheckIn]]
    claimed: list[OutgoingMessage]
    following: datetime | None
    """The next moment, once all of this one is done."""
    anchor: Anchor | None
    """What the tick saw of the clock."""


@dataclass(kw_only=True)
class Simulation:
    """One run. ``schedule`` is the course of every patient; ``reopen`` gives the store as a new process finds it."""

    store: Store
    content: Content
    schedule: str
    patients: list[SimPatient]
    clinicians: list[SimClinician]
    start: datetime
    days: int
    seed: int
    faulty: bool = False
    reopen: Callable[[Store], Store] = lambda store: store
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.faults = Faults(self.seed, self.start, self.end, on=self.faulty)
        self.clock = SkewedClock(self.start)
        self.network = Network(self.faults)
        self.channel = TroubledChannel(told=self._told, network=self.network)
        channels = {self.channel.name: self.channel}
        self._world = World(content=self.content, ids=SeededIds(self.seed), channels=channels, bot_username="simulated_bot")
        self._events: Agenda[Callable[[], None]] = Agenda()
        self._receipts: Agenda[tuple[OutgoingMessage, Receipt]] = Agenda()
        self._spells: list[Spell] = []
        self._past: list[Spell] = []
        self._up = True
        self._stood = 0
        self._anchor: Anchor | None = None
        self.crowd = Crowd(
            world=self._world,
            channel=self.channel,
            clock=self.clock,
            faults=self.faults,
            ledger=self.ledger,
            schedule=self.schedule,
            patients=self.patients,
            clinicians=self.clinicians,
        )
        self.watch = Watch(crowd=self.crowd, clock=self.clock, ledger=self.ledger, steady_since=self.start)

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.start + timedelta(days=self.days)

    @property
    def trace(self) -> str:
        """A hash over everything that arrived."""
        return self.channel.trace.hexdigest()

    def run(self) -> None:
        """From the first to the last day."""
        self.store.transact(self.crowd.begin)
        plan_misfortunes(self.crowd)
        for spell in self.faults.spells():
            self._events.add(spell.at, lambda spell=spell: self._befalls(spell))  # type: ignore[misc]
        self._events.add(self.start + AUDITED_EVERY, self._audit_again)
        moment = self.start
        while moment <= self.end:
            self._stood = self._stood + 1 if moment == self.clock.true else 0
            if self._stood > ROUNDS:
                raise RuntimeError(f"seed {self.seed}: the moment {moment.isoformat()} does not end")
            self.clock.turn_to(moment)
            moment = max(self._live(), self.clock.true)
        self.ledger.sent = self.channel.sent

    def working_time(self, since: datetime, until: datetime) -> timedelta:
        """How much of that time no spell of trouble explains."""
        spells = sorted(((max(s.at, since), min(s.at + s.lasts, until)) for s in self._past), key=lambda span: span[0])
        left, reached = until - since, since
        for begin, end in spells:
            if end > max(begin, reached):
                left -= end - max(begin, reached)
                reached = end
        return left

    # --- one moment ------------------------------------------------------------------------------------------------------

    def _live(self) -> datetime:
        """Everything that happens at this moment; when the next one is."""
        for event in self._events.take(self.clock.true):
            event()
        if not self._up:
            return self.store.transact(self._without_bot)
        kill = self.faults.kill(self.clock.true)
        if kill is not None:
            self._dies_at(kill)
            return self.clock.true
        done = self._commit(self.store.transact(self._moment))
        if done.following is not None:
            return done.following
        if done.claimed and not self._send(done.claimed):
            self._dies()
        return self.clock.true

    def _without_bot(self, uow: UnitOfWork) -> datetime:
        self._people(uow)
        return self._earliest([])

    def _people(self, uow: UnitOfWork) -> None:
        while (happening := self.crowd.agenda.due(self.clock.true)) is not None:
            happening(uow)

    def _moment(self, uow: UnitOfWork) -> Round:
        self._people(uow)
        return self._round(uow)

    def _round(self, uow: UnitOfWork) -> Round:
        """The bot's part: what came of the last messages, what arrived, what is due, which messages go."""
        now = self.clock.now()
        outbox.record(uow, self._receipts.take(self.clock.true), now)
        fetched = self.channel.fetch(self.clock.true)
        for update in fetched:
            self._accept(uow, update, now)
        intake.drain(uow, self._world, now, AT_ONCE)
        if self.faulty and fetched:
            self.watch.red_flags(uow, now)
        anchor = clock_watch.look(uow, self._world, now, self._anchor, self.clock.true - self.start)
        settled = self._tick(uow, now)
        if self.faulty:
            self.watch.steps(uow.alerts.due(now, AT_ONCE), now)
        escalations.tick(uow, self._world, now, AT_ONCE)
        claimed = outbox.claim(uow, now, HELD if self.faulty else AT_ONCE, world=self._world)
        following = None if claimed else self._next(uow)
        return Round(fetched=fetched, settled=settled, claimed=claimed, following=following, anchor=anchor)

    def _accept(self, uow: UnitOfWork, update: Update, now: datetime) -> None:
        if self.faulty and self.faults.handles_at_once():
            intake.accept_and_handle(uow, self.channel, update.raw, self._world, now)
        else:
            intake.accept(uow, self.channel, update.raw, now)

    def _tick(self, uow: UnitOfWork, now: datetime) -> list[tuple[PlannedCheckIn, PlannedCheckIn]]:
        planned = [
            row for row in uow.check_ins.due(now, AT_ONCE) if row.state is CheckInState.PLANNED and row.check_in != CLARIFICATION
        ]
        check_ins.tick(uow, self._world, now, AT_ONCE)
        return [(row, uow.check_ins.get(row.id)) for row in planned]

    def _next(self, uow: UnitOfWork) -> datetime:
        unresolved = uow.alerts.unresolved()
        check_in = None if clock_watch.held(uow) else uow.check_ins.next_due()
        shown = [check_in, uow.outbox.next_due(), *(alert.next_step_at for alert in unresolved)]
        moments = [self.clock.truly(moment) for moment in shown if moment is not None]
        if self.faulty and uow.inbox.waiting():
            moments.append(self.clock.true + INBOX_LOOK)
        return self._earliest(moments)

    def _earliest(self, moments: list[datetime]) -> datetime:
        planned = (self.crowd.agenda.next(), self._events.next(), self._receipts.next())
        return min([*moments, *(moment for moment in planned if moment is not None), self.end + timedelta(seconds=1)])

    def _commit(self, done: Round) -> Round:
        """What was only so far in a transaction is so now."""
        self._anchor = done.anchor
        if not self.faults.confirmation_lost(self.clock.true):
            self.channel.confirm(done.fetched)
        for before, after in done.settled:
            self.ledger.fell_due(before, after, self.clock.now())
        self.watch.check_ins(done.settled, in_doubt=done.anchor is not None and done.anchor.held)
        return done

    def _send(self, claimed: list[OutgoingMessage]) -> bool:
        """Each is attempted, and what comes of it is heard at once or later; False where the process dies among them."""
        dies = self.faults.killed_sending(self.clock.true, paging=any(map(is_page, claimed)))
        for message in claimed[: self.faults.of(len(claimed))] if dies else claimed:
            attempt = self.channel.attempt(message, self.clock.true)
            self.ledger.heard(attempt.receipt)
            if attempt.receipt.outcome is Outcome.MIGRATED:
                self.crowd.has_moved(message.address, attempt.receipt.new_address or "")
            self._receipts.add(self.clock.true + attempt.takes, (message, attempt.receipt))
        return not dies

    def _told(self, message: OutgoingMessage) -> None:
        self.watch.arrived(message)
        self.crowd.told(message)

    # --- the process -----------------------------------------------------------------------------------------------------

    def _dies_at(self, kill: Kill) -> None:
        self.store.transact(self._people)
        match kill:
            case Kill.BEFORE_COMMIT:
                self._undone(self._round)
            case Kill.AFTER_COMMIT:
                done = self.store.transact(self._round)
                for before, after in done.settled:
                    self.ledger.fell_due(before, after, self.clock.now())
            case Kill.BEFORE_HANDLING:
                self.store.transact(self._keep)
            case Kill.BETWEEN_SEND_AND_MARK:
                raise AssertionError("that happens in _send")
        self._dies()

    def _keep(self, uow: UnitOfWork) -> None:
        for update in self.channel.fetch(self.clock.true):
            intake.accept(uow, self.channel, update.raw, self.clock.now())

    def _undone(self, work: Callable[[UnitOfWork], Round]) -> None:
        found = len(self.ledger.violations)

        def dying(uow: UnitOfWork) -> None:
            work(uow)
            raise Killed

        try:
            self.store.transact(dying)
        except Killed:
            del self.ledger.violations[found:]

    def _dies(self) -> None:
        self.ledger.crashes += 1
        self._stops()
        away = self.faults.restarts_after()
        self._past.append(Spell(trouble=Trouble.DOWN, at=self.clock.true, lasts=away))
        self._events.add(self.clock.true + away, self._starts)

    def _stops(self) -> None:
        """Whatever its memory held is gone; what it had claimed stays claimed."""
        self._receipts.clear()
        self._anchor = None
        self._up = False
        self.store = self.reopen(self.store)

    def _starts(self) -> None:
        if self._up or any(spell.trouble is Trouble.DOWN for spell in self._spells):
            return
        self._up = True
        self.watch.disturb()
        self._events.add(self.clock.true + AUDITED_AFTER_START, self._audit)

    def _befalls(self, spell: Spell) -> None:
        self._spells.append(spell)
        if spell.trouble is Trouble.DOWN and self._up:
            self._stops()
        self._troubled()
        self._events.add(self.clock.true + spell.lasts, lambda: self._passes(spell))

    def _passes(self, spell: Spell) -> None:
        self._spells.remove(spell)
        self._past.append(spell)
        self._troubled()
        if spell.trouble is Trouble.DOWN:
            self._starts()

    def _troubled(self) -> None:
        """The troubles of this moment; a clock that is set makes the bot look round."""
        self.network.troubles = {spell.trouble for spell in self._spells}
        skew = sum((spell.skew for spell in self._spells), timedelta())
        if skew != self.clock.skew:
            self.clock.skew = skew
            self.watch.disturb()
            self._events.add(self.clock.true + AUDITED_AFTER_START, self._audit)

    def _audit_again(self) -> None:
        self._audit()
        self._events.add(self.clock.true + (AUDITED_EVERY_IN_TROUBLE if self.faulty else AUDITED_EVERY), self._audit_again)

    def _audit(self) -> None:
        if not self._up:
            return
        now = self.clock.now()
        self.watch.audited(self.store.transact(lambda uow: auditor.inspect(uow, self._world, now)), faults=self.faulty)
        if self.faulty:
            self.store.transact(self._look)

    def _look(self, uow: UnitOfWork) -> None:
        self.watch.alerts(uow.alerts.unresolved(), self.clock.now())
        self.watch.often(uow)
        self.watch.settled(uow, self.clock.now())
