"""Somebody who writes without end: each message is read and acted on, but not each is answered."""

from __future__ import annotations

from datetime import timedelta

from bot.core.actions import Part
from bot.core.clinical.assessment import Assessment
from bot.core.clinical.disposition import Disposition
from bot.core.delivery import Lane
from bot.core.events import ConversationEvent
from bot.services.assessing import levels_since
from bot.services.talk import Talk

LATELY = timedelta(minutes=1)
MANY = 20
"""Messages within LATELY that are answered one by one; Telegram itself lets a bot write to one chat about once a second."""
TOLD = 3
"""Times that what to do about a red flag is said within LATELY, before the same or less is not said again."""


def hush(talk: Talk, event: ConversationEvent) -> None:
    """Silences the answer to this message where there were too many of late. What it reports is recorded and paged all the same,
    and a red flag that is worse than what they were told is answered."""
    found: Assessment | None = getattr(event, "assessment", None)
    if found is None:
        return
    lately = levels_since(talk, talk.now - LATELY)
    if len(lately) < MANY or (found.disposition.red and _seldom_told(found.disposition, lately)):
        return
    purpose = f"many:{talk.patient.id}:{talk.now:%Y%m%d%H%M}"
    if not talk.uow.outbox.of_purpose(purpose, newest=1):
        talk.send((Part(keys=("many.messages",)),), Lane.REPLY, purpose=purpose)
        talk.audit("replies.withheld")
    talk.hushed = True


def _seldom_told(disposition: Disposition, lately: tuple[Disposition, ...]) -> bool:
    return sum(level >= disposition for level in lately) < TOLD
