"""Each patient belongs to one clinic of the installation; those who were here already to that of clinic.yaml."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("patient", sa.Column("clinic", sa.String(), server_default="main", nullable=False))
    op.create_index("patient_clinic", "patient", ["clinic"], unique=False)
