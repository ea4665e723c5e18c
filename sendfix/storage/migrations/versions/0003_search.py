"""The columns that orders and executions are searched by, and indexes for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from sendfix.domain.order import Execution, Order
from sendfix.services.columns import execution_keys, order_keys
from sendfix.services.ports import BookedExecution

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 2_000

ORDER_TEXTS = (
    "orig_cl_ord_id",
    "order_id",
    "account",
    "order_qty",
    "ord_type",
    "price",
    "stop_px",
    "time_in_force",
    "cum_qty",
    "leaves_qty",
    "avg_px",
    "last_qty",
    "last_px",
    "arrival_px",
    "text",
)
ORDER_NUMBERS = ("adopted", "created_at_ns", "updated_at_ns")
EXECUTION_TEXTS = (
    "exec_id",
    "exec_ref_id",
    "cl_ord_id",
    "order_id",
    "account",
    "side",
    "exec_type",
    "ord_status",
    "last_qty",
    "last_px",
    "cum_qty",
    "leaves_qty",
    "avg_px",
    "commission",
    "text",
)
EXECUTION_NUMBERS = ("transact_time_ns",)
INDEXES = {
    "orders": {
        "session_name": ["session_name", "order_no"],
        "symbol": ["symbol", "order_no"],
        "account": ["account", "order_no"],
        "created_at_ns": ["created_at_ns", "order_no"],
    },
    "executions": {
        "session_name": ["session_name", "id"],
        "symbol": ["symbol", "id"],
        "account": ["account", "id"],
        "exec_id": ["exec_id"],
    },
    "messages": {"msg_type": ["msg_type", "id"], "session_name": ["session_name", "id"]},
}


def upgrade() -> None:
    _add("orders", ORDER_TEXTS, ORDER_NUMBERS)
    _add("executions", EXECUTION_TEXTS, EXECUTION_NUMBERS)
    _fill("orders", "order_no", (*ORDER_TEXTS, *ORDER_NUMBERS), _order_keys)
    _fill("executions", "id", (*EXECUTION_TEXTS, *EXECUTION_NUMBERS), _execution_keys)
    for table, indexes in INDEXES.items():
        for column, columns in indexes.items():
            op.create_index(f"ix_{table}_{column}", table, columns)


def downgrade() -> None:
    for table, indexes in INDEXES.items():
        for column in indexes:
            op.drop_index(f"ix_{table}_{column}", table)
    for table, columns in (
        ("orders", (*ORDER_TEXTS, *ORDER_NUMBERS)),
        ("executions", (*EXECUTION_TEXTS, *EXECUTION_NUMBERS)),
    ):
        for name in columns:
            op.drop_column(table, name)


def _add(table: str, texts: tuple[str, ...], numbers: tuple[str, ...]) -> None:
    for name in texts:
        op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    for name in numbers:
        op.add_column(table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))


def _fill(table: str, id_name: str, names: tuple[str, ...], keys: Callable[[Any], Mapping[str, Any]]) -> None:
    connection = op.get_bind()
    assignments = ", ".join(f"{name} = :{name}" for name in names)
    statement = sa.text(f"UPDATE {table} SET {assignments} WHERE {id_name} = :row_id")
    for rows in _batches(connection, table, id_name):
        connection.execute(statement, [_named(keys(row), names, row[0]) for row in rows])


def _named(keys: Mapping[str, Any], names: tuple[str, ...], row_id: int) -> dict[str, Any]:
    return {"row_id": row_id, **{name: keys[name] for name in names}}


def _batches(connection: sa.Connection, table: str, id_name: str) -> Iterator[list[Any]]:
    statement = sa.text(
        f"SELECT {id_name}, order_no, record FROM {table} WHERE {id_name} > :after ORDER BY {id_name} LIMIT {AT_ONCE}"
    )
    after = -1
    while rows := list(connection.execute(statement, {"after": after}).all()):
        yield rows
        after = rows[-1][0]


def _order_keys(row: Any) -> Mapping[str, Any]:
    return order_keys(Order.from_record(orjson.loads(row.record)))


def _execution_keys(row: Any) -> Mapping[str, Any]:
    execution = Execution.from_record(orjson.loads(row.record))
    return execution_keys(BookedExecution(row[0], execution, row.order_no))
