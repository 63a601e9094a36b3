"""The tables. Importing this package fills ``METADATA`` with all of them."""

from __future__ import annotations

from bot.storage.rows.audit import AuditRow, MetaRow
from bot.storage.rows.base import Row, table
from bot.storage.rows.careplan import CheckInRow, EnrolmentRow
from bot.storage.rows.clinical import AlertEntryRow, AlertRow, AssessmentRow, TaskRow
from bot.storage.rows.inbox import CursorRow, InboxRow
from bot.storage.rows.messaging import ButtonRow, ClinicianRow, OutboxRow
from bot.storage.rows.patients import InvitationRow, PatientRow, SessionRow
from bot.storage.rows.publications import PublicationRow
from bot.storage.rows.watch import BaselineRow, CanaryRow, DrillPageRow, TakeoverRow

METADATA = Row.metadata

__all__ = [
    "METADATA",
    "AlertEntryRow",
    "AlertRow",
    "AssessmentRow",
    "AuditRow",
    "BaselineRow",
    "ButtonRow",
    "CanaryRow",
    "CheckInRow",
    "ClinicianRow",
    "CursorRow",
    "DrillPageRow",
    "EnrolmentRow",
    "InboxRow",
    "InvitationRow",
    "MetaRow",
    "OutboxRow",
    "PatientRow",
    "PublicationRow",
    "SessionRow",
    "TakeoverRow",
    "TaskRow",
    "table",
]
