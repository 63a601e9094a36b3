"""Floor 1: what the services need of the world, as Protocols. Storage, channels and content implement them.

All moments are aware datetimes in UTC. One ``UnitOfWork`` is one transaction: what a service does in it is kept whole or not at all.
"""

from __future__ import annotations

from datetime import timedelta

from bot.ports.care import Assessments, CheckIns, Enrolments, Invitations, Patients, Sessions
from bot.ports.clinic import Alerts, Audit, Clinicians, Tasks
from bot.ports.messaging import Buttons, Inbox, Outbox
from bot.ports.outside import Channel, Clock, Content, Ids
from bot.ports.store import Store, UnitOfWork
from bot.ports.stored import AlertEntry, InboxItem, StoredAssessment, StoredButton, Task

LEASE = timedelta(seconds=30)
"""How long one attempt to send may take before it counts as lost in a crash."""

__all__ = [
    "LEASE",
    "AlertEntry",
    "Alerts",
    "Assessments",
    "Audit",
    "Buttons",
    "Channel",
    "CheckIns",
    "Clinicians",
    "Clock",
    "Content",
    "Enrolments",
    "Ids",
    "Inbox",
    "InboxItem",
    "Invitations",
    "Outbox",
    "Patients",
    "Sessions",
    "Store",
    "StoredAssessment",
    "StoredButton",
    "Task",
    "Tasks",
    "UnitOfWork",
]
