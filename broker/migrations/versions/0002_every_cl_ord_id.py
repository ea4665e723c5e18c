"""Every ClOrdID in a table of its own; requests that wait, expiry and rank of orders; busts; a stock's day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_CHUNK = 10_000


def upgrade() -> None:
    with op.batch_alter_table("orders") as orders:
        orders.drop_constraint("uq_orders_cl_ord_id", type_="unique")
        for name in ("max_floor", "list_id", "details"):
            orders.add_column(sa.Column(name, sa.String()))
        orders.add_column(sa.Column("expire_at", sa.Float()))
        orders.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("executions") as executions:
        executions.add_column(sa.Column("status", sa.String(), nullable=False, server_default="NEW"))
        executions.add_column(sa.Column("exec_ref_id", sa.String()))
        executions.add_column(sa.Column("text", sa.String()))
    with op.batch_alter_table("stocks") as stocks:
        for name in ("trading_date", "previous_close", "open_price", "high_price", "low_price", "volume"):
            stocks.add_column(sa.Column(name, sa.String()))
    _number_cl_ord_ids()


def _number_cl_ord_ids() -> None:
    """From the chains that the orders hold; a session is named by its three parts with SOH between."""
    table = op.create_table(
        "cl_ord_ids",
        sa.Column("owner", sa.String(), primary_key=True),
        sa.Column("cl_ord_id", sa.String(), primary_key=True),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    found: dict[tuple[str, str], int] = {}
    orders = sa.text(
        "SELECT id, fix_version, sender_comp_id, target_comp_id, cl_ord_ids FROM orders ORDER BY id"
    )
    for order_id, version, sender, target, chain in connection.execute(orders):
        owner = "" if version is None else "\x01".join((version, sender, target))
        for cl_ord_id in chain.split("\x01"):
            found[owner, cl_ord_id] = order_id
    rows = [
        {"owner": owner, "cl_ord_id": cl_ord_id, "order_id": order_id}
        for (owner, cl_ord_id), order_id in found.items()
    ]
    for begin in range(0, len(rows), _CHUNK):
        connection.execute(sa.insert(table), rows[begin : begin + _CHUNK])
