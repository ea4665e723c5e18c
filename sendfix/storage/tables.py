"""The schema. Times are integer nanoseconds UTC; `record` is `Order.to_record()` as JSON, beside the columns
that are searched by: those of `services.columns`, as its keys."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a rowid alias, and with it the fastest insert, only to a column declared INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str) -> Column[str]:
    """Of any length; nothing is the empty text, so that it sorts alike in every database."""
    return Column(name, Text, nullable=False, server_default="")


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


orders = Table(
    "orders",
    metadata,
    Column("order_no", Id, primary_key=True, autoincrement=False),
    Column("session_name", String(64), nullable=False),
    Column("cl_ord_id", String(64), nullable=False),
    Column("symbol", String(64), nullable=False),
    Column("side", String(32), nullable=False),
    Column("status", String(32), nullable=False),
    Column("is_open", Integer, nullable=False),
    Column("record", Text, nullable=False),
    _text("orig_cl_ord_id"),
    _text("order_id"),
    _text("account"),
    _text("order_qty"),
    _text("ord_type"),
    _text("price"),
    _text("stop_px"),
    _text("time_in_force"),
    _text("cum_qty"),
    _text("leaves_qty"),
    _text("avg_px"),
    _text("last_qty"),
    _text("last_px"),
    _text("arrival_px"),
    _text("text"),
    _number("adopted"),
    _number("created_at_ns"),
    _number("updated_at_ns"),
    Index("ix_orders_is_open", "is_open", "order_no"),
    Index("ix_orders_session_name", "session_name", "order_no"),
    Index("ix_orders_symbol", "symbol", "order_no"),
    Index("ix_orders_account", "account", "order_no"),
    Index("ix_orders_created_at_ns", "created_at_ns", "order_no"),
)

order_ids = Table(
    "order_ids",
    metadata,
    Column("cl_ord_id", String(64), primary_key=True),
    Column("order_no", Id, ForeignKey("orders.order_no"), nullable=False),
)

executions = Table(
    "executions",
    metadata,
    # That of the message that brought it. Counting an ExecID once is the fold's work, which knows more than the id.
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("order_no", Id, ForeignKey("orders.order_no"), nullable=False, index=True),
    Column("session_name", String(64), nullable=False),
    Column("symbol", String(64), nullable=False),
    Column("received_at_ns", BigInteger, nullable=False, index=True),
    Column("record", Text, nullable=False),
    _text("exec_id"),
    _text("exec_ref_id"),
    _text("cl_ord_id"),
    _text("order_id"),
    _text("account"),
    _text("side"),
    _text("exec_type"),
    _text("ord_status"),
    _text("last_qty"),
    _text("last_px"),
    _text("cum_qty"),
    _text("leaves_qty"),
    _text("avg_px"),
    _text("commission"),
    _text("text"),
    _number("transact_time_ns"),
    Index("ix_executions_session_name", "session_name", "id"),
    Index("ix_executions_symbol", "symbol", "id"),
    Index("ix_executions_account", "account", "id"),
    Index("ix_executions_exec_id", "exec_id"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("session_name", String(64), nullable=False),
    Column("direction", String(5), nullable=False),
    Column("at_ns", BigInteger, nullable=False, index=True),
    Column("msg_seq_num", Integer),
    Column("msg_type", String(8)),
    Column("order_no", Id, index=True),
    Column("raw", Text, nullable=False),
    Column("refused", Text),
    Index("ix_messages_msg_type", "msg_type", "id"),
    Index("ix_messages_session_name", "session_name", "id"),
)

alarms = Table(
    "alarms",
    metadata,
    # That of the message that it is about.
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("session_name", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("record", Text, nullable=False),
    Index("ix_alarms_state", "state", "id"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("session_name", String(64), primary_key=True),
    Column("journal_id", String(64), nullable=False),
    Column("journal_index", BigInteger, nullable=False),
)
