"""An index that finds which choices an SMS answers; rows of other channels are not in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WHERE = "channel = 'sms' AND buttons <> '[]'"


def upgrade() -> None:
    op.create_index(
        "outbox_choices",
        "outbox",
        ["address", "id"],
        unique=False,
        sqlite_where=sa.text(_WHERE),
        postgresql_where=sa.text(_WHERE),
    )
