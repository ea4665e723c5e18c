"""What orders, executions and messages can be searched by: one table of columns, of which the filters of REST, the
columns of the database and the documentation are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sendfix.domain.enums import ExecType, FixEnum, OrdStatus, OrdType, Side, TimeInForce, api_name
from sendfix.domain.order import Order
from sendfix.services.ports import BookedExecution

Key = str | int
"""A value as it is stored, compared and sorted by: exact, and the same in memory and in the database."""

NO_TEXT = ""
NO_TIME = 0
# What the columns that had a length from the beginning can hold. A counterparty may send more, which PostgreSQL would
# refuse together with its whole batch; the record has it all.
LONGEST = {"cl_ord_id": 64, "symbol": 64, "side": 32}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_COMPLEMENT = str.maketrans("0123456789", "9876543210")


class Kind(Enum):
    """What a column holds, and so how it is asked for."""

    TEXT = "text"
    CODE = "enumeration"
    NUMBER = "decimal"
    INTEGER = "whole number"
    TIME = "time"
    FLAG = "true or false"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is its key in JSON, `stored` its name in the database; `of` gives its key of an order, execution or
    message. Where nothing is known that is `NO_TEXT` or `NO_TIME`, which sorts before all else; what is not `sortable`
    may be null in the database."""

    name: str
    kind: Kind
    of: Callable[[Any], Key]
    enum: type[FixEnum] | None = None
    sortable: bool = True

    @property
    def stored(self) -> str:
        return f"{self.name}_ns" if self.kind is Kind.TIME else self.name

    @property
    def nothing(self) -> Key | None:
        """What is stored where nothing is known; None where that can't be, or is null."""
        if self.kind is Kind.TIME:
            return NO_TIME
        return NO_TEXT if self.kind in (Kind.TEXT, Kind.CODE, Kind.NUMBER) else None


@dataclass(frozen=True, slots=True)
class Subject:
    """`id` is what lists are paged by, `time` what `from` and `to` are about, and `text` where `text` is looked for."""

    name: str
    id: Column
    time: Column
    columns: Mapping[str, Column]
    text: tuple[str, ...]


# The same few prices and quantities come back in every report.
@lru_cache(maxsize=16384)
def number_key(number: Decimal | None) -> str:
    """A text that sorts as the numbers do, exact to the 12 decimals and 18 digits that a message may have: databases
    have no decimals that all of them sort and none rounds."""
    if number is None:
        return NO_TEXT
    digits = format(number.copy_abs(), "032.12f")
    # Of a positive one the last zeros can go: what is left is a beginning of, and sorts before, what has more.
    return "n" + digits.translate(_COMPLEMENT) if number < 0 else "p" + digits.rstrip("0")


def decimal_of_key(key: str) -> Decimal | None:
    """The number of which `number_key` made this."""
    if not key:
        return None
    return Decimal(key[1:]) if key[0] == "p" else Decimal(key[1:].translate(_COMPLEMENT)).copy_negate()


