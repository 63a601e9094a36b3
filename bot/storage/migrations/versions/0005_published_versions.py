"""Versions of schedules that were published, each with its whole text, so that a course can go on by the one it began with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.rows.base import Id

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule_version",
        sa.Column("id", Id(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("questions", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("moves", sa.String(), nullable=False),
        sa.Column("extra", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_version")),
        sa.UniqueConstraint("schedule", "number", name=op.f("uq_schedule_version_schedule_number")),
        sqlite_autoincrement=True,
    )
