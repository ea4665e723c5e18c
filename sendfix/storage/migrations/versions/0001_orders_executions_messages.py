"""Orders, their ids, executions, messages, and the journal cursors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("order_no", ID, autoincrement=False, nullable=False),
        sa.Column("session_name", sa.String(64), nullable=False),
        sa.Column("cl_ord_id", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(64), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("is_open", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", name="pk_orders"),
    )
    op.create_index("ix_orders_is_open", "orders", ["is_open", "order_no"])
    op.create_table(
        "order_ids",
        sa.Column("cl_ord_id", sa.String(64), nullable=False),
        sa.Column("order_no", ID, nullable=False),
        sa.PrimaryKeyConstraint("cl_ord_id", name="pk_order_ids"),
        sa.ForeignKeyConstraint(["order_no"], ["orders.order_no"], name="fk_order_ids_order_no_orders"),
    )
    op.create_table(
        "executions",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("order_no", ID, nullable=False),
        sa.Column("session_name", sa.String(64), nullable=False),
        sa.Column("symbol", sa.String(64), nullable=False),
        sa.Column("received_at_ns", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
        sa.ForeignKeyConstraint(["order_no"], ["orders.order_no"], name="fk_executions_order_no_orders"),
    )
    op.create_index("ix_executions_order_no", "executions", ["order_no"])
    op.create_index("ix_executions_received_at_ns", "executions", ["received_at_ns"])
    op.create_table(
        "messages",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("session_name", sa.String(64), nullable=False),
        sa.Column("direction", sa.String(5), nullable=False),
        sa.Column("at_ns", sa.BigInteger(), nullable=False),
        sa.Column("msg_seq_num", sa.Integer()),
        sa.Column("msg_type", sa.String(8)),
        sa.Column("order_no", ID),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_index("ix_messages_at_ns", "messages", ["at_ns"])
    op.create_index("ix_messages_order_no", "messages", ["order_no"])
    op.create_table(
        "cursors",
        sa.Column("session_name", sa.String(64), nullable=False),
        sa.Column("journal_id", sa.String(64), nullable=False),
        sa.Column("journal_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_name", name="pk_cursors"),
    )


def downgrade() -> None:
    for table in ("cursors", "messages", "executions", "order_ids", "orders"):
        op.drop_table(table)
