"""Floor 1: what the services need of the world, as Protocols. Storage, channels and content implement them.

All moments are aware datetimes in UTC. One ``UnitOfWork`` is one transaction: what a service does in it is kept whole or not at all.
"""

from __future__ import annotations

from datetime import timedelta

from bot.ports.care import Assessments, CheckIns, Enrolments, Invitations, Patients, Sessions
from bot.ports.clinic import Alerts, Audit, Clinicians, Publications, Tasks
from bot.ports.messaging import Buttons, Inbox, Outbox
from bot.ports.outside import Channel, Clock, Content, Ids
from bot.ports.store import Store, UnitOfWork
from bot.ports.stored import AlertEntry, InboxItem, Publication, PublicationState, StoredAssessment, StoredButton, Task
from bot.ports.watch import Baselines, Canaries, Drills, Takeovers

LEASE = timedelta(seconds=30)
"""How long one attempt to send may take before it counts as lost in a crash."""

__all__ = [
    "LEASE",
    "AlertEntry",
    "Alerts",
    "Assessments",
    "Audit",
    "Baselines",
    "Buttons",
    "Canaries",
    "Channel",
    "CheckIns",
    "Clinicians",
    "Clock",
    "Content",
    "Drills",
    "Enrolments",
    "Ids",
    "Inbox",
    "InboxItem",
    "Invitations",
    "Outbox",
    "Patients",
    "Publication",
    "PublicationState",
    "Publications",
    "Sessions",
    "Store",
    "StoredAssessment",
    "StoredButton",
    "Takeovers",
    "Task",
    "Tasks",
    "UnitOfWork",
]
