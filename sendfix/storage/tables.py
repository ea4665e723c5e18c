"""The schema. Times are integer nanoseconds UTC; `record` is `Order.to_record()` as JSON, beside the columns
that are searched by."""

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
    Index("ix_orders_is_open", "is_open", "order_no"),
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
