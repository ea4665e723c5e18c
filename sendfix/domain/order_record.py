"""An order to and from its record: everything needed to go on folding, as JSON can hold it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sendfix.domain.contradictions import OrderWarning
from sendfix.domain.enums import OrdStatus, OrdType, Side, TimeInForce
from sendfix.domain.pending import Pending
from sendfix.domain.records import code_in, code_out, decimal_in, decimal_out, tags_in, tags_out
from sendfix.domain.tally import Tally

if TYPE_CHECKING:
    from sendfix.domain.order import Order

_DECIMALS = ("order_qty", "price", "stop_px", "cum_qty", "leaves_qty", "avg_px", "last_qty", "last_px")
_KEYS = ("last_report", "last_trade", "last_terms")
_PLAIN = (
    "order_no",
    "session_name",
    "msg_seq_num",
    "cl_ord_id",
    "orig_cl_ord_id",
    "order_id",
    "account",
    "symbol",
    "text",
    "reported",
)


def order_to_record(order: Order) -> dict[str, Any]:
    return {
        "order_no": order.order_no,
        "session_name": order.session_name,
        "msg_seq_num": order.msg_seq_num,
        "cl_ord_id": order.cl_ord_id,
        "orig_cl_ord_id": order.orig_cl_ord_id,
        "cl_ord_ids": list(order.cl_ord_ids),
        "order_id": order.order_id,
        "account": order.account,
        "user": order.user,
        "symbol": order.symbol,
        "side": code_out(order.side),
        "order_qty": decimal_out(order.order_qty),
        "ord_type": code_out(order.ord_type),
        "price": decimal_out(order.price),
        "stop_px": decimal_out(order.stop_px),
        "time_in_force": code_out(order.time_in_force),
        "fields": dict(order.fields),
        "custom_tags": tags_out(order.custom_tags),
        "status": order.status.value,
        "requests": [request.to_record() for request in order.requests],
        "cum_qty": str(order.cum_qty),
        "leaves_qty": str(order.leaves_qty),
        "avg_px": str(order.avg_px),
        "last_qty": decimal_out(order.last_qty),
        "last_px": decimal_out(order.last_px),
        "text": order.text,
        # Those of fills stand in the tally.
        "exec_ids": sorted(order.exec_ids.difference(order.tally.fills)),
        "adopted": order.adopted,
        "arrival_px": decimal_out(order.arrival_px),
        "tally": order.tally.to_record(),
        "warnings": [[one.code, one.text, one.at.isoformat()] for one in order.warnings.values()],
        "reported": order.reported,
        "last_report": list(order.last_report),
        "last_trade": list(order.last_trade),
        "last_terms": list(order.last_terms),
        "created_at": order.created_at.isoformat(timespec="microseconds"),
        "updated_at": order.updated_at.isoformat(timespec="microseconds"),
    }


def fill_from_record(order: Order, record: dict[str, Any]) -> None:
    """Set every attribute of an order that was made without `__init__`."""
    for name in _PLAIN:
        setattr(order, name, record[name])
    for name in _DECIMALS:
        setattr(order, name, decimal_in(record[name]))
    for name in _KEYS:
        time, msg_seq_num = record[name]
        setattr(order, name, (time, msg_seq_num))
    order.cl_ord_ids = list(record["cl_ord_ids"])
    order.side = code_in(Side, record["side"])
    order.ord_type = code_in(OrdType, record["ord_type"])
    order.time_in_force = code_in(TimeInForce, record["time_in_force"])
    order.fields = dict(record["fields"])
    order.custom_tags = tags_in(record["custom_tags"])
    order.status = OrdStatus(record["status"])
    order.requests = [Pending.from_record(request) for request in record["requests"]]
    # Orders that an earlier version stored have no tally, warnings, arrival price and user, and none was adopted.
    order.arrival_px = decimal_in(record.get("arrival_px"))
    order.adopted = record.get("adopted", False)
    order.user = record.get("user")
    order.tally = Tally.from_record(record.get("tally"))
    order.exec_ids = {*record["exec_ids"], *order.tally.fills}
    order.warnings = {
        code: OrderWarning(code, text, datetime.fromisoformat(at))
        for code, text, at in record.get("warnings", ())
    }
    order.created_at = datetime.fromisoformat(record["created_at"])
    order.updated_at = datetime.fromisoformat(record["updated_at"])
