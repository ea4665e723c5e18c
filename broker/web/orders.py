"""Orders and executions over REST."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, request

from broker.trading.by_hand import Refused
from broker.web import answers, api_input
from broker.web.answers import DEFAULT_LIMIT, MAX_LIMIT, body, execute, json, the_database
from broker.web.views import execution_to_json, order_to_json

routes = Blueprint("orders", __name__)

_ORDER_FILTERS: Final = {
    name: name for name in ("symbol", "side", "status", "sender_comp_id", "cl_ord_id", "fix_version")
}
_EXECUTION_FILTERS: Final = {
    name: name for name in ("symbol", "side", "sender_comp_id", "cl_ord_id", "order_id")
}


def order_body(order_id: int) -> dict[str, Any]:
    """An order with its executions. Raises Refused."""
    row = the_database().load_order(order_id) if order_id < 1 << 62 else None
    if row is None:
        raise Refused(404, f"There is no order {order_id}.")
    executions = the_database().list_executions(MAX_LIMIT, order_id=order_id)
    return {**order_to_json(row), "executions": [execution_to_json(one) for one in executions]}


def _list_arguments(filters: Mapping[str, str]) -> tuple[int, int | None, dict[str, Any]]:
    answers.refuse_unknown_arguments({"limit", "before", *filters})
    limit = answers.number_argument("limit", DEFAULT_LIMIT, MAX_LIMIT)
    before = answers.number_argument("before", None, answers.MAX_ID)
    equal: dict[str, Any] = {filters[name]: request.args[name] for name in filters if name in request.args}
    if "side" in equal:
        equal["side"] = api_input.SIDES.get(equal["side"].upper(), equal["side"])
    return limit or DEFAULT_LIMIT, before, equal


def _next_before(rows: list[dict[str, Any]], limit: int) -> int | None:
    return rows[-1]["id"] if len(rows) == limit else None


@routes.get("/api/orders")
def list_orders() -> Response:
    limit, before, equal = _list_arguments(_ORDER_FILTERS)
    rows = the_database().list_orders(limit, before, **equal)
    return json({"orders": [order_to_json(row) for row in rows], "next_before": _next_before(rows, limit)})


@routes.post("/api/orders")
def enter_order() -> Response:
    return json(order_body(execute(api_input.enter_order(body()))), 201)


@routes.get("/api/orders/<int:order_id>")
def get_order(order_id: int) -> Response:
    return json(order_body(order_id))


@routes.put("/api/orders/<int:order_id>")
def amend_order(order_id: int) -> Response:
    return json(order_body(execute(api_input.amend_order(order_id, body()))))


@routes.delete("/api/orders/<int:order_id>")
def cancel_order(order_id: int) -> Response:
    return json(order_body(execute(api_input.cancel_order(order_id, body(optional=True)))))


@routes.post("/api/orders/<int:order_id>/reject")
def reject_order(order_id: int) -> Response:
    return json(order_body(execute(api_input.reject_order(order_id, body(optional=True)))))


@routes.get("/api/executions")
def list_executions() -> Response:
    limit, before, equal = _list_arguments(_EXECUTION_FILTERS)
    rows = the_database().list_executions(limit, before, **equal)
    return json(
        {"executions": [execution_to_json(row) for row in rows], "next_before": _next_before(rows, limit)}
    )


@routes.post("/api/executions")
def fill_order() -> Response:
    order_id = execute(api_input.fill_order(body()))
    (row,) = the_database().list_executions(1, order_id=order_id)
    return json(execution_to_json(row), 201)