def time_key(at: datetime | None) -> int:
    """Nanoseconds since 1970, UTC, within what a database's integer holds."""
    if at is None:
        return NO_TIME
    return min(max((at - _EPOCH) // _MICROSECOND * 1000, -(2**63)), 2**63 - 1)


def order_keys(order: Order) -> dict[str, Key]:
    """The order's columns by their stored names: what `of` of each gives, written out because every change of an order
    passes here."""
    return {
        "order_no": order.order_no,
        "session_name": order.session_name,
        "cl_ord_id": order.cl_ord_id[: LONGEST["cl_ord_id"]],
        "orig_cl_ord_id": order.orig_cl_ord_id or NO_TEXT,
        "order_id": order.order_id or NO_TEXT,
        "account": order.account or NO_TEXT,
        "symbol": (order.symbol or NO_TEXT)[: LONGEST["symbol"]],
        "side": api_name(order.side)[: LONGEST["side"]],
        "order_qty": number_key(order.order_qty),
        "ord_type": api_name(order.ord_type),
        "price": number_key(order.price),
        "stop_px": number_key(order.stop_px),
        "time_in_force": api_name(order.time_in_force),
        "status": order.status.name,
        "is_open": int(order.is_open),
        "cum_qty": number_key(order.cum_qty),
        "leaves_qty": number_key(order.leaves_qty),
        "avg_px": number_key(order.avg_px),
        "last_qty": number_key(order.last_qty),
        "last_px": number_key(order.last_px),
        "arrival_px": number_key(order.arrival_px),
        "text": order.text or NO_TEXT,
        "adopted": int(order.adopted),
        "created_at_ns": time_key(order.created_at),
        "updated_at_ns": time_key(order.updated_at),
    }


def execution_keys(booked: BookedExecution) -> dict[str, Key]:
    """The execution's columns by their stored names: what `of` of each gives."""
    execution = booked.execution
    return {
        "id": booked.id,
        "order_no": booked.order_no,
        "session_name": execution.session_name,
        "exec_id": execution.exec_id,
        "exec_ref_id": execution.exec_ref_id or NO_TEXT,
        "cl_ord_id": execution.cl_ord_id[: LONGEST["cl_ord_id"]],
        "order_id": execution.order_id or NO_TEXT,
        "account": execution.account or NO_TEXT,
        "symbol": (execution.symbol or NO_TEXT)[: LONGEST["symbol"]],
        "side": api_name(execution.side)[: LONGEST["side"]],
        "exec_type": api_name(execution.exec_type),
        "ord_status": api_name(execution.ord_status),
        "last_qty": number_key(execution.last_qty),
        "last_px": number_key(execution.last_px),
        "cum_qty": number_key(execution.cum_qty),
        "leaves_qty": number_key(execution.leaves_qty),
        "avg_px": number_key(execution.avg_px),
        "commission": number_key(execution.commission),
        "text": execution.text or NO_TEXT,
        "transact_time_ns": time_key(execution.transact_time),
        "received_at_ns": time_key(execution.received_at),
    }


def _text_key(value: str | None) -> str:
    return value or NO_TEXT


_KEY_OF: dict[Kind, Callable[[Any], Key]] = {
    Kind.TEXT: _text_key,
    Kind.CODE: api_name,
    Kind.NUMBER: number_key,
    Kind.INTEGER: int,
    Kind.TIME: time_key,
    Kind.FLAG: int,
}


def _columns(owner: str, *columns: tuple[Any, ...]) -> tuple[Column, ...]:
    """Of (name, kind, enumeration); `owner` is what stands before the attribute's name."""
    return tuple(_column(owner, *column) for column in columns)


def _column(owner: str, name: str, kind: Kind, enum: type[FixEnum] | None = None) -> Column:
    get = attrgetter(name if name in ("id", "order_no") else owner + name)
    key, longest = _KEY_OF[kind], LONGEST.get(name)
    if longest is None:
        return Column(name, kind, lambda item: key(get(item)), enum)
    return Column(name, kind, lambda item: str(key(get(item)))[:longest], enum)


def _subject(name: str, columns: tuple[Column, ...], time: str, text: tuple[str, ...]) -> Subject:
    by_name = {column.name: column for column in columns}
    return Subject(name, columns[0], by_name[time], by_name, text)


ORDERS = _subject(
    "orders",
    _columns(
        "",
        ("order_no", Kind.INTEGER),
        ("session_name", Kind.TEXT),
        ("cl_ord_id", Kind.TEXT),
        ("orig_cl_ord_id", Kind.TEXT),
        ("order_id", Kind.TEXT),
        ("account", Kind.TEXT),
        ("symbol", Kind.TEXT),
        ("side", Kind.CODE, Side),
        ("order_qty", Kind.NUMBER),
        ("ord_type", Kind.CODE, OrdType),
        ("price", Kind.NUMBER),
        ("stop_px", Kind.NUMBER),
        ("time_in_force", Kind.CODE, TimeInForce),
        ("status", Kind.CODE, OrdStatus),
        ("is_open", Kind.FLAG),
        ("cum_qty", Kind.NUMBER),
        ("leaves_qty", Kind.NUMBER),
        ("avg_px", Kind.NUMBER),
        ("last_qty", Kind.NUMBER),
        ("last_px", Kind.NUMBER),
        ("arrival_px", Kind.NUMBER),
        ("text", Kind.TEXT),
        ("adopted", Kind.FLAG),
        ("created_at", Kind.TIME),
        ("updated_at", Kind.TIME),
    ),
    "created_at",
    ("session_name", "cl_ord_id", "orig_cl_ord_id", "order_id", "account", "symbol", "text"),
)

EXECUTIONS = _subject(
    "executions",
    _columns(
        "execution.",
        ("id", Kind.INTEGER),
        ("order_no", Kind.INTEGER),
        ("session_name", Kind.TEXT),
        ("exec_id", Kind.TEXT),
        ("exec_ref_id", Kind.TEXT),
        ("cl_ord_id", Kind.TEXT),
        ("order_id", Kind.TEXT),
        ("account", Kind.TEXT),
        ("symbol", Kind.TEXT),
        ("side", Kind.CODE, Side),
        ("exec_type", Kind.CODE, ExecType),
        ("ord_status", Kind.CODE, OrdStatus),
        ("last_qty", Kind.NUMBER),
        ("last_px", Kind.NUMBER),
        ("cum_qty", Kind.NUMBER),
        ("leaves_qty", Kind.NUMBER),
        ("avg_px", Kind.NUMBER),
        ("commission", Kind.NUMBER),
        ("text", Kind.TEXT),
        ("transact_time", Kind.TIME),
        ("received_at", Kind.TIME),
    ),
    "received_at",
    ("session_name", "exec_id", "exec_ref_id", "cl_ord_id", "order_id", "account", "symbol", "text"),
)

MESSAGES = _subject(
    "messages",
    (
        Column("id", Kind.INTEGER, attrgetter("id")),
        Column("session_name", Kind.TEXT, attrgetter("session_name")),
        Column("direction", Kind.CODE, attrgetter("direction")),
        Column("at", Kind.TIME, attrgetter("at_ns")),
        Column("msg_seq_num", Kind.INTEGER, attrgetter("msg_seq_num"), sortable=False),
        Column("msg_type", Kind.CODE, attrgetter("msg_type"), sortable=False),
        Column("order_no", Kind.INTEGER, attrgetter("order_no"), sortable=False),
        Column("refused", Kind.FLAG, lambda message: int(message.refused is not None), sortable=False),
    ),
    "at",
    ("raw",),
)

SUBJECTS = (ORDERS, EXECUTIONS, MESSAGES)
