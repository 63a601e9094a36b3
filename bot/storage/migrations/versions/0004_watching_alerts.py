"""Taken-over shifts, baselines of patients, canaries and drills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.rows.base import Id

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNTOLD = sa.text("told_end = 0")


def upgrade() -> None:
    op.create_table(
        "takeover",
        _id(),
        sa.Column("rota", sa.String(), nullable=False),
        sa.Column("clinician", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("extra", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_takeover"),
        sqlite_autoincrement=True,
    )
    op.create_index("takeover_end", "takeover", ["end"], unique=False)
    op.create_table(
        "baseline",
        _id(),
        sa.Column("patient_id", Id(), nullable=False),
        sa.Column("symptom", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told_end", sa.Integer(), nullable=False),
        sa.Column("extra", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_baseline_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_baseline"),
        sqlite_autoincrement=True,
    )
    op.create_index("baseline_of_patient", "baseline", ["patient_id"], unique=False)
    op.create_index("baseline_untold", "baseline", ["until"], unique=False, sqlite_where=_UNTOLD, postgresql_where=_UNTOLD)
    op.create_table(
        "canary",
        _id(),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("alert", sa.String(), nullable=False),
        sa.Column("button", sa.String(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("extra", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_canary"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "drill_page",
        _id(),
        sa.Column("drill", sa.Integer(), nullable=False),
        sa.Column("clinician", sa.String(), nullable=False),
        sa.Column("paged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("extra", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drill_page"),
        sqlite_autoincrement=True,
    )
    op.create_index("drill_page_of_drill", "drill_page", ["drill"], unique=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", Id(), nullable=False)
