"""Each line of an alert's history says which state it found and left; a clinician's answer finds the message that it answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ANSWERABLE = sa.text("clinician IS NOT NULL AND provider_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("alert_entry", sa.Column("from_state", sa.String(), nullable=True))
    op.add_column("alert_entry", sa.Column("to_state", sa.String(), nullable=True))
    op.create_index(
        "outbox_to_clinician",
        "outbox",
        ["clinician", "provider_id"],
        unique=False,
        sqlite_where=ANSWERABLE,
        postgresql_where=ANSWERABLE,
    )
