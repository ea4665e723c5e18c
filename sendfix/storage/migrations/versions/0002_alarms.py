"""Messages that were received and not accepted, and what a person has said of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("refused", sa.Text()))
    op.create_table(
        "alarms",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("session_name", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
    )
    op.create_index("ix_alarms_state", "alarms", ["state", "id"])


def downgrade() -> None:
    op.drop_table("alarms")
    op.drop_column("messages", "refused")
