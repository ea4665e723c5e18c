"""Stocks, orders, executions, sessions and what was sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "stocks",
        sa.Column("symbol", sa.String(), primary_key=True),
        *_texts("last_price"),
        sa.Column("updated_at", sa.Float(), nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("fix_version", sa.String()),
        *_texts("sender_comp_id"),
        sa.Column("target_comp_id", sa.String()),
        *_texts("cl_ord_id", "cl_ord_ids", "symbol", "side", "order_type", "quantity"),
        sa.Column("limit_price", sa.String()),
        sa.Column("stop_price", sa.String()),
        *_texts("time_in_force"),
        sa.Column("account", sa.String()),
        *_texts("status"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("is_open", "replaced", "triggered")),
        *_texts("behaviour", "filled_quantity", "remaining_quantity", "notional"),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("text", sa.String()),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.Float(), nullable=False),
        sa.UniqueConstraint(
            "fix_version", "sender_comp_id", "target_comp_id", "cl_ord_id", name="uq_orders_cl_ord_id"
        ),
    )
    op.create_index("ix_orders_open", "orders", ["is_open"])
    op.create_table(
        "executions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exec_id", sa.String(), nullable=False, unique=True),
        sa.Column("order_id", sa.Integer(), nullable=False),
        *_texts("cl_ord_id", "sender_comp_id", "symbol", "side", "exec_quantity", "exec_price"),
        *_texts("cum_quantity", "leaves_quantity"),
        sa.Column("created_at", sa.Float(), nullable=False),
    )
    op.create_index("ix_executions_order_id", "executions", ["order_id"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_texts("fix_version", "sender_comp_id", "target_comp_id"),
        sa.Column("next_in", sa.Integer(), nullable=False),
        sa.Column("next_out", sa.Integer(), nullable=False),
        sa.UniqueConstraint("fix_version", "sender_comp_id", "target_comp_id"),
    )
    op.create_table(
        "sent_messages",
        sa.Column("session_id", sa.Integer(), primary_key=True),
        sa.Column("msg_seq_num", sa.Integer(), primary_key=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sqlite_with_rowid=False,
    )
