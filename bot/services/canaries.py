"""The canary: every quarter of an hour an alert about nobody goes the whole way, and acknowledges itself.

It opens by the same state machine, is paged through the same outbox in the alerts' own lane, leaves by the same sender to a channel of its
own (channels/canary.py), and comes back through the inbox as a pressed button that acknowledges it. It has no patient and no row among the
alerts: no clinician sees it and no report counts it. One that does not come back withholds the heartbeat (auditor.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.delivery import Button, Lane, OutgoingMessage
from bot.core.errors import NotFound
from bot.core.escalation.actions import Page
from bot.core.escalation.drill import CANARY, Canary, canary_alert
from bot.core.escalation.events import Acknowledged, Opened
from bot.core.escalation.roster import Roster
from bot.core.escalation.transitions import StaleButton, advance
from bot.core.events import Inbound
from bot.ports import UnitOfWork
from bot.services.world import World

EVERY = timedelta(minutes=15)
KEPT = timedelta(days=7)
_ROSTER = Roster(reachable=frozenset({CANARY}))


def send(uow: UnitOfWork, world: World, now: datetime) -> bool:
    """Sends one out, unless one set out lately (another worker's) or the channel is not there; whether it did."""
    if CANARY not in world.channels:
        return False
    newest = uow.canaries.newest()
    if newest is not None and timedelta(0) <= now - newest.opened_at < EVERY - timedelta(minutes=1):
        return False
    _clear_away(uow, now - KEPT)
    alert, actions = advance(canary_alert(now), Opened(), now, _ROSTER)
    canary = uow.canaries.add(Canary(id=0, opened_at=now, alert=alert, button=world.ids.token()))
    for action in actions:
        if isinstance(action, Page) and CANARY in action.clinicians:
            _page(uow, canary, now)
    return True


def _clear_away(uow: UnitOfWork, before: datetime) -> None:
    """What canaries of long ago have left: it is about nobody, and a year of it is seventy thousand rows."""
    for canary in uow.canaries.older(before):
        purpose = f"{CANARY}:{canary.id}"
        for message in uow.outbox.of_purpose(purpose):
            uow.inbox.forget(CANARY, str(message.id))
        uow.outbox.forget(purpose)
    uow.canaries.forget(before)


def _page(uow: UnitOfWork, canary: Canary, now: datetime) -> None:
    uow.outbox.add(
        OutgoingMessage(
            id=0,
            channel=CANARY,
            address=CANARY,
            text="canary",
            lane=Lane.ALERT,
            buttons=((Button(id=f"{canary.id}:{canary.button}", label="acknowledge"),),),
            purpose=f"{CANARY}:{canary.id}",
            due_at=now,
        )
    )


def returned(uow: UnitOfWork, inbound: Inbound, now: datetime) -> bool:
    """A canary's own press has come in: it is acknowledged, once; whether it was. A press that none has made does nothing."""
    number, _, token = (inbound.button or "").partition(":")
    try:
        canary = uow.canaries.get(int(number) if number.isdecimal() else 0)
    except NotFound:
        return False
    if canary.acknowledged_at is not None or not token or token != canary.button:
        return False
    try:
        alert, _ = advance(canary.alert, Acknowledged(by=CANARY, version=canary.alert.version), now, _ROSTER)
    except StaleButton:
        return False
    uow.canaries.save(replace(canary, alert=alert, acknowledged_at=now))
    return True
