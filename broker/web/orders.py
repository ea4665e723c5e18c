"""Orders and executions over REST."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response

from broker.fix.dictionary import load
from broker.trading.by_hand import Refused
from broker.web import api_input
from broker.web.answers import MAX_LIMIT, body, execute, json, refuse_unknown_arguments, the_database
from broker.web.listing import Kind, answer_csv, answer_page
from broker.web.views import execution_to_json, order_to_json, sent_message_to_json

routes = Blueprint("orders", __name__)

_MAX_MESSAGES: Final = 1000
_ORDER_COLUMNS: Final = (
    *("order_id", "created_at", "updated_at", "sender_comp_id", "target_comp_id", "fix_version", "cl_ord_id"),
    *("symbol", "side", "order_type", "quantity", "limit_price", "stop_price", "time_in_force", "account"),
    *("status", "filled_quantity", "remaining_quantity", "average_price", "text"),
)
_ORDER_FILTERS: Final = (
    *("symbol", "side", "status", "sender_comp_id", "target_comp_id", "cl_ord_id", "fix_version", "account"),
)
ORDERS: Final = Kind(
    "orders",
    {"open": "is_open", **{name: name for name in _ORDER_FILTERS}},
    order_to_json,
    _ORDER_COLUMNS,
)
_EXECUTION_FILTERS: Final = ("symbol", "side", "sender_comp_id", "cl_ord_id", "order_id", "exec_id")
_EXECUTION_COLUMNS: Final = (
    *("exec_id", "created_at", "order_id", "sender_comp_id", "cl_ord_id", "symbol", "side"),
    *("exec_quantity", "exec_price", "cum_quantity", "leaves_quantity", "status", "exec_ref_id", "text"),
)
EXECUTIONS: Final = Kind(
    "executions", {name: name for name in _EXECUTION_FILTERS}, execution_to_json, _EXECUTION_COLUMNS
)


def load_order(order_id: int) -> dict[str, Any]:
    """Its row. Raises Refused."""
    row = the_database().load_order(order_id) if order_id < 1 << 62 else None
    if row is None:
        raise Refused(404, f"There is no order {order_id}.")
    return row


def order_body(order_id: int) -> dict[str, Any]:
    """An order with its executions. Raises Refused."""
    row = load_order(order_id)
    executions = the_database().list_executions(MAX_LIMIT, order_id=order_id)
    return {**order_to_json(row), "executions": [execution_to_json(one) for one in executions]}


@routes.get("/api/orders")
def list_orders() -> Response:
    return answer_page(ORDERS, the_database().list_orders)


@routes.get("/api/orders.csv")
def export_orders() -> Response:
    return answer_csv(ORDERS, the_database().list_orders)


@routes.post("/api/orders")
def enter_order() -> Response:
    return json(order_body(execute(api_input.enter_order(body(exact=True)))), 201)


@routes.get("/api/orders/<int:order_id>")
def get_order(order_id: int) -> Response:
    return json(order_body(order_id))


@routes.get("/api/orders/<int:order_id>/messages")
def list_messages(order_id: int) -> Response:
    refuse_unknown_arguments(set())
    row = load_order(order_id)
    if row["fix_version"] is None:  # an order of the house
        return json({"messages": []})
    dictionary = load(row["fix_version"])
    sent = the_database().sent_about_order(row, _MAX_MESSAGES)
    return json({"messages": [sent_message_to_json(one, dictionary) for one in sent]})


@routes.put("/api/orders/<int:order_id>")
def amend_order(order_id: int) -> Response:
    return json(order_body(execute(api_input.amend_order(order_id, body(exact=True)))))


@routes.delete("/api/orders/<int:order_id>")
def cancel_order(order_id: int) -> Response:
    return json(order_body(execute(api_input.cancel_order(order_id, body(optional=True)))))


@routes.post("/api/orders/<int:order_id>/reject")
def reject_order(order_id: int) -> Response:
    return json(order_body(execute(api_input.reject_order(order_id, body(optional=True)))))


@routes.get("/api/executions")
def list_executions() -> Response:
    return answer_page(EXECUTIONS, the_database().list_executions)


@routes.get("/api/executions.csv")
def export_executions() -> Response:
    return answer_csv(EXECUTIONS, the_database().list_executions)


@routes.post("/api/executions")
def fill_order() -> Response:
    order_id = execute(api_input.fill_order(body(exact=True)))
    (row,) = the_database().list_executions(1, order_id=order_id)
    return json(execution_to_json(row), 201)
