"""The tables of the broker's database. Decimals are text, exactly; times are seconds since the epoch."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata: Final = MetaData()

_OF_A_LIST: Final = text("list_id IS NOT NULL")
"""Few orders are: the others cost the index nothing."""

stocks: Final = Table(
    "stocks",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("last_price", String, nullable=False),
    Column("updated_at", Float, nullable=False),
    Column("trading_date", String),
    Column("previous_close", String),
    Column("open_price", String),
    Column("high_price", String),
    Column("low_price", String),
    Column("volume", String),
)

orders: Final = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fix_version", String),
    Column("sender_comp_id", String, nullable=False),
    Column("target_comp_id", String),
    Column("cl_ord_id", String, nullable=False),
    Column(
        "cl_ord_ids", String, nullable=False, doc="the chain of ClOrdIDs, oldest first, with SOH between them"
    ),
    Column("symbol", String, nullable=False),
    Column("side", String, nullable=False),
    Column("order_type", String, nullable=False),
    Column("quantity", String, nullable=False),
    Column("limit_price", String),
    Column("stop_price", String),
    Column("time_in_force", String, nullable=False),
    Column("account", String),
    Column("status", String, nullable=False),
    Column("is_open", Integer, nullable=False),
    Column("replaced", Integer, nullable=False),
    Column("triggered", Integer, nullable=False),
    Column("behaviour", String, nullable=False, doc="JSON: the rule by which it is filled"),
    Column("filled_quantity", String, nullable=False),
    Column("remaining_quantity", String, nullable=False),
    Column("notional", String, nullable=False),
    Column("max_floor", String),
    Column("expire_at", Float),
    Column("list_id", String),
    Column("rank", Integer, nullable=False),
    Column("details", String, doc="JSON: what most orders do not have, as requests that wait for an answer"),
    Column("reports", Integer, nullable=False),
    Column("text", String),
    Column("created_at", Float, nullable=False),
    Column("updated_at", Float, nullable=False),
    Index("ix_orders_open", "is_open"),
    Index("ix_orders_list_id", "list_id", sqlite_where=_OF_A_LIST, postgresql_where=_OF_A_LIST),
)

cl_ord_ids: Final = Table(
    "cl_ord_ids",
    metadata,
    Column(
        "owner",
        String,
        primary_key=True,
        doc="BeginString, SenderCompID, TargetCompID with SOH between; empty: house",
    ),
    Column("cl_ord_id", String, primary_key=True),
    Column("order_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)

executions: Final = Table(
    "executions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("exec_id", String, nullable=False, unique=True),
    Column("order_id", Integer, nullable=False, index=True),
    Column("cl_ord_id", String, nullable=False),
    Column("sender_comp_id", String, nullable=False),
    Column("symbol", String, nullable=False),
    Column("side", String, nullable=False),
    Column("exec_quantity", String, nullable=False),
    Column("exec_price", String, nullable=False),
    Column("cum_quantity", String, nullable=False),
    Column("leaves_quantity", String, nullable=False),
    Column("status", String, nullable=False, doc="NEW, BUSTED, CORRECTED"),
    Column("exec_ref_id", String, doc="of the execution that this one corrects"),
    Column("text", String),
    Column("created_at", Float, nullable=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fix_version", String, nullable=False),
    Column("sender_comp_id", String, nullable=False),
    Column("target_comp_id", String, nullable=False),
    Column("next_in", Integer, nullable=False),
    Column("next_out", Integer, nullable=False),
    UniqueConstraint("fix_version", "sender_comp_id", "target_comp_id"),
)

sent_messages: Final = Table(
    "sent_messages",
    metadata,
    Column("session_id", Integer, primary_key=True),
    Column("msg_seq_num", Integer, primary_key=True),
    Column("raw", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
