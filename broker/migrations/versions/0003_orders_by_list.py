"""The orders of a list are found by their ListID."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    some = sa.text("list_id IS NOT NULL")
    op.create_index("ix_orders_list_id", "orders", ["list_id"], sqlite_where=some, postgresql_where=some)
