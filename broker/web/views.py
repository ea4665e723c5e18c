"""Rows of the database and live sessions as the JSON of the REST interface. One function for each type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from broker.connection import Connection
from broker.fix.dictionary import Dictionary
from broker.fix.session import Session
from broker.trading.book import Level
from broker.trading.order import average_price, plain
from broker.trading.rows import requests_of
from broker.traffic import Traffic, total_by_type
from broker.web.api_input import ORD_TYPES, SIDES, TIMES_IN_FORCE, name_of

Top = tuple[Decimal | None, Decimal | None]
"""The best bid and offer."""


def time_to_json(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def order_to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    average = average_price(Decimal(row["notional"]), Decimal(row["filled_quantity"]))
    return {
        "id": row["id"],
        "order_id": f"O{row['id']}",
        "cl_ord_id": row["cl_ord_id"],
        "cl_ord_ids": row["cl_ord_ids"].split("\x01"),
        "sender_comp_id": row["sender_comp_id"],
        "target_comp_id": row["target_comp_id"],
        "fix_version": row["fix_version"],
        "symbol": row["symbol"],
        "side": name_of(SIDES, row["side"]),
        "order_type": name_of(ORD_TYPES, row["order_type"]),
        "quantity": row["quantity"],
        "limit_price": row["limit_price"],
        "stop_price": row["stop_price"],
        "time_in_force": name_of(TIMES_IN_FORCE, row["time_in_force"]),
        "account": row["account"],
        "status": row["status"],
        "is_open": bool(row["is_open"]),
        "filled_quantity": row["filled_quantity"],
        "remaining_quantity": row["remaining_quantity"],
        "average_price": plain(average),
        "max_floor": row["max_floor"],
        "expire_at": None if row["expire_at"] is None else time_to_json(row["expire_at"]),
        "list_id": row["list_id"],
        "requests": [_request_to_json(one) for one in requests_of(row)],
        "behaviour": orjson.loads(row["behaviour"])["mode"],
        "text": row["text"],
        "created_at": time_to_json(row["created_at"]),
        "updated_at": time_to_json(row["updated_at"]),
    }


def _request_to_json(request: dict[str, Any]) -> dict[str, Any]:
    """A request of a client that is not answered yet; `due` None waits for a person."""
    due, terms = request["due"], request["terms"]
    return {
        "type": request["type"],
        "cl_ord_id": request["cl_ord_id"],
        "orig_cl_ord_id": request["orig_cl_ord_id"],
        "due": None if due is None else time_to_json(due),
        "quantity": terms and terms["quantity"],
        "limit_price": terms and terms["limit_price"],
        "stop_price": terms and terms["stop_price"],
    }


def execution_to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "exec_id": row["exec_id"],
        "order_id": row["order_id"],
        "cl_ord_id": row["cl_ord_id"],
        "sender_comp_id": row["sender_comp_id"],
        "symbol": row["symbol"],
        "side": name_of(SIDES, row["side"]),
        "exec_quantity": row["exec_quantity"],
        "exec_price": row["exec_price"],
        "cum_quantity": row["cum_quantity"],
        "leaves_quantity": row["leaves_quantity"],
        "status": row["status"],
        "exec_ref_id": row["exec_ref_id"],
        "text": row["text"],
        "created_at": time_to_json(row["created_at"]),
    }


def stock_to_json(row: Mapping[str, Any], top: Top) -> dict[str, Any]:
    return {
        "symbol": row["symbol"],
        "last_price": row["last_price"],
        **top_to_json(top),
        **day_to_json(row),
        "updated_at": time_to_json(row["updated_at"]),
    }


def price_to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a transaction changes of a stock; the rest stays as it is."""
    return {
        "symbol": row["b_symbol"],
        "last_price": row["last_price"],
        "updated_at": time_to_json(row["updated_at"]),
    }


def day_to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a stock's trading day has brought; a row of the table, or the part of one that a transaction changes."""
    return {
        "trading_date": row["trading_date"],
        "previous_close": row["previous_close"],
        "open": row["open_price"],
        "high": row["high_price"],
        "low": row["low_price"],
        "volume": row["volume"],
    }


def top_to_json(top: Top) -> dict[str, Any]:
    bid, ask = top
    return {"bid": None if bid is None else plain(bid), "ask": None if ask is None else plain(ask)}


def level_to_json(level: Level) -> dict[str, Any]:
    return {"price": plain(level.price), "quantity": plain(level.quantity), "orders": level.orders}


def client_to_json(
    client_id: int, session: Session, connection: Connection | None, traffic: Traffic | None
) -> dict[str, Any]:
    """`traffic` None: it was not here since the broker started."""
    counted = traffic or Traffic()
    return {
        "id": client_id,
        "sender_comp_id": session.key.client,
        "target_comp_id": session.key.broker,
        "fix_version": session.key.version,
        "state": session.state.value,
        "address": connection.address if connection else None,
        "connected_at": time_to_json(connection.connected_at) if connection else None,
        "heartbeat_interval": session.heart_bt_int,
        "next_incoming_seq_num": session.next_in,
        "next_outgoing_seq_num": session.next_out,
        "waiting_bytes": connection.waiting if connection else 0,
        "messages_in": sum(counted.in_by_type.copy().values()),
        "messages_out": sum(counted.out_by_type.copy().values()),
        "messages_in_by_type": total_by_type([counted.in_by_type]),
        "messages_out_by_type": total_by_type([counted.out_by_type]),
        "bytes_in": counted.bytes_in,
        "bytes_out": counted.bytes_out,
        "last_in_at": None if counted.last_in_at is None else time_to_json(counted.last_in_at),
        "last_out_at": None if counted.last_out_at is None else time_to_json(counted.last_out_at),
    }


def sent_message_to_json(row: Mapping[str, Any], dictionary: Dictionary) -> dict[str, Any]:
    """`fields` are in the order of the message, named by the version's dictionary; `meaning` is of an enumeration."""
    text = row["raw"].decode("latin-1")
    pairs = [pair.partition("=")[::2] for pair in text.split("\x01") if pair]
    found = dict(pairs)
    return {
        "direction": "OUT",
        "msg_seq_num": row["msg_seq_num"],
        "msg_type": found.get("35", ""),
        "sending_time": found.get("52", ""),
        "raw": text,
        "fields": [_field_to_json(tag, value, dictionary) for tag, value in pairs],
    }


def _field_to_json(tag: str, value: str, dictionary: Dictionary) -> dict[str, Any]:
    known = dictionary.fields.get(int(tag)) if tag.isdecimal() else None
    return {
        "tag": tag,
        "name": known.name if known else None,
        "value": value,
        "meaning": known.values.get(value) if known else None,
    }
