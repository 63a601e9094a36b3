"""The way to people's telephones, and what becomes of each attempt on it. It knows the truth: who blocks us, who has moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.delivery import Kind, Outcome, OutgoingMessage, Receipt
from bot.simulator.simulation.faults import Faults, Trouble

LONG_HALT = 300.0
"""Seconds: a 429 after which a page has to go another way."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What an attempt came to: whether the telephone rang, what we hear of it, and after how long."""

    arrived: bool
    receipt: Receipt
    takes: timedelta = timedelta()


@dataclass(slots=True)
class Network:
    """One channel's other end."""

    faults: Faults
    troubles: set[Trouble] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    """Addresses of people who have blocked the bot."""
    moved: dict[str, str] = field(default_factory=dict)
    """Chats that have another id now."""
    halted: dict[str, datetime] = field(default_factory=dict)
    """Chats to which nothing may go before then."""

    @property
    def reachable(self) -> bool:
        """Whether anything comes and goes at all."""
        return Trouble.CUT_OFF not in self.troubles

    def attempt(self, message: OutgoingMessage, now: datetime) -> Attempt:
        """One attempt at this true moment."""
        sent = Receipt(outcome=Outcome.SENT, provider_id=str(message.id))
        if not self.faults.on:
            return Attempt(arrived=True, receipt=sent)
        certain = self._certain(message, now)
        if certain is not None:
            return Attempt(arrived=False, receipt=certain)
        if not self.faults.at(now):
            return Attempt(arrived=True, receipt=sent)
        return self._stormy(sent) if Trouble.STORM in self.troubles else self._ordinary(message, sent, now)

    def _certain(self, message: OutgoingMessage, now: datetime) -> Receipt | None:
        if not self.reachable:
            return Receipt(outcome=Outcome.NOT_SENT)
        if message.address in self.moved:
            return Receipt(outcome=Outcome.MIGRATED, new_address=self.moved[message.address])
        if message.address in self.blocked:
            return Receipt(outcome=Outcome.BLOCKED)
        wait = (self.halted.get(message.address, now) - now).total_seconds()
        return Receipt(outcome=Outcome.RATE_LIMITED, retry_after=wait) if wait > 0 else None

    def _ordinary(self, message: OutgoingMessage, sent: Receipt, now: datetime) -> Attempt:
        chance = self.faults.random.random()
        if chance < 0.90:
            return Attempt(arrived=True, receipt=sent)
        if chance < 0.92:
            return Attempt(arrived=True, receipt=sent, takes=timedelta(seconds=self.faults.random.randint(1, 60)))
        if chance < 0.94:
            return Attempt(arrived=False, receipt=Receipt(outcome=Outcome.NOT_SENT))
        if chance < 0.97:
            return Attempt(arrived=chance < 0.955, receipt=Receipt(outcome=Outcome.AMBIGUOUS), takes=timedelta(seconds=10))
        if chance < 0.98 and not message.as_plain_text and message.kind is not Kind.BUTTON_ANSWER:
            return Attempt(arrived=False, receipt=Receipt(outcome=Outcome.BAD_FORMAT))
        return self._halt(message, now)

    def _halt(self, message: OutgoingMessage, now: datetime) -> Attempt:
        wait = LONG_HALT if self.faults.random.random() < 0.2 else float(self.faults.random.randint(1, 20))
        self.halted[message.address] = now + timedelta(seconds=wait)
        return Attempt(arrived=False, receipt=Receipt(outcome=Outcome.RATE_LIMITED, retry_after=wait))

    def _stormy(self, sent: Receipt) -> Attempt:
        chance = self.faults.random.random()
        if chance < 0.15:
            return Attempt(arrived=True, receipt=sent)
        if chance < 0.4:
            return Attempt(arrived=False, receipt=Receipt(outcome=Outcome.NOT_SENT))
        return Attempt(arrived=chance < 0.65, receipt=Receipt(outcome=Outcome.AMBIGUOUS), takes=timedelta(seconds=15))
